import type { ImageSet, Json } from '../client/client.js';
import type { PlannedPictures } from '../client/module.js';
import { take } from '../client/outcome.js';
import { fitImage, type PixelSource } from './fit-image.js';
import { nameOf, type NamedFile } from './named-file.js';
import type { OwnImages, Reader } from './own-images.js';
import { FileProblem } from './problem.js';

/** Pictures of one's own, one folder a class. The browser decodes them; the engine divides them into splits. */

export const isImage = (file: NamedFile): boolean => /\.(png|jpe?g|webp|gif|bmp|avif)$/i.test(nameOf(file));

const types: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  bmp: 'image/bmp',
  avif: 'image/avif',
};

/** Reads a picture's pixels on white, in parts. */
function pixelsOf(picture: ImageBitmap): PixelSource {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  return {
    width: picture.width,
    height: picture.height,
    read: (left, top, width, height) => {
      canvas.width = width;
      canvas.height = height;
      context.imageSmoothingEnabled = false;
      context.fillStyle = '#fff';
      context.fillRect(0, 0, width, height);
      context.drawImage(picture, left, top, width, height, 0, 0, width, height);
      return context.getImageData(0, 0, width, height).data;
    },
  };
}

/**
 * Browsers that resist fingerprinting (Tor Browser, privacy.resistFingerprinting) answer with noise.
 * Nobody should train on that unaware.
 */
function requireTruePixels(): void {
  const context = new OffscreenCanvas(8, 8).getContext('2d', { willReadFrequently: true })!;
  context.fillStyle = '#369';
  context.fillRect(0, 0, 8, 8);
  const { data } = context.getImageData(0, 0, 8, 8);
  if (data.some((value, i) => value !== [0x33, 0x66, 0x99, 0xff][i % 4])) throw new FileProblem('pixelsHidden', {});
}

/** Reads a picture: upright, cropped at the centre, on white, resized. */
async function readPicture(file: NamedFile, shape: readonly [number, number, number]): Promise<Uint8Array> {
  const name = nameOf(file);
  const type = types[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? '';
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(new Blob([await file.bytes()], { type }));
  } catch {
    throw new FileProblem('fileNotImage', { name: file.path });
  }
  const pixels = fitImage(pixelsOf(picture), shape);
  picture.close();
  return pixels;
}

/**
 * Reads pictures as the engine divides their folder. `fields` are those of the data set "folder", as an experiment has
 * them; what is not given keeps its default.
 */
export async function readFolder(
  files: readonly NamedFile[],
  fields: { [field: string]: Json | undefined },
  { module, progress }: Reader,
): Promise<OwnImages> {
  const loose = files.find((file) => isImage(file) && !file.path.includes('/'));
  if (loose) throw new FileProblem('imageWithoutFolder', { name: nameOf(loose) });
  const text = JSON.stringify(fields);
  const { classes, shape, ...plan } = take(module.planFolder(JSON.stringify(files.map(({ path }) => path)), text));
  requireTruePixels();
  const size = shape[0] * shape[1] * shape[2];
  const total = plan.train.paths.length + plan.test.paths.length;
  let done = 0;
  const read = async ({ paths, labels }: PlannedPictures): Promise<ImageSet> => {
    const set: ImageSet = { count: paths.length, shape, pixels: new Uint8Array(paths.length * size), labels };
    for (const [i, path] of paths.entries()) {
      set.pixels.set(await readPicture(files[path]!, shape), i * size);
      progress({ what: 'image', done: ++done, total });
    }
    return set;
  };
  const train = await read(plan.train);
  const test = await read(plan.test);
  const card = take(module.folderCard(text, JSON.stringify(classes), train.pixels, train.labels));
  const title = files[plan.train.paths[0]!]!.path.split('/')[0]!;
  return { card: { ...card, title }, train, test, dataset: card.name };
}
