import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { extentsOf, type DataCard, type LabSession } from '../client/client.js';
import { fitted } from '../files/pictures.js';
import { classIn } from '../i18n/index.js';
import type { RunEvent, RunView } from '../run/run-view.js';
import { percent } from '../ui/numbers.js';
import { barStyles, drawBars } from './answer-bars.js';
import { topAnswers } from './answers.js';
import './drawing-board.js';
import type { DrawingBoard, Drawn, Work } from './drawing-board.js';
import { emptyDrawing, exampleDrawing, isEmpty } from './drawing.js';
import { Panel, panelStyles } from './panel.js';
import './picture.js';

/** A drawing stays with its run while the panel is out of the page. */
const works = new WeakMap<RunView, Work>();
const freshWork = (card?: DataCard): Work => ({
  drawing: card ? exampleDrawing(card.name, card.image.channels) : emptyDrawing(),
  undone: [],
  invert: false,
  fit: 'whole',
  touched: false,
  dataset: card?.name ?? '',
});

/** Draw or bring a picture; see what the network sees of it, and what it says. */
export class OwnImagePanel extends Panel {
  static override properties = {
    ...Panel.properties,
    work: { state: true },
    pixels: { state: true },
    answer: { state: true },
  };

  static override styles = [
    ...panelStyles,
    barStyles,
    css`
      .columns {
        display: grid;
        gap: 24px;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 240px), 1fr));
        align-items: start;
      }
      figure {
        display: grid;
        gap: 8px;
        justify-items: start;
      }
      lab-drawing-board {
        width: 100%;
      }
      figcaption {
        font-weight: 620;
      }
      .answer {
        min-height: 150px;
        width: min(100%, 320px);
      }
      .said {
        font-size: var(--lab-large);
        font-weight: 620;
        min-height: 1.6em;
      }
    `,
  ];

  declare private work: Work;
  declare private pixels: Uint8Array | null;
  declare private answer: { pixels: Uint8Array; session: LabSession; row: Float32Array } | null;
  /** What the board shows; `pixels` are made of it when the panel looks. */
  private drawn: Drawn | null = null;
  /** A stroke is under way. */
  private held = false;
  /** The test image that was in focus before the drawing. */
  private lookedAt = 0;

  protected readonly title_ = 'panelOwn';
  protected readonly old: readonly RunEvent[] = ['weights'];
  protected readonly redrawn: readonly RunEvent[] = ['focus'];

  constructor() {
    super();
    this.work = freshWork();
    this.opened();
  }

  protected override opened(): void {
    this.pixels = null;
    this.answer = null;
    this.drawn = null;
    if (!this.run) return;
    const card = this.run.session?.info.card;
    if (!card) return;
    const kept = works.get(this.run);
    this.work = kept && (kept.touched || kept.dataset === card.name) ? kept : freshWork(card);
    works.set(this.run, this.work);
    this.board?.shape();
  }

  private get board(): DrawingBoard | null {
    return this.renderRoot?.querySelector<DrawingBoard>('lab-drawing-board') ?? null;
  }

  private get grey(): boolean {
    return this.run?.session?.info.card.image.channels === 1;
  }

  protected async look(session: LabSession): Promise<void> {
    const { drawn, work } = this;
    if (drawn) {
      const made = await fitted(session.engineUrl, drawn.picture, extentsOf(session.info.card.image), work.fit);
      if (session !== this.run?.session) return;
      if (drawn === this.drawn) this.drawn = null;
      this.pixels = work.invert ? made.map((value) => 255 - value) : made;
      if (this.inside) this.run.look({ image: { pixels: this.pixels } });
    }
    const { pixels } = this;
    if (!pixels) return;
    const shares = await session.predict({ pixels, count: 1 });
    if (session !== this.run?.session) return;
    this.answer = { pixels, session, row: shares.data };
    const [best] = topAnswers(shares.data, 1);
    if (!this.held && !this.drawn) {
      this.say(this.t('panelSays', { class: classIn(this.lang, session.info.card, best!.class), share: percent(best!.share, this.lang) }));
    }
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    // The board comes with the panel's first drawing, and paints what was drawn before.
    if (!this.pixels && !this.drawn && this.run?.session) this.board?.shape();
  }

  private readonly onDrawn = ({ detail }: CustomEvent<Drawn>): void => {
    this.held = detail.held;
    this.drawn = detail;
    this.asker.want(true);
  };

  /** The panels look at this drawing. */
  private get inside(): boolean {
    const image = this.run?.focus.image;
    return image !== undefined && 'pixels' in image;
  }

  private lookInside(): void {
    const { run, pixels } = this;
    if (!run || !pixels) return;
    if ('index' in run.focus.image) this.lookedAt = run.focus.image.index;
    run.look({ image: this.inside ? { index: this.lookedAt } : { pixels } });
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key !== 'z' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.board?.undo();
  }

  protected override render(): TemplateResult {
    const { t, lang, run, work, answer } = this;
    const info = run?.session?.info;
    const current = answer && info && answer.session === run?.session ? answer : null;
    const answers = current && !isEmpty(work.drawing) ? topAnswers(current.row) : [];
    const seesLabel = info ? t('panelSeesLabel', { size: `${info.card.image.height}×${info.card.image.width}` }) : '';
    return this.frame(html`
      <div class="columns" @keydown=${this.onKey}>
        <figure>
          <figcaption>${t('panelDraw')}</figcaption>
          <lab-drawing-board
            .work=${work}
            .grey=${this.grey}
            .engineUrl=${run?.session?.engineUrl ?? ''}
            .lang=${lang}
            @drawn=${this.onDrawn}
          ></lab-drawing-board>
          <p class="note">${t(this.grey ? 'panelOwnHelpGrey' : 'panelOwnHelp')}</p>
        </figure>
        <figure>
          <figcaption>${t('panelSees')}</figcaption>
          <lab-picture
            data-testid="sees"
            .pixels=${this.pixels}
            .shape=${info ? extentsOf(info.card.image) : ([1, 1, 1] as const)}
            .size=${168}
            .label=${seesLabel}
          ></lab-picture>
          <p class="note">${seesLabel}</p>
          <button
            data-testid="inside"
            ?disabled=${!this.pixels}
            aria-pressed=${this.inside ? 'true' : 'false'}
            @click=${() => this.lookInside()}
          >
            ${t('panelLookInside')}
          </button>
        </figure>
        <figure>
          <figcaption>${t('panelItsAnswer')}</figcaption>
          <div class="answer" data-testid="own-answer">
            <p class="said">${answers[0] && info ? classIn(this.lang, info.card, answers[0].class) : '–'}</p>
            ${info ? drawBars(answers, info.card, lang) : nothing}
          </div>
        </figure>
      </div>
    `);
  }
}

customElements.define('lab-own-image-panel', OwnImagePanel);
