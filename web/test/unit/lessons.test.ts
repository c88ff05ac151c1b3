import { describe, expect, it, test } from 'vitest';
import { namesIn } from '../../src/client/protocol/sentence.js';
import { langs } from '../../src/i18n/lang.js';
import { speak } from '../../src/lessons/frame/ask.js';
import { stepNames, wordsIn, type AnyLesson } from '../../src/lessons/frame/lesson-type.js';
import {
  decodeProgress,
  encodeProgress,
  firstOpen,
  fresh,
  isBegun,
  lessonOfCode,
  longestSentence,
  phaseOf,
  ProgressKeeper,
  readProgress,
  solved,
  type Answer,
  type Drawer,
} from '../../src/lessons/frame/progress.js';
import { cardOf, isLesson, loadLesson, order } from '../../src/lessons/list.js';

const all = await Promise.all(order.map(async (name): Promise<[string, AnyLesson]> => [name, await loadLesson(name)]));
const folders = Object.keys(import.meta.glob('../../src/lessons/*/lesson.ts')).map((path) => path.split('/').at(-2)!);

/** All texts in a tree of words, by where they stand. */
function texts(words: unknown, at = ''): [string, string][] {
  if (typeof words === 'string') return [[at, words]];
  return Object.entries(words as object).flatMap(([key, inner]) => texts(inner, `${at}.${key}`));
}

it('the list has every folder with a lesson, and no other', () => {
  expect([...order].sort()).toEqual(folders.sort());
  for (const name of order) expect(isLesson(name)).toBe(true);
  expect(isLesson('frame')).toBe(false);
});

describe.each(all)('lesson %s', (name, lesson) => {
  const steps = stepNames(lesson);

  it('is called as its folder, and has four to seven steps of 10 to 20 minutes together', () => {
    expect(lesson.name).toBe(name);
    expect(steps.length).toBeGreaterThanOrEqual(4);
    expect(steps.length).toBeLessThanOrEqual(7);
    expect(steps).toEqual(Object.keys(lesson.words.en.steps));
    expect(cardOf(name).minutes).toBeGreaterThanOrEqual(10);
    expect(cardOf(name).minutes).toBeLessThanOrEqual(20);
  });

  it('says everything in every language, with the same numbers', () => {
    const english = texts(lesson.words.en);
    for (const lang of langs) {
      expect(lesson.words, `${name} has no ${lang}`).toHaveProperty([lang]);
      const theirs = texts(wordsIn(lesson.words, lang));
      expect(theirs.map(([at]) => at)).toEqual(english.map(([at]) => at));
      for (const [i, [at, text]] of english.entries()) expect(namesIn(theirs[i]![1]), `${lang}${at}`).toEqual(namesIn(text));
      if (lang !== 'en') {
        const same = theirs.filter(([, text], i) => text === english[i]![1] && text.replace(/\{\w+\}/g, '').length > 12);
        expect(same, `${lang} has left these in English`).toEqual([]);
        expect(wordsIn(cardOf(name).words, lang).goal).not.toBe(cardOf(name).words.en.goal);
      }
    }
  });

  it.each(steps)('step %s predicts before it reveals, lights a control, and has a hint for each error', (step) => {
    const { covers, reveal, lights, controls, predict, task } = lesson.steps[step]!;
    expect(covers.length + Object.keys(reveal).length, 'something comes out').toBeGreaterThan(0);
    expect(lights.length).toBeGreaterThan(0);
    for (const light of lights) expect(controls).toContain(light);
    const words = lesson.words.en.steps[step]!;
    for (const [ask, said, kinds] of [
      [predict, words.predict, 2],
      [task, words.task, 3],
    ] as const) {
      expect(Object.keys(said.replies).length, 'kinds of answers').toBeGreaterThanOrEqual(kinds);
      expect(said.options !== undefined, 'options to choose from').toBe(ask.by === 'choice');
      for (const option of Object.values(said.options ?? {})) expect(namesIn(option), 'a sheet has no numbers for them').toEqual([]);
    }
    for (const state of [lesson.steps[step]!.state, reveal, task.state ?? {}])
      for (const key of Object.keys(state)) expect(Object.keys(lesson.table)).toContain(key);
  });
});

describe('progress', () => {
  const [, lesson] = all[0]!;
  const [first, second] = stepNames(lesson) as [string, string];
  const right: Answer = { text: '30', kind: 'right', tries: 1 };
  const some = (): ReturnType<typeof fresh> => {
    const progress = fresh(lesson);
    progress.steps[first] = { prediction: right, seen: true, answer: { ...right, tries: 2 }, state: 'at=4', record: { loss: [1, 0.5] } };
    progress.steps[second]!.prediction = { text: '7', kind: 'other', tries: 1 };
    return Object.assign(progress, { who: 'Ada, 7b', sentence: '¿Por qué? «Por eso».', when: 1_790_000_000_000 });
  };

  it('goes from the prediction to what comes out, to the question, to the end', () => {
    const step = fresh(lesson).steps[first]!;
    expect(phaseOf(step)).toBe('predict');
    expect(phaseOf({ ...step, prediction: { ...right, kind: 'other' } })).toBe('look');
    expect(phaseOf({ ...step, prediction: right, seen: true })).toBe('ask');
    expect(phaseOf({ ...step, prediction: right, seen: true, answer: { ...right, kind: 'other' } })).toBe('ask');
    expect(phaseOf({ ...step, prediction: right, seen: true, answer: right })).toBe('done');
  });

  it('knows where one was', () => {
    expect(firstOpen(lesson, fresh(lesson))).toBe(1);
    expect([firstOpen(lesson, some()), solved(some()), isBegun(some()), isBegun(fresh(lesson))]).toEqual([2, 1, true, false]);
    const done = fresh(lesson);
    for (const step of Object.values(done.steps)) Object.assign(step, { prediction: right, seen: true, answer: right });
    expect(firstOpen(lesson, done)).toBe(stepNames(lesson).length + 1);
  });

  it('comes back from a link and from storage as it was', () => {
    const code = encodeProgress(some());
    expect(code).toMatch(/^[\w-]+$/);
    expect(code.length).toBeLessThan(700);
    expect(lessonOfCode(code)).toBe(lesson.name);
    expect(decodeProgress(lesson, code)).toEqual(some());
    const kept = new Map<string, string>();
    const drawer: Drawer = {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    };
    const keeper = new ProgressKeeper(() => drawer);
    expect(keeper.load(lesson)).toEqual(fresh(lesson));
    expect(keeper.glance(lesson.name)).toBe(null);
    keeper.save(some());
    expect(new ProgressKeeper(() => drawer).load(lesson)).toEqual(some());
    expect(keeper.glance(lesson.name)).toBe(1);
    kept.set([...kept.keys()][0]!, '{"lesson": ');
    expect(keeper.load(lesson)).toEqual(fresh(lesson));
    expect(keeper.glance(lesson.name)).toBe(null);
  });

  it('is not kept where the browser forbids it, and says so', () => {
    const keeper = new ProgressKeeper(() => {
      throw new Error('forbidden');
    });
    expect(keeper.load(lesson)).toEqual(fresh(lesson));
    keeper.save(some());
    expect(keeper.kept).toBe(false);
  });

  it.each([
    ['nothing', null],
    ['another lesson', { ...some(), lesson: 'nowhere' }],
    ['a number', 7],
  ])('is none in %s', (_, value) => expect(readProgress(lesson, value)).toBe(null));

  it('takes from somebody’s file only what a lesson can have', () => {
    const read = readProgress(lesson, {
      lesson: lesson.name,
      when: 'today',
      who: { name: 'x' },
      sentence: 'x'.repeat(5000),
      steps: {
        [first]: { prediction: { text: 4, kind: 'right', tries: -3 }, seen: 'yes', answer: { kind: 'constructor' }, state: 7 },
        [second]: { prediction: { kind: 'no such kind' }, answer: right },
        unknown: { prediction: right },
      },
    })!;
    expect(read.steps[first]).toEqual({
      prediction: { text: '', kind: 'right', tries: 1 },
      seen: false,
      answer: null,
      state: '',
      record: null,
    });
    expect(read.steps[second]).toEqual(fresh(lesson).steps[second]);
    expect(Object.keys(read.steps)).toEqual(stepNames(lesson));
    expect([read.when, read.who, read.sentence.length]).toEqual([0, '', longestSentence]);
    expect(lessonOfCode('no code')).toBe(null);
    expect(decodeProgress(lesson, 'AAAA')).toBe(null);
  });
});

test('numbers in a sentence are written as the language does', () => {
  expect(speak('{a} and {n, plural, one {# row} other {# rows}}', 'en', { a: -0.5, n: 1 })).toBe('−0.5 and 1 row');
  expect(speak('{a} y {n, plural, one {# fila} other {# filas}}', 'es', { a: 0.25, n: 2 })).toBe('0,25 y 2 filas');
});
