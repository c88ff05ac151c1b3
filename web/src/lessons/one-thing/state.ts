import type { StudyRecord, VariantResult } from '../../client/client.js';
import type { Measure } from '../../run/curves.js';
import { choice, integer, type Table } from '../../state/properties.js';
import type { Network } from '../frame/lesson-study.js';

/** Kernel sizes of the three networks, in their order. */
export const kernels = ['3', '5', '7'] as const;

export interface State {
  /** The networks, one race with its curves, each seed, or what they come to together. */
  show: 'networks' | 'race' | 'seeds' | 'verdict';
  /** The network whose layers are listed. */
  kernel: '3' | '5' | '7';
  seeds: number;
  measure: Measure;
}

export const table: Table<State> = {
  show: choice('networks', ['networks', 'race', 'seeds', 'verdict']),
  kernel: choice('3', ['3', '5', '7']),
  seeds: integer(1, 1, 3),
  measure: choice<Measure>('accuracy', ['accuracy', 'loss']),
};

export interface Facts {
  state: State;
  networks: readonly Network[];
  /** Of all seeds that are trained, by variant and seed; empty where the view shows networks alone. */
  records: readonly StudyRecord[];
  /** What the first seed comes to alone; empty until it is trained. */
  first: readonly VariantResult[];
  /** What three seeds come to; empty until they are trained. */
  results: readonly VariantResult[];
}
