import type { DataCard, DataReport, FolderDataset, ImageSet } from '../client/client.js';
import type { FilesModule } from '../client/module.js';

/** Images that somebody has dropped on the page. */
export interface OwnImages {
  card: DataCard;
  train: ImageSet;
  test: ImageSet;
  /** What an experiment calls them: a data set of the command line, or "folder". */
  dataset: string;
  /** How they were understood, and what was given and is not used. */
  report: DataReport;
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
  progress(at: ReadingProgress): void;
}

/** What pictures become, and what their folders are: fields of the data set "folder". */
export type PictureOptions = Required<Pick<FolderDataset, 'size' | 'grey' | 'layout' | 'validation' | 'skip_bad'>>;
