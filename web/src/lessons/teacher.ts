import { css, html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { LabEngine } from '../client/client.js';
import type { Key, Lang } from '../i18n/index.js';
import '../publish/share.js';
import { defaults, write } from '../state/properties.js';
import { LabElement } from '../ui/element.js';
import { base, controls, troubles } from '../ui/styles.js';
import { workOut, type Expected } from './answers.js';
import { controlName, hideable, stepsWith } from './frame/assignment.js';
import type { LaidTraining } from './frame/laid-training.js';
import { stepNames, wordsIn, type AnyLesson, type Fixable } from './frame/lesson-type.js';
import { cardOf, loadLesson, order } from './list.js';
import { table } from './state.js';

/** A lesson as the teacher has it in hand. */
export interface Entry extends LaidTraining {
  lesson: AnyLesson | null;
  /** In the words of a language. */
  answers: [prediction: Expected, question: Expected][];
  lang: Lang | null;
  /** The step that is worked out; 0: none. */
  working: number;
  hidden: string[];
  fixed: Record<string, string>;
}

const untouched = (): Omit<Entry, keyof LaidTraining> => ({ lesson: null, answers: [], lang: null, working: 0, hidden: [], fixed: {} });

/** Lessons, goals and times; what each step expects; links with what a teacher lays down. */
export class LabTeacher extends LabElement {
  static override properties: PropertyDeclarations = {
    engine: { attribute: false },
    entries: { attribute: false },
    training: { attribute: false },
    saveable: { type: Boolean },
    beat: { state: true },
  };

  static override styles = [
    base,
    controls,
    troubles,
    css`
      .all {
        display: grid;
        gap: 24px;
        grid-template-columns: minmax(0, 1fr);
        max-width: 960px;
      }
      article {
        display: grid;
        gap: 8px;
        padding-top: 20px;
        border-top: 1px solid var(--lab-line);
      }
      p,
      li {
        max-width: 68ch;
      }
      .note {
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
      }
      summary {
        cursor: pointer;
        min-height: 40px;
        align-content: center;
        font-weight: 560;
      }
      .inner {
        display: grid;
        gap: 16px;
        grid-template-columns: minmax(0, 1fr);
        padding: 8px 0 8px 16px;
        border-left: 1px solid var(--lab-line);
      }
      ol {
        margin: 0;
        padding-left: 24px;
        display: grid;
        gap: 12px;
      }
      .expected {
        display: block;
        margin-bottom: 4px;
        font-weight: 560;
      }
      .compute {
        justify-self: start;
      }
      fieldset {
        margin: 0;
        padding: 0;
        border: 0;
        min-width: 0;
        display: flex;
        flex-wrap: wrap;
        gap: 8px 24px;
      }
      fieldset .note {
        flex: 1 0 100%;
        max-width: none;
      }
      legend {
        padding: 0 0 4px;
        font-weight: 560;
      }
      label.check {
        display: inline-flex;
        gap: 8px;
        align-items: center;
        min-height: 40px;
      }
      input[type='checkbox'] {
        width: 20px;
        height: 20px;
        accent-color: var(--lab-accent);
      }
      .numbers {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 16px;
      }
      .unseen {
        position: absolute;
        inset: 0 auto auto 0;
        width: 900px;
        height: 0;
        overflow: hidden;
        visibility: hidden;
      }
      .here {
        position: relative;
        overflow: hidden;
      }
    `,
  ];

  declare engine: LabEngine | null;
  declare saveable: boolean;
  /** Lessons by name, with what was chosen for them: whoever keeps them has them when the teacher comes back. */
  declare entries: Map<string, Entry>;
  /** How this page trains: its link has laid it down. */
  declare training: LaidTraining;
  declare private beat: number;
  private ending = new AbortController();

  constructor() {
    super();
    this.engine = null;
    this.entries = new Map();
    this.training = { epochs: 0, images: 0, seed: 0 };
    this.saveable = false;
    this.beat = 0;
  }

  override disconnectedCallback(): void {
    this.stop();
    super.disconnectedCallback();
  }

  protected override willUpdate(changed: PropertyValues): void {
    // Answers are words of one language.
    if (changed.get('lang') !== undefined) this.stop();
  }

  private stop(): void {
    this.ending.abort(new Error('left'));
    this.ending = new AbortController();
    for (const entry of this.entries.values()) entry.working = 0;
  }

  private entry(name: string): Entry {
    let entry = this.entries.get(name);
    if (!entry) this.entries.set(name, (entry = { ...untouched(), ...this.training }));
    return entry;
  }

  private change(name: string, change: Partial<Entry>): void {
    Object.assign(this.entry(name), change);
    this.beat++;
  }

  private unfold(name: string, event: Event): void {
    if (!(event.target as HTMLDetailsElement).open || this.entry(name).lesson) return;
    this.attempt(loadLesson(name).then((lesson) => this.change(name, { lesson })));
  }

  private workOut(name: string): void {
    const { engine, lang } = this;
    const { lesson, hidden } = this.entry(name);
    const room = this.renderRoot.querySelector('.unseen');
    if (!lesson || !engine || !room || [...this.entries.values()].some(({ working }) => working > 0)) return;
    this.change(name, { answers: [], working: 1, lang });
    const { signal } = this.ending;
    // What has been stopped says no more.
    const change = (entry: Partial<Entry>): void => (signal.aborted ? undefined : this.change(name, entry));
    const tell = (step: number, prediction: Expected, question: Expected): void =>
      change({ answers: [...this.entry(name).answers, [prediction, question]], working: step + 2 });
    this.attempt(
      workOut({ lesson, engine, lang, room, assignment: { hidden, fixed: this.fix(name) } }, tell, signal)
        .catch((error: unknown) => {
          if (!signal.aborted) throw error;
        })
        .finally(() => change({ working: 0 })),
    );
  }

  /** The values that are fixed, as a query string. */
  private fix(name: string): string {
    return new URLSearchParams(Object.entries(this.entry(name).fixed).filter(([, value]) => value !== '')).toString();
  }

  /** Other values are fixed: what was worked out, or is being so, no longer holds. */
  private changeFixed(name: string, fixed: Record<string, string>): void {
    if (this.entry(name).working > 0) this.stop();
    this.change(name, { fixed, answers: [] });
  }

  /** The lesson's state with what is laid down. */
  private state(name: string): string {
    const { hidden, epochs, images, seed } = this.entry(name);
    return write(table, { ...defaults(table), lesson: name, hide: hidden.join('~'), fix: this.fix(name), epochs, images, seed });
  }

  /** The page for teachers with a lesson's trainings: a page has one kind of them. */
  private pageWith({ epochs, images, seed }: LaidTraining): string {
    return `#lessons?${write(table, { ...defaults(table), teacher: 'yes', epochs, images, seed })}&lang=${this.lang}`;
  }

  // ---- drawing ---------------------------------------------------------------------------------------

  private drawAsk(what: Key, { ask, answer }: Expected): TemplateResult {
    const { t } = this;
    return html`<p>
      ${t(what)}: ${ask}
      <span class="expected" data-testid="expected">${answer === null ? t('teacherByView') : t('teacherExpected', { answer })}</span>
    </p>`;
  }

  private drawSteps(name: string): TemplateResult | typeof nothing {
    const { t, lang } = this;
    const entry = this.entry(name);
    const { lesson, working } = entry;
    if (!lesson) return nothing;
    const answers = entry.lang === lang ? entry.answers : [];
    const words = wordsIn(lesson.words, lang);
    const steps = stepNames(lesson);
    const busy = [...this.entries.values()].some((one) => one.working > 0);
    const elsewhere = trainingOf.some((what) => entry[what] !== this.training[what]);
    return html`<ol>
        ${steps.map((step, i) => {
          const found = elsewhere ? undefined : answers[i];
          return html`<li>
            <strong>${words.steps[step]!.title}</strong>
            ${found ? html`${this.drawAsk('teacherPrediction', found[0])} ${this.drawAsk('teacherQuestion', found[1])}` : nothing}
          </li>`;
        })}
      </ol>
      ${
        elsewhere
          ? html`<p>
              ${t('teacherOther')}
              ${this.saveable ? html`<a href=${this.pageWith(entry)} target="_blank">${t('teacherOtherPage')}</a>` : nothing}
            </p>`
          : answers.length === steps.length
            ? nothing
            : html`<button class="compute" ?disabled=${!this.engine || busy} @click=${() => this.workOut(name)}>
                ${t('teacherCompute')}
              </button>`
      }
      <p class="note" role="status">
        ${working > 0 ? t('teacherComputing', { step: Math.min(working, steps.length), steps: steps.length }) : ''}
      </p>`;
  }

  /** A control by the name that it has in the lesson, and where it is. */
  private nameOf(lesson: AnyLesson, control: string): string {
    const steps = stepsWith(lesson, control);
    const name = controlName(lesson, control, this.lang);
    return this.t('teacherControl', { name, n: steps.length, steps: new Intl.ListFormat(this.lang).format(steps.map(String)) });
  }

  /** A property that may be fixed, and its values. */
  private drawFixable(name: string, lesson: AnyLesson, property: string, { control, values }: Fixable): TemplateResult {
    const { t, lang } = this;
    const { fixed } = this.entry(name);
    const chosen = fixed[property] ?? '';
    const { view } = wordsIn(lesson.words, lang);
    return html`<div class="field">
      <label for="${name}-${property}">${this.nameOf(lesson, control)}</label>
      <select
        id="${name}-${property}"
        @change=${(event: Event) => this.changeFixed(name, { ...fixed, [property]: (event.target as HTMLSelectElement).value })}
      >
        <option value="" ?selected=${chosen === ''}>${t('teacherUsual')}</option>
        ${Object.entries(values).map(
          ([value, words]) => html`<option value=${value} ?selected=${value === chosen}>${view[words] ?? words}</option>`,
        )}
      </select>
    </div>`;
  }

  /** A number of the lesson's trainings. */
  private drawLaid(name: string, what: keyof LaidTraining): TemplateResult {
    const { t } = this;
    const chosen = this.entry(name)[what];
    return html`<div class="field">
      <label for="${name}-${what}">${t(laidNames[what])}</label>
      <select
        id="${name}-${what}"
        @change=${(event: Event) => this.change(name, { [what]: Number((event.target as HTMLSelectElement).value) })}
      >
        ${[0, ...numbersWith(offered[what], chosen)].map(
          (count) => html`<option value=${count} ?selected=${count === chosen}>${count === 0 ? t('teacherUsual') : count}</option>`,
        )}
      </select>
    </div>`;
  }

  private drawForm(name: string): TemplateResult | typeof nothing {
    const { t } = this;
    const { lesson, hidden } = this.entry(name);
    if (!lesson) return nothing;
    const { trains } = cardOf(name);
    const shown = hideable(lesson);
    const fixable = Object.entries(lesson.fixable ?? {});
    return html`
      <fieldset>
        <legend>${t('teacherHide')}</legend>
        ${shown.length === 0 ? html`<p class="note">${t('teacherNoControls')}</p>` : nothing}
        ${shown.map(
          (control) =>
            html`<label class="check"
              ><input
                type="checkbox"
                .checked=${hidden.includes(control)}
                @change=${(event: Event) => {
                  const on = (event.target as HTMLInputElement).checked;
                  this.change(name, { hidden: on ? [...hidden, control] : hidden.filter((one) => one !== control) });
                }}
              />${this.nameOf(lesson, control)}</label
            >`,
        )}
      </fieldset>
      ${
        fixable.length === 0
          ? nothing
          : html`<fieldset>
              <legend>${t('teacherFix')}</legend>
              <p class="note">${t('teacherFixNote')}</p>
              ${fixable.map(([property, one]) => this.drawFixable(name, lesson, property, one!))}
            </fieldset>`
      }
      ${
        trains
          ? html`<div class="numbers">${trains.map((what) => this.drawLaid(name, what))}</div>
              <p class="note">${t('teacherSeedNote')}</p>`
          : nothing
      }
      <lab-share
        station="lessons"
        state=${this.state(name)}
        .title=${wordsIn(cardOf(name).words, this.lang).title}
        .lang=${this.lang}
        ?saveable=${this.saveable}
      ></lab-share>
    `;
  }

  private drawLesson(name: string): TemplateResult {
    const { t, lang } = this;
    const { minutes, words } = cardOf(name);
    const { title, goal } = wordsIn(words, lang);
    return html`<article data-lesson=${name}>
      <h2>${title}</h2>
      <p>${goal}</p>
      <p class="note">${t('lessonMinutes', { n: minutes })}</p>
      <details @toggle=${(event: Event) => this.unfold(name, event)}>
        <summary>${t('teacherSteps')}</summary>
        <div class="inner">${this.drawSteps(name)}</div>
      </details>
      <details @toggle=${(event: Event) => this.unfold(name, event)}>
        <summary>${t('teacherLink')}</summary>
        <div class="inner">${this.drawForm(name)}</div>
      </details>
    </article>`;
  }

  protected override render(): TemplateResult {
    return html`<div class="here">
      <div class="unseen" inert aria-hidden="true"></div>
      ${this.drawProblem(this.problem)}
      <div class="all">${order.map((name) => this.drawLesson(name))}</div>
    </div>`;
  }
}

const offered = {
  epochs: [1, 2, 3, 5, 10, 20],
  images: [100, 300, 500, 1000, 2000, 4000],
  seed: Array.from({ length: 40 }, (_, i) => 1 + 10 * i),
} as const satisfies Record<keyof LaidTraining, readonly number[]>;
/** A link of the teacher's own may have another number. */
const numbersWith = (usual: readonly number[], chosen: number): readonly number[] =>
  chosen === 0 || usual.includes(chosen) ? usual : [...usual, chosen].sort((a, b) => a - b);
const trainingOf = ['epochs', 'images', 'seed'] as const satisfies readonly (keyof LaidTraining)[];
const laidNames = { epochs: 'teacherEpochs', images: 'teacherImages', seed: 'teacherSeed' } as const;

customElements.define('lab-teacher', LabTeacher);
