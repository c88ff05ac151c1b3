import type { BatchesEvent, Evaluation, EpochEndEvent } from '../client/client.js';

/**
 * The measurements of one training, a column for each quantity. A branch starts with those of its
 * parent up to the branching point.
 */
export interface History {
  /** Steps done after the step that the row is about: 1, 2, … */
  step: number[];
  loss: number[];
  accuracy: number[];
  learningRate: number[];
  gradientNorm: number[];
  /** When the row came, in seconds of training since the first step. */
  seconds: number[];
  /** One evaluation an epoch, where test images are evaluated. */
  evaluations: (Evaluation & { epoch: number; step: number })[];
  /** One entry an epoch; `step` is where it ended. */
  epochs: EpochEndEvent[];
}

export const emptyHistory = (): History => ({
  step: [],
  loss: [],
  accuracy: [],
  learningRate: [],
  gradientNorm: [],
  seconds: [],
  evaluations: [],
  epochs: [],
});

/** What had been measured when `step` steps were done. */
export function historyUntil(history: History, step: number): History {
  const rows = history.step.filter((at) => at <= step).length;
  return {
    step: history.step.slice(0, rows),
    loss: history.loss.slice(0, rows),
    accuracy: history.accuracy.slice(0, rows),
    learningRate: history.learningRate.slice(0, rows),
    gradientNorm: history.gradientNorm.slice(0, rows),
    seconds: history.seconds.slice(0, rows),
    evaluations: history.evaluations.filter((evaluation) => evaluation.step <= step),
    epochs: history.epochs.filter((epoch) => epoch.step <= step),
  };
}

/** Whether a course holds nothing but what another one began with. */
export function isBeginningOf(course: History, whole: History): boolean {
  const last = course.step.length - 1;
  return last < 0 || (course.step[last] === whole.step[last] && course.loss[last] === whole.loss[last]);
}

/** Adds the steps of a message, which all came `seconds` after the first step. */
export function addSteps(history: History, event: BatchesEvent, seconds: number): void {
  for (let i = 0; i < event.step.length; i++) {
    history.step.push(event.step[i]! + 1);
    history.loss.push(event.loss[i]!);
    history.accuracy.push(event.accuracy[i]!);
    history.learningRate.push(event.learningRate[i]!);
    history.gradientNorm.push(event.gradientNorm[i]!);
    history.seconds.push(seconds);
  }
}
