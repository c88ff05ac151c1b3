import type { TestedView, Verdicts } from '../run/run-view.js';
import { classShares, rowOf } from './answers.js';

export type ImageFilter = 'all' | 'wrong';

/** Images of a quick test: more would keep training waiting for seconds. */
const quickTest = 1000;

export const testedAtOnce = (run: TestedView): number => Math.min(quickTest, run.session ? run.tests.all : quickTest);

/** Whether the weights have changed since the test. */
export const verdictsAreOld = (run: TestedView): boolean => run.verdicts !== null && run.verdicts.step !== run.step;

/** Test images that pass a filter, in their order; null: a test has to come first. */
export function candidates(verdicts: Verdicts | null, testCount: number, filter: ImageFilter, ofClass: number | null): number[] | null {
  if (filter === 'all' && ofClass === null) return Array.from({ length: testCount }, (_, i) => i);
  if (!verdicts) return null;
  const found: number[] = [];
  for (let i = 0; i < verdicts.count; i++) {
    if (filter === 'wrong' && verdicts.predicted[i] === verdicts.labels[i]) continue;
    if (ofClass !== null && verdicts.labels[i] !== ofClass) continue;
    found.push(i);
  }
  return found;
}

/** Images of a cell of the confusion matrix, those with the highest probability first. */
export function imagesOfCell(verdicts: Verdicts, truth: number, said: number): number[] {
  const sureness = (i: number): number => classShares(rowOf(verdicts.probabilities, i))[said] ?? 0;
  const found: number[] = [];
  for (let i = 0; i < verdicts.count; i++) if (verdicts.labels[i] === truth && verdicts.predicted[i] === said) found.push(i);
  return found.sort((a, b) => sureness(b) - sureness(a) || a - b);
}
