import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { extentsOf, type ImageChoice, type LabSession, type LayerInfo, type Tensor } from '../client/client.js';
import type { RunEvent } from '../run/run-view.js';
import { barStyles, drawBars } from './answer-bars.js';
import { topAnswers } from './answers.js';
import { drawMaps, type Layout } from './map-canvas.js';
import { mapsOfActivation, rangeOf } from './maps.js';
import { Panel, panelStyles } from './panel.js';
import { paletteFor } from './palette.js';
import './picture.js';
import { classIn } from '../i18n/index.js';

/** Layers that are shown; activations, norms and dropout are seen in the layer panel. */
const shownTypes: readonly string[] = ['conv2d', 'max_pool2d', 'avg_pool2d', 'global_avg_pool', 'global_max_pool'];
/** More layers do not fit beside each other. */
const mostLayers = 4;
const [across, down] = [3, 3];
const side = 34;
const between = 3;

interface Seen {
  session: LabSession;
  key: string;
  activations: Record<string, Tensor>;
  row: Float32Array;
  pixels: Uint8Array;
  label: number | null;
}

/**
 * What the network makes of one image while it learns: the image, a few maps of each layer, the three most probable
 * classes. Event: `open`, with the name of a layer to see more of.
 */
export class LiveView extends Panel {
  static override properties = { seen: { state: true } };

  static override styles = [
    ...panelStyles,
    barStyles,
    css`
      .line {
        display: flex;
        flex-wrap: wrap;
        gap: 16px 8px;
        align-items: center;
        min-height: 168px;
      }
      .linked {
        display: flex;
        gap: 8px;
        align-items: center;
      }
      .answers {
        flex: 1 1 200px;
        max-width: 312px;
      }
      .step {
        display: grid;
        gap: 4px;
        justify-items: center;
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
      }
      .arrow {
        color: var(--lab-mark);
        font-size: var(--lab-large);
      }
      .caption {
        text-align: center;
        line-height: 1.3;
        max-width: ${across * (side + between) + 8}px;
        overflow-wrap: anywhere;
      }
      .caption strong {
        display: block;
        color: var(--lab-ink);
        font-weight: 560;
      }
      button.maps {
        padding: 4px;
        border-color: transparent;
        background: none;
        line-height: 0;
      }
      canvas {
        display: block;
        width: ${across * (side + between) - between}px;
        height: ${down * (side + between) - between}px;
        image-rendering: pixelated;
      }
      .subject {
        display: grid;
        gap: 8px;
        justify-items: center;
      }
      .turn {
        display: flex;
        gap: 8px;
        align-items: center;
      }
      .turn button {
        min-width: 40px;
        padding: 4px;
      }
      .answer {
        flex: 1;
        min-width: 0;
        min-height: 112px;
        display: grid;
        align-content: center;
        gap: 8px;
      }
      .truth {
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
      }
      @container (width <= 570px) {
        .line {
          gap: 8px 4px;
        }
        .arrow {
          display: none;
        }
        .subject {
          flex: 0 0 112px;
        }
        .answers {
          flex-basis: 100%;
          max-width: none;
        }
      }
    `,
  ];

  declare private seen: Seen | null;
  protected readonly title_ = 'stageTitle';
  protected readonly old: readonly RunEvent[] = ['weights', 'focus'];
  protected readonly redrawn: readonly RunEvent[] = [];

  constructor() {
    super();
    this.seen = null;
  }

  protected override opened(): void {
    this.seen = null;
  }

  /** Layers that are drawn. If there are too many: some at even distances, with the first and the last. */
  private get layers(): LayerInfo[] {
    const all = (this.run?.description?.layers ?? []).filter(({ type, output }) => shownTypes.includes(type) && output.length === 3);
    if (all.length <= mostLayers) return all;
    return Array.from({ length: mostLayers }, (_, i) => all[Math.round((i * (all.length - 1)) / (mostLayers - 1))]!);
  }

  protected async look(session: LabSession): Promise<void> {
    const { image } = this.run!.focus;
    const images: ImageChoice = 'pixels' in image ? { pixels: image.pixels, count: 1 } : { split: 'test', indices: [image.index] };
    const layers = this.layers.map(({ name }) => name);
    const [tap, shown] = await Promise.all([
      session.tap({ images, layers: layers.length ? layers : ['input'] }),
      'pixels' in image ? null : session.images('test', [image.index]),
    ]);
    if (session !== this.run?.session) return;
    this.seen = {
      session,
      key: layers.join(),
      activations: tap.activations,
      row: tap.probabilities.data,
      pixels: 'pixels' in image ? image.pixels : shown!.pixels,
      label: shown ? shown.labels[0]! : null,
    };
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const { seen } = this;
    if (!seen) return;
    const palette = paletteFor(this, 'heat');
    for (const canvas of this.renderRoot.querySelectorAll<HTMLCanvasElement>('canvas[data-layer]')) {
      const tensor = seen.activations[canvas.dataset['layer']!];
      if (!tensor) continue;
      const maps = mapsOfActivation(tensor);
      const shown = Math.min(maps.count, across * down);
      const cell = side / Math.max(maps.rows, maps.columns);
      const pitch = side + between;
      const layout: Layout = {
        cell,
        across,
        pitchX: pitch,
        pitchY: pitch,
        width: across * pitch - between,
        height: down * pitch - between,
      };
      drawMaps(canvas, maps, shown, layout, [rangeOf(maps, false)], palette, null);
    }
  }

  /** The next or the last test image. */
  private turn(by: number): void {
    const { run } = this;
    const count = run?.session?.info.test_count ?? 0;
    if (!run || count === 0) return;
    const now = 'index' in run.focus.image ? run.focus.image.index : 0;
    run.look({ image: { index: (now + by + count) % count } });
  }

  private drawSubject(): TemplateResult {
    const { t, seen, run } = this;
    const card = run?.session?.info.card;
    const image = run?.focus.image;
    const name = image && 'pixels' in image ? t('panelOwnImage') : t('panelTestImage', { index: image?.index ?? 0 });
    return html`<div class="subject">
      <lab-picture
        .pixels=${seen?.pixels ?? null}
        .shape=${card ? extentsOf(card.image) : ([28, 28, 1] as const)}
        .size=${112}
        .label=${name}
      ></lab-picture>
      <div class="turn">
        <button aria-label=${t('panelBefore')} @click=${() => this.turn(-1)}>←</button>
        <button data-testid="next-image" aria-label=${t('panelNext')} @click=${() => this.turn(1)}>→</button>
      </div>
    </div>`;
  }

  private drawStep({ name, output }: LayerInfo): TemplateResult {
    const what = `${name}, ${output.join('×')}`;
    const maps = output.at(-1) ?? 0;
    const room = across * down;
    return html`<div class="linked">
      <span class="arrow" aria-hidden="true">→</span>
      <div class="step">
        <button class="maps printed" aria-label=${this.t('stageOpen', { layer: what })} @click=${() => this.open(name)}>
          <canvas data-layer=${name} aria-hidden="true"></canvas>
        </button>
        <span class="caption"
          ><strong>${name}</strong>
          ${output.join('×')}${maps > room ? html`<br />${this.t('stageSome', { n: room, all: maps })}` : nothing}</span
        >
      </div>
    </div>`;
  }

  private open(layer: string): void {
    this.run?.look({ layer });
    this.dispatchEvent(new CustomEvent('open', { detail: layer }));
  }

  private drawAnswer(): TemplateResult {
    const { t, lang, seen, run } = this;
    const card = run?.session?.info.card;
    if (!seen || !card || seen.session !== run?.session) return html`<div class="answer"></div>`;
    return html`<div class="answer" data-testid="stage-answer">
      ${drawBars(topAnswers(seen.row), card, lang, seen.label)}
      <div class="truth">${seen.label === null ? nothing : t('stageTruth', { class: classIn(this.lang, card, seen.label) })}</div>
    </div>`;
  }

  protected override render(): TemplateResult {
    return this.frame(
      html`<div class="line">
        ${this.drawSubject()} ${this.layers.map((layer) => this.drawStep(layer))}
        <div class="linked answers"><span class="arrow" aria-hidden="true">→</span>${this.drawAnswer()}</div>
      </div>`,
    );
  }
}

customElements.define('lab-live-view', LiveView);
