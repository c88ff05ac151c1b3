import { LabError, type ImageSet, type Json } from '../client/client.js';
import type { FilesModule, FolderPlan, PlannedPictures } from '../client/module.js';
import { take } from '../client/outcome.js';
import { fitImage } from './fit-image.js';
import type { NamedFile } from './named-file.js';
import type { OwnImages, Reader } from './own-images.js';
import { openPicture, requireTruePixels } from './picture.js';
import { FileProblem } from './problem.js';

/**
 * Pictures of one's own, one folder a class. The browser decodes them; the engine divides them into splits and resizes
 * them.
 */

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

/** What has no more to say than that a picture cannot be read: its bytes, or its place in a damaged archive. */
const isBadPicture = (error: unknown): boolean =>
  error instanceof FileProblem
    ? error.key === 'fileNotImage'
    : error instanceof LabError
      ? error.code === 'bad_file'
      : !(error instanceof RangeError);

/**
 * Reads pictures as the engine divides their folder. `fields` are those of the data set "folder", as an experiment has
 * them; what is not given keeps its default. `known` are the classes of a run that the pictures came with.
 */
export async function readFolder(
  files: readonly NamedFile[],
  fields: { [field: string]: Json | undefined },
  { module, progress }: Reader,
  known: readonly string[] = [],
): Promise<OwnImages> {
  const text = JSON.stringify(fields);
  const paths = JSON.stringify(files.map(({ path }) => path));
  const tables: Uint8Array[] = [];
  for (const index of take(module.labelTables(paths))) tables.push(await files[index]!.bytes());
  const planWithout = (bad: number[]): FolderPlan =>
    take(module.planFolder(paths, text, JSON.stringify(known), tables, Int32Array.from(bad)));
  const wanted = planWithout([]);
  requireTruePixels();
  const { classes, shape } = wanted;
  const size = shape[0] * shape[1] * shape[2];
  const total = wanted.train.paths.length + wanted.test.paths.length;
  const bad: number[] = [];
  let done = 0;
  const read = async ({ paths: chosen, labels }: PlannedPictures): Promise<ImageSet> => {
    const pixels = new Uint8Array(chosen.length * size);
    const good = new Int32Array(chosen.length);
    let count = 0;
    for (const [i, path] of chosen.entries()) {
      try {
        pixels.set(await readPicture(files[path]!, shape, module), count * size);
        good[count++] = labels[i]!;
      } catch (error) {
        if (!isBadPicture(error)) throw error;
        bad.push(path);
      }
      progress({ what: 'image', done: ++done, total });
    }
    // A part of the memory would move to the page with all of it.
    return { count, shape, pixels: count < chosen.length ? pixels.slice(0, count * size) : pixels, labels: good.slice(0, count) };
  };
  const train = await read(wanted.train);
  const test = await read(wanted.test);
  // All that cannot be read is named at once, or left out, in the order of the files' names.
  bad.sort((a, b) => (files[a]!.path < files[b]!.path ? -1 : 1));
  const { report } = bad.length > 0 ? planWithout(bad) : wanted;
  const card = take(module.folderCard(text, JSON.stringify(classes), train.pixels, train.labels));
  const title = files[wanted.train.paths[0]!]!.path.split('/')[0]!;
  return { card: { ...card, title }, train, test, dataset: card.name, report };
}
