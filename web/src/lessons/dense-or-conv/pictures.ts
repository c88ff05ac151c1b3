import { heat } from '../../ui/color.js';
import type { Map as Square } from './moved.js';

/** As bytes of grey, from the smallest to the largest value. */
export function greyOf({ values }: Square): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return values.map((value) => (255 * (value - low)) / (high - low || 1));
}

/** Coloured; `all` are the values that share the colours. */
export function heatOf({ values }: Square, all: readonly number[]): number[] {
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return values.flatMap((value) => heat((value - low) / (high - low || 1)));
}
