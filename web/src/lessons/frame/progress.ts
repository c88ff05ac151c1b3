import { decode, encode } from '../../state/code.js';
import { stepNames, type AnyLesson } from './lesson-type.js';

/** An answer and the kind that it was judged to be. */
export interface Answer {
  text: string;
  kind: string;
  tries: number;
}

export interface StepProgress {
  prediction: Answer | null;
  /** The reader has seen what comes out, and has gone on to the question. */
  seen: boolean;
  /** The last answer to the question. */
  answer: Answer | null;
  /** The view's state as a query string; empty: as the step has it. */
  state: string;
  /** What the view keeps: curves, tables. */
  record: unknown;
}

/** All that a reader has done in a lesson: it is kept in the browser, and makes the result sheet. */
export interface Progress {
  lesson: string;
  steps: Record<string, StepProgress>;
  sentence: string;
  who: string;
  /** Milliseconds since 1970 of the last change; 0: nothing was done. */
  when: number;
}

/** predict → look → ask → done */
export type Phase = 'predict' | 'look' | 'ask' | 'done';

export const longestSentence = 600;
const longestName = 80;
const longestState = 4000;
const longestRecord = 6000;

const freshStep = (): StepProgress => ({ prediction: null, seen: false, answer: null, state: '', record: null });

export const fresh = (lesson: AnyLesson): Progress => ({
  lesson: lesson.name,
  steps: Object.fromEntries(stepNames(lesson).map((name) => [name, freshStep()])),
  sentence: '',
  who: '',
  when: 0,
});

export function phaseOf({ prediction, seen, answer }: StepProgress): Phase {
  if (!prediction) return 'predict';
  if (answer?.kind === 'right') return 'done';
  return seen ? 'ask' : 'look';
}

export const solved = ({ steps }: Progress): number => Object.values(steps).filter((step) => phaseOf(step) === 'done').length;

export const isBegun = ({ steps }: Progress): boolean => Object.values(steps).some(({ prediction }) => prediction !== null);

/** The first step, from 1, that is not solved; one more than there are: the sheet. */
export function firstOpen(lesson: AnyLesson, progress: Progress): number {
  const names = stepNames(lesson);
  const at = names.findIndex((name) => phaseOf(progress.steps[name]!) !== 'done');
  return at < 0 ? names.length + 1 : at + 1;
}

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const textOf = (value: unknown, longest: number): string => (typeof value === 'string' ? value.slice(0, longest) : '');

function readAnswer(value: unknown, kinds: readonly string[]): Answer | null {
  const { text, kind, tries } = fieldsOf(value);
  if (typeof kind !== 'string' || !kinds.includes(kind)) return null;
  const counted = typeof tries === 'number' && Number.isInteger(tries) && tries > 0;
  return { text: textOf(text, 200), kind, tries: counted ? tries : 1 };
}

/** Reads what was kept, or what somebody's link or file holds. null: it is not of this lesson. */
export function readProgress(lesson: AnyLesson, value: unknown): Progress | null {
  const { lesson: name, steps, sentence, who, when } = fieldsOf(value);
  if (name !== lesson.name) return null;
  const progress = fresh(lesson);
  const given = fieldsOf(steps);
  for (const step of stepNames(lesson)) {
    const { prediction, seen, answer, state, record } = fieldsOf(given[step]);
    const { predict, task } = lesson.words.en.steps[step]!;
    const predicted = readAnswer(prediction, Object.keys(predict.replies));
    if (!predicted) continue;
    progress.steps[step] = {
      prediction: predicted,
      seen: seen === true,
      answer: readAnswer(answer, Object.keys(task.replies)),
      state: textOf(state, longestState),
      record: record !== undefined && JSON.stringify(record).length <= longestRecord ? record : null,
    };
  }
  progress.sentence = textOf(sentence, longestSentence);
  progress.who = textOf(who, longestName);
  progress.when = typeof when === 'number' && Number.isFinite(when) && Math.abs(when) < 8e15 ? when : 0;
  return progress;
}

/** Progress as text in a link. */
export const encodeProgress = (progress: Progress): string => encode(progress);

/** The lesson that a link's text belongs to; null: it is none. */
export function lessonOfCode(code: string): string | null {
  const { lesson } = fieldsOf(decode(code));
  return typeof lesson === 'string' ? lesson : null;
}

export const decodeProgress = (lesson: AnyLesson, code: string): Progress | null => readProgress(lesson, decode(code));

/** Of localStorage, which a browser may forbid and a test may replace. */
export type Drawer = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const prefix = 'cnnlab-lesson-';
/** The lesson whose progress a drawer keeps under this key. */
export const lessonOfKey = (key: string): string => key.slice(prefix.length);

let usual = (): Drawer => localStorage;

/** From now on progress is kept there, as a learning platform has a place for it. */
export function keepProgressIn(drawer: Drawer): void {
  usual = () => drawer;
}

/** Keeps progress by lesson in the browser. Where the browser forbids it, the page forgets it when it is left. */
export class ProgressKeeper {
  /** Whether the last progress was kept. */
  kept = true;

  constructor(private readonly drawer: () => Drawer = () => usual()) {}

  load(lesson: AnyLesson): Progress {
    try {
      const text = this.drawer().getItem(this.key(lesson.name));
      return (text === null ? null : readProgress(lesson, JSON.parse(text))) ?? fresh(lesson);
    } catch {
      return fresh(lesson);
    }
  }

  save(progress: Progress): void {
    try {
      this.drawer().setItem(this.key(progress.lesson), JSON.stringify(progress));
      this.kept = true;
    } catch {
      this.kept = false;
    }
  }

  /** How many steps are solved, without the lesson's code; null: it was not begun. */
  glance(name: string): number | null {
    try {
      const steps = Object.values(fieldsOf(fieldsOf(JSON.parse(this.drawer().getItem(this.key(name)) ?? '{}'))['steps']));
      if (!steps.some((step) => fieldsOf(step)['prediction'])) return null;
      return steps.filter((step) => fieldsOf(fieldsOf(step)['answer'])['kind'] === 'right').length;
    } catch {
      return null;
    }
  }

  private key(name: string): string {
    return prefix + name;
  }
}
