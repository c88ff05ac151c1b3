import { describe, expect, it } from 'vitest';
import { en } from '../../src/i18n/en/index.js';
import es from '../../src/i18n/es.js';
import { catalog } from '../../src/client/protocol/catalog.generated.js';
import { wordsIn } from '../../src/lessons/frame/lesson-type.js';
import { cardOf, loadLesson, order } from '../../src/lessons/list.js';

/** All texts in a tree of words, by where they stand. */
function texts(words: unknown, at: string): [string, string][] {
  if (typeof words === 'string') return [[at, words]];
  return Object.entries(words as object).flatMap(([key, inner]) => texts(inner, `${at}.${key}`));
}

const rooms = Object.keys(en).map((room): [string, unknown, unknown] => [room, en[room as keyof typeof en], es[room as keyof typeof en]]);
const lessons = await Promise.all(
  order.map(async (name): Promise<[string, unknown, unknown]> => {
    const { words } = await loadLesson(name);
    const card = cardOf(name).words;
    return [name, [wordsIn(words, 'en'), wordsIn(card, 'en')], [wordsIn(words, 'es'), wordsIn(card, 'es')]];
  }),
);

/** English and Spanish side by side. */
const pairs = [...rooms, ...lessons].flatMap(([name, english, spanish]) => {
  const theirs = new Map(texts(spanish, name));
  return texts(english, name).map(([at, text]): [string, string, string] => [at, text, theirs.get(at)!]);
});

/** Where the English text has the first word and the Spanish one does not say it with the second. */
const otherwise = (english: RegExp, spanish: RegExp): string[] =>
  pairs
    .filter(([, text, theirs]) => english.test(text.replace(/\{\w+\}/g, '')) && !spanish.test(theirs))
    .map(([at, , theirs]) => `${at}: ${theirs}`);

describe('Spanish has one word for', () => {
  it.each([
    ['stride', /\bstrides?\b/i, /zancadas?\b/i],
    ['accuracy', /\baccurac(y|ies)\b/i, /exactitud(es)?\b/i],
    ['padding', /\bpadding\b/i, /relleno\b/i],
    ['learning rate', /\blearning rate/i, /\btasas?\b/i],
    ['epoch', /\bepochs?\b/i, /épocas?\b/i],
  ])('%s', (_, english, spanish) => {
    expect(pairs.some(([, text]) => english.test(text))).toBe(true);
    expect(otherwise(english, spanish)).toEqual([]);
  });

  it('a step of training, and no other for a stride', () => {
    expect(pairs.filter(([, , theirs]) => /paso \(stride\)|precisión/i.test(theirs)).map(([at]) => at)).toEqual([]);
  });
});

it('decimals stand after a comma', () => {
  const wrong = pairs.filter(([, , theirs]) => /(^|[^\w.])\d\.\d{1,2}(?!\d)/.test(theirs.replace(/SCORM 1\.2/, '')));
  expect(wrong.map(([at, , theirs]) => `${at}: ${theirs}`)).toEqual([]);
});

it('the fields of the builder are explained in Spanish', () => {
  const fields = [...catalog.layers, ...catalog.optimizers, ...catalog.schedules].flatMap(({ fields: all }) => all);
  expect(fields.length).toBeGreaterThan(50);
  for (const { key } of [...fields, ...catalog.augment, ...catalog.train]) expect(es.help, key).toHaveProperty([key]);
});
