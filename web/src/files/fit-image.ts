import type { FilesModule } from '../client/module.js';
import { take } from '../client/outcome.js';

/** A picture whose rows are read in parts. Height and width are those before turning. */
export interface PixelSource {
  readonly width: number;
  readonly height: number;
  /** How it is to be turned, by EXIF: 1 (not at all) … 8. */
  readonly orientation: number;
  /** Red, green, blue and a fourth byte for each pixel of these rows; opaque. */
  read(top: number, rows: number): Uint8ClampedArray;
}

/** Pixels that are read at once: a photograph of a hundred megapixels would take 400 MB. */
const atOnce = 1 << 22;

/** The parts of a picture, from above. */
export function* stripsOf(source: PixelSource): Generator<Uint8ClampedArray> {
  const most = Math.max(1, Math.floor(atOnce / source.width));
  for (let top = 0; top < source.height; top += most) yield source.read(top, Math.min(most, source.height - top));
}

/**
 * Fits a picture to a network's input by the program's rule (engine/data/picture_fit.hpp): [height, width, channels].
 */
export function fitImage(source: PixelSource, shape: readonly [number, number, number], module: FilesModule): Uint8Array<ArrayBuffer> {
  const id = take(module.fitNew(source.height, source.width, source.orientation, ...shape));
  try {
    for (const strip of stripsOf(source)) take(module.fitAdd(id, strip));
    return take(module.fitFinish(id));
  } finally {
    module.fitDrop(id);
  }
}
