import type { Extents, ImageSet } from '../../client/client.js';
import type { Rgba } from '../../files/picture-messages.js';
import { fitted } from '../../files/pictures.js';
import { breather } from '../../ui/breathe.js';
import type { Labelled, Picture } from './album.js';

/** Pictures as a network of another size takes them. */
const made = new WeakMap<Picture, { key: string; pixels: Uint8Array }>();

export function rgbaOf({ shape: [height, width, channels], pixels }: Picture): Rgba {
  const data = new Uint8ClampedArray(4 * height * width);
  for (let p = 0; p < height * width; p++) {
    for (let c = 0; c < 3; c++) data[4 * p + c] = pixels[p * channels + (channels === 3 ? c : 0)]!;
    data[4 * p + 3] = 255;
  }
  return { width, height, data };
}

async function pixelsOf(picture: Picture, shape: Extents, engineUrl: string): Promise<Uint8Array> {
  const key = shape.join();
  if (picture.shape.join() === key) return picture.pixels;
  const known = made.get(picture);
  if (known?.key === key) return known.pixels;
  const pixels = await fitted(engineUrl, rgbaOf(picture), shape, 'fill');
  made.set(picture, { key, pixels });
  return pixels;
}

/** Pictures in the size that a network takes, in one piece of memory. `wanted` false: somebody has stopped it. */
export async function prepared(
  pictures: Labelled,
  shape: Extents,
  engineUrl: string,
  told: (done: number) => void,
  wanted: () => boolean,
): Promise<ImageSet | null> {
  const size = shape[0] * shape[1] * shape[2];
  const breathe = breather();
  const set: ImageSet = {
    count: pictures.length,
    shape,
    pixels: new Uint8Array(pictures.length * size),
    labels: Int32Array.from(pictures, ({ label }) => label),
  };
  for (const [i, { picture }] of pictures.entries()) {
    set.pixels.set(await pixelsOf(picture, shape, engineUrl), i * size);
    told(i + 1);
    await breathe();
    if (!wanted()) return null;
  }
  return set;
}
