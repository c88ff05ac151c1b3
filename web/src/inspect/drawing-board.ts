import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Rgba } from '../files/picture-messages.js';
import { LabElement } from '../ui/element.js';
import { pastedPicture } from '../ui/paste.js';
import { base, controls, troubles } from '../ui/styles.js';
import { emptyDrawing, isEmpty, paint, readPicture, side, type Drawing, type Stroke } from './drawing.js';
import { borderBrightness } from './pixels.js';

/** A drawing on the board, with how it is to become a network's pixels. */
export interface Work {
  drawing: Drawing;
  undone: Drawing[];
  invert: boolean;
  fit: 'whole' | 'fill';
  /** Whether somebody has drawn; an example goes with its data set. */
  touched: boolean;
  dataset: string;
}

/** What the board shows now. */
export interface Drawn {
  /** A file where nothing was drawn upon it: it keeps its own size and border. */
  picture: Blob | Rgba;
  /** A stroke is under way. */
  held: boolean;
}

const brushes = [
  ['panelThin', 0.04],
  ['panelMedium', 0.08],
  ['panelThick', 0.15],
] as const;

/** A board to draw on, or to bring a picture to: chosen, dropped or pasted. Event: `drawn`, on frames. */
export class DrawingBoard extends LabElement {
  static override properties = {
    work: { attribute: false },
    grey: { type: Boolean },
    engineUrl: { attribute: false },
    brush: { state: true },
    colour: { state: true },
    trouble: { state: true },
    dropping: { state: true },
  };

  static override styles = [
    base,
    controls,
    troubles,
    css`
      :host {
        display: grid;
        gap: 8px;
        justify-items: start;
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
      .tools {
        display: flex;
        flex-wrap: wrap;
        gap: 12px 16px;
        align-items: end;
      }
      label.check {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        min-height: 36px;
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

  declare work: Work | null;
  /** Grey data sets are light on dark; a network that sees colours gets white paper. */
  declare grey: boolean;
  /** Where the engine's modules lie. */
  declare engineUrl: string;
  declare private brush: number;
  declare private colour: string;
  declare private trouble: string;
  declare private dropping: boolean;
  private stroke: Stroke | null = null;
  private repaint = 0;

  constructor() {
    super();
    this.work = null;
    this.grey = this.dropping = false;
    this.brush = 1;
    this.colour = '#b1500a';
    this.engineUrl = this.trouble = '';
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

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (changed.has('work') || changed.has('grey')) this.shape();
  }

  /** Paints at the next frame, and says so. */
  shape(): void {
    // A panel that was left before its first frame draws a board that never comes into the page.
    if (this.repaint || !this.isConnected) return;
    this.repaint = requestAnimationFrame(() => {
      this.repaint = 0;
      const { work } = this;
      const ctx = this.renderRoot.querySelector('canvas')?.getContext('2d', { willReadFrequently: true });
      if (!work || !ctx) return;
      paint(ctx, work.drawing, this.grey ? '#000000' : '#ffffff');
      const file = work.drawing.strokes.length === 0 ? work.drawing.picture?.file : undefined;
      const detail: Drawn = { picture: file ?? ctx.getImageData(0, 0, side, side), held: this.stroke !== null };
      this.dispatchEvent(new CustomEvent('drawn', { detail }));
    });
  }

  undo(): void {
    const { work } = this;
    const before = work?.undone.pop();
    if (!work || !before) return;
    work.drawing = before;
    if (!before.picture) work.invert = false;
    this.shape();
    this.requestUpdate();
  }

  private change(drawing: Drawing): void {
    const { work } = this;
    if (!work) return;
    work.undone = [...work.undone, work.drawing].slice(-50);
    work.drawing = drawing;
    work.touched = true;
    this.trouble = '';
    this.shape();
    this.requestUpdate();
  }

  private adjust(change: Partial<Pick<Work, 'invert' | 'fit'>>): void {
    if (this.work) Object.assign(this.work, change);
    this.shape();
    this.requestUpdate();
  }

  private clear(): void {
    if (this.work) this.work.invert = false;
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
    this.attempt(this.bring(file));
  };

  private async bring(file: Blob): Promise<void> {
    try {
      const picture = await readPicture(file, this.engineUrl);
      // Grey data are light on dark: a picture on a light ground is inverted.
      if (this.work) this.work.invert = this.grey && borderBrightness(picture.pixels) > 127;
      this.change({ strokes: [], picture });
    } catch {
      this.trouble = this.t('pictureWrong');
    }
  }

  private pointsOf(...events: PointerEvent[]): number[] {
    const box = this.renderRoot.querySelector('canvas')!.getBoundingClientRect();
    return events.flatMap(({ clientX, clientY }) => [(clientX - box.x) / box.width, (clientY - box.y) / box.height]);
  }

  private onDown(event: PointerEvent): void {
    const { work } = this;
    if (!work || event.button !== 0) return;
    event.preventDefault();
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    const colour = this.grey ? (work.invert ? '#000000' : '#ffffff') : this.colour;
    this.stroke = { colour, width: brushes[this.brush]![1], points: this.pointsOf(event) };
    this.change({ ...work.drawing, strokes: [...work.drawing.strokes, this.stroke] });
  }

  private onMove(event: PointerEvent): void {
    if (!this.stroke) return;
    this.stroke.points.push(...this.pointsOf(...(event.getCoalescedEvents?.() ?? []), event));
    this.shape();
  }

  private onUp(): void {
    this.stroke = null;
    this.shape();
  }

  private readonly onDrag = (event: DragEvent): void => {
    if (event.type === 'dragleave') {
      this.dropping = false;
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    this.dropping = event.type === 'dragover';
    const file = event.type === 'drop' ? event.dataTransfer?.files[0] : undefined;
    if (file) this.attempt(this.bring(file));
  };

  private readonly onFile = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    if (file) this.attempt(this.bring(file));
    input.value = '';
  };

  private drawBrushes(empty: boolean): TemplateResult {
    const { t } = this;
    return html`<div class="tools">
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
      <button ?disabled=${!this.work?.undone.length} @click=${() => this.undo()}>${t('undo')}</button>
      <button ?disabled=${empty} @click=${() => this.clear()}>${t('panelClear')}</button>
    </div>`;
  }

  private drawFits(work: Work): TemplateResult {
    const { t } = this;
    return html`<div class="choices" role="group" aria-label=${t('panelFit')}>
      ${(['whole', 'fill'] as const).map(
        (fit) =>
          html`<button aria-pressed=${fit === work.fit ? 'true' : 'false'} @click=${() => this.adjust({ fit })}>
            ${t(fit === 'whole' ? 'panelWhole' : 'panelFill')}
          </button>`,
      )}
    </div>`;
  }

  protected override render(): TemplateResult {
    const { t, work } = this;
    return html`<canvas
        class="drawing ${this.dropping ? 'drop' : ''}"
        width=${side}
        height=${side}
        role="img"
        aria-label=${t('panelCanvas')}
        @pointerdown=${this.onDown}
        @pointermove=${this.onMove}
        @pointerup=${this.onUp}
        @pointercancel=${this.onUp}
        @dragover=${this.onDrag}
        @dragleave=${this.onDrag}
        @drop=${this.onDrag}
      ></canvas>
      ${this.drawBrushes(!work || isEmpty(work.drawing))}
      <div class="tools">
        <button @click=${() => this.renderRoot.querySelector<HTMLInputElement>('input[type=file]')!.click()}>${t('presetPhoto')}</button>
        <input class="hidden" type="file" accept="image/*" tabindex="-1" aria-label=${t('presetPhoto')} @change=${this.onFile} />
        <label class="check"
          ><input
            type="checkbox"
            data-testid="invert"
            .checked=${work?.invert ?? false}
            @change=${() => this.adjust({ invert: !work?.invert })}
          />${t('panelInvert')}</label
        >
        ${work?.drawing.picture && work.drawing.strokes.length === 0 ? this.drawFits(work) : nothing}
      </div>
      ${this.trouble ? html`<p class="problem" role="alert">${this.trouble}</p>` : nothing}`;
  }
}

customElements.define('lab-drawing-board', DrawingBoard);
