import { css, html, nothing, type TemplateResult } from 'lit';
import type { DataCard, Evaluation, ImageSet, LabSession } from '../client/client.js';
import { classHues } from '../ui/color.js';
import { fixed, percent, plain } from '../ui/numbers.js';
import { styleMap } from '../ui/style-map.js';
import { afterUpdate } from '../ui/update.js';
import type { RunEvent, TestedView, Verdicts } from '../run/run-view.js';
import { barStyles, drawBars } from './answer-bars.js';
import { rowOf, topAnswers } from './answers.js';
import { cardStyles } from './images-panel.js';
import { Panel, panelStyles } from './panel.js';
import './picture.js';
import { imagesOfCell, testedAtOnce } from './verdicts.js';
import { classIn } from '../i18n/index.js';

const mostShown = 24;

interface Cell {
  truth: number;
  said: number;
}

interface Opened extends Cell {
  verdicts: Verdicts;
  indices: number[];
  count: number;
  set: ImageSet;
}

/** The confusion matrix. A cell opens the images in it. */
export class ConfusionPanel extends Panel<TestedView> {
  static override properties = {
    ...Panel.properties,
    cell: { state: true },
    images: { state: true },
    testing: { state: true },
    at: { state: true },
  };

  static override styles = [
    ...panelStyles,
    barStyles,
    cardStyles,
    css`
      .matrix {
        overflow-x: auto;
        max-width: 100%;
        padding: 2px;
      }
      .matrix table {
        border-spacing: 2px;
        border-collapse: separate;
        table-layout: fixed;
      }
      .matrix th,
      .matrix td {
        border: 0;
        padding: 0;
      }
      .matrix thead th {
        height: 92px;
        width: 34px;
        vertical-align: bottom;
      }
      .matrix thead th span {
        writing-mode: vertical-rl;
        transform: rotate(180deg);
        white-space: nowrap;
        display: inline-block;
        max-height: 92px;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .matrix thead th {
        text-align: center;
      }
      .matrix tbody th {
        text-align: right;
        padding-right: 8px;
        max-width: 88px;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .matrix .cell {
        width: 34px;
        height: 32px;
        min-height: 0;
        padding: 0;
        border: 1px solid var(--lab-line);
        border-radius: 0;
        font-family: var(--lab-mono);
        font-size: var(--lab-small);
        letter-spacing: -0.04em;
        color: var(--lab-ink);
      }
      .matrix .cell[aria-pressed='true'] {
        outline: 3px solid var(--lab-lit);
        outline-offset: -1px;
        color: var(--lab-ink);
      }
      .matrix td.diagonal .cell {
        font-weight: 680;
      }
      .columns {
        display: grid;
        gap: 24px 40px;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr));
        align-items: start;
      }
      .classes {
        display: grid;
        grid-template-columns: auto minmax(48px, 1fr) auto;
        gap: 4px 12px;
        align-items: center;
        font-size: var(--lab-small);
      }
      .classes .bar {
        height: 8px;
        background: var(--lab-sunk);
      }
      .classes .bar i {
        display: block;
        height: 100%;
        transform-origin: left;
      }
      .classes .share {
        font-family: var(--lab-mono);
        text-align: right;
      }
      .found {
        min-height: 260px;
        display: grid;
        gap: 12px;
        align-content: start;
      }
      .waiting {
        min-height: 380px;
      }
      @container (width <= 450px) {
        .matrix tbody th {
          max-width: 62px;
          padding-right: 4px;
        }
        .matrix thead th,
        .matrix .cell {
          width: 25px;
        }
        .matrix table {
          border-spacing: 1px;
        }
        .matrix .cell {
          font-size: 0.6875rem;
        }
      }
    `,
  ];

  declare private cell: Cell | null;
  declare private images: Opened | null;
  declare private testing: boolean;
  declare private at: Cell;

  protected readonly title_ = 'confusionTitle';
  protected readonly old: readonly RunEvent[] = ['evaluated'];
  protected readonly redrawn: readonly RunEvent[] = ['evaluated', 'stepped', 'focus', 'state', 'testing'];

  constructor() {
    super();
    this.testing = false;
    this.at = { truth: 0, said: 0 };
    this.opened();
  }

  protected override opened(): void {
    this.cell = null;
    this.images = null;
    this.at = { truth: 0, said: 0 };
  }

  /** Counts of the matrix, with the answers to single images where both are of the same step. */
  private get evaluation(): (Evaluation & { step: number }) | null {
    return this.run?.evaluation ?? null;
  }

  private get verdicts(): Verdicts | null {
    const { evaluation } = this;
    const verdicts = this.run?.verdicts ?? null;
    return verdicts && evaluation && verdicts.step === evaluation.step && verdicts.count === evaluation.count ? verdicts : null;
  }

  protected async look(session: LabSession): Promise<void> {
    const run = this.run!;
    if (!run.evaluation && run.state !== 'running') await this.test(testedAtOnce(run));
    const { cell } = this;
    if (!cell || session !== run.session) return;
    // The evaluation at an epoch's end has counts, but no single images.
    if (!this.verdicts && this.images) return;
    if (!this.verdicts) await this.test(run.evaluation?.count ?? testedAtOnce(run));
    const verdicts = this.verdicts ?? run.verdicts;
    if (!verdicts || session !== run.session) return;
    const all = imagesOfCell(verdicts, cell.truth, cell.said);
    const indices = all.slice(0, mostShown);
    const set = await session.images('test', indices.length ? indices : [0]);
    if (session === run.session && cell === this.cell) this.images = { ...cell, verdicts, indices, count: all.length, set };
  }

  private async test(count: number): Promise<void> {
    if (count === 0) return;
    this.testing = true;
    try {
      await this.run!.evaluate(count);
      const { evaluation } = this;
      if (evaluation) this.say(this.t('testAccuracy', { value: percent(evaluation.accuracy, this.lang) }));
    } finally {
      this.testing = false;
    }
  }

  private open(cell: Cell): void {
    this.cell = this.at = cell;
    this.images = null;
    this.asker.want(true);
  }

  private onKey(event: KeyboardEvent): void {
    const last = (this.evaluation?.confusion.length ?? 1) - 1;
    const place = (event.target as HTMLElement).dataset['cell'];
    if (!place) return;
    const [truth, said] = place.split(',').map(Number) as [number, number];
    const to = {
      ArrowUp: { truth: truth - 1, said },
      ArrowDown: { truth: truth + 1, said },
      ArrowLeft: { truth, said: said - 1 },
      ArrowRight: { truth, said: said + 1 },
      Home: { truth, said: 0 },
      End: { truth, said: last },
    }[event.key];
    if (!to || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (to.truth < 0 || to.said < 0 || to.truth > last || to.said > last) return;
    this.at = to;
    afterUpdate(this, () => this.renderRoot.querySelector<HTMLElement>(`[data-cell="${to.truth},${to.said}"]`)?.focus());
  }

  private drawMatrix(card: DataCard, { confusion }: Evaluation): TemplateResult {
    const { t, lang, cell, at } = this;
    const name = (i: number): string => classIn(this.lang, card, i);
    return html`<div class="matrix">
      <table data-testid="confusion" @keydown=${this.onKey}>
        <caption class="hidden">
          ${t('confusionHelp')}
        </caption>
        <thead>
          <tr>
            <td></td>
            ${confusion.map((_, said) => html`<th scope="col"><span title=${name(said)}>${name(said)}</span></th>`)}
          </tr>
        </thead>
        <tbody>
          ${confusion.map((row, truth) => {
            const sum = Math.max(
              1,
              row.reduce((a, b) => a + b, 0),
            );
            return html`<tr>
              <th scope="row" title=${name(truth)}>${name(truth)}</th>
              ${row.map((count, said) => {
                const tint = truth === said ? '--lab-negative' : '--lab-positive';
                // A square root makes rare mistakes visible; up to 42 % the numbers stay readable.
                const share = count === 0 ? 0 : 42 * Math.sqrt(count / sum);
                const pressed = cell?.truth === truth && cell.said === said;
                return html`<td class=${truth === said ? 'diagonal' : ''}>
                  <button
                    class="cell tinted printed"
                    data-cell="${truth},${said}"
                    tabindex=${at.truth === truth && at.said === said ? 0 : -1}
                    aria-pressed=${pressed ? 'true' : 'false'}
                    aria-label=${t('panelCell', { n: plain(count, lang), truth: name(truth), said: name(said) })}
                    style=${styleMap({ background: `color-mix(in oklab, var(${tint}) ${share.toFixed(1)}%, var(--lab-zero))` })}
                    @click=${() => this.open({ truth, said })}
                  >
                    ${count === 0 ? '·' : count}
                  </button>
                </td>`;
              })}
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
  }

  private drawClasses(card: DataCard, { class_accuracy, confusion }: Evaluation): TemplateResult {
    return html`<section aria-label=${this.t('panelPerClass')}>
      <h2>${this.t('panelPerClass')}</h2>
      <div class="classes" role="list">
        ${class_accuracy.map((share, i) => {
          const there = (confusion[i] ?? []).some((count) => count > 0);
          return html`<div style=${styleMap({ display: 'contents' })} role="listitem">
            <span>${classIn(this.lang, card, i)}</span>
            <span class="bar tinted" aria-hidden="true"
              ><i
                class="tinted"
                style=${styleMap({ background: classHues[i % classHues.length], transform: `scaleX(${there ? share : 0})` })}
              ></i
            ></span>
            <span class="share">${there ? percent(share, this.lang) : '–'}</span>
          </div>`;
        })}
      </div>
    </section>`;
  }

  private drawImages(card: DataCard): TemplateResult {
    const { t, lang, cell, images, run } = this;
    if (!cell) return html`<p class="note">${t('panelCellHelp')}</p>`;
    const words = { truth: classIn(this.lang, card, cell.truth), said: classIn(this.lang, card, cell.said) };
    const heading = html`<h2>${t('panelCellTitle', words)}</h2>`;
    if (!images)
      return html`${heading}
        <p class="note">${this.testing ? t('panelTesting') : ''}</p>`;
    const size = images.set.pixels.length / images.set.count;
    const focus = run!.focus.image;
    return html`${heading}
      <p class="note" data-testid="cell-note">
        ${t('panelCellCount', { shown: plain(images.indices.length, lang), count: plain(images.count, lang), step: plain(images.verdicts.step, lang) })}
      </p>
      <ul class="cards" data-testid="cell-images">
        ${images.indices.map((index, i) => {
          const chosen = 'index' in focus && focus.index === index;
          return html`<li>
            <button
              class="card printed"
              data-index=${index}
              aria-pressed=${chosen ? 'true' : 'false'}
              aria-label=${t('panelTestImage', { index })}
              @click=${() => run!.look({ image: { index } })}
            >
              <lab-picture
                .pixels=${images.set.pixels.subarray(i * size, (i + 1) * size)}
                .shape=${images.set.shape}
                .size=${56}
              ></lab-picture>
              ${drawBars(topAnswers(rowOf(images.verdicts.probabilities, index)), card, lang, cell.truth)}
            </button>
          </li>`;
        })}
      </ul>`;
  }

  protected override render(): TemplateResult {
    const { t, lang, run, evaluation } = this;
    const info = run?.session?.info;
    const all = run?.tests.all ?? 0;
    const testing = this.testing || (run?.testing ?? null) !== null;
    const quick = run ? testedAtOnce(run) : 0;
    const test = (count: number): void => this.asker.send(() => this.test(count));
    return this.frame(html`
      <div class="tools level">
        <button data-testid="test" ?disabled=${testing || all === 0} @click=${() => test(quick)}>
          ${quick < all ? t('panelTestSome', { n: plain(quick, lang) }) : t('evaluateNow')}
        </button>
        ${
          quick < all
            ? html`<button data-testid="test-all" ?disabled=${testing} @click=${() => test(all)}>
                ${t('panelTestAll', { n: plain(all, lang) })}
              </button>`
            : nothing
        }
        ${run?.testing ? html`<button data-testid="stop-test" @click=${() => run.stopTesting()}>${t('stopTest')}</button>` : nothing}
        <span class="note" data-testid="tested" style=${styleMap({ minHeight: '3em', alignContent: 'center' })}>
          ${
            testing
              ? t('testingShare', { share: percent(run?.testing ? run.testing.done / Math.max(1, run.testing.count) : 0, lang) })
              : evaluation
                ? `${t('panelTested', {
                    accuracy: percent(evaluation.accuracy, lang),
                    loss: fixed(evaluation.loss, lang, 3),
                    count: plain(evaluation.count, lang),
                    step: plain(evaluation.step, lang),
                  })} ${run && run.step > evaluation.step ? t('panelStepsSince', { n: plain(run.step - evaluation.step, lang) }) : ''}`
                : t('noTestYet')
          }
        </span>
      </div>
      ${
        evaluation && info
          ? html`<p class="note">${t('confusionHelp')} ${t('panelConfusionColours')}</p>
              <div class="columns">${this.drawMatrix(info.card, evaluation)} ${this.drawClasses(info.card, evaluation)}</div>
              <section class="found" aria-label=${t('panelCellImages')}>${this.drawImages(info.card)}</section>`
          : html`<div class="waiting"></div>`
      }
    `);
  }
}

customElements.define('lab-confusion-panel', ConfusionPanel);
