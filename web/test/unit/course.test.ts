import { expect, it } from 'vitest';
import { courseOf, emptyCourse, overlaid } from '../../src/run/course.js';
import { addStep, emptyHistory, type History } from '../../src/run/history.js';

/** Steps with a loss of 1/step, a test each `stepsPerEpoch`. */
function trained(steps: number, stepsPerEpoch: number): History {
  const history = emptyHistory();
  for (let step = 0; step < steps; step++) {
    addStep(history, (name) => (name === 'step' ? step : name === 'loss' ? 1 / (step + 1) : 0.5), step);
    if ((step + 1) % stepsPerEpoch === 0)
      history.evaluations.push({ step: step + 1, loss: 0.25, accuracy: 0.75 } as History['evaluations'][number]);
  }
  return history;
}

it('has few points, each the mean since the one before', () => {
  const course = courseOf(trained(1000, 500), 500, 2);
  expect(course.at).toHaveLength(200);
  expect(course.at.at(-1)).toBe(2);
  expect(course.loss[0]).toBeCloseTo((1 + 1 / 2 + 1 / 3 + 1 / 4 + 1 / 5) / 5, 12);
  expect(course.tests).toEqual([
    { at: 1, loss: 0.25, accuracy: 0.75 },
    { at: 2, loss: 0.25, accuracy: 0.75 },
  ]);
});

it('has a point for what came after the last whole bucket', () => {
  expect(courseOf(trained(7, 500), 500, 2).at).toEqual([0.01, 0.014]);
  expect(courseOf(emptyHistory(), 500, 2)).toEqual(emptyCourse());
});

it('is laid over others, row by row', () => {
  const long = courseOf(trained(4, 2), 2, 2);
  const short = courseOf(trained(1, 1), 1, 1);
  const [at, ...columns] = overlaid([long, short], 'accuracy');
  expect(at).toEqual([0.5, 1, 1.5, 2]);
  expect(columns).toEqual([
    [50, 50, 50, 50],
    [null, 75, null, 75],
    [null, 50, null, null],
    [null, 75, null, null],
  ]);
  expect(overlaid([], 'loss')).toEqual([[]]);
});
