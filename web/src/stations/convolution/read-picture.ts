import type { Matrix } from '../../state/properties.js';

/** Pixels of the station's images go from 0 to this. */
export const white = 10;

const side = 28;

/** Makes a small grey image of the square in a picture's middle. Throws where the browser cannot read it. */
export async function readPicture(file: Blob): Promise<Matrix> {
  const bitmap = await createImageBitmap(file);
  const context = new OffscreenCanvas(side, side).getContext('2d')!;
  const square = Math.min(bitmap.width, bitmap.height);
  context.imageSmoothingQuality = 'high';
  context.fillStyle = '#fff';
  context.fillRect(0, 0, side, side);
  context.drawImage(bitmap, (bitmap.width - square) / 2, (bitmap.height - square) / 2, square, square, 0, 0, side, side);
  bitmap.close();
  const { data } = context.getImageData(0, 0, side, side);
  const values = Array.from({ length: side * side }, (_, i) =>
    Math.round(((0.299 * data[4 * i]! + 0.587 * data[4 * i + 1]! + 0.114 * data[4 * i + 2]!) / 255) * white),
  );
  return { rows: side, columns: side, values };
}

/** An image of a data set: its first channel. */
export function fromPixels(pixels: Uint8Array, [rows, columns, channels]: readonly [number, number, number]): Matrix {
  const values = Array.from({ length: rows * columns }, (_, i) => Math.round((pixels[i * channels]! / 255) * 100) / 10);
  return { rows, columns, values };
}
