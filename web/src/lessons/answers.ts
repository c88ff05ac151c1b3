import type { LabEngine } from '../client/client.js';
import type { Lang } from '../i18n/index.js';
import { defaults } from '../state/properties.js';
import { plain } from '../ui/numbers.js';
import { speak, type Values } from './frame/ask.js';
import { fixedIn, type Assignment } from './frame/assignment.js';
import { stepNames, wordsIn, type AnyAsk, type AnyLesson, type AskWords } from './frame/lesson-type.js';
import type { LessonView } from './frame/lesson-view.js';

type View = LessonView<object, unknown>;

/** A question, and what the lab takes for right; null: something is made in the view. */
export interface Expected {
  ask: string;
  answer: string | null;
}

/** Numbers that are tried, in this order: what lessons ask for is mostly small. */
const grids = [
  { step: 1, from: 0, to: 1000 },
  { step: 1, from: -1000, to: -1 },
  { step: 0.01, from: -10, to: 10 },
  { step: 0.1, from: -1000, to: 1000 },
  { step: 1, from: 1000, to: 200_000 },
];

/** Milliseconds in which a number has to be found: a judge may compute much. */
const usualPatience = 2000;

/** The number in the middle of the first ones that a judge takes for right; null: none was found. */
export function rightNumber(judge: (answer: number) => string, likely: readonly number[] = [], patience = usualPatience): number | null {
  const isRight = (value: number): boolean => judge(value) === 'right';
  const said = likely.find(isRight);
  if (said !== undefined) return said;
  const end = performance.now() + patience;
  for (const { step, from, to } of grids) {
    const valueAt = (i: number): number => Number((from + i * step).toFixed(2));
    for (let i = 0; valueAt(i) <= to; i++) {
      if (performance.now() > end) return null;
      if (!isRight(valueAt(i))) continue;
      let last = i;
      while (isRight(valueAt(last + 1))) last++;
      return valueAt((i + last) >> 1);
    }
  }
  return null;
}

function answerOf(ask: AnyAsk, words: AskWords, facts: unknown, values: Values, lang: Lang): string | null {
  if (ask.by === 'view') return null;
  if (ask.by === 'choice') {
    const right = Object.entries(words.options ?? {}).filter(([value]) => ask.judge(value, facts) === 'right');
    return right.map(([, text]) => text).join(' / ');
  }
  const number = rightNumber(
    (value) => ask.judge(value, facts),
    Object.values(values).filter((value) => typeof value === 'number'),
  );
  return number === null ? '?' : plain(number, lang, 4);
}

/** Waits until the view has come to its facts. */
function factsOf(view: View, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (signal.aborted) reject(signal.reason as Error);
      else if (view.facts !== null) resolve(view.facts);
      else setTimeout(look, 50);
    };
    setTimeout(look);
  });
}

/** Whose answers are worked out, and where: the lesson's view is put into `room`, which nobody sees. */
export interface Work {
  lesson: AnyLesson;
  engine: LabEngine;
  lang: Lang;
  room: Element;
  assignment: Assignment;
}

/**
 * Works a lesson's answers out as the lab does for a reader to whom the assignment was given, step after step. `tell`
 * gets each step's prediction and question.
 */
export async function workOut(
  { lesson, engine, lang, room, assignment }: Work,
  tell: (step: number, prediction: Expected, question: Expected) => void,
  signal: AbortSignal,
): Promise<void> {
  const fixed = fixedIn(lesson, assignment);
  const words = wordsIn(lesson.words, lang);
  const view = document.createElement(lesson.tag) as View;
  Object.assign(view, { engine, lang, words: words.view, open: true, covers: [], lights: [], record: null });
  room.replaceChildren(view);
  try {
    for (const [i, name] of stepNames(lesson).entries()) {
      const step = lesson.steps[name]!;
      const said = words.steps[name]!;
      view.controls = step.controls;
      const before: object = { ...(defaults(lesson.table) as object), ...step.state };
      const expected = async (ask: AnyAsk, its: AskWords, state: object): Promise<Expected> => {
        view.s = { ...state, ...fixed };
        await view.updateComplete;
        const facts = await factsOf(view, signal);
        const values: Values = step.values?.(facts, (key) => words.view[key] ?? '') ?? {};
        return { ask: speak(its.ask, lang, values), answer: answerOf(ask, its, facts, values, lang) };
      };
      const prediction = await expected(step.predict, said.predict, before);
      const question = await expected(step.task, said.task, { ...before, ...step.reveal, ...step.task.state });
      tell(i, prediction, question);
    }
  } finally {
    view.left();
    view.remove();
  }
}
