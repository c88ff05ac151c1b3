import type { DataCard, ImageSet } from '../../client/client.js';
import type { Value } from './runtime.js';
import type { Feed } from './state.js';

/** The byte that a reader with this mistake finds at a place. */
type Reader = (image: Uint8Array, row: number, column: number, width: number) => number;

const plainly: Reader = (image, row, column, width) => image[row * width + column]!;
const readers: Partial<Record<Feed, Reader>> = {
  inverted: (...place) => 255 - plainly(...place),
  turned: (image, row, column, width) => plainly(image, column, row, width),
  // Half the size, and then as large as before.
  small: (image, row, column, width) => plainly(image, row - (row % 2), column - (column % 2), width),
};

/** Grey images as the network gets them, [N, 1, H, W], with a mistake or without. */
export function fed(feed: Feed, { shape: [height, width, channels], pixels }: ImageSet, at: readonly number[], card: DataCard): Value {
  if (channels !== 1) throw new RangeError('images in colour');
  const read = readers[feed] ?? plainly;
  const [mean, deviation] = [card.mean[0]!, card.stddev[0]!];
  const scale = (byte: number): number => {
    if (feed === 'bytes') return byte;
    return feed === 'unit' ? byte / 255 : (byte / 255 - mean) / deviation;
  };
  const size = height * width;
  const data = new Float32Array(at.length * size);
  for (const [n, i] of at.entries()) {
    const image = pixels.subarray(i * size, (i + 1) * size);
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) data[n * size + row * width + column] = scale(read(image, row, column, width));
  }
  return { shape: [at.length, 1, height, width], data };
}

/** The same mistake as a picture, for eyes. */
export function seen(feed: Feed, { shape: [height, width], pixels }: ImageSet, at: number): Uint8Array {
  const read = readers[feed] ?? plainly;
  const image = pixels.subarray(at * height * width, (at + 1) * height * width);
  return Uint8Array.from({ length: height * width }, (_, place) => read(image, Math.floor(place / width), place % width, width));
}

/** The image as a caller may have to send it: prepared, each number written out. */
export const requestOf = (images: ImageSet, at: number, card: DataCard): string =>
  JSON.stringify({ image: Array.from(fed('trained', images, [at], card).data) });
