import type { StudyRecord } from '../../client/client.js';

/** Test accuracies of a network, seed by seed. */
export const accuracies = (records: readonly StudyRecord[], variant: number): number[] =>
  records
    .filter((one) => one.variant === variant)
    .sort((a, b) => a.seed - b.seed)
    .map(({ record }) => record.test_accuracy ?? NaN);
