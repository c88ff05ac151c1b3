import type { Nearest } from './state.js';

/** How many images of each class, a row, have a nearest one of each class, a column. */
export function confusionOf(votes: readonly Nearest[], classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const { label, near } of votes) counts[label]![near[0]!]!++;
  return counts;
}
