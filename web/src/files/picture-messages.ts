/** What the page and the worker that reads single pictures say to each other. */
import type { LabProblem } from '../client/client.js';
import type { Key } from '../i18n/index.js';

/** Pixels of a canvas. */
export interface Rgba {
  width: number;
  height: number;
  /** Red, green, blue and opacity of each pixel, row by row. */
  data: Uint8ClampedArray;
}

/** Cut to the shape, or as a whole within the colour of its border. */
export type Fit = 'whole' | 'fill';

export interface ToPictures {
  id: number;
  /** Where the engine's modules lie. */
  engineUrl: string;
  picture: Blob | Rgba;
  /** Bytes of this shape; or, by a number, the upright picture to look at, with no side longer than that. */
  as: { shape: readonly [number, number, number]; fit: Fit } | number;
}

export type FromPictures = { id: number } & (
  | { kind: 'done'; height: number; width: number; pixels: Uint8Array<ArrayBuffer> }
  | { kind: 'wrong'; key: Key; values: Record<string, string | number> }
  | { kind: 'failed'; problem: LabProblem }
);
