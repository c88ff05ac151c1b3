/** What the page and the worker that reads files say to each other. */
import type { Key } from '../i18n/index.js';
import type { Intake } from './intake.js';
import type { GivenFile } from './named-file.js';
import type { IntakeOptions, ReadingProgress } from './own-images.js';

export interface ToReader {
  files: readonly GivenFile[];
  options: Omit<IntakeOptions, 'progress'>;
}

export type FromReader =
  | { kind: 'progress'; at: ReadingProgress }
  | { kind: 'done'; intake: Intake }
  | { kind: 'wrong'; key: Key; values: Record<string, string | number> }
  | { kind: 'failed'; text: string };
