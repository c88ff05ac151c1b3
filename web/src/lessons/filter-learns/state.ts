import { choice, integer, type Table } from '../../state/properties.js';
import type { Course } from './courses.js';
import { lastStep, starts } from './courses.js';

export interface State {
  /** One image on its way, both clean lines, or all random starts. */
  show: 'chain' | 'pair' | 'starts';
  image: 'vertical' | 'horizontal' | 'training';
  steps: number;
  seed: number;
  /** Whether the gradients are shown. */
  back: 'no' | 'yes';
}

export const table: Table<State> = {
  show: choice('chain', ['chain', 'pair', 'starts']),
  image: choice('vertical', ['vertical', 'horizontal', 'training']),
  steps: integer(0, 0, lastStep),
  seed: integer(1, 1, starts),
  back: choice('no', ['no', 'yes']),
};

export interface Facts {
  state: State;
  course: Course;
  /** All of them where the view shows them; else none. */
  all: readonly Course[];
}
