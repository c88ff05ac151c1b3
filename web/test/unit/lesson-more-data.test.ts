import { expect, it } from 'vitest';
import type { StudyRecord, VariantResult } from '../../src/client/client.js';
import { accuracyOf } from '../../src/lessons/more-data/augment-study.js';
import { lesson } from '../../src/lessons/more-data/lesson.js';
import { changeNames, table, type Change, type Facts, type Judged, type Kept, type State } from '../../src/lessons/more-data/state.js';
import { defaults } from '../../src/state/properties.js';
import { describeSteps, type Cases } from './lesson-steps.js';

/** Accuracies by network, each on training and on test images, seed by seed. */
type Rows = readonly (readonly [train: readonly number[], test: readonly number[]])[];

const recordsOf = (rows: Rows): StudyRecord[] =>
  rows.flatMap(([train, test], variant) =>
    train.map((accuracy, i): StudyRecord => ({
      variant,
      seed: i + 1,
      diverged: false,
      record: { train_accuracy: accuracy, test_accuracy: test[i], test_loss: 0.7 } as StudyRecord['record'],
    })),
  );

const usual: Rows = [
  [
    [0.99, 0.97, 0.98],
    [0.78, 0.77, 0.79],
  ],
  [
    [0.8, 0.81, 0.82],
    [0.77, 0.78, 0.79],
  ],
];
/** Augmentation that helps, and is ahead in training as well. */
const helped: Rows = [
  [
    [0.8, 0.8, 0.8],
    [0.7, 0.7, 0.7],
  ],
  [
    [0.9, 0.9, 0.9],
    [0.8, 0.8, 0.8],
  ],
];
const hurt: Rows = [helped[1]!, helped[0]!];

const keptOf = (own: Partial<Record<Change, number>>): Record<Change, Kept> =>
  Object.fromEntries(changeNames.map((change) => [change, { count: 48, own: own[change] ?? 20 }])) as Record<Change, Kept>;
const keptUsual = keptOf({ moved: 11, mirrored: 31, brightened: 46, contrasted: 48, blanked: 48 });

const judgedOf = (rows: readonly (readonly [number, number, number, number])[]): Judged[] =>
  rows.map(([asTheyAre, moved, mirrored, turned]) => ({ asTheyAre, moved, mirrored, turned }));
const judgedUsual = judgedOf([
  [0.78, 0.6, 0.7, 0.2],
  [0.77, 0.74, 0.77, 0.21],
  [0.55, 0.54, 0.55, 0.54],
]);
/** The first network does not mind, the third is ahead. */
const judgedOther = judgedOf([
  [0.78, 0.78, 0.7, 0.9],
  [0.77, 0.5, 0.77, 0.21],
  [0.9, 0.54, 0.55, 0.54],
]);
const between = judgedOf([
  [0.78, 0.6, 0.7, 0.2],
  [0.6, 0.5, 0.77, 0.21],
  [0.7, 0.54, 0.55, 0.54],
]);

interface Other {
  rows?: Rows;
  kept?: Record<Change, Kept>;
  judged?: Judged[];
  state?: Partial<State>;
}

function facts(step: string, { rows = usual, kept = keptUsual, judged = judgedUsual, state = {} }: Other = {}): Facts {
  const { state: initial, reveal, task } = lesson.steps[step]!;
  const s = { ...defaults(table), ...initial, ...reveal, ...task.state, ...state } as State;
  const results = [{}, { difference: { mean: 0, low: -0.03, high: 0.03 } }] as unknown as VariantResult[];
  return { state: s, kept, records: recordsOf(rows), results, judged };
}
const forms = (crop: number, flip: State['flip']): Facts => facts('forms', { state: { crop, flip } });
const chosen = (change: Change): Facts => facts('near', { state: { change } });
const asking = (asked: State['asked'], judged = judgedUsual): Facts => facts('wild', { judged, state: { asked } });

const predictions: Cases<Facts> = {
  forms: { right: [[98]], places: [[49]], line: [[14], [28]], zero: [[72], [18]], other: [[6], [7], [100]] },
  near: {
    right: [['few'], ['half', facts('near', { kept: keptOf({ moved: 24 }) })], ['nearly', facts('near', { kept: keptOf({ moved: 47 }) })]],
    high: [['half'], ['nearly']],
    low: [
      ['few', facts('near', { kept: keptOf({ moved: 24 }) })],
      ['half', facts('near', { kept: keptOf({ moved: 47 }) })],
    ],
  },
  race: {
    right: [['without'], ['with', facts('race', { rows: helped })]],
    other: [['with'], ['without', facts('race', { rows: helped })]],
  },
  worth: {
    right: [['same'], ['up', facts('worth', { rows: helped })], ['down', facts('worth', { rows: hurt })]],
    other: [['up'], ['down'], ['same', facts('worth', { rows: hurt })]],
  },
  moved: {
    right: [['without'], ['with', facts('moved', { judged: judgedOther })]],
    other: [['with'], ['without', facts('moved', { judged: judgedOther })]],
  },
  wild: {
    right: [['third'], ['first', facts('wild', { judged: judgedOther })], ['second', facts('wild', { judged: between })]],
    other: [['first'], ['second'], ['third', facts('wild', { judged: judgedOther })]],
  },
};

const tasks: Cases<Facts> = {
  forms: {
    right: [['', forms(2, 'yes')]],
    half: [['', forms(2, 'no')]],
    many: [
      ['', forms(3, 'yes')],
      ['', forms(4, 'no')],
    ],
    few: [
      ['', forms(1, 'yes')],
      ['', forms(0, 'no')],
    ],
  },
  near: {
    right: [
      ['', chosen('contrasted')],
      ['', chosen('blanked')],
    ],
    half: [['', chosen('mirrored')]],
    other: [
      ['', chosen('moved')],
      ['', chosen('brightened')],
    ],
  },
  race: { right: [[21], [20.9]], sign: [[-21]], with: [[3]], tests: [[1], [-1]], other: [[99], [0.21]] },
  worth: {
    right: [[17], [16.9]],
    sign: [[-17]],
    without: [[20]],
    with: [[3]],
    tests: [[0]],
    other: [[50], [0.17]],
  },
  moved: { right: [[18], [18.1]], sign: [[-18]], with: [[3]], left: [[60]], other: [[78], [1]] },
  wild: {
    right: [
      ['', asking('turned')],
      ['', asking('asTheyAre', judgedOther)],
    ],
    upright: [
      ['', asking('asTheyAre')],
      ['', asking('moved')],
      ['', asking('mirrored')],
    ],
    other: [['', asking('turned', judgedOther)]],
  },
};

describeSteps(lesson, facts, predictions, tasks);

it('counts the images whose most probable class is their label', () => {
  const data = Float32Array.of(0.1, 0.9, 0.8, 0.2, 0.4, 0.6, 0.7, 0.3);
  expect(accuracyOf({ shape: [4, 2], data }, [1, 0, 0, 0])).toBe(0.75);
});

it('draws what a sheet holds, and nothing of what it should not', () => {
  const rows = usual.flat();
  expect(lesson.drawRecord!(rows, 'en')).not.toBe(null);
  for (const bad of [null, {}, [[1]], [[1], [2], [3], ['x']], [[1, 2, 3, 4], [1], [1], [1]]])
    expect(lesson.drawRecord!(bad, 'en')).toBe(null);
  const said = (state: Partial<State>): string => lesson.describe({ ...defaults(table), ...state }, 'en');
  expect(said({ show: 'forms', crop: 2 })).toBe('moved by up to 2, mirrored: half of them');
  expect(said({ show: 'near', change: 'turned' })).toBe('turned by up to 20°');
  expect(said({ show: 'worth' })).toBe('300 images, 16 epochs, 3 seeds');
  expect(said({ show: 'wild', asked: 'turned' })).toBe('test images turned by any angle');
});
