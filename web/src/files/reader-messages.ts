/** What the page and the worker that reads files say to each other. */
import type { Key } from '../i18n/index.js';
import type { GivenBase } from './base-file.js';
import type { Intake } from './intake.js';
import type { GivenFile } from './named-file.js';
import type { LabProblem } from '../client/client.js';
import type { PictureOptions, ReadingProgress } from './own-images.js';

export interface ToReader {
  files: readonly GivenFile[];
  /** How pictures are read; null: a trained network is looked for, to begin another with. */
  pictures: PictureOptions | null;
  /** Where the engine's modules lie. */
  engineUrl: string;
  /** The script of the worker that reads HDF5. The page says it, so that what it is published as has that worker. */
  hdf5Url: string;
}

export type FromReader =
  | { kind: 'progress'; at: ReadingProgress }
  | { kind: 'done'; intake: Intake }
  | { kind: 'base'; base: GivenBase }
  | { kind: 'wrong'; key: Key; values: Record<string, string | number> }
  | { kind: 'failed'; problem: LabProblem };
