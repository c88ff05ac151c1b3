import type { Facts, Nearest, Pair } from './state.js';

export const neighbours = 7;
export const ks = [1, 3, 5, 7] as const;

export const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** The class of most of the `k` nearest; of equally frequent ones the one that comes first. */
export function voteOf({ near }: Nearest, k: number): number {
  const shown = near.slice(0, k);
  const count = (label: number): number => shown.filter((one) => one === label).length;
  return shown.reduce((best, label) => (count(label) > count(best) ? label : best), shown[0] ?? -1);
}

/** Share of the images whose `k` nearest are mostly of their class. */
export const accuracy = (votes: readonly Nearest[], k: number): number =>
  votes.filter((vote) => voteOf(vote, k) === vote.label).length / Math.max(1, votes.length);

/** The other classes, the nearest first. */
export const othersOf = (row: readonly number[], kind: number): number[] =>
  row
    .map((_, c) => c)
    .filter((c) => c !== kind)
    .sort((a, b) => row[a]! - row[b]!);

export interface ClassPair {
  a: number;
  b: number;
  distance: number;
}

/** All pairs of classes, the nearest first. */
export const pairsOf = ({ distances }: Pick<Facts, 'distances'>): ClassPair[] =>
  distances
    .flatMap((row, a) => row.map((distance, b): ClassPair => ({ a, b, distance })))
    .filter(({ a, b }) => a < b)
    .sort((one, other) => one.distance - other.distance);

/** How far a class is from the one nearest to it. */
export const apart = ({ distances }: Pick<Facts, 'distances'>, kind: number): number =>
  Math.min(...distances[kind]!.filter((_, c) => c !== kind));

/** Share that is measured with these labels, of a network that sees each image's class, and of the nearest image's. */
export function measured(votes: readonly Nearest[], labels: readonly number[]): { perfect: number; nearest: number } {
  const part = (says: (vote: Nearest) => number): number =>
    votes.filter((vote, i) => says(vote) === labels[i]).length / Math.max(1, votes.length);
  return { perfect: part(({ label }) => label), nearest: part((vote) => voteOf(vote, 1)) };
}

/** What is measured on average, of a network that is right with this share. */
export const expected = (right: number, share: number, classes: number): number =>
  right * (1 - share) + ((1 - right) * share) / (classes - 1);

/** Test images, and how many of them the nearest training image is right about. */
export interface Counted {
  count: number;
  right: number;
}

const counted = (pairs: readonly Pair[]): Counted => ({ count: pairs.length, right: pairs.filter(({ same }) => same).length });

/** All test images, those within the limit of a training image, and the others. */
export function split(copies: readonly Pair[], limit: number): Record<'all' | 'near' | 'others', Counted> {
  const isNear = ({ distance }: Pair): boolean => distance <= limit;
  return {
    all: counted(copies),
    near: counted(copies.filter(isNear)),
    others: counted(copies.filter((pair) => !isNear(pair))),
  };
}

/** Per cent of right answers; of no images 0. */
export const percentOf = ({ count, right }: Counted): number => (100 * right) / Math.max(1, count);
