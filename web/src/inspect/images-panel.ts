import { css, html, nothing, type TemplateResult } from 'lit';
import type { DataCard, ImageSet, LabSession, Tensor } from '../client/client.js';
import { plain } from '../ui/numbers.js';
import { styleMap } from '../ui/style-map.js';
import type { RunEvent, TestedView } from '../run/run-view.js';
import { barStyles, drawBars } from './answer-bars.js';
import { rowOf, shuffled, topAnswers } from './answers.js';
import { Panel, panelStyles } from './panel.js';
import './picture.js';
import { candidates, testedAtOnce, verdictsAreOld, type ImageFilter } from './verdicts.js';
import { classIn } from '../i18n/index.js';

const perPage = 12;

interface Shown {
  session: LabSession;
  indices: number[];
  set: ImageSet;
  probabilities: Tensor;
  step: number;
}

export const cardStyles = css`
  .cards {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 148px), 1fr));
    gap: 16px;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .card {
    display: grid;
    gap: 6px;
    width: 100%;
    height: 100%;
    align-content: start;
    justify-items: start;
    text-align: left;
    padding: 8px;
    font-size: var(--lab-small);
  }
  .card[aria-pressed='true'] {
    background: var(--lab-sunk);
    color: var(--lab-ink);
    border-color: var(--lab-accent);
    box-shadow: inset 0 0 0 1px var(--lab-accent);
  }
  .card .truth {
    font-weight: 560;
    overflow-wrap: anywhere;
    line-height: 1.3;
  }
  .card .verdict.no {
    color: var(--lab-wrong);
  }
  .card .verdict.yes {
    color: var(--lab-lit);
  }
  @container (width <= 390px) {
    .cards {
      grid-template-columns: repeat(2, minmax(0, 1fr));
      gap: 8px;
    }
  }
`;

/** Test images with the network's present answers. */
export class ImagesPanel extends Panel<TestedView> {
  static override properties = {
    ...Panel.properties,
    filter: { state: true },
    ofClass: { state: true },
    seed: { state: true },
    first: { state: true },
    shown: { state: true },
    testing: { state: true },
  };

  static override styles = [
    ...panelStyles,
    barStyles,
    cardStyles,
    css`
      .empty {
        min-height: 200px;
      }
    `,
  ];

  declare private filter: ImageFilter;
  declare private ofClass: number | null;
  declare private seed: number;
  declare private first: number;
  declare private shown: Shown | null;
  declare private testing: boolean;

  protected readonly title_ = 'panelImages';
  protected readonly old: readonly RunEvent[] = ['weights'];
  protected readonly redrawn: readonly RunEvent[] = ['focus', 'evaluated'];

  constructor() {
    super();
    this.seed = 1;
    this.filter = 'all';
    this.testing = false;
    this.opened();
  }

  protected override opened(): void {
    this.ofClass = null;
    this.first = 0;
    this.shown = null;
  }

  /** Images that match the choices, in the order of the seed; null: a test has to come first. */
  private order(): number[] | null {
    const { run } = this;
    if (!run?.session) return [];
    const found = candidates(run.verdicts, run.session.info.test_count, this.filter, this.ofClass);
    return found && shuffled(found, this.seed);
  }

  protected async look(session: LabSession): Promise<void> {
    const run = this.run!;
    if (this.order() === null) await this.test();
    const order = this.order() ?? [];
    const indices = order.slice(this.first, this.first + perPage);
    if (indices.length === 0 || session !== run.session) {
      this.shown = null;
      return;
    }
    const same = this.shown?.session === session && this.shown.indices.join() === indices.join();
    const set = same ? this.shown!.set : await session.images('test', indices);
    const probabilities = await session.predict({ split: 'test', indices });
    if (session === run.session) this.shown = { session, indices, set, probabilities, step: session.step };
  }

  private async test(): Promise<void> {
    this.testing = true;
    try {
      await this.run!.evaluate(testedAtOnce(this.run!));
    } finally {
      this.testing = false;
    }
  }

  private choose(change: { filter?: ImageFilter; ofClass?: number | null; seed?: number; first?: number }): void {
    Object.assign(this, { first: 0, ...change });
    this.asker.want(true);
  }

  private drawCard(card: DataCard, shown: Shown, i: number): TemplateResult {
    const { run, t, lang } = this;
    const index = shown.indices[i]!;
    const label = shown.set.labels[i]!;
    const answers = topAnswers(rowOf(shown.probabilities, i));
    const right = answers[0]!.class === label;
    const size = shown.set.pixels.length / shown.set.count;
    const focus = run!.focus.image;
    const chosen = 'index' in focus && focus.index === index;
    return html`<li>
      <button
        class="card printed"
        data-index=${index}
        data-right=${right ? 'yes' : 'no'}
        aria-pressed=${chosen ? 'true' : 'false'}
        @click=${() => {
          run!.look({ image: { index } });
          this.say(t('panelLookingAt', { image: t('panelTestImage', { index }), class: classIn(this.lang, card, label) }));
        }}
      >
        <lab-picture .pixels=${shown.set.pixels.subarray(i * size, (i + 1) * size)} .shape=${shown.set.shape} .size=${84}></lab-picture>
        <span class="truth">${classIn(this.lang, card, label)}</span>
        <span class="verdict ${right ? 'yes' : 'no'}">${right ? `✓ ${t('panelRight')}` : `✗ ${t('panelWrong')}`}</span>
        ${drawBars(answers, card, lang, label)}
      </button>
    </li>`;
  }

  protected override render(): TemplateResult {
    const { t, lang, run, shown } = this;
    const card = run?.session?.info.card;
    const order = this.order();
    const count = order?.length ?? 0;
    const pages = Math.max(1, Math.ceil(count / perPage));
    const page = Math.floor(this.first / perPage) + 1;
    const tested = run?.verdicts;
    return this.frame(html`
      <div class="tools">
        <div class="field">
          <span class="label" id="which">${t('panelShow')}</span>
          <div class="choices" role="group" aria-labelledby="which">
            ${(['all', 'wrong'] as const).map(
              (filter) =>
                html`<button
                  data-filter=${filter}
                  aria-pressed=${filter === this.filter ? 'true' : 'false'}
                  @click=${() => this.choose({ filter })}
                >
                  ${t(filter === 'all' ? 'panelAllImages' : 'panelOnlyWrong')}
                </button>`,
            )}
          </div>
        </div>
        <div class="field">
          <label for="class">${t('panelClass')}</label>
          <select
            id="class"
            @change=${(event: Event) => {
              const { value } = event.target as HTMLSelectElement;
              this.choose({ ofClass: value === '' ? null : Number(value) });
            }}
          >
            <option value="" ?selected=${this.ofClass === null}>${t('panelAllClasses')}</option>
            ${(card?.classes ?? []).map((_, i) => html`<option value=${i} ?selected=${this.ofClass === i}>${classIn(this.lang, card!, i)}</option>`)}
          </select>
        </div>
        <button data-testid="others" @click=${() => this.choose({ seed: this.seed + 1 })}>${t('moreImages')}</button>
      </div>
      <p class="note" data-testid="images-note" style=${styleMap({ minHeight: '3em' })}>
        ${this.testing ? t('panelTesting') : t('panelImagesHelp')}
        ${
          tested && (this.filter === 'wrong' || this.ofClass !== null)
            ? html`${t('panelTestedAt', { count: plain(tested.count, lang), step: plain(tested.step, lang) })}
              ${
                verdictsAreOld(run!)
                  ? html`<button
                      ?disabled=${this.testing}
                      @click=${() => this.asker.send(() => this.test().then(() => this.asker.want(true)))}
                    >
                      ${t('evaluateNow')}
                    </button>`
                  : nothing
              }`
            : nothing
        }
      </p>
      ${
        shown && card && shown.session === run?.session
          ? html`<ul class="cards" data-step=${shown.step}>
              ${shown.indices.map((_, i) => this.drawCard(card, shown, i))}
            </ul>`
          : html`<div class="empty note">${order && count === 0 && run?.session ? t('panelNoneLeft') : ''}</div>`
      }
      <div class="tools level">
        <button ?disabled=${page <= 1} @click=${() => this.choose({ first: this.first - perPage })}>${t('panelBefore')}</button>
        <span class="note">${t('panelPage', { page: plain(page, lang), pages: plain(pages, lang) })}</span>
        <button data-testid="next" ?disabled=${page >= pages} @click=${() => this.choose({ first: this.first + perPage })}>
          ${t('panelNext')}
        </button>
      </div>
    `);
  }
}

customElements.define('lab-images-panel', ImagesPanel);
