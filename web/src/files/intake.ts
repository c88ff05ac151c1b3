import type { Experiment, Json } from '../client/client.js';
import { opened } from './archives.js';
import { isImage, readFolder } from './image-folder.js';
import { isPassedOver, nameOf, type NamedFile } from './named-file.js';
import { readOfficial } from './official-files.js';
import type { OwnImages, PictureOptions, Reader } from './own-images.js';
import { FileProblem } from './problem.js';
import { isRunFile, readRun, type LoadedRun } from './run-folder.js';

export type Intake = { kind: 'run'; run: Omit<LoadedRun, 'images'>; images: OwnImages | null } | { kind: 'images'; images: OwnImages };

/** Finds out what was dropped and reads it: a run, official files, or pictures in folders. Throws FileProblem. */
export async function takeIn(given: readonly NamedFile[], pictures: PictureOptions, reader: Reader): Promise<Intake> {
  const files = (await opened(given)).filter((file) => !isPassedOver(file));
  if (files.length === 0) throw new FileProblem('noFiles');
  if (files.some(isRunFile)) {
    const { images, ...run } = await readRun(files, reader.module);
    return { kind: 'run', run, images: images.length > 0 ? await imagesOfRun(run.experiment, images, reader) : null };
  }
  const official = await readOfficial(files, pictures, reader);
  if (official) return { kind: 'images', images: official };
  if (files.some(isImage)) return { kind: 'images', images: await readFolder(files, pictures, reader) };
  throw new FileProblem('fileUnknown', { name: nameOf(files[0]!) });
}

/** Reads pictures that came with a run; they have its size already. */
async function imagesOfRun(experiment: Experiment, images: NamedFile[], reader: Reader): Promise<OwnImages> {
  const { size, grey } = (typeof experiment.dataset === 'object' ? experiment.dataset : {}) as Record<string, Json | undefined>;
  const own = await readFolder(images, { size, grey }, reader);
  return { ...own, card: { ...own.card, title: experiment.name } };
}
