import type { TemplateResult } from 'lit';
import type { Lang, Translate } from '../../i18n/index.js';
import type { Needs } from '../../state/needs.js';
import type { Table } from '../../state/properties.js';
import type { LaidTraining } from './laid-training.js';

/** Words of a question: what is asked, and what is said to each kind of answer. */
export interface AskWords {
  ask: string;
  /** What a reader can choose, by value. */
  options?: Readonly<Record<string, string>>;
  /** To the right answer, and a hint to each kind of wrong one. */
  replies: { right: string } & Readonly<Record<string, string>>;
}

/** Words of a step. {names} in them stand for numbers of `Step.values`. */
export interface StepWords {
  title: string;
  /** Before the prediction. */
  text: readonly string[];
  predict: AskWords;
  /** After it. */
  reveal: readonly string[];
  task: AskWords;
  /** The explanation, a paragraph before each formula of `Step.why`. */
  why: readonly string[];
}

/** All that a lesson says in one language. */
export interface LessonWords {
  steps: Readonly<Record<string, StepWords>>;
  /** What the reader's own sentence answers. */
  sentence: string;
  /** Words of the lesson's view. */
  view: Readonly<Record<string, string>>;
}

/** The same words in another language. */
export type Translated<T> = T extends string
  ? string
  : T extends readonly string[]
    ? readonly string[]
    : { [K in keyof T]: Translated<T[K]> };

/** Words that have an English and may have other languages. */
export type InLanguages<W> = { en: W } & Partial<Record<Lang, Translated<W>>>;

/** How a lesson stands in the list. */
export interface Card {
  minutes: number;
  /** It trains networks; a teacher can lay down these numbers. */
  trains?: readonly (keyof LaidTraining)[];
  /** What its view uses, for a page with this lesson alone. */
  needs?: Needs;
  words: InLanguages<{ title: string; goal: string }>;
}

/** Judges a number, one of the options, or what the reader has made of the view. Gives the kind of answer it is. */
export type Ask<Facts, Kind extends string> =
  | { by: 'number'; judge(answer: number, facts: Facts): Kind }
  | { by: 'choice'; judge(answer: string, facts: Facts): Kind }
  | { by: 'view'; judge(facts: Facts): Kind };

type KindOf<W extends AskWords> = keyof W['replies'] & string;

/** One idea: look, predict, see what comes out, answer a question on it. */
export interface Step<State, Facts, W extends StepWords> {
  /** What the view shows at first; other properties have their defaults. */
  state: Partial<State>;
  /** Parts of the view that stay hidden until the prediction is made. */
  covers: readonly string[];
  /** Controls that the step has; they work once the prediction is made. */
  controls: readonly string[];
  /** The controls meant now: they are lit. */
  lights: readonly string[];
  predict: Exclude<Ask<Facts, KindOf<W['predict']>>, { by: 'view' }>;
  /** What the view shows from then on. */
  reveal: Partial<State>;
  task: Ask<Facts, KindOf<W['task']>> & {
    /** What the view shows when the question is asked. */
    state?: Partial<State>;
  };
  /** Formulas in TeX, with the numbers of the view where they have some. */
  why(facts: Facts, lang: Lang): string[];
  /** Numbers for the {names} in the step's words; `say` gives words of the view. */
  values?(facts: Facts, say: (key: string) => string): Record<string, number | string>;
}

export interface Lesson<State extends object, Facts, W extends LessonWords> {
  name: string;
  words: InLanguages<W>;
  /** The state of the view. */
  table: Table<State>;
  /** In order. */
  steps: { readonly [S in keyof W['steps']]: Step<State, Facts, W['steps'][S]> };
  /** The custom element that is the view. */
  tag: string;
  /** Settings of the view in a few words, for the result sheet. `record`: what the view has kept of the step. */
  describe(state: State, lang: Lang, record?: unknown): string;
  /** Names of controls whose word has another key than the control: a word of the view or of the page. */
  names?: Readonly<Record<string, (words: Readonly<Record<string, string>>, t: Translate) => string>>;
  /** Properties of the view that a teacher may fix: no step sets them, no question asks for another value. */
  fixable?: Partial<Readonly<Record<keyof State & string, Fixable>>>;
  /** What a view has kept of a step (curves, tables), for the result sheet. `record` may come from anybody's file. */
  drawRecord?(record: unknown, lang: Lang): TemplateResult | null;
}

/** A property of the view that a teacher may fix. Words are keys of the view's words. */
export interface Fixable {
  /** The control that sets it: it gives its name, and is not shown where the value is fixed. */
  control: string;
  /** Words of each value; what is no key stands as it is. */
  values: Readonly<Record<string, string>>;
}

/** A lesson whatever its view: what the frame works with. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each lesson's functions take its own facts
export type AnyLesson = Lesson<any, any, LessonWords>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyStep = Step<any, any, StepWords>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyAsk = Ask<any, string>;

/** Checks a lesson's types, and forgets those of its view. */
export const lessonOf = <State extends object, Facts, W extends LessonWords>(lesson: Lesson<State, Facts, W>): AnyLesson =>
  lesson as unknown as AnyLesson;

export const stepNames = (lesson: AnyLesson): string[] => Object.keys(lesson.steps);

/** Words in a language; in English where there is no other. */
export const wordsIn = <W>(words: InLanguages<W>, lang: Lang): W => (words[lang] as W | undefined) ?? words.en;
