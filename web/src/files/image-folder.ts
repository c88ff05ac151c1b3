import type { ImageSet, Json } from '../client/client.js';
import type { FilesModule, PlannedPictures } from '../client/module.js';
import { take } from '../client/outcome.js';
import { fitImage } from './fit-image.js';
import { nameOf, type NamedFile } from './named-file.js';
import type { OwnImages, Reader } from './own-images.js';
import { openPicture, requireTruePixels } from './picture.js';
import { FileProblem } from './problem.js';

/**
 * Pictures of one's own, one folder a class. The browser decodes them; the engine divides them into splits and resizes
 * them.
 */

export const isImage = (file: NamedFile): boolean => /\.(png|jpe?g|webp|gif|bmp|avif)$/i.test(nameOf(file));

/** Reads a picture as a network takes it. */
async function readPicture(
  file: NamedFile,
  shape: readonly [number, number, number],
  module: FilesModule,
): Promise<Uint8Array<ArrayBuffer>> {
  const picture = await openPicture(await file.bytes(), file.path, module);
  try {
    return fitImage(picture, shape, module);
  } finally {
    picture.close();
  }
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
      set.pixels.set(await readPicture(files[path]!, shape, module), i * size);
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
