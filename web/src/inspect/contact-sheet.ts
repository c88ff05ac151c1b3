import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { translate, type Lang } from '../i18n/index.js';
import { figures, plain } from '../ui/numbers.js';
import { placeIn } from '../ui/scale.js';
import { base } from '../ui/styles.js';
import { styleMap } from '../ui/style-map.js';
import { watchWidth } from '../ui/widths.js';
import { cellAt, drawMaps, layoutOf, type Layout } from './map-canvas.js';
import { rangeOf, valueAt, type MapSet, type Range } from './maps.js';
import { paletteFor, type Palette, type PaletteName } from './palette.js';

const dark = matchMedia('(prefers-color-scheme: dark)');

/**
 * Maps of numbers side by side on one canvas. Pointing at a cell, or the arrow keys, shows its number. Page Up and Page
 * Down go from map to map. Event `map`: another map is pointed at.
 */
export class ContactSheet extends LitElement {
  static override properties = {
    maps: { attribute: false },
    shown: { type: Number },
    palette: { type: String },
    per: { type: String },
    side: { type: Number },
    label: { type: String },
    names: { attribute: false },
    lang: { type: String },
    at: { state: true },
    width: { state: true },
  };

  static override styles = [
    base,
    css`
      .area {
        position: relative;
      }
      canvas {
        display: block;
        image-rendering: pixelated;
        touch-action: pan-y;
      }
      .at {
        position: absolute;
        border: 2px solid var(--lab-lit);
        pointer-events: none;
      }
      .reading {
        display: flex;
        flex-wrap: wrap;
        gap: 0 24px;
        align-items: baseline;
        min-height: 3em;
        margin-top: 8px;
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
      }
      .reading output {
        font-family: var(--lab-mono);
        color: var(--lab-ink);
      }
      .scale {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        font-family: var(--lab-mono);
        white-space: nowrap;
      }
      .scale i {
        width: 72px;
        height: 10px;
        border: 1px solid var(--lab-line);
      }
    `,
  ];

  declare maps: MapSet;
  declare shown: number;
  declare palette: PaletteName;
  /** Whether each map or the layer has its own scale. */
  declare per: 'map' | 'layer';
  /** CSS pixels of a map's longer side; 0: chosen by the number of maps. */
  declare side: number;
  declare label: string;
  /** A map's name in words. */
  declare names: (map: number) => string;
  declare lang: Lang;
  declare private at: { map: number; cell: number };
  declare private width: number;
  private unwatch: () => void = () => undefined;
  private layout_: Layout | null = null;
  private ranges: Range[] = [];
  /** Reads the page's colours only when they may have changed, because reading forces a layout. */
  private colours: Palette | null = null;
  private readonly redraw = (): void => {
    this.colours = null;
    this.requestUpdate('palette');
  };

  constructor() {
    super();
    this.shown = 64;
    this.palette = 'signed';
    this.per = 'layer';
    this.label = '';
    this.side = 0;
    this.names = String;
    this.lang = 'en';
    this.at = { map: 0, cell: 0 };
    this.width = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('lab-theme', this.redraw);
    dark.addEventListener('change', this.redraw);
    this.unwatch = watchWidth(this, (width) => (this.width = width));
  }

  override disconnectedCallback(): void {
    removeEventListener('lab-theme', this.redraw);
    dark.removeEventListener('change', this.redraw);
    this.unwatch();
    super.disconnectedCallback();
  }

  private get count(): number {
    return Math.min(this.shown, this.maps.count);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!this.maps) return;
    if (changed.has('palette')) this.colours = null;
    this.colours ??= paletteFor(this, this.palette);
    const { map, cell } = this.at;
    if (map >= this.count || cell >= this.maps.cells) this.at = { map: 0, cell: 0 };
    const scaled = ['maps', 'palette', 'per', 'shown'].some((name) => changed.has(name));
    if (scaled) {
      const signed = this.palette === 'signed';
      this.ranges =
        this.per === 'layer'
          ? [rangeOf(this.maps, signed)]
          : Array.from({ length: this.count }, (_, i) => rangeOf(this.maps, signed, i, i + 1));
    }
    if (this.width > 0) this.layout_ = layoutOf(this.maps, this.count, this.width, this.side);
  }

  protected override updated(changed: PropertyValues): void {
    const canvas = this.renderRoot.querySelector('canvas');
    const layout = this.layout_;
    if (!canvas || !layout || !this.maps) return;
    if (!['maps', 'shown', 'palette', 'per', 'side', 'width', 'lang'].some((name) => changed.has(name))) return;
    const font = `500 ${Math.min(14, Math.max(9, layout.cell * 0.29))}px ${getComputedStyle(this).getPropertyValue('--lab-mono')}`;
    drawMaps(canvas, this.maps, this.count, layout, this.ranges, this.colours!, (value) => ({
      text: plain(value, this.lang, Math.abs(value) >= 10 ? 0 : Math.abs(value) >= 1 ? 1 : 2),
      font,
    }));
  }

  private go(at: { map: number; cell: number }): void {
    const other = at.map !== this.at.map;
    if (!other && at.cell === this.at.cell) return;
    this.at = at;
    if (other) this.dispatchEvent(new CustomEvent('map', { detail: at.map }));
  }

  private onPoint(event: PointerEvent): void {
    const [x, y] = placeIn(event.currentTarget as HTMLElement, event);
    const found = this.layout_ && cellAt(this.maps, this.count, this.layout_, x, y);
    if (found) this.go(found);
  }

  private onKey(event: KeyboardEvent): void {
    const { map, cell } = this.at;
    const { columns, cells } = this.maps;
    const moves: Record<string, { map: number; cell: number }> = {
      ArrowLeft: { map, cell: cell - 1 },
      ArrowRight: { map, cell: cell + 1 },
      ArrowUp: { map, cell: cell - columns },
      ArrowDown: { map, cell: cell + columns },
      Home: { map, cell: 0 },
      End: { map, cell: cells - 1 },
      PageUp: { map: map - 1, cell },
      PageDown: { map: map + 1, cell },
    };
    if (event.key === 'Escape') (event.currentTarget as HTMLElement).blur();
    const to = moves[event.key];
    if (!to || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (to.map >= 0 && to.map < this.count && to.cell >= 0 && to.cell < cells) this.go(to);
  }

  private get reading(): string {
    const { maps, at } = this;
    const values = Array.from({ length: maps.channels }, (_, c) => figures(valueAt(maps, at.map, at.cell, c), this.lang));
    return translate(this.lang)('sayGrid', {
      name: this.names(at.map),
      row: Math.floor(at.cell / maps.columns) + 1,
      column: (at.cell % maps.columns) + 1,
      value: values.join(' · '),
    });
  }

  protected override render(): TemplateResult | typeof nothing {
    const { maps, at, layout_: layout } = this;
    if (!maps) return nothing;
    const range = this.ranges[at.map] ?? this.ranges[0]!;
    const gradient =
      maps.channels === 3
        ? 'linear-gradient(90deg, #000, #fff)'
        : `linear-gradient(90deg, ${this.colours!.css.filter((_, i) => i % 14 === 0 || i === 254).join()})`;
    const size = { width: `${layout?.width ?? 0}px`, height: `${layout?.height ?? 0}px` };
    return html`
      <div
        class="area"
        role="application"
        aria-roledescription=${translate(this.lang)('panelMaps')}
        aria-label=${this.label}
        aria-describedby="reading"
        tabindex="0"
        style=${styleMap({ ...size, maxWidth: '100%' })}
        @pointermove=${this.onPoint}
        @pointerdown=${this.onPoint}
        @keydown=${this.onKey}
      >
        <canvas style=${styleMap(size)} aria-hidden="true"></canvas>
        ${
          layout
            ? html`<div
                class="at"
                style=${styleMap({
                  left: `${(at.map % layout.across) * layout.pitchX + (at.cell % maps.columns) * layout.cell - 2}px`,
                  top: `${Math.floor(at.map / layout.across) * layout.pitchY + Math.floor(at.cell / maps.columns) * layout.cell - 2}px`,
                  width: `${layout.cell + 3}px`,
                  height: `${layout.cell + 3}px`,
                })}
              ></div>`
            : nothing
        }
      </div>
      <div class="reading">
        <span class="scale" data-testid="scale"
          >${figures(range.low, this.lang, 2)}<i class="tinted" style=${styleMap({ background: gradient })}></i
          >${figures(range.high, this.lang, 2)}</span
        >
        <output id="reading" data-testid="reading">${this.reading}</output>
      </div>
    `;
  }
}

customElements.define('lab-contact-sheet', ContactSheet);
