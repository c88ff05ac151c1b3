import { choice, integer, text, type Table } from '../state/properties.js';

/** The state in a link to the lessons. */
export interface State {
  /** Empty: the list. */
  lesson: string;
  /** From 1; one more than there are is the result sheet. 0: where the reader was. */
  step: number;
  /** Somebody's progress, which the page shows and does not keep. */
  sheet: string;
  /** The page has this lesson alone, without the list. */
  alone: 'no' | 'yes';
  /** The page for teachers instead of the list. */
  teacher: 'no' | 'yes';
  /** What a teacher has laid down: hidden controls, fixed values, the number of epochs; 0: the lesson's. */
  hide: string;
  fix: string;
  epochs: number;
  /** The same for the number of training images, and for the first seed. */
  images: number;
  seed: number;
}

export const table: Table<State> = {
  lesson: text('', 40),
  step: integer(0, 0, 20),
  sheet: text('', 20_000),
  alone: choice('no', ['no', 'yes']),
  teacher: choice('no', ['no', 'yes']),
  hide: text('', 400),
  fix: text('', 2000),
  epochs: integer(0, 0, 50),
  images: integer(0, 0, 10_000),
  seed: integer(0, 0, 9999),
};
