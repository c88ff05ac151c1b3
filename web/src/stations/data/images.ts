import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { ImageSet } from '../../client/client.js';
import { paint } from '../../ui/paint.js';
import { LabElement } from '../../ui/element.js';
import { base } from '../../ui/styles.js';
import { styleMap } from '../../ui/style-map.js';

/** What stands under an image. `other`: it stands out. */
export interface Caption {
  text: string;
  note?: string;
  other?: boolean;
}

/**
 * Images side by side, each a button. One of them takes part in the order of the Tab key; arrow keys go to the others.
 * Event: `image`, with the place of the one that was chosen.
 */
export class ImageRow extends LabElement {
  static override properties = {
    images: { attribute: false },
    // Both follow from the images and the language.
    names: { attribute: false, hasChanged: () => false },
    captions: { attribute: false, hasChanged: () => false },
    chosen: { type: Number },
    size: { type: Number },
    label: { type: String },
    at: { state: true },
  };

  static override styles = [
    base,
    css`
      :host {
        min-width: 0;
      }
      div {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
      }
      button {
        font: inherit;
        font-size: var(--lab-small);
        line-height: 1.3;
        color: var(--lab-ink-soft);
        background: none;
        border: 2px solid transparent;
        border-radius: var(--lab-radius);
        padding: 2px;
        position: relative;
        cursor: pointer;
        display: grid;
        justify-items: center;
        align-content: start;
        gap: 2px;
        min-width: 44px;
        min-height: 44px;
      }
      button:hover {
        border-color: var(--lab-mark);
      }
      button[aria-pressed='true'] {
        border-color: var(--lab-accent);
      }
      canvas {
        display: block;
        image-rendering: pixelated;
        border-radius: 2px;
      }
      .name {
        max-width: 88px;
        overflow-wrap: anywhere;
        text-align: center;
        color: var(--lab-ink);
      }
      .other {
        text-decoration: underline;
        text-decoration-color: var(--lab-positive);
        text-decoration-thickness: 2px;
      }
      .number {
        font-family: var(--lab-mono);
      }
      @media (forced-colors: active) {
        button[aria-pressed='true'] {
          border-color: Highlight;
        }
      }
    `,
  ];

  declare images: ImageSet | null;
  /** What a screen reader hears of each image, after its caption. */
  declare names: (place: number) => string;
  declare captions: readonly Caption[];
  /** The place of the one that is looked at; −1: none of these. */
  declare chosen: number;
  /** CSS pixels of the longer side. */
  declare size: number;
  declare label: string;
  /** The place that the Tab key goes to. */
  declare private at: number;

  constructor() {
    super();
    this.images = null;
    this.names = String;
    this.captions = [];
    this.chosen = -1;
    this.size = 40;
    this.label = '';
    this.at = 0;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('images')) this.at = 0;
    if (changed.has('chosen') && this.chosen >= 0) this.at = this.chosen;
  }

  protected override updated(changed: PropertyValues): void {
    const { images } = this;
    if (!images || !changed.has('images')) return;
    const size = images.shape[0] * images.shape[1] * images.shape[2];
    for (const [i, canvas] of this.renderRoot.querySelectorAll('canvas').entries()) paint(canvas, images.pixels, images.shape, i * size);
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    const buttons = [...this.renderRoot.querySelectorAll('button')];
    // Images may have come anew since the last key: from where the focus is, not from where Tab would go.
    const at = buttons.findIndex((button) => button.matches(':focus'));
    const last = buttons.length - 1;
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.at = Math.min(last, Math.max(0, to));
    buttons[this.at]?.focus();
  };

  private choose(place: number): void {
    this.at = place;
    this.dispatchEvent(new CustomEvent('image', { detail: place }));
  }

  private drawCaption({ text, note, other }: Caption): TemplateResult {
    return html`<span class=${other ? 'name other' : 'name'}>${text}</span>
      ${note === undefined ? nothing : html`<span class="number">${note}</span>`}`;
  }

  protected override render(): TemplateResult {
    const { images, size } = this;
    const [rows, columns] = images?.shape ?? [1, 1];
    const scale = size / Math.max(rows, columns);
    const style = styleMap({ width: `${columns * scale}px`, height: `${rows * scale}px` });
    return html`<div role="group" aria-label=${this.label} @keydown=${this.onKey}>
      ${Array.from(
        { length: images?.count ?? 0 },
        (_, i) =>
          html`<button
            aria-pressed=${i === this.chosen ? 'true' : 'false'}
            tabindex=${i === this.at ? 0 : -1}
            @click=${() => this.choose(i)}
          >
            <canvas style=${style}></canvas>
            ${this.captions[i] ? this.drawCaption(this.captions[i]) : nothing}
            <span class="hidden">${this.names(i)}</span>
          </button>`,
      )}
    </div>`;
  }
}

customElements.define('lab-image-row', ImageRow);
