import { stepColumns, type BatchesEvent, type EpochEndEvent, type EvalEndEvent, type StepColumn } from '../client/client.js';

/**
 * The measurements of one training, a column for each quantity. A branch starts with those of its
 * parent up to the branching point.
 */
export interface History extends Record<StepColumn, number[]> {
  /** Steps done after the row's step: 1, 2, … */
  step: number[];
  /** Seconds of training from the first step to the row. */
  seconds: number[];
  /** One evaluation an epoch, where test images are evaluated. */
  evaluations: EvalEndEvent[];
  /** One entry an epoch; `step` is where it ended. */
  epochs: EpochEndEvent[];
}

/** Columns that are not filled yet, or filled from those of others. */
const columns = (of: (name: StepColumn) => number[]): Record<StepColumn, number[]> =>
  Object.fromEntries(stepColumns.map((name) => [name, of(name)])) as Record<StepColumn, number[]>;

export const emptyHistory = (): History => ({ ...columns(() => []), seconds: [], evaluations: [], epochs: [] });

/** The rows up to `step` steps. */
export function historyUntil(history: History, step: number): History {
  const rows = history.step.filter((at) => at <= step).length;
  return {
    ...columns((name) => history[name].slice(0, rows)),
    seconds: history.seconds.slice(0, rows),
    evaluations: history.evaluations.filter((evaluation) => evaluation.step <= step),
    epochs: history.epochs.filter((epoch) => epoch.step <= step),
  };
}

/** Whether a course is a beginning of another one. */
export function isBeginningOf(course: History, whole: History): boolean {
  const last = course.step.length - 1;
  return last < 0 || (course.step[last] === whole.step[last] && course.loss[last] === whole.loss[last]);
}

/** Adds a row; its step is the one that has been done, counted from 0. */
export function addStep(history: History, valueOf: (name: StepColumn) => number, seconds: number): void {
  for (const name of stepColumns) history[name].push(valueOf(name) + (name === 'step' ? 1 : 0));
  history.seconds.push(seconds);
}

/** Adds the steps of a message, which all came `seconds` after the first step. */
export function addSteps(history: History, event: BatchesEvent, seconds: number): void {
  for (let i = 0; i < event.step.length; i++) addStep(history, (name) => event[name][i]!, seconds);
}
