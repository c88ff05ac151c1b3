import { css, html, nothing, svg, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { ConvolutionResult, LabProblem, Tensor } from '../../engine/client.js';
import { problemOf } from '../../state/engine.js';
import { choice, integer, matrix, type Matrix, type Table } from '../../state/properties.js';
import { formula } from '../../ui/formula.js';
import '../../ui/grid.js';
import type { CellDetail, EditDetail, LabGrid, Span } from '../../ui/grid.js';
import { plain } from '../../ui/numbers.js';
import '../../ui/player.js';
import type { PlayerAction } from '../../ui/player.js';
import { Station, stationStyles } from '../../ui/station.js';
import { base, controls } from '../../ui/styles.js';
import { forwardTerms, inputTerms, kernelTerms, outputs, windowOf, type Geometry, type Term } from './arithmetic.js';
import {
  courseImage,
  imageLabels,
  imageNames,
  images,
  kernelLabels,
  kernelNames,
  kernels,
  type ImageName,
  type KernelName,
} from './presets.js';

type Place = 'map' | 'activated' | 'pooled' | 'input' | 'weights';

interface State {
  image: ImageName;
  pixels: Matrix;
  kernel: KernelName;
  weights: Matrix;
  stride: number;
  padding: number;
  activation: 'relu' | 'none';
  pool: 'max' | 'avg' | 'none';
  way: 'forward' | 'backward';
  to: 'image' | 'kernel';
  arriving: Matrix;
  stage: 'map' | 'activated' | 'pooled';
  at: number;
  speed: number;
}

const ones: Matrix = { rows: 1, columns: 1, values: [1] };

const table: Table<State> = {
  image: choice('course', imageNames),
  pixels: matrix(courseImage, 32),
  kernel: choice('course', kernelNames),
  weights: matrix(kernels.course, 7),
  stride: integer(1, 1, 3),
  padding: integer(1, 0, 3),
  activation: choice('relu', ['relu', 'none']),
  pool: choice('max', ['max', 'avg', 'none']),
  way: choice('forward', ['forward', 'backward']),
  to: choice('image', ['image', 'kernel']),
  arriving: matrix(ones, 32),
  stage: choice('map', ['map', 'activated', 'pooled']),
  at: integer(-1, -1, 5000),
  speed: integer(2, 1, 4),
};

const poolSize = 2;
const pauses = [0, 1100, 550, 250, 90];
const mostTerms = 27;
const garmentIndex = 1;

const square = ({ shape, data }: Tensor): Matrix => ({ rows: shape[0]!, columns: shape[1]!, values: Array.from(data) });

/** A convolution, one number at a time, forward and backward. */
export class ConvolutionStation extends Station<State> {
  static override properties: PropertyDeclarations = {
    result: { state: true },
    misfit: { state: true },
    playing: { state: true },
    width: { state: true },
    chosen: { state: true },
    fetched: { state: true },
    imageProblem: { state: true },
  };

  static override styles = [
    base,
    controls,
    stationStyles,
    css`
      .stage {
        position: relative;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 24px 20px;
      }
      .stage.stale {
        opacity: 0.45;
      }
      figure {
        display: grid;
        gap: 6px;
        justify-items: start;
        align-content: start;
      }
      figcaption {
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
        width: 0;
        min-width: max(100%, 96px);
        line-height: 1.3;
      }
      figcaption strong {
        color: var(--lab-ink);
        font-weight: 560;
      }
      .operator {
        font-size: var(--lab-title);
        color: var(--lab-mark);
        margin: 24px -8px 0;
        line-height: 1;
      }
      .threads {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        pointer-events: none;
        overflow: visible;
        z-index: 1;
      }
      .threads line {
        stroke: var(--lab-lit);
        stroke-width: 1;
        opacity: 0.75;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 12px 24px;
        align-items: center;
        justify-content: space-between;
      }
      .row.tight {
        justify-content: start;
        gap: 8px;
      }
      .hint {
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
        max-width: 68ch;
      }
      .edit {
        display: flex;
        gap: 8px;
        align-items: center;
      }
      .sum {
        min-height: 232px;
        display: grid;
        gap: 8px;
        align-content: start;
      }
      .terms {
        min-height: 79px;
        font-family: var(--lab-mono);
        font-size: var(--lab-text);
        line-height: 1.75;
        overflow-wrap: anywhere;
      }
      .terms .pad {
        color: var(--lab-ink-soft);
      }
      .total {
        font-family: var(--lab-mono);
        font-size: var(--lab-title);
        font-weight: 600;
        border-top: 1px solid var(--lab-mark);
        padding-top: 4px;
      }
      .file {
        display: none;
      }
      @container (width < 1100px) {
        .main,
        .side {
          display: contents;
        }
        .settings,
        .problem {
          order: 1;
        }
        details {
          order: 2;
        }
      }
      @container (width <= 570px) {
        .stage {
          gap: 16px 12px;
        }
        .operator {
          display: none;
        }
      }
    `,
  ];

  protected readonly table = table;
  declare private result: ConvolutionResult | null;
  declare private misfit: LabProblem | null;
  declare private imageProblem: string;
  declare private playing: boolean;
  declare private width: number;
  declare private chosen: { what: 'image' | 'kernel' | 'arriving'; index: number } | null;
  declare private fetched: Matrix | null;
  private timer = 0;
  private asked = 0;
  private asking: string | null = null;
  private past: State[] = [];
  private sizes: ResizeObserver | null = null;

  constructor() {
    super();
    this.result = null;
    this.misfit = null;
    this.imageProblem = '';
    this.playing = false;
    this.width = 0;
    this.chosen = null;
    this.fetched = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.sizes = new ResizeObserver(([entry]) => (this.width = Math.floor(entry!.contentRect.width)));
    void this.updateComplete.then(() => {
      const stage = this.renderRoot.querySelector('.stage');
      if (stage) this.sizes?.observe(stage);
    });
  }

  override disconnectedCallback(): void {
    this.sizes?.disconnect();
    this.pause();
    super.disconnectedCallback();
  }

  protected override ready(): void {
    this.compute();
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (this.s.at < 0 && !calm) this.play();
  }

  protected override stateRead(): void {
    this.pause();
    this.compute();
  }

  // ---- what is convolved ---------------------------------------------------------------------------

  private get image(): Matrix {
    const { image, pixels } = this.s;
    if (image === 'own') return pixels;
    if (image === 'garment') return this.fetched ?? { rows: 28, columns: 28, values: new Array<number>(784).fill(0) };
    return images[image];
  }

  private get kernel(): Matrix {
    return this.s.kernel === 'own' ? this.s.weights : kernels[this.s.kernel];
  }

  private get geometry(): Geometry {
    const { image, kernel } = this;
    const { stride, padding } = this.s;
    return {
      image,
      kernel,
      stride,
      padding,
      rows: outputs(image.rows, kernel.rows, stride, padding),
      columns: outputs(image.columns, kernel.columns, stride, padding),
    };
  }

  /** Rows and columns of the last stage. */
  private get lastSize(): [number, number] {
    const { rows, columns } = this.geometry;
    return this.s.pool === 'none' ? [rows, columns] : [Math.floor(rows / poolSize), Math.floor(columns / poolSize)];
  }

  private get arriving(): Matrix {
    const [rows, columns] = this.lastSize;
    const { arriving } = this.s;
    if (arriving.rows === rows && arriving.columns === columns) return arriving;
    return { rows, columns, values: new Array<number>(rows * columns).fill(1) };
  }

  /** Asks the engine, unless it has just been asked the same. */
  private compute(): void {
    if (!this.engine) return;
    if (this.s.image === 'garment' && !this.fetched) void this.fetchGarment();
    const { image, kernel, arriving } = this;
    const { stride, padding, activation, pool } = this.s;
    const question = JSON.stringify([image, kernel, arriving, stride, padding, activation, pool]);
    if (question === this.asking) return;
    this.asking = question;
    const turn = ++this.asked;
    this.engine
      .convolution({
        input: { shape: [image.rows, image.columns, 1], data: Float32Array.from(image.values) },
        kernel: { shape: [1, kernel.rows, kernel.columns, 1], data: Float32Array.from(kernel.values) },
        stride,
        padding,
        activation,
        pool: { type: pool, size: poolSize, stride: poolSize },
        ...(arriving.values.length
          ? { outputGradient: { shape: [arriving.rows, arriving.columns, 1], data: Float32Array.from(arriving.values) } }
          : {}),
      })
      .then(
        (result) => {
          if (turn !== this.asked) return;
          this.result = result;
          this.misfit = null;
        },
        (error: unknown) => {
          if (turn === this.asked) this.misfit = problemOf(error);
        },
      );
  }

  private async fetchGarment(): Promise<void> {
    try {
      const { pixels, shape } = await this.engine!.images('fashion-mnist', 'test', [garmentIndex]);
      this.fetched = {
        rows: shape[0],
        columns: shape[1],
        values: Array.from(pixels.subarray(0, shape[0] * shape[1]), (byte) => Math.round((byte / 255) * 100) / 10),
      };
      this.compute();
    } catch {
      this.imageProblem = this.t('noGarments');
      this.change({ image: 'course' });
    }
  }

  private async readPicture(event: Event): Promise<void> {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    input.value = '';
    if (!file) return;
    try {
      const bitmap = await createImageBitmap(file);
      const size = 28;
      const canvas = new OffscreenCanvas(size, size);
      const context = canvas.getContext('2d')!;
      const side = Math.min(bitmap.width, bitmap.height);
      context.imageSmoothingQuality = 'high';
      context.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, size, size);
      const { data } = context.getImageData(0, 0, size, size);
      const values = Array.from({ length: size * size }, (_, i) =>
        Math.round((0.299 * data[4 * i]! + 0.587 * data[4 * i + 1]! + 0.114 * data[4 * i + 2]!) / 25.5),
      );
      this.imageProblem = '';
      this.change({ image: 'own', pixels: { rows: size, columns: size, values } });
    } catch {
      this.imageProblem = this.t('pictureWrong');
    }
  }

  // ---- changes -------------------------------------------------------------------------------------

  /** A change of what is computed: can be undone. */
  private change(change: Partial<State>): void {
    this.past.push(this.s);
    if (this.past.length > 100) this.past.shift();
    this.set(change);
    const tour = this.tour;
    if (this.s.at >= tour.length && tour.length) this.set({ at: 0, stage: 'map' });
    this.compute();
  }

  private undo(): void {
    const before = this.past.pop();
    if (!before) return;
    this.set(before);
    this.compute();
  }

  private edit(what: 'image' | 'kernel' | 'arriving', index: number, value: number): void {
    const from = this[what];
    const values = [...from.values];
    if (values[index] === value) return;
    values[index] = value;
    const changed = { ...from, values };
    if (what === 'image') this.change({ image: 'own', pixels: changed });
    else if (what === 'kernel') this.change({ kernel: 'own', weights: changed });
    else this.change({ arriving: changed });
  }

  private pick(what: 'image' | 'kernel' | 'arriving', event: CustomEvent<CellDetail>, shift: boolean): void {
    this.pause();
    const { index } = event.detail;
    this.chosen = { what, index };
    const value = this[what].values[index]!;
    if (what === 'image') {
      const painted = value > 5 ? 0 : 10;
      (event.target as LabGrid).paint(painted);
      this.edit(what, index, painted);
    } else this.edit(what, index, Number((value + (shift ? -1 : 1)).toFixed(3)));
  }
  private shift = false;

  // ---- where we are --------------------------------------------------------------------------------

  /** The cells in the order in which they are computed. */
  private get tour(): { place: Place; index: number }[] {
    const { rows, columns } = this.geometry;
    const list = (place: Place, count: number): { place: Place; index: number }[] =>
      Array.from({ length: count }, (_, index) => ({ place, index }));
    if (this.s.way === 'backward')
      return this.s.to === 'image' ? list('input', this.image.values.length) : list('weights', this.kernel.values.length);
    const [lastRows, lastColumns] = this.lastSize;
    return [...list('map', rows * columns), ...(this.s.pool === 'none' ? [] : list('pooled', lastRows * lastColumns))];
  }

  private get spot(): { place: Place; index: number } {
    const { way, to, stage } = this.s;
    const at = Math.max(0, this.s.at);
    if (way === 'backward') {
      const count = to === 'image' ? this.image.values.length : this.kernel.values.length;
      return { place: to === 'image' ? 'input' : 'weights', index: Math.min(at, count - 1) };
    }
    return { place: stage, index: at };
  }

  private goTo(place: Place, index: number, speak: boolean): void {
    if (place === 'input') this.set({ to: 'image', at: index });
    else if (place === 'weights') this.set({ to: 'kernel', at: index });
    else this.set({ stage: place, at: index });
    if (speak) this.speak();
  }

  private step(speak = true): boolean {
    const tour = this.tour;
    const { place, index } = this.spot;
    const now = this.s.at < 0 ? -1 : tour.findIndex((item) => item.place === place && item.index === index);
    const next = tour[now + 1];
    if (next) this.goTo(next.place, next.index, speak);
    return next !== undefined;
  }

  private play(): void {
    if (!this.playing) {
      const tour = this.tour;
      const { place, index } = this.spot;
      const last = tour[tour.length - 1];
      if (last && last.place === place && last.index === index) this.set({ at: -1, stage: 'map' });
    }
    this.playing = true;
    clearTimeout(this.timer);
    const tick = (): void => {
      if (!this.step(false)) this.pause();
      else this.timer = setTimeout(tick, pauses[this.s.speed]) as unknown as number;
    };
    this.timer = setTimeout(tick, this.s.at < 0 ? 300 : pauses[this.s.speed]!) as unknown as number;
  }

  private pause(): void {
    clearTimeout(this.timer);
    this.playing = false;
  }

  private act(action: PlayerAction): void {
    if (action === 'toggle') {
      if (this.playing) this.pause();
      else this.play();
    } else if (action === 'step') {
      this.pause();
      if (!this.step()) this.set({ at: 0, stage: 'map' });
    } else {
      this.pause();
      this.past.push(this.s);
      this.chosen = null;
      this.imageProblem = '';
      const { way, to, speed } = this.s;
      this.set({
        image: 'course',
        pixels: courseImage,
        kernel: 'course',
        weights: kernels.course,
        stride: 1,
        padding: 1,
        activation: 'relu',
        pool: 'max',
        arriving: ones,
        stage: 'map',
        at: 0,
        way,
        to,
        speed,
      });
      this.compute();
      this.speak();
    }
  }

  protected override ownKey(event: KeyboardEvent): boolean {
    if ((event.ctrlKey || event.metaKey) && event.key === 'z' && this.past.length) {
      this.undo();
      return true;
    }
    return false;
  }

  private valueAt(place: Place, index: number): number {
    const { result } = this;
    if (!result) return NaN;
    if (place === 'input') return result.gradients.input.data[index] ?? NaN;
    if (place === 'weights') return result.gradients.kernel.data[index] ?? NaN;
    return result[place].data[index] ?? NaN;
  }

  private columnsOf(place: Place): number {
    if (place === 'input') return this.image.columns;
    if (place === 'weights') return this.kernel.columns;
    return place === 'pooled' ? this.lastSize[1] : this.geometry.columns;
  }

  private titleOf(place: Place, index: number): string {
    const columns = Math.max(1, this.columnsOf(place));
    const key = (
      {
        map: 'arithmeticMap',
        activated: 'arithmeticActivated',
        pooled: 'arithmeticPooled',
        input: 'arithmeticInput',
        weights: 'arithmeticKernel',
      } as const
    )[place];
    return this.t(key, { row: Math.floor(index / columns) + 1, column: (index % columns) + 1 });
  }

  private speak(): void {
    const { place, index } = this.spot;
    this.say(`${this.titleOf(place, index)}: ${plain(this.valueAt(place, index), this.lang, 3)}`);
  }

  // ---- drawing -------------------------------------------------------------------------------------

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    // The grids lay themselves out after this element.
    cancelAnimationFrame(this.drawing);
    this.drawing = requestAnimationFrame(() => this.drawThreads());
  }
  private drawing = 0;

  /** Two lines from the corners of what is read to the corners of what is made. */
  private drawThreads(): void {
    const lines = this.renderRoot.querySelector('.threads');
    const stage = this.renderRoot.querySelector('.stage')?.getBoundingClientRect();
    if (!lines || !stage) return;
    const [from, to] = this.threadEnds();
    const marks = [...lines.querySelectorAll('line')];
    for (const mark of marks) mark.toggleAttribute('hidden', !from || !to);
    if (!from || !to) return;
    const beside = to.left > from.right || from.left > to.right;
    const ends: [number, number, number, number][] = beside
      ? [
          [to.left > from.right ? from.right : from.left, from.top, to.left > from.right ? to.left : to.right, to.top],
          [to.left > from.right ? from.right : from.left, from.bottom, to.left > from.right ? to.left : to.right, to.bottom],
        ]
      : [
          [from.left, from.bottom, to.left, to.top],
          [from.right, from.bottom, to.right, to.top],
        ];
    marks.forEach((mark, i) => {
      const [x1, y1, x2, y2] = ends[i]!;
      mark.setAttribute('x1', String(x1 - stage.left));
      mark.setAttribute('y1', String(y1 - stage.top));
      mark.setAttribute('x2', String(x2 - stage.left));
      mark.setAttribute('y2', String(y2 - stage.top));
    });
  }

  private threadEnds(): [DOMRect | null, DOMRect | null] {
    const { place, index } = this.spot;
    const target = this.renderRoot.querySelector<LabGrid>(`lab-grid[data-place="${place}"]`);
    const source = [...this.renderRoot.querySelectorAll<LabGrid>('lab-grid')].find((grid) => grid.window && grid !== target);
    if (!target || !source?.window || !this.result) return [null, null];
    const columns = Math.max(1, this.columnsOf(place));
    return [source.place(source.window), target.place({ top: Math.floor(index / columns), left: index % columns, height: 1, width: 1 })];
  }

  /** Cells as large as fit, but no larger than is pleasant. */
  private get cell(): number {
    const { image, kernel, padding, columns } = this.geometry;
    const across = image.columns + 2 * padding;
    const width = this.width || 320;
    if (width < 600) return Math.max(6, Math.min(40, Math.floor((across > 12 ? width - 4 : width * 0.67) / across) - 1));
    if (across > 12) return Math.max(6, Math.floor(Math.min(360, width * 0.4) / across) - 1);
    const all = across + kernel.columns + 2 * columns + Math.max(3, this.lastSize[1]);
    return Math.max(28, Math.min(44, Math.floor((width - 216) / all) - 1));
  }

  private grid(options: {
    name: string;
    data: Matrix;
    place?: Place;
    what?: 'image' | 'kernel' | 'arriving';
    scale: 'signed' | 'light' | 'heat';
    lit?: number;
    window?: Span | null;
    padding?: number;
    marks?: ReadonlySet<number> | null;
    cell?: number;
    reach?: number;
  }): TemplateResult {
    const { name, data, place, what } = options;
    return html`<figure>
      <figcaption><strong>${name}</strong> ${this.t('sizeOf', { rows: data.rows, columns: data.columns })}</figcaption>
      <lab-grid
        data-place=${place ?? nothing}
        data-what=${what ?? nothing}
        .values=${data.values}
        .rows=${data.rows}
        .columns=${data.columns}
        .padding=${options.padding ?? 0}
        .scale=${options.scale}
        .reach=${options.reach ?? 0}
        .cell=${options.cell ?? this.cell}
        .label=${name}
        .lang=${this.lang}
        .lit=${options.lit ?? -1}
        .window=${options.window ?? null}
        .marks=${options.marks ?? null}
        ?interactive=${place !== undefined}
        ?editable=${what !== undefined}
        @cell=${(event: CustomEvent<CellDetail>) => {
          if (!place) return;
          this.pause();
          this.goTo(place, event.detail.index, true);
        }}
        @pointerdown=${{ handleEvent: (event: PointerEvent) => (this.shift = event.shiftKey), capture: true }}
        @pick=${(event: CustomEvent<CellDetail>) => what && this.pick(what, event, this.shift)}
        @edit=${(event: CustomEvent<EditDetail>) => {
          if (!what) return;
          this.chosen = { what, index: event.detail.index };
          this.edit(what, event.detail.index, event.detail.value);
        }}
      ></lab-grid>
    </figure>`;
  }

  private operator(sign: string): TemplateResult {
    return html`<span class="operator" aria-hidden="true">${sign}</span>`;
  }

  private blank(rows: number, columns: number): Matrix {
    return { rows, columns, values: new Array<number>(rows * columns).fill(0) };
  }

  private kernelCell(): number {
    return Math.max(this.cell, 28);
  }

  private drawForward(): TemplateResult {
    const { image, kernel, geometry, result, s } = this;
    const { place, index } = this.spot;
    const size = [geometry.rows, geometry.columns] as const;
    const fits = result && result.map.shape[0] === size[0] && result.map.shape[1] === size[1];
    const map = fits ? square(result.map) : this.blank(...size);
    const activated = fits ? square(result.activated) : this.blank(...size);
    const last = this.lastSize;
    const pooled = fits && result.pooled.shape[0] === last[0] ? square(result.pooled) : this.blank(...last);
    const one = (at: number): Span => ({ top: Math.floor(at / geometry.columns), left: at % geometry.columns, height: 1, width: 1 });
    const poolWindow: Span = {
      top: Math.floor(index / Math.max(1, last[1])) * poolSize,
      left: (index % Math.max(1, last[1])) * poolSize,
      height: poolSize,
      width: poolSize,
    };
    const reluName = s.activation === 'relu' ? 'ReLU' : this.t('none');
    const heatReach = Math.max(...activated.values, 1e-9);
    return html`
      ${this.grid({ name: this.t('image'), data: image, what: 'image', scale: 'light', padding: s.padding, window: place === 'map' ? windowOf(geometry, index) : null })}
      ${this.operator('∗')} ${this.grid({ name: this.t('kernel'), data: kernel, what: 'kernel', scale: 'signed', cell: this.kernelCell() })}
      ${this.operator('→')}
      ${this.grid({ name: this.t('featureMap'), data: map, place: 'map', scale: 'signed', lit: place === 'map' ? index : -1, window: place === 'activated' || (place === 'pooled' && s.activation === 'none') ? (place === 'pooled' ? poolWindow : one(index)) : null })}
      ${
        s.activation === 'none'
          ? nothing
          : html`${this.operator('→')}
            ${this.grid({ name: this.t('afterActivation', { name: reluName }), data: activated, place: 'activated', scale: 'heat', reach: heatReach, lit: place === 'activated' ? index : -1, window: place === 'pooled' ? poolWindow : null, marks: this.winnerMarks() })}`
      }
      ${
        s.pool === 'none'
          ? nothing
          : html`${this.operator('→')}
            ${this.grid({ name: this.t(s.pool === 'max' ? 'pooledMax' : 'pooledAvg', { n: poolSize }), data: pooled, place: 'pooled', scale: s.activation === 'none' ? 'signed' : 'heat', reach: s.activation === 'none' ? 0 : heatReach, lit: place === 'pooled' ? index : -1 })}`
      }
    `;
  }

  private winnerMarks(): ReadonlySet<number> | null {
    const { result, geometry } = this;
    if (!result?.winners || this.s.pool !== 'max') return null;
    const marks = new Set<number>();
    const columns = result.winners.shape[1]!;
    result.winners.data.forEach((winner, i) => {
      const [row, column] = [
        Math.floor(i / columns) * poolSize + Math.floor(winner / poolSize),
        (i % columns) * poolSize + (winner % poolSize),
      ];
      marks.add(row * geometry.columns + column);
    });
    return marks;
  }

  private drawBackward(): TemplateResult {
    const { image, kernel, geometry, result, s, arriving } = this;
    const { place, index } = this.spot;
    const fits = result && result.map.shape[0] === geometry.rows && result.map.shape[1] === geometry.columns;
    const map = fits ? square(result.gradients.map) : this.blank(geometry.rows, geometry.columns);
    const toImage = s.to === 'image';
    const target = toImage
      ? fits && result.gradients.input.shape[0] === image.rows
        ? square(result.gradients.input)
        : this.blank(image.rows, image.columns)
      : { ...kernel, values: fits ? Array.from(result.gradients.kernel.data) : this.blank(kernel.rows, kernel.columns).values };
    const mapWindow: Span | null = toImage ? inputTerms(geometry, map.values, index).span : null;
    const imageWindow: Span | null = toImage ? null : kernelTerms(geometry, map.values, index).span;
    return html`
      ${this.grid({ name: this.t('gradientOut'), data: arriving, what: 'arriving', scale: 'signed' })} ${this.operator('→')}
      ${this.grid({ name: this.t('gradientMap'), data: map, scale: 'signed', window: mapWindow })} ${this.operator('∗')}
      ${
        toImage
          ? this.grid({ name: this.t('kernel'), data: kernel, what: 'kernel', scale: 'signed', cell: this.kernelCell() })
          : this.grid({ name: this.t('image'), data: image, what: 'image', scale: 'light', padding: s.padding, window: imageWindow })
      }
      ${this.operator('→')}
      ${this.grid({ name: this.t(toImage ? 'gradientInput' : 'gradientKernel'), data: target, place, scale: 'signed', lit: index, cell: toImage ? this.cell : this.kernelCell() })}
    `;
  }

  private term({ left, right, padding }: Term, first: boolean): TemplateResult {
    const wrap = (value: number, inner: boolean): string => {
      const text = plain(value, this.lang, 3);
      return inner && value < 0 ? `(${text})` : text;
    };
    return html`${first ? '' : ' + '}<span class=${padding ? 'pad' : ''}>${wrap(left, !first)}·${wrap(right, true)}</span>`;
  }

  private drawSum(): TemplateResult {
    const { geometry, result } = this;
    const { place, index } = this.spot;
    const value = plain(this.valueAt(place, index), this.lang, 3);
    let body: TemplateResult;
    if (place === 'map') {
      const terms = forwardTerms(geometry, index);
      body = html`<p class="hint">${this.t('pixelTimesWeight')}</p>
        <div class="terms">
          ${terms.map((row, i) => html`<div>${i ? '+ ' : ''}${row.map((term, j) => this.term(term, i === 0 && j === 0 ? true : j === 0))}</div>`)}
        </div>`;
    } else if (place === 'activated') {
      body = html`<p class="hint">${this.t('reluSays')}</p>
        <div class="terms">max(0, ${plain(result?.map.data[index] ?? NaN, this.lang, 3)})</div>`;
    } else if (place === 'pooled') {
      const columns = Math.max(1, this.lastSize[1]);
      const [top, left] = [Math.floor(index / columns) * poolSize, (index % columns) * poolSize];
      const values = [0, 1, 2, 3].map((k) => result?.activated.data[(top + (k >> 1)) * geometry.columns + left + (k & 1)] ?? NaN);
      const list = values.map((item) => plain(item, this.lang, 3));
      body = html`<p class="hint">${this.t(this.s.pool === 'max' ? 'maxSays' : 'avgSays')}</p>
        <div class="terms">
          ${this.s.pool === 'max' ? `max(${list.join('; ')})` : `(${list.map((x) => (x.startsWith('−') ? `(${x})` : x)).join(' + ')}) / ${list.length}`}
        </div>`;
    } else {
      const gradient = result?.gradients.map.data ?? [];
      const { terms } = place === 'input' ? inputTerms(geometry, gradient, index) : kernelTerms(geometry, gradient, index);
      const alive = terms.filter((term) => term.left !== 0);
      const shown = alive.slice(0, mostTerms);
      const left = terms.length - alive.length;
      body = html`<p class="hint">${this.t(place === 'input' ? 'gradientTimesWeight' : 'gradientTimesPixel')}</p>
        <div class="terms">
          ${shown.length ? shown.map((term, i) => this.term(term, i === 0)) : html`<span class="pad">${this.t('noTerms')}</span>`}
          ${alive.length > shown.length ? html` <span class="pad">${this.t('moreTerms', { n: alive.length - shown.length })}</span>` : ''}
        </div>
        ${left && shown.length ? html`<p class="hint">${this.t('zerosLeftOut', { n: left })}</p>` : ''}`;
    }
    return html`<section class="sum" role="group" aria-label=${this.t('numbers')}>
      <h2>${this.titleOf(place, index)}</h2>
      ${body}
      <div class="total" data-testid="total">= ${value}</div>
      ${place === 'map' && this.s.padding ? html`<p class="hint">${this.t('paddedZero')}</p>` : ''}
    </section>`;
  }

  private drawChosen(): TemplateResult {
    const { chosen } = this;
    const data = chosen ? this[chosen.what] : null;
    const known = chosen && data && chosen.index < data.values.length ? chosen : null;
    const key = ({ image: 'chosenPixel', kernel: 'chosenWeight', arriving: 'chosenGradient' } as const)[known?.what ?? 'image'];
    const label = known
      ? this.t(key, { row: Math.floor(known.index / data!.columns) + 1, column: (known.index % data!.columns) + 1 })
      : this.t('cellValue');
    return html`<div class="field">
      <label for="value">${label}</label>
      <input
        id="value"
        type="number"
        step="any"
        min="-999"
        max="999"
        ?disabled=${!known}
        .value=${known ? String(Number(data!.values[known.index]!.toFixed(3))) : ''}
        @change=${(event: Event) => {
          const input = event.target as HTMLInputElement;
          if (known && input.value !== '' && input.checkValidity()) this.edit(known.what, known.index, Number(input.value));
        }}
      />
    </div>`;
  }

  private select<T extends string>(
    id: string,
    label: string,
    value: T,
    options: readonly (readonly [T, string])[],
    change: (value: T) => void,
  ): TemplateResult {
    return html`<div class="field">
      <label for=${id}>${label}</label>
      <select id=${id} .value=${value} @change=${(event: Event) => change((event.target as HTMLSelectElement).value as T)}>
        ${options.map(([key, text]) => html`<option value=${key} ?selected=${key === value}>${text}</option>`)}
      </select>
    </div>`;
  }

  private choices<T extends string | number>(
    label: string,
    value: T,
    options: readonly (readonly [T, string])[],
    change: (value: T) => void,
  ): TemplateResult {
    return html`<div class="field" role="group" aria-label=${label}>
      <span class="label">${label}</span>
      <span class="choices"
        >${options.map(([key, text]) => html`<button aria-pressed=${key === value ? 'true' : 'false'} @click=${() => change(key)}>${text}</button>`)}</span
      >
    </div>`;
  }

  private drawMisfit(): TemplateResult | typeof nothing {
    if (!this.misfit) return nothing;
    const { image, kernel } = this;
    const need = Math.ceil((Math.max(kernel.rows - image.rows, kernel.columns - image.columns) + 1) / 2);
    return html`<div class="problem" role="alert">
      <div>${this.misfit.problem}${this.misfit.remedy ? ` — ${this.misfit.remedy}` : ''}</div>
      ${
        need > 0 && need <= 3 && need > this.s.padding
          ? html`<button @click=${() => this.change({ padding: need })}>${this.t('fitPadding', { n: need })}</button>`
          : html`<button @click=${() => this.change({ stride: 1, padding: 1 })}>${this.t('fitStride')}</button>`
      }
    </div>`;
  }

  protected override render(): TemplateResult {
    const { s, t } = this;
    const { rows, columns } = this.geometry;
    const n = [0, 1, 2, 3] as const;
    return html`<div class="station">
      <header class="lead">
        <h1>${t('convTitle')}</h1>
        <p>${t('convLead')}</p>
      </header>
      ${this.drawProblem(this.problem)}
      <div class="columns">
        <div class="main">
          <div class="row">
            <lab-player
              .playing=${this.playing}
              .speed=${s.speed}
              .lang=${this.lang}
              @action=${(event: CustomEvent<PlayerAction>) => this.act(event.detail)}
              @speed=${(event: CustomEvent<number>) => {
                this.set({ speed: event.detail });
                if (this.playing) this.play();
              }}
            ></lab-player>
            <span class="choices" role="group" aria-label=${t('direction')}
              >${(['forward', 'backward'] as const).map(
                (way) =>
                  html`<button
                    aria-pressed=${way === s.way ? 'true' : 'false'}
                    @click=${() => {
                      this.pause();
                      this.set({ way, at: 0, stage: 'map' });
                      this.speak();
                    }}
                  >
                    ${t(way)}
                  </button>`,
              )}</span
            >
          </div>
          <div class="stage ${this.misfit ? 'stale' : ''}" data-ready=${this.result || this.misfit ? 'true' : 'false'}>
            ${s.way === 'forward' ? this.drawForward() : this.drawBackward()}
            <svg class="threads" aria-hidden="true">${svg`<line></line><line></line>`}</svg>
          </div>
          ${this.drawMisfit()}
          <p class="hint">${t(s.way === 'forward' ? 'editHint' : 'gradHint')}</p>
          <div class="settings">
            ${this.select(
              'image',
              t('imagePreset'),
              s.image,
              imageNames.filter((name) => name !== 'own' || s.image === 'own').map((name) => [name, t(imageLabels[name])] as const),
              (image) => {
                this.pause();
                this.imageProblem = '';
                this.change({ image, at: 0, stage: 'map' });
              },
            )}
            ${this.select(
              'kernel',
              t('kernelPreset'),
              s.kernel,
              kernelNames.filter((name) => name !== 'own' || s.kernel === 'own').map((name) => [name, t(kernelLabels[name])] as const),
              (kernel) => this.change({ kernel }),
            )}
            ${this.drawChosen()}
            ${this.choices(
              t('stride'),
              s.stride,
              n.slice(1).map((k) => [k as number, String(k)] as const),
              (stride) => this.change({ stride }),
            )}
            ${this.choices(
              t('padding'),
              s.padding,
              n.map((k) => [k as number, String(k)] as const),
              (padding) => this.change({ padding }),
            )}
            ${this.choices(
              t('activation'),
              s.activation,
              [
                ['relu', 'ReLU'],
                ['none', t('none')],
              ] as const,
              (activation) => this.change({ activation, stage: 'map' }),
            )}
            ${this.choices(
              t('pooling'),
              s.pool,
              [
                ['max', t('poolMax')],
                ['avg', t('poolAvg')],
                ['none', t('none')],
              ] as const,
              (pool) => this.change({ pool, stage: 'map' }),
            )}
            ${
              s.way === 'backward'
                ? this.choices(
                    t('backTo'),
                    s.to,
                    [
                      ['image', t('image')],
                      ['kernel', t('kernel')],
                    ] as const,
                    (to) => this.set({ to, at: 0 }),
                  )
                : nothing
            }
            <div class="row tight">
              <button ?disabled=${!this.past.length} @click=${() => this.undo()}>${t('undo')}</button>
              <button @click=${() => this.renderRoot.querySelector<HTMLInputElement>('.file')?.click()}>${t('presetPhoto')}</button>
              <input
                class="file"
                type="file"
                accept="image/*"
                aria-label=${t('presetPhoto')}
                @change=${(event: Event) => void this.readPicture(event)}
              />
            </div>
          </div>
          ${this.imageProblem ? html`<p class="problem" role="alert">${this.imageProblem}</p>` : nothing}
        </div>
        <div class="side">
          ${this.drawSum()}
          <details>
            <summary>${t('why')}</summary>
            <p>${t('whyConv1')}</p>
            ${formula('S(i,j) = \\sum_{m}\\sum_{n} I(i+m,\\, j+n)\\, K(m,n)')}
            <p>${t('whyConv2', { result: `${rows}×${columns}` })}</p>
            <p>${t('whyConv3')}</p>
            ${formula('\\frac{\\partial L}{\\partial I(y,x)} = \\sum_{i,j} \\frac{\\partial L}{\\partial S(i,j)}\\, K(y-i,\\, x-j)')}
            ${formula('\\frac{\\partial L}{\\partial K(m,n)} = \\sum_{i,j} \\frac{\\partial L}{\\partial S(i,j)}\\, I(i+m,\\, j+n)')}
          </details>
          <details>
            <summary>${t('tryTitle')}</summary>
            <p>${t('tryQuestion')}</p>
            <span class="choices" role="group" aria-label=${t('padding')}
              >${n.map((k) => html`<button aria-pressed=${s.padding === k ? 'true' : 'false'} @click=${() => this.change({ image: 'course', kernel: 'course', stride: 1, padding: k })}>${k}</button>`)}</span
            >
            <p role="status">
              ${this.past.length && this.image.rows === 5 ? (rows === 5 && s.stride === 1 ? t('tryYes') : t('tryNo', { n: s.padding, size: `${rows}×${columns}` })) : ''}
            </p>
          </details>
        </div>
      </div>
      ${this.drawVoice()}
    </div>`;
  }
}

customElements.define('lab-convolution', ConvolutionStation);
