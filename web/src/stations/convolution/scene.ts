import type { ConvolutionRequest, ConvolutionResult, Tensor } from '../../client/client.js';
import type { Matrix } from '../../state/properties.js';
import type { Span } from '../../ui/grid.js';
import { outputs, type Geometry } from './arithmetic.js';
import { images, kernels } from './presets.js';
import type { MatrixName, State } from './state.js';

export const poolSize = 2;

export interface Spot {
  matrix: MatrixName;
  index: number;
}

const zeros = (rows: number, columns: number): Matrix => ({ rows, columns, values: new Array<number>(rows * columns).fill(0) });

/**
 * The first map of a result, if it has the size that the state asks for: an answer comes a moment after the question.
 */
function mapOf(tensor: Tensor | undefined, rows: number, columns: number): Matrix {
  if (!tensor || tensor.shape[0] !== rows || tensor.shape[1] !== columns) return zeros(rows, columns);
  return { rows, columns, values: Array.from(tensor.data.subarray(0, rows * columns)) };
}

/**
 * Everything that follows from the state and the answer: the operands, the result, and the
 * number that the reader looks at.
 */
export class Scene {
  readonly image: Matrix;
  readonly kernel: Matrix;
  readonly geometry: Geometry;
  /** Rows and columns of the last stage. */
  readonly lastSize: readonly [number, number];
  /** The gradient that arrives at the last stage. */
  readonly arriving: Matrix;
  /** The number in focus. */
  readonly spot: Spot;

  /** `garment`: the image of the data set, once it is loaded. */
  constructor(
    readonly state: State,
    readonly result: ConvolutionResult | null,
    garment: Matrix | null,
  ) {
    const { stride, padding, pool, arriving } = state;
    if (state.image === 'own') this.image = state.pixels;
    else this.image = state.image === 'garment' ? (garment ?? zeros(28, 28)) : images[state.image];
    this.kernel = state.kernel === 'own' ? state.weights : kernels[state.kernel];
    const { image, kernel } = this;
    const rows = outputs(image.rows, kernel.rows, stride, padding);
    const columns = outputs(image.columns, kernel.columns, stride, padding);
    this.geometry = { image, kernel, stride, padding, rows, columns };
    this.lastSize = pool === 'none' ? [rows, columns] : [Math.floor(rows / poolSize), Math.floor(columns / poolSize)];
    const [lastRows, lastColumns] = this.lastSize;
    this.arriving =
      arriving.rows === lastRows && arriving.columns === lastColumns
        ? arriving
        : { rows: lastRows, columns: lastColumns, values: new Array<number>(lastRows * lastColumns).fill(1) };
    this.spot = this.findSpot();
  }

  private findSpot(): Spot {
    const { way, to, stage, gradient } = this.state;
    const at = Math.max(0, this.state.at);
    if (way === 'forward') return { matrix: stage, index: at };
    const last = to === 'image' ? 'input' : 'weights';
    const between = gradient === 'map' ? 'mapGradient' : 'activatedGradient';
    const isMade = gradient === 'map' ? this.isMapGradientMade : this.isActivatedDrawn;
    const matrix = gradient === 'last' || !isMade ? last : between;
    const counts = { input: this.image.values.length, weights: this.kernel.values.length };
    const count = matrix === 'input' || matrix === 'weights' ? counts[matrix] : this.geometry.rows * this.geometry.columns;
    return { matrix, index: Math.max(0, Math.min(at, count - 1)) };
  }

  /** Backward, the gradient between pooling and ReLU is a stage of its own. */
  get isActivatedDrawn(): boolean {
    return this.state.activation !== 'none' && this.state.pool !== 'none';
  }

  /** The gradient at the map is another one than what arrives. */
  get isMapGradientMade(): boolean {
    return this.state.activation !== 'none' || this.state.pool !== 'none';
  }

  get question(): ConvolutionRequest {
    const { image, kernel, arriving } = this;
    const { stride, padding, activation, pool } = this.state;
    return {
      input: { shape: [image.rows, image.columns, 1], data: Float32Array.from(image.values) },
      kernel: { shape: [1, kernel.rows, kernel.columns, 1], data: Float32Array.from(kernel.values) },
      stride,
      padding,
      activation,
      pool: { type: pool, size: poolSize, stride: poolSize },
      ...(arriving.values.length
        ? { outputGradient: { shape: [arriving.rows, arriving.columns, 1], data: Float32Array.from(arriving.values) } }
        : {}),
    };
  }

  /** Equal for two scenes that ask the engine the same question. */
  get key(): string {
    const { stride, padding, activation, pool } = this.state;
    return JSON.stringify([this.image, this.kernel, this.arriving, stride, padding, activation, pool]);
  }

  /** The numbers in the order in which they are computed. */
  get tour(): Spot[] {
    const list = (matrix: MatrixName, count: number): Spot[] => Array.from({ length: count }, (_, index) => ({ matrix, index }));
    const { way, to, pool } = this.state;
    const { rows, columns } = this.geometry;
    if (way === 'backward')
      return [
        ...(this.isActivatedDrawn ? list('activatedGradient', rows * columns) : []),
        ...(this.isMapGradientMade ? list('mapGradient', rows * columns) : []),
        ...(to === 'image' ? list('input', this.image.values.length) : list('weights', this.kernel.values.length)),
      ];
    const [lastRows, lastColumns] = this.lastSize;
    return [...list('map', rows * columns), ...(pool === 'none' ? [] : list('pooled', lastRows * lastColumns))];
  }

  /** Index of the spot in the tour; −1: before its beginning, or not in it. */
  get turn(): number {
    const { matrix, index } = this.spot;
    return this.state.at < 0 ? -1 : this.tour.findIndex((item) => item.matrix === matrix && item.index === index);
  }

  /** The numbers of a matrix. */
  at(matrix: MatrixName): Matrix {
    const { result, image, kernel, geometry } = this;
    if (matrix === 'mapGradient') return this.mapGradient;
    if (matrix === 'activatedGradient') return this.activatedGradient;
    if (matrix === 'input') return mapOf(result?.gradients.input, image.rows, image.columns);
    if (matrix === 'weights') {
      const data = result?.gradients.kernel.data;
      return data?.length === kernel.values.length ? { ...kernel, values: Array.from(data) } : zeros(kernel.rows, kernel.columns);
    }
    const [rows, columns] = matrix === 'pooled' ? this.lastSize : [geometry.rows, geometry.columns];
    return mapOf(result?.[matrix], rows, columns);
  }

  /** The gradient behind the activation: pooling has passed it on, ReLU has not stopped any of it yet. */
  get activatedGradient(): Matrix {
    return mapOf(this.result?.gradients.activated, this.geometry.rows, this.geometry.columns);
  }

  /** The gradient at the feature map. */
  get mapGradient(): Matrix {
    return mapOf(this.result?.gradients.map, this.geometry.rows, this.geometry.columns);
  }

  /** Where to look first in a gradient: its largest number, which most of the sum has made. */
  telling(to: 'image' | 'kernel'): number {
    const { values } = this.at(to === 'image' ? 'input' : 'weights');
    return values.reduce((best, value, i) => (Math.abs(value) > Math.abs(values[best]!) ? i : best), 0);
  }

  /** NaN before the answer has come. */
  valueOf({ matrix, index }: Spot): number {
    return this.result ? (this.at(matrix).values[index] ?? NaN) : NaN;
  }

  /** Row and column of a number, from 0. */
  rowAndColumn({ matrix, index }: Spot): [number, number] {
    const columns = Math.max(1, this.at(matrix).columns);
    return [Math.floor(index / columns), index % columns];
  }

  /** The window of the map that a pooled number is made of. */
  poolWindow(index: number): Span {
    const columns = Math.max(1, this.lastSize[1]);
    return { top: Math.floor(index / columns) * poolSize, left: (index % columns) * poolSize, height: poolSize, width: poolSize };
  }

  /** The pooled number whose window holds a number of the map; null: no window takes it. */
  pooledOf(index: number): number | null {
    const [row, column] = [Math.floor(index / this.geometry.columns), index % this.geometry.columns].map((at) => Math.floor(at / poolSize));
    const [lastRows, lastColumns] = this.lastSize;
    return row! < lastRows && column! < lastColumns ? row! * lastColumns + column! : null;
  }

  /** The number that hands its gradient to the one in focus, where that is a gradient on the way; null: none does. */
  get gradientBefore(): { matrix: 'arriving' | 'activatedGradient'; index: number } | null {
    const { matrix, index } = this.spot;
    if (matrix !== 'mapGradient' && matrix !== 'activatedGradient') return null;
    if (matrix === 'mapGradient' && this.isActivatedDrawn) return { matrix: 'activatedGradient', index };
    const arriving = this.state.pool === 'none' ? index : this.pooledOf(index);
    return arriving === null ? null : { matrix: 'arriving', index: arriving };
  }

  /** Numbers of the map that are the largest of their windows; null without max pooling. */
  get winners(): ReadonlySet<number> | null {
    const { result, geometry } = this;
    if (!result?.winners || this.state.pool !== 'max') return null;
    const marks = new Set<number>();
    result.winners.data.forEach((winner, i) => {
      const { top, left } = this.poolWindow(i);
      marks.add((top + Math.floor(winner / poolSize)) * geometry.columns + left + (winner % poolSize));
    });
    return marks;
  }

  /** Rows and columns of the padded image that no window reads, and those of the map that no pooling window takes. */
  get left(): { image: readonly [number, number]; map: readonly [number, number] } {
    const { image, kernel, stride, padding, rows, columns } = this.geometry;
    const over = (size: number, window: number): number => Math.max(0, size + 2 * padding - window) % stride;
    const [lastRows, lastColumns] = this.lastSize;
    return {
      image: [over(image.rows, kernel.rows), over(image.columns, kernel.columns)],
      map: this.state.pool === 'none' ? [0, 0] : [rows - lastRows * poolSize, columns - lastColumns * poolSize],
    };
  }

  /** The smallest padding with which the kernel fits; 0: it fits, or none helps. */
  get neededPadding(): number {
    const { image, kernel } = this;
    const need = Math.ceil(Math.max(kernel.rows - image.rows, kernel.columns - image.columns) / 2);
    return need > this.state.padding && need <= 3 ? need : 0;
  }
}
