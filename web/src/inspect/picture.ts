import { LitElement, css, html, type PropertyValues, type TemplateResult } from 'lit';
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
    const [rows, columns, channels] = this.shape;
    canvas.width = columns;
    canvas.height = rows;
    const { pixels } = this;
    if (!pixels) return;
    const ctx = canvas.getContext('2d')!;
    const image = ctx.createImageData(columns, rows);
    for (let i = 0; i < rows * columns; i++) {
      for (let c = 0; c < 3; c++) image.data[i * 4 + c] = pixels[i * channels + (channels >= 3 ? c : 0)] ?? 0;
      image.data[i * 4 + 3] = 255;
    }
    ctx.putImageData(image, 0, 0);
  }

  protected override render(): TemplateResult {
    const [rows, columns] = this.shape;
    const scale = this.size / Math.max(rows, columns);
    const style = styleMap({ width: `${columns * scale}px`, height: `${rows * scale}px` });
    return this.label
      ? html`<canvas role="img" aria-label=${this.label} style=${style}></canvas>`
      : html`<canvas aria-hidden="true" style=${style}></canvas>`;
  }
}

customElements.define('lab-picture', LabPicture);
