import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabEngine } from '../../src/client/client.js';
import { namesIn } from '../../src/client/protocol/sentence.js';
import {
  Courses,
  firstSure,
  kindOf,
  lastStep,
  momentAt,
  moments,
  starts,
  tellsApart,
  trained,
  type Course,
} from '../../src/lessons/filter-learns/courses.js';
import { lesson } from '../../src/lessons/filter-learns/lesson.js';
import { table, type Facts, type State } from '../../src/lessons/filter-learns/state.js';
import { stepNames, type AnyAsk } from '../../src/lessons/frame/lesson-type.js';
import { defaults } from '../../src/state/properties.js';
import { startEngine } from './node-engine.js';

let lab: LabEngine;
let all: Course[];
beforeAll(async () => {
  ({ lab } = await startEngine());
  const courses = new Courses(lab);
  all = [];
  for (let seed = 1; seed <= starts; seed++) all.push(await courses.of(seed));
});
afterAll(() => lab?.close());

function facts(step: string, phase: 'predict' | 'ask', change: Partial<State> = {}): Facts {
  const { state, reveal, task } = lesson.steps[step]!;
  const s = { ...defaults(table), ...state, ...(phase === 'ask' ? { ...reveal, ...task.state } : {}), ...change } as State;
  return { state: s, course: all[s.seed - 1]!, all: s.show === 'starts' ? all : [] };
}

const judge = (ask: AnyAsk, answer: number | string, of: Facts): string => {
  if (ask.by === 'view') return ask.judge(of);
  return ask.by === 'number' ? ask.judge(Number(answer), of) : ask.judge(String(answer), of);
};

const predictions: Record<string, Record<string, (number | string)[]>> = {
  chain: { right: ['half'], sure: ['low', 'high'] },
  step: { right: ['up'], jump: ['jump'], still: ['same'], wrong: ['down'] },
  training: { right: ['both'], other: ['vertical', 'horizontal'] },
  apart: { right: ['same'], differs: ['less', 'more'] },
  starts: { right: ['most'], high: ['all'], low: ['few'] },
};

const tasks: Record<string, Record<string, (number | Partial<State>)[]>> = {
  chain: { right: [14], kernel: [9], bias: [13], maps: [27, 39], other: [5, 4, 0] },
  step: { right: [-0.5], sign: [0.5], loss: [0.7, -0.7], other: [0, 1, -1] },
  training: { right: [], early: [{ steps: 0 }, { steps: 100 }], late: [{ steps: 5000 }] },
  apart: { right: [-5.6], sign: [5.6], unweighted: [6.3], other: [0, 100] },
  starts: { right: [{ seed: 5 }, { seed: 10 }], vertical: [{ seed: 2 }, { seed: 8 }], both: [{}, { seed: 4 }], dead: [{ seed: 7 }] },
};

describe.each(stepNames(lesson))('step %s', (name) => {
  const words = lesson.words.en.steps[name]!;
  const step = lesson.steps[name]!;

  it('knows every kind of prediction', () => {
    const of = facts(name, 'predict');
    expect(Object.keys(predictions[name]!)).toEqual(Object.keys(words.predict.replies));
    for (const [kind, answers] of Object.entries(predictions[name]!))
      for (const answer of answers) expect(judge(step.predict, answer, of), `${answer}`).toBe(kind);
    expect(Object.values(predictions[name]!).flat().sort()).toEqual(Object.keys(words.predict.options!).sort());
  });

  it('knows every kind of answer, from the networks that were trained', () => {
    expect(Object.keys(tasks[name]!).sort()).toEqual(Object.keys(words.task.replies).sort());
    for (const [kind, answers] of Object.entries(tasks[name]!))
      for (const answer of answers) {
        const [given, change] = typeof answer === 'number' ? [answer, {}] : [NaN, answer];
        expect(judge(step.task, given, facts(name, 'ask', change)), JSON.stringify(answer)).toBe(kind);
      }
  });

  it('has a number for every name in its words, and formulas for its explanation', () => {
    for (const phase of ['predict', 'ask'] as const) {
      const of = facts(name, phase);
      const values = step.values?.(of, (key) => key) ?? {};
      const replies = [words.predict, words.task].flatMap((ask) => [ask.ask, ...Object.values(ask.replies)]);
      for (const text of [...words.text, ...words.reveal, ...words.why, ...replies])
        expect(Object.keys(values), text).toEqual(expect.arrayContaining(namesIn(text)));
      expect(step.why(of, 'en').length).toBe(words.why.length);
      for (const tex of step.why(of, 'en')) expect(tex).not.toMatch(/NaN|undefined/);
    }
  });
});

it('the first sure moment is the answer, whichever it is', () => {
  const first = firstSure(all[0]!);
  expect(moments).toContain(first);
  const { task } = lesson.steps['training']!;
  for (const steps of moments) {
    const kind = judge(task, NaN, facts('training', 'ask', { steps }));
    expect(kind === 'right').toBe(steps === first);
    if (steps < first) expect(kind).toBe('early');
  }
});

it('ten starts end in columns, rows, both and nowhere, and the dead ones stay as they were', () => {
  const kinds = all.map((course) => kindOf(trained(course)));
  expect(new Set(kinds)).toEqual(new Set(['vertical', 'horizontal', 'both', 'dead']));
  for (const [i, course] of all.entries()) {
    const last = trained(course);
    expect(last.steps).toBe(lastStep);
    expect(course.loss.length).toBe(50);
    expect(tellsApart(last)).toBe(kinds[i] !== 'dead');
    if (kinds[i] === 'dead')
      for (const [k, weight] of momentAt(course, 2000).kernel.entries()) expect(last.kernel[k]).toBeCloseTo(weight, 2);
  }
});

it('the numbers on the screen are one network: z is its pooled numbers by its weights, p its sigmoid', () => {
  for (const { vertical, horizontal, training, dense, bias, back } of all[0]!.moments) {
    for (const { pooled, activated, map, z, p } of [vertical, horizontal, training]) {
      expect(pooled.reduce((sum, a, i) => sum + a * dense[i]!, bias)).toBeCloseTo(z, 3);
      expect(1 / (1 + Math.exp(-z))).toBeCloseTo(p, 5);
      expect(activated).toEqual(map.map((value) => Math.max(0, value)));
    }
    // The gradient of a dense weight is that of z, p − y, times its pooled number.
    back.dense.forEach((gradient, i) => expect(gradient).toBeCloseTo((training.p - 1) * training.pooled[i]!, 4));
    expect([back.kernel.length, back.map.length, back.pooled.length]).toEqual([9, 9, 4]);
  }
});

it('draws what a sheet holds, and nothing of what it should not', () => {
  const loss = all[0]!.loss;
  expect(lesson.drawRecord!({ seed: 1, loss, kernel: trained(all[0]!).kernel }, 'en')).not.toBe(null);
  for (const bad of [
    null,
    7,
    {},
    { seed: 1, loss, kernel: [1] },
    { seed: 1, loss: ['x'], kernel: new Array(9).fill(0) },
    { seed: 'x', loss },
  ])
    expect(lesson.drawRecord!(bad, 'en')).toBe(null);
  expect(lesson.describe({ ...defaults(table), steps: 1000 }, 'es')).toBe('inicio 1, 1000 pasos');
});
