import { expect, it } from 'vitest';
import type { StudyRecord, VariantResult } from '../../src/client/client.js';
import type { Network } from '../../src/lessons/frame/lesson-study.js';
import { lesson } from '../../src/lessons/one-thing/lesson.js';
import { table, type Facts, type State } from '../../src/lessons/one-thing/state.js';
import { defaults } from '../../src/state/properties.js';
import { describeSteps, type Cases } from './lesson-steps.js';

/** The networks as the engine describes them, as far as the lesson asks. */
const network = (kernel: number): Network => {
  const convolutions = 784 * 16 * kernel ** 2 + 196 * 32 * 16 * kernel ** 2;
  return {
    name: `${kernel}×${kernel}`,
    parameters: 16 * (kernel ** 2 + 1) + 32 * (16 * kernel ** 2 + 1) + 15_690,
    multiplyAdds: convolutions + 15_680,
    layers: [{ name: 'conv2d_1', output: [28, 28, 16], parameters: 16 * (kernel ** 2 + 1) }] as Network['layers'],
  };
};
const networks = [3, 5, 7].map(network);

/** Accuracies by network and seed. */
const recordsOf = (rows: number[][]): StudyRecord[] =>
  rows.flatMap((row, variant) =>
    row.map((accuracy, i): StudyRecord => ({
      variant,
      seed: i + 1,
      diverged: false,
      record: { test_accuracy: accuracy } as StudyRecord['record'],
    })),
  );

function resultsOf(mean: number, low: number, high: number): VariantResult[] {
  const difference = { count: 3, mean, low, high, is_clear: low > 0 || high < 0 };
  return networks.map(({ name }, i) => ({ name, difference: i === 0 ? null : difference }) as VariantResult);
}

const usual = [
  [0.7, 0.72, 0.75],
  [0.74, 0.71, 0.76],
  [0.73, 0.73, 0.7],
];
const open = resultsOf(0.01, -0.03, 0.05);

function facts(step: string, rows = usual, results = open, change: Partial<State> = {}): Facts {
  const { state, reveal, task } = lesson.steps[step]!;
  const s = { ...defaults(table), ...state, ...reveal, ...task.state, ...change } as State;
  return { state: s, networks, records: s.show === 'networks' ? [] : recordsOf(rows), first: results, results };
}

const alike = [
  [0.75, 0.76, 0.77],
  [0.7, 0.7, 0.7],
  [0.6, 0.6, 0.6],
];
const better = resultsOf(0.02, 0.01, 0.03);
const worse = resultsOf(-0.02, -0.03, -0.01);

const predictions: Cases<Facts> = {
  networks: { right: [[416]], nobias: [[400]], side: [[266], [267], [256]], scaled: [[444]], other: [[160], [25]] },
  race: { right: [['5'], ['3', facts('race', alike)]], other: [['3'], ['7']] },
  seeds: { right: [['no'], ['yes', facts('seeds', alike)]], other: [['yes'], ['no', facts('seeds', alike)]] },
  verdict: {
    right: [['unclear'], ['clear', facts('verdict', usual, better)]],
    bold: [['clear']],
    shy: [['unclear', facts('verdict', usual, worse)]],
  },
};

const tasks: Cases<Facts> = {
  networks: { right: [[5.4], [5.377]], side: [[2.3], [2.33]], parameters: [[2]], inverse: [[0.19], [0.2]], other: [[7], [1]] },
  race: {
    right: [['nothing'], ['winner', facts('race', usual, better)]],
    winner: [['winner']],
    always: [['always']],
    shy: [['nothing', facts('race', usual, better)]],
  },
  seeds: { right: [[5], [5.1]], deviation: [[2.5]], between: [[1.7]], other: [[0.05], [75]] },
  verdict: {
    right: [['open'], ['better', facts('verdict', usual, better)], ['worse', facts('verdict', usual, worse)]],
    same: [['same'], ['same', facts('verdict', usual, better)]],
    bold: [['better'], ['worse']],
    direction: [['better', facts('verdict', usual, worse)]],
    shy: [['open', facts('verdict', usual, better)]],
  },
};

describeSteps(lesson, facts, predictions, tasks);

it('draws what a sheet holds, and nothing of what it should not', () => {
  expect(lesson.drawRecord!(usual, 'en')).not.toBe(null);
  for (const bad of [null, {}, [[1], [2]], [[1], [2], ['x']], [[1, 2, 3, 4], [1], [1]]]) expect(lesson.drawRecord!(bad, 'en')).toBe(null);
  expect(lesson.describe({ ...defaults(table), show: 'seeds', seeds: 3 }, 'en')).toBe('500 images, 2 epochs, seeds 1 to 3');
});
