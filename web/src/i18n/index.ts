import type { LabProblem, Message, MessageValue } from '../client/protocol.js';
import { fill } from '../client/protocol/sentence.js';
import { en } from './en/index.js';
import type { Lang } from './lang.js';
import type { Key, Language } from './language.js';

export { langs, preferredLang, type Lang } from './lang.js';
export type { Key } from './language.js';

export type Translate = (key: Key, values?: Record<string, string | number>) => string;

/** Whoever speaks a language: the page's words, and what the engine and its client say by key. */
export interface Speaker {
  /** What the language calls itself. */
  name: string;
  /** t('atRow', { row: 3 }) puts 3 where the text has {row}. */
  t: Translate;
  message(message: Message): string;
  help(key: string, english: string): string;
  title(experiment: string, english: string): string;
  study(name: string, english: string): string;
  className(dataset: string, index: number): string | undefined;
}

const english: Record<string, string> = Object.assign({}, ...Object.values(en));

/** `language` is what a language's file exports; null is English. What it lacks is said in English. */
export function speakerOf(lang: string, language: Language | null): Speaker {
  const words: Record<string, string> = language
    ? Object.assign({}, english, ...Object.keys(en).map((room) => language[room as keyof typeof en]))
    : english;
  const messages: Record<string, string> = language?.messages ?? {};
  const help: Record<string, string> = language?.help ?? {};
  const titles: Record<string, string> = language?.titles ?? {};
  const studies: Record<string, string> = language?.studies ?? {};
  const put = (text: string, values: Readonly<Record<string, MessageValue>>): string => fill(text, lang, values, message);
  const message = ({ id, args, english: original }: Message): string => {
    // A field's help quotes no arguments, and may have brackets of its own.
    if (id.startsWith('help.')) return help[id.slice('help.'.length)] ?? original;
    const text = messages[id];
    return text === undefined ? original : put(text, args);
  };
  return {
    name: language?.name ?? 'English',
    t: (key, values) => (values ? put(words[key]!, values) : words[key]!),
    message,
    help: (key, original) => help[key] ?? original,
    title: (experiment, original) => titles[experiment] ?? original,
    study: (study, original) => studies[study] ?? original,
    className: (dataset, index) => language?.classes[dataset]?.[index],
  };
}

const files = import.meta.glob<Language>('./??.ts', { eager: true, import: 'default' });
const speakers = new Map<Lang, Speaker>();

/** The speaker of a language; of English for one that the page does not have. */
export function speaker(lang: Lang): Speaker {
  const known: Lang = `./${lang}.ts` in files ? lang : 'en';
  let found = speakers.get(known);
  if (!found) speakers.set(known, (found = speakerOf(known, files[`./${known}.ts`] ?? null)));
  return found;
}

export const translate = (lang: Lang): Translate => speaker(lang).t;

/** What the engine says, in the reader's language. */
export const messageIn = (lang: Lang, message: Message): string => speaker(lang).message(message);

/** "7×7 does not fit …; use a smaller …" in the reader's language. */
export function problemIn(lang: Lang, { problem, remedy }: Pick<LabProblem, 'problem' | 'remedy'>): string {
  const { message } = speaker(lang);
  return remedy ? `${message(problem)}; ${message(remedy)}` : message(problem);
}

/** The same with what it is about in front, where that is a file, a data set or a field: on its own it says all. */
export function sentenceIn(lang: Lang, problem: LabProblem): string {
  const named = /[.[\-/]/.test(problem.place);
  return (named ? `${problem.place}: ` : '') + problemIn(lang, problem);
}

/**
 * A class's name in the reader's language; its number where it has none. Classes of somebody's own folder keep their
 * names.
 */
export function classIn(lang: Lang, { name, classes }: { name: string; classes: readonly string[] }, index: number): string {
  return speaker(lang).className(name, index) ?? classes[index] ?? String(index);
}
