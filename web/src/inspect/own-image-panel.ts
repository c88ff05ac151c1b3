import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { DataCard, LabSession } from '../client/client.js';
import { percent } from '../ui/numbers.js';
import { pastedPicture } from '../ui/paste.js';
import type { RunEvent, RunView } from '../run/run-view.js';
import { barStyles, drawBars } from './answer-bars.js';
import { topAnswers } from './answers.js';
import { emptyDrawing, exampleDrawing, paint, readPicture, side, type Drawing, type Stroke } from './drawing.js';
import { Panel, panelStyles } from './panel.js';
import './picture.js';
import { borderBrightness, toPixels, type Rgba } from './pixels.js';
import { classIn } from '../i18n/class-words.js';

/** What has been drawn stays with its run while the panel is out of the page. */
interface Work {
  drawing: Drawing;
  undone: Drawing[];
  invert: boolean;
  fit: 'whole' | 'fill';
  /** Whether somebody has drawn; an example goes with its data set. */
  touched: boolean;
  dataset: string;
}
const works = new WeakMap<RunView, Work>();
const freshWork = (card?: DataCard): Work => ({
  drawing: card ? exampleDrawing(card.name, card.image[2]) : emptyDrawing(),
  undone: [],
  invert: false,
  fit: 'whole',
  touched: false,
  dataset: card?.name ?? '',
});

const brushes = [
  ['panelThin', 0.04],
  ['panelMedium', 0.08],
  ['panelThick', 0.15],
] as const;

/** Draw or bring a picture; see what the network sees of it, and what it says. */
export class OwnImagePanel extends Panel {
  static override properties = {
    ...Panel.properties,
    brush: { state: true },
    colour: { state: true },
    pixels: { state: true },
    answer: { state: true },
    trouble: { state: true },
    dropping: { state: true },
  };

  static override styles = [
    ...panelStyles,
    barStyles,
    css`
      .stage {
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
      figcaption {
        font-weight: 620;
      }
      .drawing {
        width: min(100%, 280px);
        aspect-ratio: 1;
        touch-action: none;
        cursor: crosshair;
        border: 1px solid var(--lab-mark);
        display: block;
      }
      .drawing.drop {
        outline: 3px dashed var(--lab-accent);
        outline-offset: 2px;
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
      input[type='color'] {
        width: 48px;
        height: 36px;
        padding: 2px;
        border: 1px solid var(--lab-mark);
        border-radius: var(--lab-radius);
        background: var(--lab-surface);
      }
    `,
  ];

  declare private brush: number;
  declare private colour: string;
  declare private pixels: Uint8Array | null;
  declare private answer: { pixels: Uint8Array; session: LabSession; row: Float32Array } | null;
  declare private trouble: string;
  declare private dropping: boolean;
  private work: Work = freshWork();
  private stroke: Stroke | null = null;
  private repaint = 0;
  /** The test image that was in focus before one's own. */
  private lookedAt = 0;

  protected readonly title_ = 'panelOwn';
  protected readonly old: readonly RunEvent[] = ['weights'];
  protected readonly redrawn: readonly RunEvent[] = ['focus'];

  constructor() {
    super();
    this.brush = 1;
    this.colour = '#b1500a';
    this.trouble = '';
    this.dropping = false;
    this.opened();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('paste', this.onPaste);
  }

  override disconnectedCallback(): void {
    document.removeEventListener('paste', this.onPaste);
    cancelAnimationFrame(this.repaint);
    this.repaint = 0;
    super.disconnectedCallback();
  }

  protected override opened(): void {
    this.pixels = null;
    this.answer = null;
    if (!this.run) return;
    const card = this.run.session?.info.card;
    if (!card) return;
    const kept = works.get(this.run);
    this.work = kept && (kept.touched || kept.dataset === card.name) ? kept : freshWork(card);
    works.set(this.run, this.work);
    this.shape();
  }

  private get grey(): boolean {
    return this.run?.session?.info.card.image[2] === 1;
  }

  /** Grey data sets are light on dark; a network that sees colours gets white paper. */
  private get ground(): string {
    return this.grey ? '#000000' : '#ffffff';
  }

  protected async look(session: LabSession): Promise<void> {
    const { pixels } = this;
    if (!pixels) return;
    const shares = await session.predict({ pixels, count: 1 });
    if (session !== this.run?.session) return;
    this.answer = { pixels, session, row: shares.data };
    const [best] = topAnswers(shares.data, 1);
    if (!this.stroke && pixels === this.pixels) {
      this.say(this.t('panelSays', { class: classIn(this.lang, session.info.card, best!.class), share: percent(best!.share, this.lang) }));
    }
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    // The canvas comes with the first drawing; what was drawn before is on it again.
    if (!this.pixels && this.run?.session) this.shape();
  }

  /** Draws anew at the next frame, and makes the network's pixels of it. */
  private shape(): void {
    if (this.repaint) return;
    this.repaint = requestAnimationFrame(() => {
      this.repaint = 0;
      const canvas = this.renderRoot.querySelector<HTMLCanvasElement>('canvas.drawing');
      const session = this.run?.session;
      const ctx = canvas?.getContext('2d', { willReadFrequently: true });
      if (!session || !ctx) return;
      const { work } = this;
      paint(ctx, work.drawing, this.ground);
      // A picture keeps its own shape and border until it is fitted; strokes are drawn on a square.
      const plain = work.drawing.picture && work.drawing.strokes.length === 0 ? rgbaOf(work.drawing.picture) : null;
      const source = plain ?? ctx.getImageData(0, 0, side, side);
      this.pixels = toPixels(source, session.info.card.image, { fit: work.fit, invert: work.invert });
      if (this.inside) this.run!.look({ image: { pixels: this.pixels } });
      this.asker.want(true);
    });
  }

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

  private change(drawing: Drawing): void {
    this.work.undone = [...this.work.undone, this.work.drawing].slice(-50);
    this.work.drawing = drawing;
    this.work.touched = true;
    this.trouble = '';
    this.shape();
    this.requestUpdate();
  }

  private undo(): void {
    const before = this.work.undone.pop();
    if (!before) return;
    this.work.drawing = before;
    if (!before.picture) this.work.invert = false;
    this.shape();
    this.requestUpdate();
  }

  private clear(): void {
    this.work.invert = false;
    this.change(emptyDrawing());
  }

  private readonly onPaste = (event: ClipboardEvent): void => {
    if (!this.isConnected || !this.checkVisibility()) return;
    let station: Element & { hotkeys?: boolean } = (this.getRootNode() as ShadowRoot).host;
    for (let root = station.getRootNode(); root instanceof ShadowRoot && !('hotkeys' in station); root = station.getRootNode())
      station = root.host;
    const file = pastedPicture(event, station);
    if (!file) return;
    event.preventDefault();
    void this.bring(file);
  };

  private async bring(file: Blob): Promise<void> {
    try {
      const picture = await readPicture(file);
      // Grey data are light on dark: a picture on a light ground is turned round.
      this.work.invert = this.grey && borderBrightness(rgbaOf(picture)) > 127;
      this.change({ strokes: [], picture });
    } catch {
      this.trouble = this.t('pictureWrong');
    }
  }

  private pointOf(event: PointerEvent): [number, number] {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return [(event.clientX - box.x) / box.width, (event.clientY - box.y) / box.height];
  }

  private onDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.preventDefault();
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    const colour = this.grey ? (this.work.invert ? '#000000' : '#ffffff') : this.colour;
    this.stroke = { colour, width: brushes[this.brush]![1], points: this.pointOf(event) };
    this.change({ ...this.work.drawing, strokes: [...this.work.drawing.strokes, this.stroke] });
  }

  private onMove(event: PointerEvent): void {
    if (!this.stroke) return;
    for (const point of event.getCoalescedEvents?.() ?? []) this.stroke.points.push(...this.pointOfAt(event, point));
    this.stroke.points.push(...this.pointOf(event));
    this.shape();
  }

  /** A point between two events; these have no target of their own. */
  private pointOfAt(event: PointerEvent, point: PointerEvent): [number, number] {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return [(point.clientX - box.x) / box.width, (point.clientY - box.y) / box.height];
  }

  private onUp(): void {
    this.stroke = null;
    this.asker.want(true);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key !== 'z' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.undo();
  }

  protected override render(): TemplateResult {
    const { t, lang, run, work, answer } = this;
    const info = run?.session?.info;
    const current = answer && info && answer.session === run?.session ? answer : null;
    const empty = work.drawing.strokes.length === 0 && !work.drawing.picture;
    const answers = current && !empty ? topAnswers(current.row) : [];
    return this.frame(html`
      <div class="stage" @keydown=${this.onKey}>
        <figure>
          <figcaption>${t('panelDraw')}</figcaption>
          <canvas
            class="drawing ${this.dropping ? 'drop' : ''}"
            width=${side}
            height=${side}
            role="img"
            aria-label=${t('panelCanvas')}
            @pointerdown=${this.onDown}
            @pointermove=${this.onMove}
            @pointerup=${this.onUp}
            @pointercancel=${this.onUp}
            @dragover=${(event: DragEvent) => {
              event.preventDefault();
              event.stopPropagation();
              this.dropping = true;
            }}
            @dragleave=${() => (this.dropping = false)}
            @drop=${(event: DragEvent) => {
              event.preventDefault();
              event.stopPropagation();
              this.dropping = false;
              const file = event.dataTransfer?.files[0];
              if (file) void this.bring(file);
            }}
          ></canvas>
          <div class="tools">
            <div class="choices" role="group" aria-label=${t('panelBrush')}>
              ${brushes.map(
                ([key], i) =>
                  html`<button aria-pressed=${i === this.brush ? 'true' : 'false'} @click=${() => (this.brush = i)}>${t(key)}</button>`,
              )}
            </div>
            ${
              this.grey
                ? nothing
                : html`<input
                    type="color"
                    aria-label=${t('panelColour')}
                    .value=${this.colour}
                    @input=${(event: Event) => (this.colour = (event.target as HTMLInputElement).value)}
                  />`
            }
            <button ?disabled=${work.undone.length === 0} @click=${() => this.undo()}>${t('undo')}</button>
            <button ?disabled=${empty} @click=${() => this.clear()}>${t('panelClear')}</button>
          </div>
          <div class="tools">
            <button @click=${() => this.renderRoot.querySelector<HTMLInputElement>('input[type=file]')!.click()}>
              ${t('presetPhoto')}
            </button>
            <input
              class="hidden"
              type="file"
              accept="image/*"
              tabindex="-1"
              aria-label=${t('presetPhoto')}
              @change=${(event: Event) => {
                const input = event.target as HTMLInputElement;
                const file = input.files?.[0];
                if (file) void this.bring(file);
                input.value = '';
              }}
            />
            <label class="check"
              ><input
                type="checkbox"
                data-testid="invert"
                .checked=${work.invert}
                @change=${() => {
                  work.invert = !work.invert;
                  this.shape();
                  this.requestUpdate();
                }}
              />${t('panelInvert')}</label
            >
            ${
              work.drawing.picture && work.drawing.strokes.length === 0
                ? html`<div class="choices" role="group" aria-label=${t('panelFit')}>
                    ${(['whole', 'fill'] as const).map(
                      (fit) =>
                        html`<button
                          aria-pressed=${fit === work.fit ? 'true' : 'false'}
                          @click=${() => {
                            work.fit = fit;
                            this.shape();
                            this.requestUpdate();
                          }}
                        >
                          ${t(fit === 'whole' ? 'panelWhole' : 'panelFill')}
                        </button>`,
                    )}
                  </div>`
                : nothing
            }
          </div>
          <p class="note">${t(this.grey ? 'panelOwnHelpGrey' : 'panelOwnHelp')}</p>
          ${this.trouble ? html`<p class="problem" role="alert">${this.trouble}</p>` : nothing}
        </figure>
        <figure>
          <figcaption>${t('panelSees')}</figcaption>
          <lab-picture
            data-testid="sees"
            .pixels=${this.pixels}
            .shape=${info?.card.image ?? ([1, 1, 1] as const)}
            .size=${168}
            .label=${info ? t('panelSeesLabel', { size: `${info.card.image[0]}×${info.card.image[1]}` }) : ''}
          ></lab-picture>
          <p class="note">${info ? t('panelSeesLabel', { size: `${info.card.image[0]}×${info.card.image[1]}` }) : ''}</p>
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

/** A picture's pixels, on a canvas of their own. */
function rgbaOf(picture: ImageBitmap): Rgba {
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const ctx = canvas.getContext('2d')!;
  ctx.drawImage(picture, 0, 0);
  return ctx.getImageData(0, 0, picture.width, picture.height);
}

customElements.define('lab-own-image-panel', OwnImagePanel);
