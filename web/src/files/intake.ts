import type { Experiment, Json } from '../client/client.js';
import type { ImportedNetwork } from '../client/module.js';
import { take } from '../client/outcome.js';
import { asExperiment } from '../design/design-code.js';
import { isArchive, isOtherArchive, opened } from './archives.js';
import { readFolder } from './image-folder.js';
import { importNetwork } from './import-network.js';
import { nameOf, type NamedFile } from './named-file.js';
import { readOfficial } from './official-files.js';
import type { OwnImages, PictureOptions, Reader } from './own-images.js';
import { FileProblem } from './problem.js';
import { isRunFile, readRun, type LoadedRun } from './run-folder.js';

export type Intake =
  | { kind: 'run'; run: Omit<LoadedRun, 'images' | 'report'>; images: OwnImages | null }
  | { kind: 'design'; experiment: Experiment; images: null }
  | { kind: 'network'; network: ImportedNetwork; images: null }
  | { kind: 'images'; images: OwnImages };

/** Side of the images of a network that leaves it open, as ImageNet's networks have it. */
const sizeOfOpen = 224;

/**
 * Finds out what was dropped and reads it: a network of another program, a run, an experiment, official files, or
 * pictures in folders. Throws FileProblem and LabError.
 */
export async function takeIn(given: readonly NamedFile[], pictures: PictureOptions, reader: Reader): Promise<Intake> {
  // A browser has one character for every byte that is no UTF-8: names that differ on the disk become the same.
  const unnamed = given.find(({ path }) => path.includes('\ufffd'));
  if (unnamed) throw new FileProblem('nameNotUtf8', { name: unnamed.path });
  const loose = take(reader.module.sortPaths(JSON.stringify(given.map(({ path }) => path))));
  // Archives that lie beside pictures are not what a person means; where there is nothing else, they are.
  const all = await opened(
    given,
    loose.pictures.every((index) => !given[index]!.path.includes('/')),
  );
  const sorted = take(reader.module.sortPaths(JSON.stringify(all.map(({ path }) => path))));
  const files = sorted.kept.map((index) => all[index]!);
  if (files.length === 0) throw new FileProblem('noFiles');
  const first = files[0]!;
  const network = await importNetwork(files, reader.networks, sizeOfOpen, reader.readHdf5);
  if (network) return { kind: 'network', network, images: null };
  if (files.length === 1 && /\.json$/i.test(nameOf(first))) return { kind: 'design', experiment: await readDesign(first), images: null };
  if (files.length === 1 && nameOf(first) === 'model.safetensors') throw new FileProblem('modelAlone');
  if (files.some(isRunFile)) {
    const { images, report, ...run } = await readRun(files, reader.module);
    return { kind: 'run', run, images: images.length > 0 ? await imagesOfRun({ ...run, report }, images, reader) : null };
  }
  const official = await readOfficial(files, pictures, reader);
  if (official) return { kind: 'images', images: official };
  if (sorted.pictures.length > 0) {
    const pictured = sorted.pictures.map((index) => all[index]!);
    if (pictured.every(({ path }) => !path.includes('/'))) throw new FileProblem('imageWithoutFolder', { name: nameOf(pictured[0]!) });
    return { kind: 'images', images: await readFolder(files, pictures, reader) };
  }
  // Pictures of types that are not read (HEIC, TIFF): the engine names them, and what to do.
  if (sorted.unread.some((index) => all[index]!.path.includes('/')))
    return { kind: 'images', images: await readFolder(files, pictures, reader) };
  const packed = files.find(isOtherArchive);
  if (packed) throw new FileProblem('archiveOther', { name: nameOf(packed) });
  const inner = files.find(isArchive);
  if (inner) throw new FileProblem('archiveInside', { name: inner.path });
  throw new FileProblem('fileUnknown', { name: nameOf(first) });
}

async function readDesign(file: NamedFile): Promise<Experiment> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(await file.bytes()));
  } catch {
    throw new FileProblem('fileNotJson', { name: nameOf(file) });
  }
  const experiment = asExperiment(value);
  if (!experiment) throw new FileProblem('fileNotDesign', { name: nameOf(file) });
  // The page has no use for the path where the images lay on a disk.
  if (typeof experiment.dataset === 'object') delete (experiment.dataset as Record<string, unknown>)['directory'];
  return experiment;
}

/** Reads pictures that came with a run; they have its size already. */
async function imagesOfRun(
  { experiment, classes, report }: Pick<LoadedRun, 'experiment' | 'classes' | 'report'>,
  images: NamedFile[],
  reader: Reader,
): Promise<OwnImages> {
  const { size, grey, test_share } = (typeof experiment.dataset === 'object' ? experiment.dataset : {}) as Record<string, Json | undefined>;
  const own = await readFolder(images, { size, grey, test_share }, reader, classes);
  return { ...own, card: { ...own.card, title: experiment.name }, report: report ?? own.report };
}
