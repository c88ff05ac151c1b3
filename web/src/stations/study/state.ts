import { choice, integer, text, type Table } from '../../state/properties.js';
import type { Measure } from '../../run/curves.js';

/** The state in a link to this station. */
export interface State {
  study: string;
  data: string;
  images: number;
  epochs: number;
  seeds: number;
  measure: Measure;
}

export const table: Table<State> = {
  study: text('kernels', 60),
  data: text('fashion-mnist', 40),
  images: integer(2000, 1, 1_000_000),
  epochs: integer(3, 1, 100),
  seeds: integer(1, 1, 20),
  measure: choice<Measure>('accuracy', ['accuracy', 'loss']),
};
