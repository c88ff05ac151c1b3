import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabEngine } from '../../src/client/client.js';
import { namesIn } from '../../src/client/protocol/sentence.js';
import { speak } from '../../src/lessons/frame/ask.js';
import { lesson } from '../../src/lessons/by-hand/lesson.js';
import { stepNames, type AnyAsk } from '../../src/lessons/frame/lesson-type.js';
import { defaults } from '../../src/state/properties.js';
import { edited } from '../../src/stations/convolution/edits.js';
import { Scene } from '../../src/stations/convolution/scene.js';
import { table, type State } from '../../src/stations/convolution/state.js';
import { startEngine } from './node-engine.js';

let lab: LabEngine;
beforeAll(async () => ({ lab } = await startEngine()));
afterAll(() => lab?.close());

/** A step's view in a phase, with what the reader has changed there, computed by the engine. */
async function facts(step: string, phase: 'predict' | 'ask', change: Partial<State> = {}): Promise<Scene> {
  const { state, reveal, task } = lesson.steps[step]!;
  const s = { ...defaults(table), ...state, ...(phase === 'ask' ? { ...reveal, ...task.state } : {}), ...change } as State;
  return new Scene(s, await lab.convolution(new Scene(s, null, null).question), null);
}

const judge = (ask: AnyAsk, answer: number, scene: Scene): string =>
  ask.by === 'view' ? ask.judge(scene) : ask.by === 'number' ? ask.judge(answer, scene) : ask.judge(String(answer), scene);

/** Pixels of the first question's image, changed by index. */
const drawn = (cells: Record<number, number>) => async (): Promise<Partial<State>> => {
  const scene = await facts('products', 'ask');
  const values = [...scene.image.values];
  for (const [index, value] of Object.entries(cells)) values[Number(index)] = value;
  return { image: 'own', pixels: { ...scene.image, values } };
};
const arriving = (...values: number[]): Partial<State> => ({ arriving: { rows: 2, columns: 2, values } });

/** Answers to each prediction and the kind that each is. */
const predictions: Record<string, Record<string, number[]>> = {
  products: { right: [30], sign: [-30], row: [10], unweighted: [60], other: [0, 29, 1e9, NaN] },
  padding: { right: [5], valid: [3], padded: [7], other: [4, 0, 25] },
  stride: { right: [3], half: [2, 2.5], all: [5], other: [4, 9] },
  pooling: { right: [0], size: [-30, 30], mean: [-12.5], other: [-20, 1] },
  relu: { right: [2], winners: [4], all: [16], other: [25, 3, 0] },
  turned: { right: [2], unturned: [-2], single: [1, -1], zero: [0], other: [4, 6] },
};

/** The same for the questions; a change of the view where the view is what answers. */
const tasks: Record<string, Record<string, (number | Partial<State> | (() => Promise<Partial<State>>))[]>> = {
  products: {
    right: [drawn({ 6: 0, 11: 0, 8: 10, 13: 10 }), drawn({ 6: 0, 11: 0, 8: 10, 13: 10, 0: 3 })],
    sign: [{}, drawn({ 18: 0, 16: 10 })],
    zero: [drawn({ 6: 0 })],
    weak: [drawn({ 6: 0, 11: 0 })],
    strong: [drawn({ 6: 0, 11: 0, 8: 10, 13: 99 })],
  },
  padding: { right: [{ padding: 2 }], valid: [{ padding: 0 }], small: [{ padding: 1 }], large: [{ padding: 3 }] },
  stride: {
    right: [
      { stride: 2, padding: 0 },
      { stride: 3, padding: 1 },
    ],
    large: [{}, { stride: 2, padding: 2 }],
    small: [{ stride: 3, padding: 0 }],
  },
  pooling: { right: [5], max: [10], norelu: [0], sum: [20], other: [7.5, -5] },
  relu: { right: [6], all: [16], winners: [2, 4], other: [25, 8] },
  turned: {
    right: [arriving(1, 3, 1, 3), arriving(1, 5, 1, 1)],
    stopped: [arriving(2, 1, 1, 1), arriving(1, 1, 6, 1)],
    sign: [arriving(1, -4, 1, 1)],
    less: [{}, arriving(1, 2, 1, 1)],
    more: [arriving(1, 6, 1, 1)],
  },
};

describe.each(stepNames(lesson))('step %s', (name) => {
  const words = lesson.words.en.steps[name]!;
  const step = lesson.steps[name]!;

  it('knows every kind of prediction', async () => {
    const scene = await facts(name, 'predict');
    expect(Object.keys(predictions[name]!)).toEqual(Object.keys(words.predict.replies));
    for (const [kind, answers] of Object.entries(predictions[name]!))
      for (const answer of answers) expect(judge(step.predict, answer, scene), `${answer}`).toBe(kind);
  });

  it('knows every kind of answer, from the state of the lab', async () => {
    expect(Object.keys(tasks[name]!).sort()).toEqual(Object.keys(words.task.replies).sort());
    for (const [kind, answers] of Object.entries(tasks[name]!))
      for (const answer of answers) {
        const given = typeof answer === 'function' ? await answer() : answer;
        const [number, change] = typeof given === 'number' ? [given, {}] : [NaN, given];
        expect(judge(step.task, number, await facts(name, 'ask', change)), JSON.stringify(given)).toBe(kind);
      }
  });

  it('has a number for every name in its words, and formulas for its explanation', async () => {
    for (const phase of ['predict', 'ask'] as const) {
      const scene = await facts(name, phase);
      const values = step.values?.(scene, (key) => key) ?? {};
      const said = [
        words.text,
        words.reveal,
        words.why,
        words.predict.ask,
        words.task.ask,
        ...[words.predict, words.task].map((ask) => Object.values(ask.replies)),
      ];
      for (const text of said.flat()) expect(Object.keys(values), text).toEqual(expect.arrayContaining(namesIn(text)));
      const formulas = step.why(scene, 'en');
      expect(formulas.length).toBeGreaterThanOrEqual(words.why.filter((text) => text !== '').length);
      for (const tex of formulas) expect(tex).not.toMatch(/NaN|undefined/);
    }
  });
});

it('the live formulas have the numbers of the view', async () => {
  expect(lesson.steps['padding']!.why(await facts('padding', 'ask', { padding: 2 }), 'en')[1]).toContain(
    '5 + 2\\cdot 2 - 5}{1} \\right\\rfloor + 1 = 5',
  );
  expect(lesson.steps['turned']!.why(await facts('turned', 'ask'), 'en')[1]).toBe('1\\cdot 1 + 1\\cdot 1 = 2');
  expect(lesson.steps['products']!.why(await facts('products', 'predict'), 'en')[1]).toBe('10 + 10 + 10 = 30');
});

it('a result sheet says the settings', async () => {
  const scene = await facts('padding', 'ask', { padding: 2 });
  expect(lesson.describe(scene.state, 'en')).toBe('stride 1, padding 2, kernel 5×5');
  const painted = { ...scene.state, ...edited(await facts('products', 'ask'), 'image', 6, 0) };
  expect(lesson.describe(painted as State, 'es')).toContain('1 píxel cambiado');
  expect(speak(lesson.words.en.view['arriving']!, 'en', { values: '1 2' })).toBe('gradients 1 2');
});
