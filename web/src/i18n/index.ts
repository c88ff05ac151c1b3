import { en, type Key, type Words } from './en.js';
import { es } from './es.js';
import type { Lang } from './lang.js';

export { preferredLang, type Lang } from './lang.js';

export type { Key, Words } from './en.js';

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
