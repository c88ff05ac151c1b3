import { describe, expect, it } from 'vitest';
import { stepNames } from '../../src/lessons/frame/lesson-type.js';
import type { DataCard } from '../../src/client/client.js';
import type { Outcome } from '../../src/client/module.js';
import { take } from '../../src/client/outcome.js';
import { distancesOf } from '../../src/lessons/look-at-data/distances.js';
import { lesson } from '../../src/lessons/look-at-data/lesson.js';
import { confusionOf } from '../../src/lessons/look-at-data/confusion.js';
import { accuracy, expected, measured, othersOf, pairsOf, percentOf, split, voteOf } from '../../src/lessons/look-at-data/measures.js';
import { table, type Facts, type Nearest, type State } from '../../src/lessons/look-at-data/state.js';
import { defaults } from '../../src/state/properties.js';
import type { LookTools } from '../../src/stations/data/look.js';
import { describeSteps, type Case, type Cases } from './lesson-steps.js';
import { loadFilesModule } from './node-engine.js';

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
/** Where the means lie, on a line: 2 and 4 nearest, 8 alone. */
const places = [0, 0.1, 0.3, 0.2, 0.31, 0.45, 0.05, 0.55, 0.9, 0.62];
const distances = places.map((a) => places.map((b) => Math.abs(a - b)));
const right: Nearest = { label: 1, near: [1, 1, 1, 1, 1, 2, 2] };
const wrong: Nearest = { label: 1, near: [2, 1, 1, 1, 1, 1, 1] };
const outvoted: Nearest = { label: 1, near: [1, 2, 2, 2, 2, 1, 2] };
const votesOf = (share: number): Nearest[] => Array.from({ length: 100 }, (_, i) => (i < share ? right : wrong));

const usual = {
  names,
  train: [200, 190, 210, 205, 195, 200, 202, 198, 199, 201],
  test: [107, 105, 111, 93, 115, 87, 97, 95, 95, 95],
  kept: [200, 150, 120, 90, 70, 60, 40, 30, 20, 20],
  distances,
  votes: votesOf(78),
  given: [],
  // 8 of 100 within 0.1, 7 of them right; 70 of the other 92.
  copies: Array.from({ length: 100 }, (_, i) => ({ distance: i < 8 ? 0.06 + i / 200 : 0.2, same: i < 7 || (i > 7 && i < 78) })),
  chosen: right,
};

function facts(step: string, change: Partial<State> = {}, other: Partial<Facts> = {}): Facts {
  const { state, reveal, task } = lesson.steps[step]!;
  return { ...usual, ...other, state: { ...defaults(table), ...state, ...reveal, ...task.state, ...change } as State };
}

const even = facts('counts', {}, { train: Array.from({ length: 10 }, () => 200) });
const rare = facts('counts', {}, { train: [...usual.train.slice(1), 20] });
const kind = (of: number): Case<Facts> => ['', facts('means', { kind: of })];
const image = (chosen: Nearest, change: Partial<State> = {}): Case<Facts> => ['', facts('neighbours', change, { chosen })];
const good = facts('neighbours', {}, { votes: votesOf(97) });
const poor = facts('neighbours', {}, { votes: votesOf(10) });

const closeTo = (limit: number): Facts => facts('copies', { limit });

const predictions: Cases<Facts> = {
  counts: { right: [['nearly'], ['exact', even], ['far', rare]], other: [['exact'], ['far'], ['nearly', even], ['nearly', rare]] },
  means: { right: [['2-4']], other: [['2-6'], ['7-9'], ['1-3']] },
  neighbours: { right: [['most'], ['nearly', good], ['tenth', poor]], low: [['tenth'], ['half']], high: [['nearly'], ['half', poor]] },
  copies: {
    right: [['some'], ['none', closeTo(0.05)], ['few', closeTo(0.066)], ['many', closeTo(0.2)]],
    low: [['none'], ['few']],
    high: [['many'], ['some', closeTo(0.05)]],
  },
  noise: { right: [[80]], hundred: [[100]], noise: [[20]], other: [[90], [0]] },
};

const tasks: Cases<Facts> = {
  counts: { right: [[25], [25.1]], even: [[10]], before: [[10.1]], test: [[10.7]], count: [[200], [107]], other: [[50], [0.25]] },
  means: { right: [kind(8)], pair: [kind(2), kind(4)], other: [kind(0), kind(5)] },
  neighbours: { right: [image(wrong)], same: [image(right)], majority: [image(outvoted)], training: [image(wrong, { of: 'train' })] },
  copies: {
    right: [[76.1], [76.09], [77, closeTo(0.05)]],
    all: [[77]],
    near: [[87.5]],
    whole: [[70]],
    count: [[92]],
    other: [[50], [0.761]],
  },
  noise: { right: [[55.3], [54.6], [55]], difference: [[48]], clean: [[78]], best: [[70]], other: [[23], [30]] },
};

describeSteps(lesson, facts, predictions, tasks);

it('the sheet names the class whose mean is compared', () => {
  const { state } = facts('means', { kind: 9 });
  expect(lesson.describe(state, 'en', { classes: names })).toBe('compared with the mean image of j');
  expect(lesson.describe(state, 'es', { classes: names })).toContain('Botín');
  for (const lost of [null, undefined, { classes: [1] }, 'x']) expect(lesson.describe(state, 'en', lost)).toContain('class number 10');
});

it.each(stepNames(lesson))('step %s says its setting', (name) =>
  expect(lesson.describe(facts(name).state, 'en')).not.toMatch(/[{}]|undefined/),
);

const three: DataCard = {
  name: 'three',
  title: 'three',
  image: { height: 1, width: 2, channels: 1 },
  classes: ['a', 'b', 'c'],
  mean: [0.5],
  stddev: [0.5],
};

describe('what is measured', () => {
  it('the distance of two images, by the engine, and their order', async () => {
    const module = (await loadFilesModule()) as unknown as Record<string, (...args: unknown[]) => Outcome<unknown>>;
    const tools = { call: async (name: string, args: unknown[]) => take(module[name]!(...args)) } as unknown as LookTools;
    const pixels = Uint8Array.of(0, 0, 255, 255, 0, 255);
    const found = await distancesOf(tools, three, { count: 3, shape: [1, 2, 1], pixels, labels: Int32Array.of(0, 1, 2) });
    expect(found[0]!.slice(0, 2)).toEqual([0, 1]);
    expect(found[0]![2]).toBeCloseTo(Math.SQRT1_2);
    expect(found[1]![2]).toBeCloseTo(Math.SQRT1_2);
    expect(othersOf(found[0]!, 0)).toEqual([2, 1]);
    expect(pairsOf({ distances: found }).at(-1)).toMatchObject({ a: 0, b: 1 });
  });

  it('what was taken for what, and its record from a file', () => {
    const votes = [right, right, wrong, { label: 0, near: [2] }];
    const counts = confusionOf(votes, 3);
    expect(counts).toEqual([
      [0, 0, 1],
      [0, 2, 1],
      [0, 0, 0],
    ]);
    const kept = { classes: ['a', 'b', 'c'], counts };
    expect(lesson.drawRecord!(kept, 'en')).not.toBeNull();
    for (const bad of [
      null,
      3,
      [],
      { classes: ['a'], counts: [[-1]] },
      { classes: ['a', 'b'], counts: [[1, 2]] },
      { classes: [1], counts: [[1]] },
    ])
      expect(lesson.drawRecord!(bad, 'en')).toBeNull();
  });

  it('test images within a distance of a training image, and the others', () => {
    const { all, near, others } = split(usual.copies, 0.1);
    expect([all, near, others]).toEqual([
      { count: 100, right: 77 },
      { count: 8, right: 7 },
      { count: 92, right: 70 },
    ]);
    expect(percentOf(others)).toBeCloseTo(76.087);
    expect(percentOf({ count: 0, right: 0 })).toBe(0);
  });

  it('a vote, and of a tie the nearest', () => {
    expect([1, 3, 7].map((k) => voteOf(wrong, k))).toEqual([2, 1, 1]);
    expect(voteOf({ label: 0, near: [3, 4, 4, 3] }, 4)).toBe(3);
    expect(accuracy(votesOf(30), 1)).toBe(0.3);
    expect(accuracy(votesOf(30), 3)).toBe(1);
  });

  it.each([0, 0.05, 0.2, 0.4])('a share %f of wrong labels leaves 1 − p to the best, and to others what is expected', async (share) => {
    const labels = Int32Array.from({ length: 300 }, (_, i) => i % 10);
    const module = (await loadFilesModule()) as unknown as Record<string, (...args: unknown[]) => Outcome<unknown>>;
    const card = { ...three, classes: names, image: { height: 1, width: 1, channels: 1 } };
    const id = take(module['lookNew']!(card, 0, 300));
    take(module['lookAdd']!(id, 'test', new Uint8Array(300), labels));
    const given = [...(take(module['lookMislabelled']!(id, 'test', 300, share)) as Int32Array)];
    const changed = given.flatMap((label, i) => (label === labels[i] ? [] : [i]));
    expect(changed.length).toBe(Math.round(300 * share));
    // The same ones as in a training with the field label_noise: a larger share changes these, and more.
    const half = [...(take(module['lookMislabelled']!(id, 'test', 300, share / 2)) as Int32Array)];
    half.forEach((label, i) => expect([labels[i], given[i]]).toContain(label));
    for (const label of given) expect(label >= 0 && label < 10).toBe(true);
    // Fewer images than are asked for.
    expect(take(module['lookMislabelled']!(id, 'train', 5, share))).toHaveLength(0);
    const votes = [...labels].map((label, i): Nearest => ({ label, near: [i % 5 === 4 ? (label + 3) % 10 : label] }));
    const found = measured(votes, given);
    expect(found.perfect).toBeCloseTo(1 - share);
    expect(Math.abs(found.nearest - expected(0.8, share, 10))).toBeLessThan(0.06);
  });
});
