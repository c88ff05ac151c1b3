import { expect, it } from 'vitest';
import type { StudyRecord } from '../../src/client/client.js';
import { lesson } from '../../src/lessons/dense-or-conv/lesson.js';
import {
  cellsMoved,
  change,
  changedBy,
  farthest,
  isMoved,
  moveRight,
  placeAt,
  type Map,
  type Moved,
} from '../../src/lessons/dense-or-conv/moved.js';
import { names, table, type Facts, type State } from '../../src/lessons/dense-or-conv/state.js';
import type { Network } from '../../src/lessons/frame/lesson-study.js';
import { defaults } from '../../src/state/properties.js';
import { describeSteps, type Cases } from './lesson-steps.js';

/** The networks as the engine describes them, as far as the lesson asks. */
const layer = (type: string, output: number[], parameters: number): Network['layers'][number] =>
  ({ name: `${type}_1`, type, output, parameters }) as Network['layers'][number];
const dense: Omit<Network, 'name'> = { parameters: 50_890, multiplyAdds: 50_816, layers: [layer('dense', [64], 50_240)] };
const conv: Omit<Network, 'name'> = { parameters: 20_490, multiplyAdds: 1_032_000, layers: [layer('conv2d', [28, 28, 16], 160)] };
const networks = [dense, dense, conv, conv].map((network, i): Network => ({ name: names[i]!, ...network }));

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

const usual = [
  [0.771, 0.779, 0.758],
  [0.774, 0.753, 0.764],
  [0.79, 0.8, 0.791],
  [0.722, 0.733, 0.717],
];
const [, mixed, , worse] = usual as [number[], number[], number[], number[]];
const denseAhead = [[0.8, 0.8, 0.8], mixed, [0.7, 0.7, 0.7], worse];
const both = [[0.9, 0.9, 0.9], mixed, [0.8, 0.8, 0.8], worse];
const none = [mixed, mixed, worse, worse];

const side = 16;
const image: Map = {
  side,
  values: Array.from({ length: side * side }, (_, i) => (i % side > 6 && i % side < 10 ? ((i * 37) % 91) + 1 : 0)),
};

function pool({ values }: Map): Map {
  const half = side / 2;
  const at = (i: number): number[] => {
    const start = 2 * side * Math.floor(i / half) + 2 * (i % half);
    return [0, 1, side, side + 1].map((offset) => values[start + offset]!);
  };
  return { side: half, values: Array.from({ length: half * half }, (_, i) => Math.max(...at(i))) };
}

/** Places as a convolution makes them, or one whose map stays. */
function movedBy(mapOf: (moved: Map) => Map, sizes = [1.1, 1.2, 1.3]): Moved {
  const shifts = Array.from({ length: 2 * farthest + 1 }, (_, i) => i - farthest);
  const places = shifts.map((shift) => {
    const there = moveRight(image, shift);
    const map = mapOf(there);
    const average = map.values.reduce((sum, value) => sum + value, 0) / map.values.length;
    return { shift, image: there, map, pooled: pool(map), averages: [average], dense: { side: 1, values: [1 + shift] } };
  });
  const average = places[farthest]!.averages[0]!;
  const others = Object.fromEntries(
    (['mirrored', 'turned', 'mixed'] as const).map((other, i) => [other, { ...places[farthest]!, averages: [average * sizes[i]!] }]),
  ) as Moved['others'];
  return { places, others, shuffled: image };
}
const moving = movedBy((there) => there);
const staying = movedBy(() => image);
const symmetric = movedBy((there) => there, [1, 1.2, 1.3]);

function facts(step: string, rows = usual, change: Partial<State> = {}, moved = moving): Facts {
  const { state, reveal, task } = lesson.steps[step]!;
  const s = { ...defaults(table), ...state, ...reveal, ...task.state, ...change } as State;
  return { state: s, networks, records: recordsOf(rows), moved };
}
const at = (shift: number): Facts => facts('shift', usual, { shift });

const unequal = movedBy((there) => ({ side, values: there.values.map((value, i) => value * (i % side)) }));

const predictions: Cases<Facts> = {
  parameters: { right: [['dense']], other: [['conv'], ['same']] },
  race: { right: [['conv'], ['dense', facts('race', denseAhead)]], other: [['dense']] },
  shuffled: {
    right: [
      ['conv'],
      ['both', facts('shuffled', both)],
      ['none', facts('shuffled', none)],
      ['dense', facts('shuffled', [[0.9], ...none.slice(1)])],
    ],
    other: [['dense'], ['none'], ['both']],
  },
  shift: {
    right: [['moves'], ['stays', facts('shift', usual, {}, staying)], ['else', facts('shift', usual, {}, unequal)]],
    stays: [['stays']],
    else: [['else']],
  },
  place: { right: [['no'], ['yes', facts('place', usual, {}, unequal)]], other: [['yes']] },
};

const tasks: Cases<Facts> = {
  parameters: {
    right: [[200_768]],
    nobias: [[200_704]],
    scaled: [[200_960]],
    side: [[100_480], [100_416]],
    same: [[50_240]],
    other: [[64], [3136]],
  },
  race: { right: [[19], [100, facts('race', denseAhead)]], inverse: [[-19]], points: [[1.9]], other: [[21], [0]] },
  shuffled: { right: [[7], [6.9]], sign: [[-7]], dense: [[0.6]], left: [[72.4]], other: [[3], [79.4]] },
  shift: {
    right: [['', at(2)]],
    still: [['', at(0)]],
    between: [
      ['', at(1)],
      ['', at(3)],
    ],
    far: [['', at(4)]],
  },
  place: {
    right: [['none'], ['mirrored', facts('place', usual, {}, symmetric)]],
    mirrored: [['mirrored']],
    turned: [['turned'], ['turned', facts('place', usual, {}, symmetric)]],
    mixed: [['mixed']],
    none: [['none', facts('place', usual, {}, symmetric)]],
  },
};

describeSteps(lesson, facts, predictions, tasks);

it('tells a map that has moved from another one', () => {
  const right = moveRight(image, 3);
  expect(right.values[10]).toBe(image.values[7]);
  expect(moveRight(right, -3)).toEqual(image);
  expect([isMoved(image, right, 3), isMoved(image, right, 2), isMoved(right, image, -3), isMoved(image, image, 0)]).toEqual([
    true,
    false,
    true,
    true,
  ]);
  expect([0, 1, 2, 3, 4].map((shift) => cellsMoved(moving, shift))).toEqual([0, null, 1, null, 2]);
  expect(placeAt(moving, -2).shift).toBe(-2);
  expect(change([3, 4], [3, 4])).toBe(0);
  expect(change([3, 4], [0, 0])).toBe(1);
});

it('changes an image in ways that are no move', () => {
  const small: Map = { side: 2, values: [1, 2, 3, 4] };
  expect(changedBy('mirrored', small).values).toEqual([2, 1, 4, 3]);
  expect(changedBy('turned', small).values).toEqual([3, 1, 4, 2]);
  const mixed = changedBy('mixed', image);
  expect(mixed.values).not.toEqual(image.values);
  expect([...mixed.values].sort()).toEqual([...image.values].sort());
  expect(changedBy('mixed', image)).toEqual(mixed);
});

it('draws what a sheet holds, and nothing of what it should not', () => {
  expect(lesson.drawRecord!(usual, 'en')).not.toBe(null);
  for (const bad of [null, {}, [[1], [2]], [[1], [2], [3], ['x']], [[1, 2, 3, 4], [1], [1], [1]]])
    expect(lesson.drawRecord!(bad, 'en')).toBe(null);
  const said = (state: Partial<State>): string => lesson.describe({ ...defaults(table), ...state }, 'en');
  expect(said({ show: 'shuffled' })).toBe('1,000 images, 3 epochs, seeds 1 to 3');
  expect(said({ show: 'networks', network: 'conv' })).toBe('convolutional');
  expect(said({ show: 'shift', shift: 2 })).toBe('moved 2 pixels to the right');
});
