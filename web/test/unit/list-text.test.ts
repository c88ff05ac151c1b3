import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Experiment, Json, LabEngine } from '../../src/client/client.js';
import { examples, NoValue, textOf, valueOf } from '../../src/design/list-text.js';
import { startEngine } from './node-engine.js';

const value = { example: false, isList: false };
const list = { example: false, isList: true };
const parts = { example: true, isList: true };

describe('what is written for a field', () => {
  it.each<[string, typeof value, Json]>([
    ['1', value, 1],
    [' same ', value, 'same'],
    ['1, 0, 1, 0', value, [1, 0, 1, 0]],
    ['1,2', value, [1, 2]],
    ['[1, 2]', value, [1, 2]],
    ['', value, ''],
    ['45', list, [45]],
    ['a, b', list, ['a', 'b']],
    ['', list, []],
    [
      'epoch 0, size 14; epoch 2, size 20',
      parts,
      [
        { epoch: 0, size: 14 },
        { epoch: 2, size: 20 },
      ],
    ],
    ['match *.bias, trainable false;', parts, [{ match: '*.bias', trainable: false }]],
    ['[{"epoch": 1, "size": 9}]', parts, [{ epoch: 1, size: 9 }]],
    ['', parts, []],
  ])('%j is read, and written back', (text, how, wanted) => {
    expect(valueOf(text, how)).toEqual(wanted);
    expect(valueOf(textOf(wanted), how)).toEqual(wanted);
  });

  it.each([
    ['epoch', 'epoch'],
    ['epoch 0, 14', '14'],
    // A decimal comma separates.
    ['match a, lr_scale 0,5', '5'],
    ['{"epoch": 1', '{"epoch": 1'],
  ])('of %j the part that has no value is named', (text, part) => {
    expect(() => valueOf(text, parts)).toThrow(NoValue);
    expect(() => valueOf(text, parts)).toThrow(part);
  });

  it('no list is shown as JSON', () => {
    expect(textOf([1, 0, 1, 0])).toBe('1, 0, 1, 0');
    expect(textOf([])).toBe('');
    expect(textOf({ every: 5, decay: 0.95 })).toBe('every 5, decay 0.95');
    expect(
      textOf([
        { epoch: 0, size: 14 },
        { epoch: 2, size: 20 },
      ]),
    ).toBe('epoch 0, size 14; epoch 2, size 20');
  });
});

describe('the examples', () => {
  let lab: LabEngine;
  let experiment: Experiment;
  beforeAll(async () => {
    ({ lab } = await startEngine());
    experiment = await lab.experiment('fashion-cnn');
  });
  afterAll(() => lab.close());

  it('are those of the lists of parts that the engine has, and it takes them', async () => {
    const read = (field: string): Json => valueOf(examples[field]!, parts);
    const verdict = await lab.validate({
      ...experiment,
      optimizer: { ...experiment.optimizer, groups: read('groups') },
      train: { ...experiment.train, resolutions: read('resolutions') },
    } as unknown as Experiment);
    expect(verdict.ok ? '' : verdict.error).toBe('');
    const full = (await lab.validate(experiment)) as unknown as { description: { experiment: Record<string, Record<string, Json>> } };
    const lists = ['loss', 'optimizer', 'schedule', 'augment', 'train'].flatMap((section) =>
      Object.entries(full.description.experiment[section]!).flatMap(([name, one]) => (Array.isArray(one) ? name : [])),
    );
    expect(lists.sort()).toEqual(Object.keys(examples).sort());
  });
});
