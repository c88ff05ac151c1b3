import type { History } from './history.js';
import type { Measure } from './curves.js';

/** The curves of a training, with few enough points to be kept and laid over others. */
export interface Course {
  /** Epochs, with fractions. */
  at: number[];
  /** The means since the point before. */
  loss: number[];
  accuracy: number[];
  /** One a whole epoch, where test images are evaluated. */
  tests: { at: number; loss: number; accuracy: number }[];
}

/** Points that a training is gathered into. */
const points = 200;

export const emptyCourse = (): Course => ({ at: [], loss: [], accuracy: [], tests: [] });

/** `epochs`: those that the training will have. */
export function courseOf(history: History, stepsPerEpoch: number, epochs: number): Course {
  const bucket = Math.max(1, Math.ceil((epochs * stepsPerEpoch) / points));
  const course = emptyCourse();
  let [loss, accuracy, count] = [0, 0, 0];
  history.step.forEach((step, i) => {
    loss += history.loss[i]!;
    accuracy += history.accuracy[i]!;
    count++;
    if (step % bucket !== 0 && i + 1 < history.step.length) return;
    course.at.push(step / stepsPerEpoch);
    course.loss.push(loss / count);
    course.accuracy.push(accuracy / count);
    loss = accuracy = count = 0;
  });
  course.tests = history.evaluations.map((one) => ({ at: one.step / stepsPerEpoch, loss: one.loss, accuracy: one.accuracy }));
  return course;
}

/** Numbers that are the same but for rounding stand in one row. */
const place = (at: number): number => Math.round(at * 1000) / 1000;

/** A chart's columns over epochs: for each course training and test, with null between their points. */
export function overlaid(courses: readonly Course[], measure: Measure): [number[], ...(number | null)[][]] {
  const rows = [...new Set(courses.flatMap(({ at, tests }) => [...at, ...tests.map((test) => test.at)].map(place)))].sort((a, b) => a - b);
  const rowOf = new Map(rows.map((at, row) => [at, row]));
  const factor = measure === 'accuracy' ? 100 : 1;
  const column = (values: readonly { at: number; value: number }[]): (number | null)[] => {
    const cells = new Array<number | null>(rows.length).fill(null);
    for (const { at, value } of values) cells[rowOf.get(place(at))!] = value * factor;
    return cells;
  };
  return [
    rows,
    ...courses.flatMap(({ at, tests, [measure]: train }) => [
      column(at.map((epoch, i) => ({ at: epoch, value: train[i]! }))),
      column(tests.map((test) => ({ at: test.at, value: test[measure] }))),
    ]),
  ];
}
