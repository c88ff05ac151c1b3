import { choice, integer, number, type Table } from '../../state/properties.js';

export interface State {
  noise: number;
  thickness: number;
  angle: number;
  rate: number;
  speed: number;
  scale: 'linear' | 'log';
}

export const baseRate = 0.01;
export const rates = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];

export const table: Table<State> = {
  noise: number(0.2, 0, 1),
  thickness: number(1, 0.5, 3),
  angle: integer(0, -90, 90),
  rate: number(baseRate, 0.0001, 10),
  speed: integer(2, 1, 4),
  scale: choice('linear', ['linear', 'log']),
};

/** Steps a second; null: as fast as it goes. */
export const speeds: (number | null)[] = [null, 30, 250, 1000, null];
