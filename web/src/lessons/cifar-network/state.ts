import type { DataCard, StudyRecord } from '../../client/client.js';
import type { Measure } from '../../run/curves.js';
import { choice, integer, type Table } from '../../state/properties.js';
import type { NamedCourse } from '../../run/overlay-figure.js';
import type { Network } from '../frame/lesson-study.js';

/** Comparisons that are trained, in the order of the steps. */
export const races = ['optimizers', 'norm', 'clipping', 'dropout'] as const;
export type Race = (typeof races)[number];

export const mostBlocks = 4;

export interface State {
  show: 'shapes' | 'graph' | Race;
  /** Blocks of a convolution, ReLU and pooling. */
  blocks: number;
  shortcut: 'no' | 'yes';
  measure: Measure;
}

export const table: Table<State> = {
  show: choice('shapes', ['shapes', 'graph', ...races]),
  blocks: integer(2, 1, mostBlocks),
  shortcut: choice('yes', ['no', 'yes']),
  measure: choice<Measure>('loss', ['accuracy', 'loss']),
};

export const isRace = (show: State['show']): show is Race => show !== 'shapes' && show !== 'graph';

export interface Facts {
  state: State;
  card: DataCard;
  /** By the number of blocks, from 1. */
  stacks: readonly Network[];
  /** Without and with a shortcut. */
  graphs: readonly Network[];
  /** Those of the comparison that is shown. */
  networks: readonly Network[];
  records: readonly StudyRecord[];
  courses: readonly NamedCourse[];
  /** The largest norm of a gradient before it was clipped; 0: no network here clips. */
  largest: number;
  /** Of the last network's last test: [true class][predicted class]. */
  confusion: readonly (readonly number[])[];
}
