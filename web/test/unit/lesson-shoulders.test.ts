import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { LayerSpec } from '../../src/client/client.js';
import { lesson } from '../../src/lessons/shoulders/lesson.js';
import { enough, headOf, heldOut, places } from '../../src/lessons/shoulders/measures.js';
import { ownLayers, ownUntil, shouldersOf } from '../../src/lessons/shoulders/networks.js';
import { decisive } from '../../src/lessons/shoulders/shoulders-lab.js';
import { table, type Entrant, type Facts, type Result, type State } from '../../src/lessons/shoulders/state.js';
import { defaults } from '../../src/state/properties.js';
import { describeSteps, type Case, type Cases } from './lesson-steps.js';
import { startEngine } from './node-engine.js';

/** MobileNet and the lesson's own network, as the real engine knows them. */
const { lab } = await startEngine();
const card = JSON.parse(readFileSync(new URL('../../../engine/networks/mobilenet-v1.json', import.meta.url), 'utf8')) as {
  layers: LayerSpec[];
  until: string;
};
const end = card.layers.findIndex(({ name }) => name === card.until);
const mobilenet = await shouldersOf(lab, 'mobilenet', 'MobileNet', card.layers.slice(0, end + 1), 3);
const own = await shouldersOf(lab, 'own', '', ownLayers(), 1);

const resultsOf = (scratch: number[], low: number[], high: number[]): Record<Entrant, Result> => ({
  scratch: { accuracies: scratch, seconds: 2 },
  low: { accuracies: low, seconds: 1 },
  high: { accuracies: high, seconds: 1 },
});
const usual = resultsOf([0.45, 0.5, 0.4], [0.38, 0.39, 0.4], [0.7, 0.71, 0.72]);
const behind = resultsOf([0.7, 0.71, 0.72], [0.6, 0.6, 0.6], [0.61, 0.62, 0.63]);

interface Other {
  results?: Record<Entrant, Result>;
  state?: Partial<State>;
  on?: 'mobilenet' | 'missing' | 'own';
}
function facts(step: string, { results = usual, state = {}, on = 'mobilenet' }: Other = {}): Facts {
  const { state: initial, reveal, task } = lesson.steps[step]!;
  const s = { ...defaults(table), ...initial, ...reveal, ...task.state, ...state } as State;
  const [low, high] = on === 'mobilenet' ? [32, 96] : [14, 28];
  const shoulders = on === 'own' ? own : mobilenet;
  return { state: s, shoulders, compared: on === 'mobilenet' ? mobilenet : own, classes: 5, low, high, results, courses: [] };
}
const size = (at: number, on?: Other['on']): Case<Facts> => ['', facts('sizes', { state: { size: at }, ...(on ? { on } : {}) })];

const predictions: Cases<Facts> = {
  sizes: {
    right: [[1], [1, facts('sizes', { on: 'missing' })], [9, facts('sizes', { on: 'own' })]],
    side: [[3, facts('sizes', { on: 'own' })]],
    image: [[1024]],
    large: [[4], [49]],
    other: [[0]],
  },
  head: { right: [[1285], [245, facts('head', { on: 'own' })]], nobias: [[1280]], all: [[220_000]], other: [[256], [5]] },
  shoulders: { right: [['high'], ['scratch', facts('shoulders', { results: behind })]], other: [['scratch']] },
  pixels: {
    right: [
      ['much'],
      ['none', facts('pixels', { results: behind })],
      ['some', facts('pixels', { results: resultsOf([0.5], [0.5], [0.6]) })],
    ],
    other: [['none'], ['some']],
  },
  own: { right: [[16]], one: [[4]], learned: [[64]], other: [[80], [5]] },
};

const tasks: Cases<Facts> = {
  sizes: {
    right: [size(2), size(2, 'own')],
    small: [size(0), size(1), size(1, 'own')],
    large: [size(3), size(5), size(3, 'own')],
  },
  // A head that is small beside its network cannot be told apart from its ratio to it.
  head: { right: [[1.2]], share: [[0.012]], rest: [[98.8]], frozen: [[3.7, facts('head', { on: 'own' })]], other: [[5], [50]] },
  shoulders: { right: [[26], [26.1], [-9, facts('shoulders', { results: behind })]], sign: [[-26]], level: [[71]], other: [[45], [3]] },
  pixels: { right: [[19]], level: [[39]], gap: [[32]], other: [[71], [20.5]] },
  own: { right: [[16.7], [16.67]], all: [[3.3], [4.2]], count: [[6]], other: [[1], [30]] },
};

describeSteps(lesson, facts, predictions, tasks);

it('knows what the networks make of images, as the engine says', () => {
  expect(mobilenet.sizes.map(({ side }) => places(mobilenet, side))).toEqual([1, 4, 9, 16, 25, 49]);
  expect([mobilenet.features, own.features]).toEqual([256, 48]);
  expect([enough(mobilenet), enough(own)]).toEqual([2, 2]);
  expect(headOf(own, 3)).toBe(3 * 49);
  expect(ownUntil).toBe('global_avg_pool_1');
});

it('kept results are of the same training, of the lesson’s own network too', () => {
  const made = JSON.stringify(decisive('own', undefined, 'Fashion-MNIST'));
  expect(made).toContain('{"epochs":6,"batch":32,"seed":1}');
  expect(made).toContain('{"type":"adam","lr":0.003}');
  expect(decisive('own', undefined, 'CIFAR-10')).not.toEqual(decisive('own', undefined, 'Fashion-MNIST'));
});

it('holds out what the station with classes of one’s own holds out', () => {
  expect([heldOut(4, 20), heldOut(3, 10), heldOut(2, 5), heldOut(2, 4)]).toEqual([16, 6, 2, 0]);
});

it('draws what a sheet holds, and nothing of what it should not', () => {
  expect(lesson.drawRecord!([[0.5], [0.4], [0.7]], 'en')).not.toBe(null);
  for (const bad of [null, {}, [[1], [2]], [[1], [2], ['x']], [[1, 2, 3, 4], [1], [1]]]) expect(lesson.drawRecord!(bad, 'en')).toBe(null);
  const said = (state: Partial<State>): string => lesson.describe({ ...defaults(table), ...state }, 'en');
  expect(said({ show: 'head', classes: 3 })).toBe('3 classes');
  expect(said({ show: 'pixels' })).toBe('20 images of each class, 30 epochs, 3 seeds');
  expect(said({ show: 'own', classes: 3, pictures: 10 })).toBe('3 classes, 10 pictures each');
  const sized = (record: unknown): string => lesson.describe({ ...defaults(table), show: 'sizes', size: 2 }, 'en', record);
  expect(sized([32, 64, 96])).toBe('images of 96×96 pixels');
  for (const left of [null, [], ['x', 'y', 'z']]) expect(sized(left)).toBe('images of size number 3');
});
