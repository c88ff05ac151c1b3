import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Augmentation, DataCard, FieldInfo, ImageSet, Json } from '../../client/client.js';
import { classIn, speaker } from '../../i18n/index.js';
import { LabElement } from '../../ui/element.js';
import { plain } from '../../ui/numbers.js';
import { paint } from '../../ui/paint.js';
import { base, controls } from '../../ui/styles.js';
import { styleMap } from '../../ui/style-map.js';
import { rangeOf } from './state.js';

/** Images, and beside each what training may see in its place. */
export interface Augmented {
  originals: ImageSet;
  pictures: ImageSet;
}

/**
 * A control for each field of the engine's augmentation, and real images with it. Events: `augment` with the new one,
 * `draw` for other draws.
 */
export class Augmenting extends LabElement {
  static override properties = {
    fields: { attribute: false },
    card: { attribute: false },
    augment: { attribute: false, hasChanged: (a: Augmentation, b?: Augmentation) => JSON.stringify(a) !== JSON.stringify(b) },
    examples: { attribute: false },
    shown: { attribute: false },
  };

  static override styles = [
    base,
    controls,
    css`
      :host {
        container-type: inline-size;
        min-width: 0;
      }
      .both {
        display: grid;
        gap: 24px 32px;
        grid-template-columns: minmax(0, 1fr);
      }
      @container (width >= 760px) {
        .both {
          grid-template-columns: minmax(0, 320px) minmax(0, 1fr);
        }
      }
      /* What one looks at comes first. */
      @container (width < 760px) {
        .pictures {
          order: -1;
        }
      }
      .examples {
        margin-bottom: 16px;
        font-size: var(--lab-small);
      }
      .controls {
        display: grid;
        gap: 8px;
        align-content: start;
      }
      .field > label,
      .tick {
        color: var(--lab-ink-soft);
        font-size: var(--lab-small);
      }
      .field code,
      .tick code {
        font-family: var(--lab-mono);
        color: var(--lab-ink);
      }
      .tick {
        display: flex;
        gap: 8px;
        align-items: center;
        min-height: 36px;
      }
      .tick input {
        width: 20px;
        height: 20px;
        flex: none;
        accent-color: var(--lab-accent);
      }
      .pictures {
        display: grid;
        gap: 8px;
        align-content: start;
        justify-content: start;
        grid-template-columns: minmax(0, 80px) 16px repeat(6, minmax(0, 80px));
        align-items: center;
      }
      @container (width < 420px) {
        .pictures {
          gap: 4px;
        }
      }
      canvas {
        display: block;
        width: 100%;
        height: auto;
        image-rendering: pixelated;
        border-radius: 2px;
      }
      .arrow {
        text-align: center;
        color: var(--lab-ink-soft);
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: center;
      }
    `,
  ];

  declare fields: readonly FieldInfo[];
  declare card: DataCard | null;
  declare augment: Augmentation;
  /** By field, a value that is strong enough to see. */
  declare examples: Record<string, number>;
  declare shown: Augmented | null;

  constructor() {
    super();
    this.fields = [];
    this.card = this.shown = null;
    this.augment = {};
    this.examples = {};
  }

  private send(name: 'augment' | 'draw', detail: unknown = null): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  private change(field: FieldInfo, value: Json): void {
    const next = { ...this.augment, [field.name]: value } as Record<string, Json>;
    if (JSON.stringify(value) === JSON.stringify(field.default)) delete next[field.name];
    this.send('augment', next);
  }

  protected override updated(changed: PropertyValues): void {
    const { shown } = this;
    if (!shown || !changed.has('shown')) return;
    const { originals, pictures } = shown;
    const size = originals.shape[0] * originals.shape[1] * originals.shape[2];
    for (const [set, name] of [
      [originals, 'original'],
      [pictures, 'drawn'],
    ] as const)
      for (const [i, canvas] of this.renderRoot.querySelectorAll<HTMLCanvasElement>(`canvas.${name}`).entries())
        paint(canvas, set.pixels, set.shape, i * size);
  }

  private drawControl(field: FieldInfo): TemplateResult {
    const { lang, card } = this;
    const id = `augment-${field.name}`;
    const value = (this.augment as Record<string, Json>)[field.name] ?? field.default;
    const words = html`<span><code>${field.name}</code> ${speaker(lang).help(field.key, field.help)}</span>`;
    if (field.kind === 'boolean')
      return html`<label class="tick"
        ><input
          id=${id}
          type="checkbox"
          .checked=${value === true}
          @change=${(event: Event) => this.change(field, (event.target as HTMLInputElement).checked)}
        />${words}</label
      >`;
    if (field.kind === 'choice')
      return html`<div class="field">
        <label for=${id}>${words}</label>
        <select id=${id} @change=${(event: Event) => this.change(field, (event.target as HTMLSelectElement).value)}>
          ${field.choices?.map((one) => html`<option value=${one} ?selected=${one === value}>${one}</option>`)}
        </select>
      </div>`;
    const { max, step } = rangeOf(field, card!.image);
    return html`<div class="field">
      <label for=${id}>${words}<output for=${id}>${plain(Number(value), lang)}</output></label>
      <input
        id=${id}
        type="range"
        min=${field.min ?? 0}
        max=${Math.max(max, Number(value))}
        step=${step}
        .value=${String(value)}
        @input=${(event: Event) => this.change(field, Number((event.target as HTMLInputElement).value))}
      />
    </div>`;
  }

  private drawPictures(): TemplateResult | typeof nothing {
    const { shown, t, lang, card } = this;
    if (!shown) return nothing;
    const { originals, pictures } = shown;
    const draws = pictures.count / originals.count;
    const ratio = styleMap({ aspectRatio: `${originals.shape[1]} / ${originals.shape[0]}` });
    return html`<div class="pictures" role="group" aria-label=${t('lookAugmented')}>
      ${Array.from({ length: originals.count }, (_, i) => {
        const name = classIn(lang, card!, originals.labels[i]!);
        return html`<canvas class="original" role="img" aria-label=${t('lookAsItIs', { name })} style=${ratio}></canvas>
          <span class="arrow" aria-hidden="true">→</span>
          ${Array.from(
            { length: draws },
            (__, d) => html`<canvas class="drawn" role="img" aria-label=${t('lookDrawn', { name, n: d + 1 })} style=${ratio}></canvas>`,
          )}`;
      })}
    </div>`;
  }

  /** One change alone at a time. */
  private drawExamples(): TemplateResult {
    const { examples, fields, augment } = this;
    const only = Object.keys(augment).length === 1;
    return html`<div class="examples choices" role="group" aria-label=${this.t('lookOneChange')}>
      ${fields
        .filter(({ name }) => name in examples)
        .map((field) => {
          const { name, kind } = field;
          const value = kind === 'boolean' ? true : examples[name]!;
          const pressed = only && (augment as Record<string, Json>)[name] === value;
          return html`<button aria-pressed=${pressed ? 'true' : 'false'} @click=${() => this.send('augment', { [name]: value })}>
            ${name}
          </button>`;
        })}
    </div>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { t, fields, card } = this;
    if (!card) return nothing;
    return html`${this.drawExamples()}
      <div class="both">
        <div class="controls">
          ${fields.map((field) => this.drawControl(field))}
          <div class="row">
            <button @click=${() => this.send('draw')}>${t('lookOtherDraws')}</button>
            <button ?disabled=${Object.keys(this.augment).length === 0} @click=${() => this.send('augment', {})}>
              ${t('lookNoChange')}
            </button>
          </div>
        </div>
        ${this.drawPictures()}
      </div>`;
  }
}

customElements.define('lab-augmenting', Augmenting);
