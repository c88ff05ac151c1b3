import type { DataCard, DataReport, FolderDataset, ImageSet, Json, LabEngine } from '../client/client.js';
import type { FilesModule, NetworksModule } from '../client/module.js';
import type { ReadHdf5 } from './import-network.js';

/** Images that somebody has dropped on the page. */
export interface OwnImages {
  card: DataCard;
  train: ImageSet;
  test: ImageSet;
  /** What an experiment calls them: a data set of the command line, or "folder". */
  dataset: string;
  /** How they were understood, and what was given and is not used. */
  report: DataReport;
  /** Arrays or a table: they have the size of their file, and the fields size and grey say nothing to them. */
  fixed?: boolean;
}

/** Fields of an experiment's data set for these images; none where they are an official set. */
export function ownFields({ card, dataset }: Pick<OwnImages, 'card' | 'dataset'>): Record<string, Json> {
  if (dataset !== 'folder') return {};
  const { height, width, channels } = card.image;
  return { mean: card.mean, std: card.stddev, size: height === width ? height : [height, width], grey: channels === 1 };
}

/** The images that the command line takes as well, for this `train_limit` or `test_limit`. */
export async function firstImages(engine: LabEngine, set: ImageSet, count: number): Promise<ImageSet> {
  if (count >= set.count) return set;
  const indices = await engine.limitedImages(set.labels, count);
  const size = set.shape[0] * set.shape[1] * set.shape[2];
  const part: ImageSet = { count, shape: set.shape, pixels: new Uint8Array(count * size), labels: new Int32Array(count) };
  for (const [i, from] of indices.entries()) {
    part.pixels.set(set.pixels.subarray(from * size, (from + 1) * size), i * size);
    part.labels[i] = set.labels[from]!;
  }
  return part;
}

export const nothingToReport: DataReport = { notes: [], unused: [] };

/** How far reading is: pictures one by one, or the files of a data set. */
export interface ReadingProgress {
  what: 'image' | 'file';
  done: number;
  total: number;
}

/** What reading takes beside the files: the engine, which knows what bytes mean, and somebody to tell how far it is. */
export interface Reader {
  module: FilesModule;
  /** The module of other programs' formats, where it is needed. */
  networks(): Promise<NetworksModule>;
  /** None: files of Keras are refused. */
  readHdf5?: ReadHdf5;
  progress(at: ReadingProgress): void;
}

/** What pictures become, what their folders are and which arrays are what: fields of the data set "folder". */
export type PictureOptions = Required<Pick<FolderDataset, 'size' | 'grey' | 'layout' | 'validation' | 'skip_bad'>> &
  Pick<FolderDataset, 'arrays' | 'labels'>;
