import type { Experiment } from '../../client/client.js';
import { sameDesign } from '../../design/design-code.js';
import { datasetOf } from '../../design/starter.js';
import type { Flaws } from '../../design/flaws.js';
import { ownData, type Library } from './library.js';
import type { OwnImages } from '../../files/own-images.js';
import { FileProblem } from '../../files/problem.js';
import type { LoadedRun } from '../../files/run-folder.js';

/** Choices of the station with which a run from a file goes on. */
export interface Arrival extends Flaws {
  data: string;
  experiment: string;
  images: number;
  original: Experiment;
  design: Experiment;
}

export async function whereRunBelongs(
  library: Library,
  { experiment }: Omit<LoadedRun, 'images' | 'report'>,
  images: OwnImages | null,
): Promise<Arrival> {
  if (images) library.own = images;
  const name = datasetOf(experiment);
  const fields = (typeof experiment.dataset === 'object' ? experiment.dataset : {}) as Record<string, unknown>;
  // The part of a data set that lies beside the page may be too small.
  const part = library.partOf(name);
  const isEnough = library.has(name) && (!part || (Number(fields['train_limit'] ?? 0) || Infinity) <= part.train);
  const data = name === 'folder' || (!isEnough && library.own?.dataset === name) ? ownData : name;
  if (!library.has(data) || (data === name && !isEnough)) throw new FileProblem('runNeedsImages', { name });
  const own = data === ownData && name === 'folder' ? library.own : null;
  if (own && !own.fixed) refuseOtherSize(own, fields);
  const original = await library.experiment(data, experiment.name);
  const known = await sameNetwork(library, data, original, experiment);
  return {
    data,
    experiment: experiment.name,
    images: Number(fields['train_limit'] ?? 0) || Math.max(1, library.count(data)),
    original,
    ...flawsOf(experiment),
    // The shorter experiment makes the shorter link.
    design: known && !own?.fixed ? original : experiment,
  };
}

/** Pictures that were read in another size than those of the run. */
function refuseOtherSize({ card }: OwnImages, { size = 32, grey = false }: Record<string, unknown>): void {
  const [height, width] = Array.isArray(size) ? (size as number[]) : [size as number, size as number];
  const { image } = card;
  if (image.height === height && image.width === width && (image.channels === 1) === grey) return;
  const text = (rows: number, columns: number, channels: number): string => `${rows}×${columns}×${channels}`;
  throw new FileProblem('runOtherSize', {
    wanted: text(height!, width!, grey ? 1 : 3),
    given: text(image.height, image.width, image.channels),
  });
}

/** What an experiment's data set has wrong on purpose. */
export function flawsOf({ dataset }: Experiment): Flaws {
  const fields = (typeof dataset === 'object' ? dataset : {}) as Record<string, unknown>;
  const number = (key: string, otherwise: number): number => (typeof fields[key] === 'number' ? fields[key] : otherwise);
  return { noise: number('label_noise', 0), imbalance: number('imbalance', 1) };
}

/** Whether a run's experiment, with all defaults written out, is one that comes with the page. */
async function sameNetwork(library: Library, data: string, original: Experiment, loaded: Experiment): Promise<boolean> {
  const card = library.card(data) ?? undefined;
  const [a, b] = await Promise.all([library.engine.validate(original, card), library.engine.validate(loaded, card)]);
  if (!a.ok || !b.ok) return false;
  const bare = ({ experiment }: typeof a.description): object => ({ ...experiment, dataset: plainData(experiment), title: '' });
  return sameDesign(bare(a.description), bare(b.description));
}

/** The data set of an experiment, without what the station chooses. */
function plainData(experiment: Experiment): object {
  const fields = typeof experiment.dataset === 'string' ? { name: experiment.dataset } : { ...experiment.dataset };
  for (const key of ['train_limit', 'test_limit', 'label_noise', 'imbalance', 'size', 'grey', 'test_share', 'seed', 'mean', 'std'])
    if (fields.name === 'folder' || ['train_limit', 'test_limit', 'label_noise', 'imbalance'].includes(key))
      delete (fields as Record<string, unknown>)[key];
  return fields;
}
