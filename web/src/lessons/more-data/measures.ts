import type { Lang } from '../../i18n/index.js';
import { speak } from '../frame/ask.js';
import { variants, type Facts } from './state.js';

export type On = 'train' | 'test';

/** Rows of the table by seed: the first two networks, on training and on test images. */
const rows = [0, 1].flatMap((variant) => (['train', 'test'] as const).map((on) => ({ variant, on })));

export const rowNames = (words: Readonly<Record<string, string>>, lang: Lang): string[] =>
  rows.map(({ variant, on }) => speak(words[`${on}Of`] ?? '', lang, { name: words[variants[variant]![0]] ?? '' }));

/** Accuracies of a network by seed, from 0 to 1. */
const accuraciesOf = ({ records }: Pick<Facts, 'records'>, variant: number, on: On): number[] =>
  records
    .filter((one) => one.variant === variant)
    .sort((a, b) => a.seed - b.seed)
    .map(({ record }) => record[`${on}_accuracy`] ?? NaN);

export const rowsOf = (facts: Pick<Facts, 'records'>): number[][] => rows.map(({ variant, on }) => accuraciesOf(facts, variant, on));

/** Mean accuracy over the first `seeds` seeds, or over all, in points. */
export function mean(facts: Pick<Facts, 'records'>, variant: number, on: On, seeds = Infinity): number {
  const all = accuraciesOf(facts, variant, on).slice(0, seeds);
  return (100 * all.reduce((sum, value) => sum + value, 0)) / all.length;
}

/** What a network knows about its training images alone, in points. */
export const gap = (facts: Pick<Facts, 'records'>, variant: number, seeds = Infinity): number =>
  mean(facts, variant, 'train', seeds) - mean(facts, variant, 'test', seeds);

/** By how many points augmentation changes the accuracy on test images. */
export const testChange = (facts: Pick<Facts, 'records'>, seeds = Infinity): number =>
  mean(facts, 1, 'test', seeds) - mean(facts, 0, 'test', seeds);

/** By how many points a network falls where test images are moved. */
export const fall = ({ judged }: Pick<Facts, 'judged'>, variant: number): number =>
  100 * ((judged[variant]?.asTheyAre ?? NaN) - (judged[variant]?.moved ?? NaN));
