import type { Experiment } from '../client/client.js';

import { opened } from './archives.js';
import { isImage, readFolder } from './image-folder.js';
import { isCifar, isIdx, readCifarFiles, readIdxFiles } from './image-sets.js';
import { isPassedOver, nameOf, type NamedFile } from './named-file.js';
import type { IntakeOptions, OwnImages } from './own-images.js';
import { FileProblem } from './problem.js';
import { isRunFile, readRun, type LoadedRun } from './run-folder.js';

export type Intake = { kind: 'run'; run: Omit<LoadedRun, 'images'>; images: OwnImages | null } | { kind: 'images'; images: OwnImages };

/** Looks at what was dropped and reads it: a run, official files, or pictures in folders. Throws FileProblem. */
export async function takeIn(given: readonly NamedFile[], options: IntakeOptions): Promise<Intake> {
  const files = (await opened(given)).filter((file) => !isPassedOver(file));
  if (files.length === 0) throw new FileProblem('noFiles');
  if (files.some(isRunFile)) {
    const { images, ...run } = await readRun(files);
    return { kind: 'run', run, images: images.length > 0 ? await imagesOfRun(run.experiment, images, options) : null };
  }
  if (files.some(isIdx)) return { kind: 'images', images: await readIdxFiles(files.filter(isIdx), options.progress) };
  if (files.some(isCifar)) return { kind: 'images', images: await readCifarFiles(files.filter(isCifar), options.progress) };
  if (files.some(isImage)) return { kind: 'images', images: await readFolder(files, options) };
  throw new FileProblem('fileUnknown', { name: nameOf(files[0]!) });
}

/** Pictures that a run has brought along are of its size already. */
async function imagesOfRun(experiment: Experiment, images: NamedFile[], options: IntakeOptions): Promise<OwnImages> {
  const fields = (typeof experiment.dataset === 'object' ? experiment.dataset : {}) as Record<string, unknown>;
  const size = fields['size'];
  const [height, width] = Array.isArray(size) ? (size as [number, number]) : [Number(size ?? 32), Number(size ?? 32)];
  const own = await readFolder(images, { ...options, grey: fields['grey'] === true, exact: { height, width } });
  return { ...own, card: { ...own.card, title: experiment.name } };
}
