import type { ImageSet } from '../../client/client.js';
import { paint } from '../../ui/paint.js';

/** One image of a set as a data: address; grey or in colour. */
export function thumbnail({ shape, pixels }: ImageSet, index: number): string {
  const canvas = document.createElement('canvas');
  paint(canvas, pixels, shape, index * shape[0] * shape[1] * shape[2]);
  return canvas.toDataURL();
}
