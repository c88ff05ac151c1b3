import type { Tensor } from '../client/protocol.js';

export interface Answer {
  class: number;
  share: number;
}

/** Probabilities by class. A network with one output gives that of class 1. */
export function classShares(row: ArrayLike<number>): number[] {
  return row.length === 1 ? [1 - row[0]!, row[0]!] : Array.from(row);
}

export const rowOf = ({ shape, data }: Tensor, image: number): Float32Array => data.subarray(image * shape[1]!, (image + 1) * shape[1]!);

/** The most probable classes, the first of equals first. */
export function topAnswers(row: ArrayLike<number>, most = 3): Answer[] {
  return classShares(row)
    .map((share, index) => ({ class: index, share }))
    .sort((a, b) => b.share - a.share || a.class - b.class)
    .slice(0, most);
}

/** Random numbers in [0, 1) that a seed repeats (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Shuffles items; a seed repeats the order. */
export function shuffled(items: readonly number[], seed: number): number[] {
  const order = [...items];
  const next = seeded(seed);
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
