import { html, nothing, type TemplateResult } from 'lit';
import { extentsOf, type LabSession, type LayerInfo, type Tensor } from '../client/client.js';
import { classIn, type Key } from '../i18n/index.js';
import { plain } from '../ui/numbers.js';
import { styleMap } from '../ui/style-map.js';
import type { RunEvent } from '../run/run-view.js';
import './histogram.js';
import { ask, type LayerView, type Seen } from './layer-answer.js';
import { layerStyles } from './layer-panel-styles.js';
import { cut } from './map-cache.js';
import { drawMapTable } from './map-table.js';
import { mapsOfActivation, mapsOfWeight, type MapSet } from './maps.js';
import { overlaid, painted, shapeOf } from './looks.js';
import { Panel, panelStyles } from './panel.js';
import './picture.js';
import './contact-sheet.js';

const views: readonly [LayerView, Key][] = [
  ['filters', 'panelFilters'],
  ['maps', 'panelActivations'],
  ['gradients', 'panelGradients'],
  ['histogram', 'panelHistogram'],
  ['look', 'panelWhere'],
];

/** Maps that are shown at first, and more at each click. */
const page = 64;

/** Filters, activation maps, gradients and histograms of one layer for the image in focus. */
export class LayerPanel extends Panel {
  static override properties = {
    ...Panel.properties,
    view: { type: String, reflect: true },
    per: { type: String },
    tensor: { state: true },
    filter: { state: true },
    channels: { state: true },
    shown: { state: true },
    tableOf: { state: true },
    tables: { state: true },
    seen: { state: true },
    picture: { state: true },
    wanted: { state: true },
  };

  static override styles = [...panelStyles, layerStyles];

  declare view: LayerView;
  declare per: 'map' | 'layer';
  declare private tensor: string;
  declare private filter: number | null;
  declare private channels: boolean;
  declare private shown: number;
  /** The map in the tables, and the tables that are open: thousands of cells are made only when somebody reads them. */
  declare private tableOf: number;
  declare private tables: ReadonlySet<string>;
  /** The class that is explained; null: the network's answer. */
  declare private wanted: number | null;
  declare private seen: Seen | null;
  declare private picture: { session: LabSession; index: number; pixels: Uint8Array; label: number } | null;

  protected readonly title_ = 'panelLayer';
  protected readonly old: readonly RunEvent[] = ['weights', 'focus'];
  protected readonly redrawn: readonly RunEvent[] = ['focus'];

  constructor() {
    super();
    this.view = 'filters';
    this.per = 'layer';
    this.tables = new Set();
    this.opened();
  }

  protected override opened(): void {
    this.tensor = '';
    this.filter = null;
    this.channels = false;
    this.shown = page;
    this.tableOf = 0;
    this.wanted = null;
    this.seen = null;
    this.picture = null;
  }

  private get layers(): string[] {
    return ['input', ...(this.run?.description?.layers ?? []).map((layer) => layer.name)];
  }

  private get info(): LayerInfo | undefined {
    return this.run?.description?.layers.find((layer) => layer.name === this.run?.focus.layer);
  }

  private get hasMap(): boolean {
    const shape = this.info?.output ?? [];
    return shape.length === 3 && shape[0]! * shape[1]! > 1;
  }

  /** Parameters and statistics of a layer, without the optimizer's state. */
  private tensorsOf(layer: string): string[] {
    return (this.run?.description?.tensors ?? [])
      .map(({ name }) => name)
      .filter((name) => name.startsWith(`${layer}.`) && !name.slice(layer.length + 1).includes('.'));
  }

  protected async look(session: LabSession): Promise<void> {
    const run = this.run!;
    const { layer, image } = run.focus;
    const tensors = this.tensorsOf(layer);
    const tensor = tensors.includes(this.tensor) ? this.tensor : (tensors[0] ?? '');
    const seen = await ask(session, {
      layer,
      view: this.view,
      tensor,
      image,
      first: this.layers[1] ?? 'input',
      hasMap: this.hasMap,
      wanted: this.wanted,
    });
    if ('index' in image && (this.picture?.index !== image.index || this.picture.session !== session)) {
      const set = await session.images('test', [image.index]);
      this.picture = { session, index: image.index, pixels: set.pixels, label: set.labels[0]! };
    }
    if (session !== run.session) return;
    this.seen = seen;
  }

  private choose(layer: string): void {
    this.filter = null;
    this.shown = page;
    this.tableOf = 0;
    this.run?.look({ layer });
  }

  private again(change: Partial<Pick<LayerPanel, 'view'>> & { tensor?: string }): void {
    Object.assign(this, change);
    this.shown = page;
    this.tableOf = 0;
    this.filter = null;
    this.asker.want(true);
    if (change.view) this.dispatchEvent(new CustomEvent('view', { detail: change.view }));
  }

  private onKey(event: KeyboardEvent): void {
    // Arrow keys of a select change its value; on the buttons they go through the views.
    const steps: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const at = views.findIndex(([view]) => view === this.view);
    const to = views[(at + step + views.length) % views.length]![0];
    this.again({ view: to });
    this.renderRoot.querySelector<HTMLElement>(`[data-view=${to}]`)?.focus();
  }

  private nameOf(kind: 'weight' | 'output', place: number[]): string {
    const layer = this.seen?.layer ?? '';
    if (place.length === 0) return kind === 'weight' ? (this.seen?.tensor ?? layer) : layer;
    if (kind === 'output') return this.t('panelMapOf', { layer, map: place[0]! });
    return place.length === 1
      ? this.t('panelFilterOf', { layer, filter: place[0]! })
      : this.t('panelSliceOf', { layer, filter: place[0]!, channel: place[1]! });
  }

  private drawSheet(what: string, kind: 'weight' | 'output', maps: MapSet, palette: 'signed' | 'heat'): TemplateResult {
    const { t, lang } = this;
    const names = (map: number): string => this.nameOf(kind, maps.place(map));
    const left = maps.count - this.shown;
    return html`<figure data-testid=${`sheet-${kind}`}>
      <figcaption>${what}</figcaption>
      <lab-contact-sheet
        .maps=${maps}
        .shown=${this.shown}
        .palette=${palette}
        .per=${this.per}
        .label=${`${what}. ${t('panelSheetHelp')}`}
        .names=${names}
        .lang=${lang}
        @map=${(event: CustomEvent<number>) => (this.tableOf = event.detail)}
      ></lab-contact-sheet>
      ${
        left > 0
          ? html`<div class="tools">
              <button data-testid="more" @click=${() => (this.shown += page)}>
                ${t('panelMore', { n: plain(Math.min(page, left), lang) })}
              </button>
              <span class="note"
                >${t('panelShown', { shown: plain(Math.min(this.shown, maps.count), lang), count: plain(maps.count, lang) })}</span
              >
            </div>`
          : nothing
      }
      ${this.drawTable(kind, maps, names)}
    </figure>`;
  }

  private drawTable(kind: string, maps: MapSet, names: (map: number) => string): TemplateResult {
    const map = Math.min(this.tableOf, maps.count - 1);
    return html`<details
      @toggle=${(event: Event) => {
        const tables = new Set(this.tables);
        if ((event.target as HTMLDetailsElement).open) tables.add(kind);
        else tables.delete(kind);
        this.tables = tables;
      }}
    >
      <summary>${this.t('asTable')}</summary>
      <div class="wide" tabindex="0" role="group" aria-label=${names(map)}>
        ${this.tables.has(kind) ? drawMapTable(maps, map, names(map), this.lang) : nothing}
      </div>
    </details>`;
  }

  private drawView(seen: Seen): TemplateResult {
    const { t, lang } = this;
    const none = (text: string): TemplateResult => html`<p class="note">${text}</p>`;
    const withWeights = this.layers.find((layer) => this.tensorsOf(layer).length > 0);
    const noWeights = html`<p class="note">${t('panelNoWeights', { layer: seen.layer })}</p>
      ${withWeights ? html`<div><button @click=${() => this.choose(withWeights)}>${t('panelGoTo', { layer: withWeights })}</button></div>` : nothing}`;
    const options = { colour: !this.channels && this.seesColours(seen), filter: this.filter };
    const weightMaps = (tensor: Tensor): MapSet => cut(tensor, JSON.stringify(options), (of) => mapsOfWeight(of, options));
    switch (this.view) {
      case 'filters':
        return seen.weight
          ? this.drawSheet(t('panelWeightsOf', { tensor: seen.tensor }), 'weight', weightMaps(seen.weight), 'signed')
          : noWeights;
      case 'maps':
        return seen.activation
          ? this.drawSheet(t('panelOutputsOf', { layer: seen.layer }), 'output', cut(seen.activation, '', mapsOfActivation), 'heat')
          : none(t('panelNoMaps', { layer: seen.layer }));
      case 'gradients':
        return html`<div class="pair">
          ${
            seen.gradient
              ? this.drawSheet(t('panelGradientOf', { layer: seen.layer }), 'output', cut(seen.gradient, '', mapsOfActivation), 'signed')
              : none(t('panelNoGradient', { layer: seen.layer }))
          }
          ${
            seen.weightGradient
              ? this.drawSheet(t('panelGradientOf', { layer: seen.tensor }), 'weight', weightMaps(seen.weightGradient), 'signed')
              : nothing
          }
        </div>`;
      case 'look':
        return this.drawLook(seen);
      case 'histogram':
        return html`<div class="pair">
          ${
            seen.activation
              ? html`<lab-histogram
                  .values=${seen.activation.data}
                  .label=${t('panelOutputsOf', { layer: seen.layer })}
                  .lang=${lang}
                ></lab-histogram>`
              : nothing
          }
          ${
            seen.weight
              ? html`<lab-histogram
                  .values=${seen.weight.data}
                  .label=${t('panelWeightsOf', { tensor: seen.tensor })}
                  .lang=${lang}
                ></lab-histogram>`
              : nothing
          }
        </div>`;
    }
  }

  private drawLook({ explanation, explained, layer }: Seen): TemplateResult {
    const { t, run, picture } = this;
    const card = run?.session?.info.card;
    const image = run?.focus.image;
    if (!explanation || !card || !image || explained === null) return html``;
    const pixels = 'pixels' in image ? image.pixels : picture?.index === image.index ? picture.pixels : null;
    const name = classIn(this.lang, card, explained);
    const figure = (bytes: Uint8Array, shape: readonly [number, number, number], words: string): TemplateResult =>
      html`<figure>
        <lab-picture .pixels=${bytes} .shape=${shape} .size=${160} .label=${words}></lab-picture>
        <figcaption>${words}</figcaption>
      </figure>`;
    return html`<div class="looks">
        ${
          explanation.map && pixels
            ? figure(
                overlaid(pixels, extentsOf(card.image), explanation.map),
                [card.image.height, card.image.width, 3],
                t(explanation.map.data.some((value) => value > 0) ? 'panelSpeaksFor' : 'panelNothingSpeaks', { class: name }),
              )
            : nothing
        }
        ${figure(painted(explanation.saliency), shapeOf(explanation.saliency), t('panelChanges', { class: name }))}
      </div>
      <p class="note">${explanation.map ? t('panelLookHelp', { layer }) : t('panelLookNoMap', { layer })}</p>`;
  }

  /** Whether a filter's three channels are those of a colour image. */
  private seesColours(seen: Seen): boolean {
    const description = this.run?.description;
    const card = this.run?.session?.info.card;
    const layer = description?.layers.find((item) => item.name === seen.layer);
    if (card?.image.channels !== 3 || layer?.type !== 'conv2d') return false;
    return layer === description?.layers[0] || layer.from.includes('input');
  }

  private drawWanted(): TemplateResult {
    const card = this.run?.session?.info.card;
    return html`<div class="field">
      <label for="wanted">${this.t('panelWanted')}</label>
      <select
        id="wanted"
        @change=${(event: Event) => {
          const { value } = event.target as HTMLSelectElement;
          this.wanted = value === '' ? null : Number(value);
          this.asker.want(true);
        }}
      >
        <option value="" ?selected=${this.wanted === null}>${this.t('panelItsAnswer')}</option>
        ${(card?.classes ?? []).map(
          (_, index) => html`<option value=${index} ?selected=${this.wanted === index}>${classIn(this.lang, card!, index)}</option>`,
        )}
      </select>
    </div>`;
  }

  private drawSubject(): TemplateResult {
    const { run, t, picture } = this;
    const card = run?.session?.info.card;
    const image = run?.focus.image;
    if (!card || !image) return html`<div class="subject"></div>`;
    const own = 'pixels' in image;
    const known = !own && picture?.session === run.session && picture.index === image.index ? picture : null;
    const words = own ? t('panelOwnImage') : t('panelTestImage', { index: image.index });
    return html`<div class="subject">
      <lab-picture .pixels=${own ? image.pixels : (known?.pixels ?? null)} .shape=${extentsOf(card.image)} .size=${56}></lab-picture>
      <span
        ><strong>${words}${known ? `: ${classIn(this.lang, card, known.label)}` : ''}</strong>${
          this.view === 'gradients' && this.seen?.assumed !== null && this.seen?.assumed !== undefined
            ? t('panelAssumed', { class: classIn(this.lang, card, this.seen.assumed) })
            : t('panelFocusHelp')
        }</span
      >
    </div>`;
  }

  protected override render(): TemplateResult {
    const { t, lang, run } = this;
    const layer = run?.focus.layer ?? '';
    const { info } = this;
    const tensors = this.tensorsOf(layer);
    const seen = this.seen?.layer === layer && this.seen.view === this.view ? this.seen : null;
    const weights = this.view !== 'maps' && this.view !== 'look' && tensors.length > 0;
    const filters = seen?.weight?.shape ?? seen?.weightGradient?.shape;
    const slices =
      (this.view === 'filters' || this.view === 'gradients') && filters?.length === 4 && filters[1]! * filters[2]! > 1 && filters[3]! > 1;
    const colour = slices && seen && this.seesColours(seen);
    return this.frame(html`
      <div class="tools">
        <div class="field">
          <label for="layer">${t('layer')}</label>
          <select id="layer" @change=${(event: Event) => this.choose((event.target as HTMLSelectElement).value)}>
            ${this.layers.map((name) => html`<option value=${name} ?selected=${name === layer}>${name === 'input' ? t('panelInput') : name}</option>`)}
          </select>
        </div>
        <div class="field">
          <span class="label" id="view-label">${t('panelView')}</span>
          <div class="choices" role="group" aria-labelledby="view-label" @keydown=${this.onKey}>
            ${views.map(
              ([view, key]) =>
                html`<button data-view=${view} aria-pressed=${view === this.view ? 'true' : 'false'} @click=${() => this.again({ view })}>
                  ${t(key)}
                </button>`,
            )}
          </div>
        </div>
        ${this.view === 'look' ? this.drawWanted() : nothing}
        ${
          weights && tensors.length > 1
            ? html`<div class="field">
                <label for="tensor">${t('panelTensor')}</label>
                <select id="tensor" @change=${(event: Event) => this.again({ tensor: (event.target as HTMLSelectElement).value })}>
                  ${tensors.map((name) => html`<option value=${name} ?selected=${name === seen?.tensor}>${name.slice(layer.length + 1)}</option>`)}
                </select>
              </div>`
            : nothing
        }
        ${
          slices
            ? html`<div class="field">
                <label for="filter">${t('panelFilter')}</label>
                <select
                  id="filter"
                  @change=${(event: Event) => {
                    const { value } = event.target as HTMLSelectElement;
                    this.filter = value === '' ? null : Number(value);
                    this.tableOf = 0;
                  }}
                >
                  <option value="" ?selected=${this.filter === null}>${t('panelAll')}</option>
                  ${Array.from({ length: filters[0]! }, (_, i) => html`<option value=${i} ?selected=${this.filter === i}>${i + 1}</option>`)}
                </select>
              </div>`
            : nothing
        }
        ${
          this.view === 'histogram' || this.view === 'look'
            ? nothing
            : html`<div class="field">
                <span class="label" id="per-label">${t('panelScale')}</span>
                <div class="choices" role="group" aria-labelledby="per-label">
                  ${(['layer', 'map'] as const).map(
                    (per) =>
                      html`<button data-per=${per} aria-pressed=${per === this.per ? 'true' : 'false'} @click=${() => (this.per = per)}>
                        ${t(per === 'layer' ? 'panelPerLayer' : 'panelPerMap')}
                      </button>`,
                  )}
                </div>
              </div>`
        }
        ${
          colour
            ? html`<label class="check"
                ><input
                  type="checkbox"
                  .checked=${this.channels}
                  @change=${() => (this.channels = !this.channels)}
                />${t('panelByChannel')}</label
              >`
            : nothing
        }
      </div>
      ${this.drawSubject()}
      <p class="note" data-testid="layer-facts" style=${styleMap({ minHeight: '1.5em' })}>
        ${
          info
            ? t('panelLayerFacts', {
                type: info.type,
                input: info.input.join('×'),
                output: info.output.join('×'),
                parameters: plain(info.parameters, lang),
              })
            : ''
        }
        ${seen ? t('panelAtStep', { step: plain(seen.step, lang) }) : ''}
      </p>
      <div
        data-testid="layer-view"
        data-seen=${seen ? `${seen.layer} ${seen.view} ${seen.step}` : ''}
        style=${styleMap({ minHeight: '240px' })}
      >
        ${seen ? this.drawView(seen) : nothing}
      </div>
    `);
  }
}

customElements.define('lab-layer-panel', LayerPanel);
