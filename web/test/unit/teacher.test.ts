import { describe, expect, it, test } from 'vitest';
import type { Experiment } from '../../src/client/client.js';
import { rightNumber } from '../../src/lessons/answers.js';
import { controlName, fixedIn, free, hideable, isWithheld, namesIn, stepsWith } from '../../src/lessons/frame/assignment.js';
import { assignTraining, epochsOr, firstSeed, imagesOr } from '../../src/lessons/frame/laid-training.js';
import { wordsIn, type AnyLesson, type Fixable } from '../../src/lessons/frame/lesson-type.js';
import { stateIn } from '../../src/lessons/frame/step-state.js';
import { loadLesson, order } from '../../src/lessons/list.js';
import { langs } from '../../src/i18n/index.js';
import { fresh } from '../../src/lessons/frame/progress.js';
import { trainedExperiment, type StudyExtent } from '../../src/stations/study/study-run.js';
import { choice, integer } from '../../src/state/properties.js';

const near = (wanted: number, by: number) => (value: number) => (Math.abs(value - wanted) <= by ? 'right' : 'other');

test('the number that a judge takes for right is found', () => {
  expect(rightNumber(near(416, 0))).toBe(416);
  expect(rightNumber(near(-7, 0))).toBe(-7);
  expect(rightNumber(near(5.42, 0.08))).toBe(5.42);
  expect(rightNumber(near(0.25, 0.001))).toBe(0.25);
  // However busy the machine is.
  expect(rightNumber(near(101_770, 0), [], Infinity)).toBe(101_770);
  expect(rightNumber(near(0.123456, 0), [3, 0.123456])).toBe(0.123456);
  expect(rightNumber(() => 'other')).toBeNull();
});

const lesson = {
  name: 'toy',
  fixable: { seed: { control: 'start', values: { 4: '4' } } },
  table: { seed: integer(1, 1, 9), show: choice('a', ['a', 'b']), rate: integer(3, 0, 9), at: integer(0, 0, 9) },
  words: { en: { steps: { one: {}, two: {} } } },
  steps: {
    one: { state: { show: 'a' }, reveal: {}, task: { by: 'number', state: { show: 'b' } }, controls: ['start', 'rate'] },
    two: { state: {}, reveal: {}, task: { by: 'view' }, controls: ['at'] },
  },
} as unknown as AnyLesson;

test('what a question needs cannot be taken away', () => {
  expect(hideable(lesson)).toEqual(['start', 'rate']);
  expect(namesIn('seed~rate')).toEqual(['seed', 'rate']);
  expect(namesIn('')).toEqual([]);
});

test('a fixed value holds in every step, and what is wrong in a link counts as not said', () => {
  expect(fixedIn(lesson, { hidden: [], fixed: 'seed=4&show=b&at=5&nothing=1' })).toEqual({ seed: 4 });
  expect(fixedIn(lesson, { hidden: [], fixed: 'seed=44' })).toEqual({});
  const progress = fresh(lesson);
  expect(stateIn(lesson, 'one', progress, free)).toEqual({ seed: 1, show: 'a', rate: 3, at: 0 });
  progress.steps['one'] = {
    prediction: { text: '', kind: 'right', tries: 1 },
    seen: false,
    answer: null,
    state: 'seed=7&rate=2',
    record: null,
  };
  expect(stateIn(lesson, 'one', progress, { hidden: [], fixed: 'seed=4' })).toMatchObject({ seed: 4, rate: 2 });
});

test('a control goes that is taken away, and one whose value is fixed', () => {
  const withheld = (hidden: string[], fixed: string) => ['start', 'rate', 'at'].filter((one) => isWithheld(lesson, one, { hidden, fixed }));
  expect(withheld([], '')).toEqual([]);
  expect(withheld(['rate'], '')).toEqual(['rate']);
  expect(withheld([], 'seed=4')).toEqual(['start']);
  expect(stepsWith(lesson, 'at')).toEqual([2]);
});

describe.each(order)('what a teacher may lay down for %s', (name) => {
  it.each(langs)('has a name in words: %s', async (lang) => {
    const lesson = await loadLesson(name);
    const { view } = wordsIn(lesson.words, lang);
    const keys = new Set(Object.keys(view));
    for (const control of hideable(lesson)) expect(controlName(lesson, control, lang), control).toMatch(/^\p{Lu}[^{}]*$/u);
    for (const { control, values } of Object.values(lesson.fixable ?? {}) as Fixable[]) {
      expect(controlName(lesson, control, lang), control).toMatch(/^\p{Lu}[^{}]*$/u);
      for (const words of Object.values(values)) expect(keys.has(words) || /^[\d×]+$/.test(words), words).toBe(true);
    }
  });

  it('has values that the view takes, and controls that it has', async () => {
    const lesson = await loadLesson(name);
    for (const [property, { control, values }] of Object.entries(lesson.fixable ?? {}) as [string, Fixable][]) {
      const { parse } = (lesson.table as Record<string, { parse(text: string): unknown }>)[property]!;
      for (const value of Object.keys(values)) expect(parse(value), value).not.toBeNull();
      expect(stepsWith(lesson, control).length, control).toBeGreaterThan(0);
    }
  });
});

test('trainings are laid down once for the page', () => {
  expect([epochsOr(3), imagesOr(500), firstSeed()]).toEqual([3, 500, 1]);
  const laid = { epochs: 0, images: 200, seed: 11 };
  expect(assignTraining(laid)).toBe(true);
  expect([epochsOr(3), imagesOr(500), firstSeed()]).toEqual([3, 200, 11]);
  expect(assignTraining({ ...laid })).toBe(true);
  for (const other of [{ epochs: 5 }, { images: 0 }, { seed: 1 }]) expect(assignTraining({ ...laid, ...other })).toBe(false);
  expect([epochsOr(3), imagesOr(500), firstSeed()]).toEqual([3, 200, 11]);
  const experiment = { name: 'net', dataset: 'clothes', train: { batch: 8 } } as unknown as Experiment;
  const extent = { data: 'clothes', images: imagesOr(500), tests: 5, epochs: 2, seeds: 3 };
  const seedOf = (more: Partial<StudyExtent>, seed: number) => trainedExperiment(experiment, { ...extent, ...more }, seed).train?.seed;
  expect([seedOf({}, 2), seedOf({ firstSeed: firstSeed() }, 1), seedOf({ firstSeed: firstSeed() }, 3)]).toEqual([2, 11, 13]);
});
