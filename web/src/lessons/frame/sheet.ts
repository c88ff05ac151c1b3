import { css, html, nothing, type TemplateResult } from 'lit';
import { LabElement } from '../../ui/element.js';
import { saveFile } from '../../ui/save.js';
import { base, controls, tables } from '../../ui/styles.js';
import { free, type Assignment } from './assignment.js';
import { answerText, speak } from './ask.js';
import { stepNames, wordsIn, type AnyLesson, type Card } from './lesson-type.js';
import { stateIn } from './step-state.js';
import { longestSentence, phaseOf, solved, type Progress } from './progress.js';

/** What a reader has done in a lesson, on one page. Events: `progress`, `go`, `again`, `hand-in` (copy the link). */
export class LessonSheet extends LabElement {
  static override properties = {
    lesson: { attribute: false },
    card: { attribute: false },
    progress: { attribute: false },
    assignment: { attribute: false },
    laid: { attribute: false },
    borrowed: { type: Boolean },
    linkable: { type: Boolean },
    copied: { type: Boolean },
    sure: { state: true },
  };

  static override styles = [
    base,
    controls,
    tables,
    css`
      .sheet {
        display: grid;
        gap: 20px;
        grid-template-columns: minmax(0, 1fr);
        max-width: 960px;
      }
      h2 {
        font-size: var(--lab-title);
      }
      h2:focus-visible {
        outline: none;
      }
      .facts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 200px), 1fr));
        gap: 12px 24px;
        align-items: start;
      }
      .facts dt,
      label {
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
      }
      dl,
      dd {
        margin: 0;
      }
      input[type='text'],
      textarea {
        font: inherit;
        color: inherit;
        width: 100%;
        padding: 6px 12px;
        border: 1px solid var(--lab-mark);
        border-radius: var(--lab-radius);
        background: var(--lab-surface);
      }
      input[type='text'] {
        min-height: 40px;
      }
      textarea {
        resize: vertical;
        min-height: 76px;
      }
      .own {
        display: grid;
        gap: 6px;
      }
      .answers {
        width: 100%;
      }
      th,
      td {
        text-align: left;
        vertical-align: top;
        padding: 6px 16px 6px 0;
        font-family: var(--lab-font);
      }
      tbody th {
        color: var(--lab-ink);
        font-weight: 560;
      }
      .answers tbody th {
        min-width: 150px;
      }
      caption {
        text-align: left;
        font-weight: 620;
        padding-bottom: 4px;
      }
      /* A block for each step, where four columns have no room; on paper they have it. */
      @media screen {
        @container (width <= 570px) {
          .answers,
          .answers tbody,
          .answers tr,
          .answers th,
          .answers td {
            display: block;
          }
          .answers thead {
            position: absolute;
            width: 1px;
            height: 1px;
            overflow: hidden;
            clip-path: inset(50%);
          }
          .answers tbody tr {
            padding: 8px 0;
            border-bottom: 1px solid var(--lab-line);
          }
          .answers tbody :is(th, td) {
            border: 0;
            padding: 2px 0;
          }
          .answers td::before {
            content: attr(data-label) ': ';
            color: var(--lab-ink-soft);
          }
        }
      }
      /* A table that is wider than the page moves under its caption. */
      .records caption {
        position: sticky;
        inset-inline-start: 0;
        max-width: 100cqi;
      }
      td small {
        display: block;
        color: var(--lab-ink-soft);
        font-size: inherit;
      }
      .records {
        display: flex;
        flex-wrap: wrap;
        gap: 16px 24px;
      }
      .broad {
        flex: 1 1 320px;
        min-width: min(100%, 280px);
        max-width: 520px;
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .note {
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
        max-width: 68ch;
      }
      .printed {
        display: none;
      }
      @media print {
        @page {
          size: A4;
          margin: 14mm;
        }
        :host {
          font-size: 10pt;
        }
        .sheet {
          gap: 10pt;
          max-width: none;
        }
        h2 {
          font-size: 15pt;
        }
        table {
          font-size: 8.5pt;
        }
        th,
        td {
          padding: 3pt 10pt 3pt 0;
        }
        input[type='text'],
        textarea,
        .tools,
        .note {
          display: none;
        }
        .printed {
          display: block;
          border-bottom: 1px solid #888;
          min-height: 1.5em;
          white-space: pre-wrap;
          overflow-wrap: anywhere;
        }
        .wide {
          overflow: visible;
        }
      }
    `,
  ];

  declare lesson: AnyLesson;
  declare card: Card;
  declare assignment: Assignment;
  /** All that was laid down, as a query string: it goes into the file. */
  declare laid: string;
  declare progress: Progress;
  /** Somebody else's, from a link or a file. */
  declare borrowed: boolean;
  /** Whether the page can make links. */
  declare linkable: boolean;
  declare copied: boolean;
  declare private sure: boolean;

  constructor() {
    super();
    this.assignment = free;
    this.laid = '';
    this.borrowed = this.linkable = this.copied = this.sure = false;
  }

  private keep(change: Partial<Progress>): void {
    Object.assign(this.progress, change, { when: Date.now() });
    this.dispatchEvent(new CustomEvent('progress'));
    this.requestUpdate();
  }

  private tell(name: 'again' | 'hand-in'): void {
    this.dispatchEvent(new CustomEvent(name));
  }

  private saveFile(): void {
    const { lesson, progress, laid } = this;
    const who = progress.who.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '');
    saveFile(
      `${lesson.name}${who ? `-${who}` : ''}.json`,
      JSON.stringify(laid ? { ...progress, laid } : progress, null, 2),
      'application/json',
    );
  }

  focusHeading(): void {
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus();
  }

  private drawHead(): TemplateResult {
    const { t, lang, progress, lesson } = this;
    const { title, goal } = wordsIn(this.card.words, lang);
    const names = stepNames(lesson);
    const predicted = names.filter((name) => progress.steps[name]!.prediction?.kind === 'right').length;
    const date = progress.when ? new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeStyle: 'short' }).format(progress.when) : '–';
    return html`<div>
        <h2 tabindex="-1">${t('sheetTitle', { title })}</h2>
        <p>${goal}</p>
      </div>
      <div class="facts">
        <div>
          <label for="who">${t('sheetWho')}</label>
          <input
            id="who"
            type="text"
            maxlength="80"
            autocomplete="off"
            .value=${progress.who}
            ?readonly=${this.borrowed}
            @input=${(event: Event) => this.keep({ who: (event.target as HTMLInputElement).value })}
          />
          <div class="printed" aria-hidden="true">${progress.who}</div>
        </div>
        <dl>
          <dt>${t('sheetDate')}</dt>
          <dd data-testid="date">${date}</dd>
        </dl>
        <dl>
          <dt>${t('sheetScore')}</dt>
          <dd data-testid="score">${t('sheetScored', { solved: solved(progress), predicted, steps: names.length })}</dd>
        </dl>
      </div>`;
  }

  private drawStep(name: string, index: number): TemplateResult {
    const { t, lang, lesson, progress } = this;
    const step = lesson.steps[name]!;
    const words = wordsIn(lesson.words, lang).steps[name]!;
    const { prediction, answer, record } = progress.steps[name]!;
    const done = phaseOf(progress.steps[name]!) === 'done';
    const settings = prediction ? lesson.describe(stateIn(lesson, name, progress, this.assignment), lang, record) : '';
    // What has been made of a view is in its settings.
    const told = answer && (step.task.by === 'view' ? t('sheetByView') : answerText(step.task, words.task, answer, lang));
    return html`<tr role="row">
      <th role="rowheader" scope="row">${index + 1}. ${words.title}</th>
      <td role="cell" data-label=${t('sheetPrediction')}>
        ${
          prediction
            ? html`${answerText(step.predict, words.predict, prediction, lang)}<small
                  >${t(prediction.kind === 'right' ? 'sheetRight' : 'sheetOther')}</small
                >`
            : '–'
        }
      </td>
      <td role="cell" data-label=${t('sheetAnswer')}>
        ${answer ? html`${told}<small>${t(done ? 'sheetSolved' : 'sheetUnsolved', { tries: answer.tries })}</small>` : '–'}
      </td>
      <td role="cell" data-label=${t('sheetSettings')}>${settings || '–'}</td>
    </tr>`;
  }

  private drawTable(): TemplateResult {
    const { t, lesson } = this;
    return html`<div class="wide" tabindex="0" role="group" aria-label=${t('sheetAnswers')}>
      <table class="answers" role="table" data-testid="answers">
        <thead role="rowgroup">
          <tr role="row">
            ${(['sheetStep', 'sheetPrediction', 'sheetAnswer', 'sheetSettings'] as const).map((key) => html`<th role="columnheader" scope="col">${t(key)}</th>`)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${stepNames(lesson).map((name, i) => this.drawStep(name, i))}
        </tbody>
      </table>
    </div>`;
  }

  private drawRecords(): TemplateResult | typeof nothing {
    const { lesson, progress, lang } = this;
    const drawn = stepNames(lesson).flatMap((name) => {
      const { record } = progress.steps[name]!;
      return (record === null ? null : lesson.drawRecord?.(record, lang)) ?? [];
    });
    return drawn.length > 0 ? html`<div class="records">${drawn}</div>` : nothing;
  }

  private drawOwn(): TemplateResult {
    const { lang, lesson, progress } = this;
    return html`<div class="own">
      <label for="sentence">${speak(wordsIn(lesson.words, lang).sentence, lang, {})}</label>
      <textarea
        id="sentence"
        maxlength=${longestSentence}
        .value=${progress.sentence}
        ?readonly=${this.borrowed}
        @input=${(event: Event) => this.keep({ sentence: (event.target as HTMLTextAreaElement).value })}
      ></textarea>
      <div class="printed" aria-hidden="true">${progress.sentence}</div>
    </div>`;
  }

  private drawTools(): TemplateResult {
    const { t } = this;
    return html`<div class="tools">
        <button @click=${() => print()}>${t('sheetPrint')}</button>
        ${this.linkable ? html`<button @click=${() => this.tell('hand-in')}>${t(this.copied ? 'copied' : 'sheetLink')}</button>` : nothing}
        <button @click=${() => this.saveFile()}>${t('sheetFile')}</button>
        ${this.borrowed ? nothing : this.drawAgain()}
      </div>
      <p class="note">${t('sheetLinkNote')}</p>
      <div class="hidden" role="status">${this.copied ? t('copied') : ''}</div>`;
  }

  /** Deletes answers, so it asks once more. */
  private drawAgain(): TemplateResult {
    const { t } = this;
    if (!this.sure) return html`<button @click=${() => (this.sure = true)}>${t('lessonAgain')}</button>`;
    return html`<button
        @click=${() => {
          this.sure = false;
          this.tell('again');
        }}
      >
        ${t('lessonAgainSure')}
      </button>
      <button @click=${() => (this.sure = false)}>${t('lessonAgainNot')}</button>`;
  }

  protected override render(): TemplateResult {
    return html`<div class="sheet" data-testid="sheet">
      ${this.drawHead()} ${this.drawTable()} ${this.drawRecords()} ${this.drawOwn()} ${this.drawTools()}
    </div>`;
  }
}

customElements.define('lab-sheet', LessonSheet);
