import type { Matrix } from '../../state/properties.js';
import type { Span } from '../../ui/grid.js';

/** One product of a sum, as a student would write it: `left · right`. */
export interface Term {
  left: number;
  right: number;
  padding: boolean;
}

export interface Geometry {
  image: Matrix;
  kernel: Matrix;
  stride: number;
  padding: number;
  /** Rows and columns of the feature map. */
  rows: number;
  columns: number;
}

export const outputs = (image: number, kernel: number, stride: number, padding: number): number =>
  Math.max(0, Math.floor((image + 2 * padding - kernel) / stride) + 1);

/** The part of the image beneath the kernel for one position of the feature map. */
export function windowOf({ kernel, stride, padding, columns }: Geometry, index: number): Span {
  return {
    top: Math.floor(index / columns) * stride - padding,
    left: (index % columns) * stride - padding,
    height: kernel.rows,
    width: kernel.columns,
  };
}

/** Products pixel × weight, one list for each row of the window. */
export function forwardTerms(geometry: Geometry, index: number): Term[][] {
  const { image, kernel } = geometry;
  const at = windowOf(geometry, index);
  return Array.from({ length: kernel.rows }, (_, i) =>
    Array.from({ length: kernel.columns }, (_, j) => {
      const [row, column] = [at.top + i, at.left + j];
      const inside = row >= 0 && row < image.rows && column >= 0 && column < image.columns;
      return {
        left: inside ? image.values[row * image.columns + column]! : 0,
        right: kernel.values[i * kernel.columns + j]!,
        padding: !inside,
      };
    }),
  );
}

/** Products gradient × weight over the outputs that pixel `index` was part of, and where those outputs lie. */
export function inputTerms(geometry: Geometry, gradient: ArrayLike<number>, index: number): { terms: Term[]; span: Span | null } {
  const { image, kernel, stride, padding, rows, columns } = geometry;
  const [row, column] = [Math.floor(index / image.columns), index % image.columns];
  const terms: Term[] = [];
  let [top, left, bottom, right] = [rows, columns, -1, -1];
  for (let oy = 0; oy < rows; oy++) {
    for (let ox = 0; ox < columns; ox++) {
      const [i, j] = [row + padding - oy * stride, column + padding - ox * stride];
      if (i < 0 || i >= kernel.rows || j < 0 || j >= kernel.columns) continue;
      terms.push({ left: gradient[oy * columns + ox]!, right: kernel.values[i * kernel.columns + j]!, padding: false });
      [top, left, bottom, right] = [Math.min(top, oy), Math.min(left, ox), Math.max(bottom, oy), Math.max(right, ox)];
    }
  }
  return { terms, span: bottom < 0 ? null : { top, left, height: bottom - top + 1, width: right - left + 1 } };
}

/** Products gradient × pixel over every position where weight `index` was used, and those pixels. */
export function kernelTerms(geometry: Geometry, gradient: ArrayLike<number>, index: number): { terms: Term[]; span: Span } {
  const { image, kernel, stride, padding, rows, columns } = geometry;
  const [i, j] = [Math.floor(index / kernel.columns), index % kernel.columns];
  const terms: Term[] = [];
  for (let oy = 0; oy < rows; oy++) {
    for (let ox = 0; ox < columns; ox++) {
      const [row, column] = [oy * stride + i - padding, ox * stride + j - padding];
      const inside = row >= 0 && row < image.rows && column >= 0 && column < image.columns;
      terms.push({ left: gradient[oy * columns + ox]!, right: inside ? image.values[row * image.columns + column]! : 0, padding: !inside });
    }
  }
  return { terms, span: { top: i - padding, left: j - padding, height: (rows - 1) * stride + 1, width: (columns - 1) * stride + 1 } };
}
