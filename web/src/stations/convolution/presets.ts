import type { Key } from '../../i18n/index.js';
import type { Matrix } from '../../state/properties.js';

const matrix = (...lines: number[][]): Matrix => ({ rows: lines.length, columns: lines[0]!.length, values: lines.flat() });

/** Draws a square picture from a rule: 10 where it is true. */
const picture = (size: number, rule: (row: number, column: number) => boolean): Matrix => ({
  rows: size,
  columns: size,
  values: Array.from({ length: size * size }, (_, i) => (rule(Math.floor(i / size), i % size) ? 10 : 0)),
});

export const courseImage = matrix([10, 10, 10, 0, 0], [10, 10, 10, 0, 0], [10, 10, 10, 0, 0], [0, 0, 0, 10, 10], [0, 0, 0, 10, 10]);

export const images = {
  course: courseImage,
  square: picture(8, (row, column) => row >= 2 && row < 6 && column >= 2 && column < 6),
  diagonal: picture(8, (row, column) => Math.abs(row - column) <= 0),
  ring: picture(9, (row, column) => Math.abs(Math.hypot(row - 4, column - 4) - 3) < 0.6),
} as const;

export const imageNames = ['course', 'square', 'diagonal', 'ring', 'garment', 'own'] as const;
export type ImageName = (typeof imageNames)[number];
export const imageLabels: Record<ImageName, Key> = {
  course: 'presetCourse',
  square: 'presetSquare',
  diagonal: 'presetDiagonal',
  ring: 'presetRing',
  garment: 'presetShirt',
  own: 'presetOwn',
};

const ninth = 1 / 9;

export const kernels = {
  course: matrix([1, 0, -1], [1, 0, -1], [1, 0, -1]),
  horizontal: matrix([1, 1, 1], [0, 0, 0], [-1, -1, -1]),
  sobel: matrix([1, 0, -1], [2, 0, -2], [1, 0, -1]),
  outline: matrix([-1, -1, -1], [-1, 8, -1], [-1, -1, -1]),
  blur: matrix([ninth, ninth, ninth], [ninth, ninth, ninth], [ninth, ninth, ninth]),
  sharpen: matrix([0, -1, 0], [-1, 5, -1], [0, -1, 0]),
  same: matrix([0, 0, 0], [0, 1, 0], [0, 0, 0]),
} as const;

export const kernelNames = ['course', 'horizontal', 'sobel', 'outline', 'blur', 'sharpen', 'same', 'own'] as const;
export type KernelName = (typeof kernelNames)[number];
export const kernelLabels: Record<KernelName, Key> = {
  course: 'kernelCourse',
  horizontal: 'kernelHorizontal',
  sobel: 'kernelSobel',
  outline: 'kernelOutline',
  blur: 'kernelBlur',
  sharpen: 'kernelSharpen',
  same: 'kernelSame',
  own: 'presetOwn',
};
