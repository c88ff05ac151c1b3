import { LitElement, css, html, type PropertyValues, type TemplateResult } from 'lit';
import { paint } from '../ui/paint.js';
import { base } from '../ui/styles.js';
import { styleMap } from '../ui/style-map.js';

/** One image of bytes, [height, width, channels], as crisp squares. */
export class LabPicture extends LitElement {
  static override properties = {
    pixels: { attribute: false },
    shape: { attribute: false },
    size: { type: Number },
    label: { type: String },
  };

  static override styles = [
    base,
    css`
      :host {
        display: block;
        line-height: 0;
        flex: none;
      }
      canvas {
        image-rendering: pixelated;
        border: 1px solid var(--lab-line);
      }
    `,
  ];

  declare pixels: ArrayLike<number> | null;
  declare shape: readonly [number, number, number];
  /** CSS pixels of the longer side. */
  declare size: number;
  /** Empty: the text beside it is enough. */
  declare label: string;

  constructor() {
    super();
    this.pixels = null;
    this.shape = [1, 1, 1];
    this.size = 56;
    this.label = '';
  }

  protected override updated(_changed: PropertyValues): void {
    const canvas = this.renderRoot.querySelector('canvas')!;
    if (this.pixels) paint(canvas, this.pixels, this.shape);
    else [canvas.height, canvas.width] = this.shape;
  }

  protected override render(): TemplateResult {
    const [rows, columns] = this.shape;
    const scale = this.size / Math.max(rows, columns);
    const style = styleMap({ width: `${columns * scale}px`, height: `${rows * scale}px` });
    return this.label
      ? html`<canvas part="canvas" role="img" aria-label=${this.label} style=${style}></canvas>`
      : html`<canvas part="canvas" aria-hidden="true" style=${style}></canvas>`;
  }
}

customElements.define('lab-picture', LabPicture);
