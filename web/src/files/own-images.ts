import type { DataCard, ImageSet } from '../client/client.js';

/** Images that somebody has dropped on the page. */
export interface OwnImages {
  card: DataCard;
  train: ImageSet;
  test: ImageSet;
  /** What an experiment calls them: a data set of the command line, or "folder". */
  dataset: string;
}

/** The share of a folder's images that are kept for testing, where it has no test/ folder. */
export const testShare = 0.2;

/** How far reading is: pictures one by one, or the files of a data set. */
export interface ReadingProgress {
  what: 'image' | 'file';
  done: number;
  total: number;
}

export interface IntakeOptions {
  /** Height and width that pictures are resized to. */
  size: number;
  grey: boolean;
  progress(at: ReadingProgress): void;
}
