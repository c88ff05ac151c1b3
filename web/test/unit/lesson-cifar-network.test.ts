import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DataCard, LayerInfo, StudyRecord } from '../../src/client/client.js';
import { between, edgesOf } from '../../src/lessons/cifar-network/graph.js';
import { lesson } from '../../src/lessons/cifar-network/lesson.js';
import { afterBest, best, ends, fewest, flattened, largerBy } from '../../src/lessons/cifar-network/measures.js';
import { experimentOf, forked, planFor, stack } from '../../src/lessons/cifar-network/networks.js';
import { races, table, type Facts, type State } from '../../src/lessons/cifar-network/state.js';
import { networkOf, type Network } from '../../src/lessons/frame/lesson-study.js';
import { defaults } from '../../src/state/properties.js';
import { describeSteps, type Case, type Cases } from './lesson-steps.js';
import { startEngine } from './node-engine.js';

const cardOf = (name: string): DataCard =>
  JSON.parse(readFileSync(new URL(`../../../datasets/${name}/card.json`, import.meta.url), 'utf8')) as DataCard;

/** The networks as the real engine knows them. */
const { lab } = await startEngine();
async function networksOn(name: string): Promise<Pick<Facts, 'card' | 'stacks' | 'graphs'>> {
  const card = { ...cardOf(name), name };
  const describe = (layers: ReturnType<typeof stack>): Promise<Network> => networkOf(lab, 'net', experimentOf(card, 'net', layers), card);
  return {
    card,
    stacks: await Promise.all([1, 2, 3, 4].map((blocks) => describe(stack(card, blocks)))),
    graphs: await Promise.all([false, true].map((shortcut) => describe(forked(card, shortcut)))),
  };
}
const cifar = await networksOn('cifar10');
const clothes = await networksOn('fashion-mnist');
const normed = await networkOf(lab, 'norm', experimentOf(cifar.card, 'norm', stack(cifar.card, 3, true)), cifar.card);

type Row = [trainLoss: number | null, trainAccuracy: number | null, testAccuracy: number | null];
const recordsOf = (rows: readonly Row[]): StudyRecord[] =>
  rows.map(([train_loss, train_accuracy, test_accuracy], variant): StudyRecord => ({
    variant,
    seed: 1,
    diverged: train_loss === null,
    record: { train_loss, train_accuracy, test_accuracy } as StudyRecord['record'],
  }));
const coursesOf = (losses: readonly (readonly number[])[]): Facts['courses'] =>
  losses.map((row, i) => ({
    name: String(i),
    course: { at: [], loss: [], accuracy: [], tests: row.map((loss, epoch) => ({ at: epoch + 1, loss, accuracy: 0.5 })) },
  }));

const usualRows: Record<string, Row[]> = {
  optimizers: [
    [2.2, 0.2, 0.15],
    [1.8, 0.35, 0.32],
    [1.7, 0.4, 0.34],
    [1.65, 0.41, 0.36],
  ],
  norm: [
    [2, 0.26, 0.27],
    [1.7, 0.37, 0.25],
  ],
  clipping: [
    [2.3, 0.13, 0.1],
    [2.1, 0.25, 0.26],
  ],
  dropout: [
    [0.1, 0.97, 0.32],
    [0.9, 0.65, 0.3],
  ],
};
const falling = [2.2, 2.1, 2.0, 1.9];
const rising = [2.2, 2, 2.1, 2.5, 3, 4];
const staying = [2.2, 2, 2.02, 2.01];

interface Other {
  rows?: Row[];
  losses?: number[][];
  state?: Partial<State>;
  on?: Pick<Facts, 'card' | 'stacks' | 'graphs'>;
}
function facts(step: string, { rows, losses = [rising, [2.2, 2.1, 2.0, 1.9, 1.95, 2]], state = {}, on = cifar }: Other = {}): Facts {
  const { state: initial, reveal, task } = lesson.steps[step]!;
  const s = { ...defaults(table), ...initial, ...reveal, ...task.state, ...state } as State;
  const networks = step === 'norm' ? [cifar.stacks[2]!, normed] : [cifar.stacks[2]!, cifar.stacks[2]!];
  return {
    ...on,
    state: s,
    networks,
    records: recordsOf(rows ?? usualRows[step] ?? []),
    courses: coursesOf(losses),
    largest: 6.5,
    confusion: [],
  };
}
const blocks = (count: number): Case<Facts> => ['', facts('shapes', { state: { blocks: count } })];
const onClothes = (answer: number, step = 'shapes'): Case<Facts> => [answer, facts(step, { on: clothes })];
const turned = [...usualRows['optimizers']!].reverse();
const learning = (free: number | null, clipped: number): Facts =>
  facts('clipping', {
    rows: [
      [free === null ? null : 2, 0.2, free],
      [2, 0.2, clipped],
    ],
  });

const predictions: Cases<Facts> = {
  shapes: {
    right: [[1024], onClothes(784)],
    unpooled: [[16_384], onClothes(12_544)],
    once: [[4096], onClothes(3136)],
    place: [[64], onClothes(49)],
    other: [[100], [32]],
  },
  graph: { right: [[0]], one: [[2320]], two: [[4640]], other: [[16], [144]] },
  optimizers: { right: [['sgd'], ['adam', facts('optimizers', { rows: turned })]], other: [['adam'], ['momentum'], ['rmsprop']] },
  norm: {
    right: [['norm'], ['plain', facts('norm', { rows: [...usualRows['norm']!].reverse() })]],
    other: [['plain']],
  },
  clipping: {
    right: [
      ['clipped'],
      ['clipped', learning(null, 0.4)],
      ['both', learning(0.4, 0.4)],
      ['free', learning(0.4, 0.1)],
      ['neither', learning(null, 0.1)],
    ],
    other: [['free'], ['both'], ['neither']],
  },
  dropout: {
    right: [
      ['rises'],
      ['falls', facts('dropout', { losses: [falling, falling] })],
      ['stays', facts('dropout', { losses: [staying, falling] })],
    ],
    other: [['falls'], ['stays']],
  },
};

const tasks: Cases<Facts> = {
  shapes: { right: [blocks(3)], less: [blocks(1), blocks(2)], more: [blocks(4)] },
  graph: { right: [[8]], long: [[11], [10]], ends: [[9]], other: [[3], [13]] },
  optimizers: { right: [[17], [16.9]], sign: [[-17]], adam: [[21], [-21]], level: [[32]], other: [[5], [0.17]] },
  norm: { right: [[112]], half: [[56]], running: [[224]], layers: [[6], [2]], other: [[100], [3]] },
  clipping: { right: [[13], [13.2]], norm: [[6.5]], inverse: [[0.077], [0.08]], difference: [[6]], other: [[2], [100]] },
  dropout: { right: [[2]], last: [[6]], dropout: [[4]], near: [[3], [1]], other: [[5], [20]] },
};

describeSteps(lesson, facts, predictions, tasks);

describe.each([
  ['CIFAR-10', cifar],
  ['Fashion-MNIST', clothes],
])('on %s', (_, on) => {
  it('has shapes, numbers and a graph as the engine says', () => {
    expect(fewest(on)).toBe(3);
    expect(flattened(on.stacks[0]!)).toBe((on.card.image.height / 2) ** 2 * 8);
    expect(largerBy(on.graphs)).toBe(0);
    expect(between(...ends(on, 0))).toBe(10);
    expect(between(...ends(on, 1))).toBe(8);
    expect(edgesOf(on.graphs[1]!.layers).filter(({ to }) => to === 'add_1')).toHaveLength(2);
  });

  it.each(races)('compares networks for %s that the engine takes', async (race) => {
    const { study, experiments } = planFor(race, on.card);
    expect(experiments.length).toBe(study.variants!.length);
    for (const experiment of experiments) expect((await networkOf(lab, 'net', experiment, on.card)).parameters).toBeGreaterThan(0);
  });
});

it('finds the shortest way, and none where there is none', () => {
  const layer = (name: string, ...from: string[]): LayerInfo => ({ name, from }) as LayerInfo;
  const chain = [layer('a', 'input'), layer('b', 'a'), layer('c', 'b'), layer('d', 'c', 'a')];
  expect(between(chain, 'a', 'd')).toBe(0);
  expect(between(chain, 'b', 'd')).toBe(1);
  expect(between(chain, 'd', 'a')).toBe(null);
});

it('reads from a curve what the loss does after its smallest value', () => {
  const does = (losses: number[]): string => afterBest({ courses: coursesOf([losses]) }, 0);
  expect([falling, rising, staying].map(does)).toEqual(['falls', 'rises', 'stays']);
  expect(best(rising)).toBe(2);
});

it('draws what a sheet holds, and nothing of what it should not', () => {
  const kept = {
    data: 'CIFAR-10',
    rows: [
      ['sgd', 0.2, 0.15],
      ['adam', 0.4, null],
    ],
  };
  expect(lesson.drawRecord!(kept, 'en')).not.toBe(null);
  expect(lesson.drawRecord!({ ...kept, tests: [[0.9, null]] }, 'es')).not.toBe(null);
  const confusion = { name: 'cifar10', classes: ['cat', 'dog'], counts: [[3, 1], [0, 2]] }; // prettier-ignore
  expect(lesson.drawRecord!({ ...kept, confusion }, 'en')).not.toBe(null);
  for (const bad of [
    {},
    { ...confusion, name: 3 },
    { ...confusion, counts: [[3, 1]] },
    {
      ...confusion,
      counts: [
        [3, -1],
        [0, 2],
      ],
    },
  ])
    // prettier-ignore
    expect(lesson.drawRecord!({ ...kept, confusion: bad }, 'en')).toBe(null);
  expect(lesson.drawRecord!({ ...kept, rows: [], tests: [], confusion }, 'en')).toBe(null);
  for (const tests of [3, [0.5], [['0.5']], [new Array<number>(101).fill(1)]])
    expect(lesson.drawRecord!({ ...kept, tests }, 'en')).toBe(null);
  for (const bad of [
    null,
    {},
    [],
    { ...kept, data: 3 },
    { ...kept, rows: [['nobody', 1, 1]] },
    { ...kept, rows: [['sgd', 'x', 1]] },
    { ...kept, rows: [['sgd', 1]] },
  ])
    expect(lesson.drawRecord!(bad, 'en')).toBe(null);
  const said = (state: Partial<State>): string => lesson.describe({ ...defaults(table), ...state }, 'en');
  expect(said({ show: 'shapes', blocks: 1 })).toBe('1 block');
  expect(said({ show: 'graph' })).toBe('shortcut: with');
  expect(said({ show: 'dropout' })).toBe('300 images, 20 epochs, seed 1');
});
