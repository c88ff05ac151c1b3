import { fitted } from '../../files/pictures.js';
import type { Matrix } from '../../state/properties.js';

/** Pixels of the station's images go from 0 to this. */
export const white = 10;

const side = 28;

/**
 * Makes a small grey image of the square in a picture's middle, as a network would see it. Throws where it is no
 * picture.
 */
export async function readPicture(file: Blob, engineUrl: string): Promise<Matrix> {
  const pixels = await fitted(engineUrl, file, [side, side, 1], 'fill');
  return { rows: side, columns: side, values: Array.from(pixels, (value) => Math.round((value / 255) * white)) };
}

/** An image of a data set: its first channel. */
export function fromPixels(pixels: Uint8Array, [rows, columns, channels]: readonly [number, number, number]): Matrix {
  const values = Array.from({ length: rows * columns }, (_, i) => Math.round((pixels[i * channels]! / 255) * 100) / 10);
  return { rows, columns, values };
}
