import { choice, integer, matrix, type Matrix, type Table } from '../../state/properties.js';
import { courseImage, imageNames, kernelNames, kernels, type ImageName, type KernelName } from './presets.js';

/** The matrix that a computed number stands in: after a stage of the forward pass, or a gradient. */
export type MatrixName = 'map' | 'activated' | 'pooled' | 'activatedGradient' | 'mapGradient' | 'input' | 'weights';

/** Matrices whose numbers a reader can change. */
export type Editable = 'image' | 'kernel' | 'arriving';

export interface State {
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
  /** Backward: the gradient of image or kernel, or one on the way there. */
  gradient: 'last' | 'map' | 'activated';
  at: number;
  speed: number;
}

export const table: Table<State> = {
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
  arriving: matrix({ rows: 1, columns: 1, values: [1] }, 32),
  stage: choice('map', ['map', 'activated', 'pooled']),
  gradient: choice('last', ['last', 'map', 'activated']),
  at: integer(-1, -1, 5000),
  speed: integer(2, 1, 4),
};

/** What a number of a matrix is pointed at with. */
export function pointAt(matrix: MatrixName, index: number): Partial<State> {
  if (matrix === 'input') return { to: 'image', gradient: 'last', at: index };
  if (matrix === 'weights') return { to: 'kernel', gradient: 'last', at: index };
  if (matrix === 'mapGradient') return { gradient: 'map', at: index };
  if (matrix === 'activatedGradient') return { gradient: 'activated', at: index };
  return { stage: matrix, at: index };
}

/** Goes to the example that the station opens with; direction and speed stay. */
export const onTheExample = (s: State): State => {
  const fresh = Object.fromEntries(Object.entries(table).map(([key, property]) => [key, property.default])) as unknown as State;
  return { ...fresh, at: 0, way: s.way, to: s.to, speed: s.speed };
};
