import { en } from './en.js';
import { es } from './es.js';

export type Lang = 'en' | 'es';
export type Key = keyof typeof en;
export type Words = Record<Key, string>;

const words: Record<Lang, Words> = { en, es };

export type Translate = (key: Key, values?: Record<string, string | number>) => string;

const translators = new Map<Lang, Translate>();

/** t('atRow', { row: 3 }) puts 3 where the text has {row}. */
export function translate(lang: Lang): Translate {
  const known: Lang = lang in words ? lang : 'en';
  let t = translators.get(known);
  if (!t) {
    t = (key, values) => {
      const text = words[known][key];
      return values ? text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)) : text;
    };
    translators.set(known, t);
  }
  return t;
}

/** The reader's language, as the browser has it. */
export function preferredLang(): Lang {
  return navigator.languages.some((tag) => tag.startsWith('es')) && !navigator.languages[0]?.startsWith('en') ? 'es' : 'en';
}
