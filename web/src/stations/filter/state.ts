import { choice, integer, number, type Table } from '../../state/properties.js';

export interface State {
  /** Which random numbers the network starts with. */
  start: number;
  noise: number;
  thickness: number;
  angle: number;
  rate: number;
  speed: number;
  scale: 'linear' | 'log';
}

export const baseRate = 0.01;
export const rates = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];

/** Random starts that are offered. */
export const starts = Array.from({ length: 10 }, (_, i) => i + 1);

export const table: Table<State> = {
  start: integer(1, 1, 999),
  noise: number(0.2, 0, 1),
  thickness: number(1, 0.5, 3),
  angle: integer(0, -90, 90),
  rate: number(baseRate, 0.0001, 10),
  speed: integer(2, 1, 4),
  scale: choice('linear', ['linear', 'log']),
};

/** Steps a second; null: as fast as it goes. */
export const speeds: (number | null)[] = [null, 30, 250, 1000, null];
