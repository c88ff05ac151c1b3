import { LitElement, css, html, unsafeCSS, type PropertyValues, type TemplateResult } from 'lit';
import uPlot from 'uplot';
import uPlotStyle from 'uplot/dist/uPlot.min.css?inline';
import type { Lang } from '../i18n/index.js';
import { plain } from './numbers.js';
import { placeIn, scaleOf } from './scale.js';
import { styleMap } from './style-map.js';
import { base } from './styles.js';
import { watchWidth } from './widths.js';

export interface Series {
  label: string;
  /** The name of a token, "--lab-accent". */
  colour: string;
  width?: number;
  dash?: number[];
  faint?: boolean;
  /** Written at the line's end. Left out for raw data behind a smoothed line. */
  named?: boolean;
  /** Marks each value with a dot. */
  dots?: boolean;
  /** The pointer reads it; default: true. */
  read?: boolean;
}

/** uPlot takes the screen's pixels for its own, which a transform of the page around it makes different. */
const ownPixels: uPlot.Cursor.MouseListenerFactory = (plot, _target, handler) => (event) => {
  const { over } = plot;
  if (scaleOf(over) === 1) return handler(event);
  const { x, y } = over.getBoundingClientRect();
  const [left, top] = placeIn(over, event);
  return handler(
    new MouseEvent(event.type, { clientX: x + left, clientY: y + top, movementX: event.movementX, movementY: event.movementY }),
  );
};

/** Lines over one axis, with their names at their ends. Its size is fixed before data come. */
export class LabChart extends LitElement {
  static override properties = {
    data: { attribute: false },
    series: { attribute: false },
    log: { type: Boolean },
    height: { type: Number },
    label: { type: String },
    axis: { type: String },
    measured: { type: String },
    unit: { type: String },
    lang: { type: String },
    range: { attribute: false },
    across: { attribute: false },
  };

  static override styles = [
    base,
    unsafeCSS(uPlotStyle),
    css`
      /* The canvas has the width of its place, and must not hold that open when the place becomes narrower. */
      :host {
        contain: inline-size;
      }
      .box {
        position: relative;
        width: 100%;
        overflow: hidden;
      }
      .reading {
        position: absolute;
        top: 0;
        right: 4px;
        font-size: var(--lab-small);
        font-family: var(--lab-mono);
        color: var(--lab-ink-soft);
        pointer-events: none;
      }
    `,
  ];

  /** x values first, then one column for each series; null: no value there. */
  declare data: uPlot.AlignedData;
  declare series: Series[];
  declare log: boolean;
  declare height: number;
  declare label: string;
  declare axis: string;
  /** Names what goes upwards, with its unit. */
  declare measured: string;
  declare unit: string;
  declare lang: Lang;
  declare range: [number, number] | null;
  declare across: [number, number] | null;
  private plot: uPlot | null = null;
  private unwatch: () => void = () => undefined;
  private readonly dark = matchMedia('(prefers-color-scheme: dark)');
  private readonly rebuild = (): void => this.build();

  constructor() {
    super();
    this.data = [[]];
    this.series = [];
    this.log = false;
    this.height = 220;
    this.label = this.axis = this.measured = this.unit = '';
    this.lang = 'en';
    this.range = this.across = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('lab-theme', this.rebuild);
    this.dark.addEventListener('change', this.rebuild);
    this.unwatch = watchWidth(this, (width) => {
      if (width > 0 && this.plot && this.plot.width !== width) this.plot.setSize({ width, height: this.height });
    });
    if (this.hasUpdated) this.build();
  }

  override disconnectedCallback(): void {
    removeEventListener('lab-theme', this.rebuild);
    this.dark.removeEventListener('change', this.rebuild);
    this.unwatch();
    this.plot?.destroy();
    this.plot = null;
    super.disconnectedCallback();
  }

  protected override updated(changed: PropertyValues): void {
    const shape = ['series', 'log', 'height', 'axis', 'measured', 'lang', 'range', 'across'].some((name) => changed.has(name));
    if (!this.plot || shape) this.build();
    else if (changed.has('data')) this.plot.setData(this.data);
  }

  private token(name: string): string {
    const probe = document.createElement('i');
    // A canvas has no forced colours: with the system's, names would have the colour of the ground behind them.
    probe.style.setProperty('forced-color-adjust', 'none');
    probe.style.color = `var(${name})`;
    this.renderRoot.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
  }

  private build(): void {
    const box = this.renderRoot.querySelector<HTMLElement>('.box');
    if (!box) return;
    this.plot?.destroy();
    const ink = this.token('--lab-ink-soft');
    const line = this.token('--lab-line');
    const ground = this.token('--lab-ground');
    const font = `12px ${getComputedStyle(this).fontFamily}`;
    const colours = this.series.map((series) => this.token(series.colour));
    const print = (value: number): string => plain(value, this.lang, 4);
    const axis: uPlot.Axis = {
      stroke: ink,
      font,
      grid: { stroke: line, width: 1 },
      ticks: { stroke: line, width: 1, size: 4 },
      labelFont: font,
      labelSize: 18,
      labelGap: 0,
    };
    const scales: uPlot.Scales = {
      x: { time: false, range: this.across ?? ((_, low, high) => (low === null ? [0, 1] : [low, high])) },
      y: { ...(this.log ? { distr: 3 as const } : {}), range: this.range ?? this.roomFor },
    };
    this.plot = new uPlot(
      {
        width: Math.max(120, box.clientWidth),
        height: this.height,
        legend: { show: false },
        padding: [12, this.roomForNames(font), 0, 0],
        cursor: { drag: { x: false, y: false }, points: { size: 6 }, bind: { mousemove: ownPixels, mouseenter: ownPixels } },
        scales,
        axes: [
          { ...axis, size: 28, label: this.axis, values: (_, ticks) => ticks.map(print) },
          { ...axis, size: 46, label: this.measured, values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : print(tick))) },
        ],
        series: [
          {},
          ...this.series.map((series, i): uPlot.Series => ({
            label: series.label,
            stroke: colours[i]!,
            width: series.width ?? 2,
            alpha: series.faint ? 0.35 : 1,
            points: series.dots ? { show: true, size: 5, fill: colours[i]! } : { show: false },
            spanGaps: true,
            ...(series.dash ? { dash: series.dash } : {}),
          })),
        ],
        hooks: {
          draw: [(plot) => this.drawNames(plot, colours, font, ground)],
          setCursor: [(plot) => this.read(plot)],
        },
      },
      this.data,
      box,
    );
    // A screen reader gets the words from the box around the canvas.
    this.plot.root.setAttribute('aria-hidden', 'true');
  }

  /** The longest name stands right of the last point. */
  private roomForNames(font: string): number {
    const ctx = new OffscreenCanvas(1, 1).getContext('2d')!;
    ctx.font = `600 ${font}`;
    const named = this.series.filter(({ named }) => named !== false);
    return 12 + Math.ceil(named.reduce((most, { label }) => Math.max(most, ctx.measureText(label).width), 0));
  }

  /** The axis is there before the data, so that nothing jumps. */
  private readonly roomFor = (_: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax => {
    if (low === null || high === null) return this.log ? [0.01, 1] : [0, 1];
    if (this.log) return uPlot.rangeLog(low, high, 10, false);
    return uPlot.rangeNum(low, high, { min: { pad: 0.05, soft: 0, mode: 3 }, max: { pad: 0.05, soft: 0, mode: 0 } });
  };

  private drawNames(plot: uPlot, colours: string[], font: string, ground: string): void {
    const { ctx } = plot;
    const ratio = devicePixelRatio;
    const names: { text: string; colour: string; y: number; x: number }[] = [];
    this.series.forEach((series, i) => {
      if (series.named === false) return;
      const column = this.data[i + 1] as (number | null)[] | undefined;
      let last = (column?.length ?? 0) - 1;
      while (last >= 0 && column![last] === null) last--;
      if (last < 0) return;
      names.push({
        text: series.label,
        colour: colours[i]!,
        x: plot.valToPos(this.data[0][last]!, 'x', true) + 6 * ratio,
        y: plot.valToPos(column![last]!, 'y', true),
      });
    });
    names.sort((a, b) => a.y - b.y);
    const gap = 14 * ratio;
    for (let i = 1; i < names.length; i++) names[i]!.y = Math.max(names[i]!.y, names[i - 1]!.y + gap);
    ctx.save();
    ctx.font = font.replace('12px', `600 ${12 * ratio}px`);
    ctx.textBaseline = 'middle';
    ctx.textAlign = 'left';
    // Legible where it stands on other lines.
    ctx.lineWidth = 4 * ratio;
    ctx.lineJoin = 'round';
    ctx.strokeStyle = ground;
    for (const { text, colour, x, y } of names) {
      const row = Math.min(y, plot.bbox.top + plot.bbox.height);
      ctx.strokeText(text, x, row);
      ctx.fillStyle = colour;
      ctx.fillText(text, x, row);
    }
    ctx.restore();
  }

  private read(plot: uPlot): void {
    const reading = this.renderRoot.querySelector('.reading');
    if (!reading) return;
    const { idx } = plot.cursor;
    if (idx === null || idx === undefined || (plot.cursor.left ?? -1) < 0) {
      reading.textContent = '';
      return;
    }
    const values = this.series.flatMap((series, i) => {
      if (series.read === false) return [];
      // A curve without a value there is read at its last one.
      const column = this.data[i + 1] as (number | null)[];
      let at = idx;
      while (at >= 0 && column[at] === null) at--;
      const value = column[at];
      return value === null || value === undefined ? [] : [`${series.label} ${plain(value, this.lang, 3)}`];
    });
    reading.textContent = `${plain(this.data[0][idx]!, this.lang, 1)}${this.unit}  ${values.join('  ')}`;
  }

  protected override render(): TemplateResult {
    return html`<div class="box" role="img" aria-label=${this.label} style=${styleMap({ height: `${this.height}px` })}>
      <div class="reading" aria-hidden="true"></div>
    </div>`;
  }
}

customElements.define('lab-chart', LabChart);
