import { describe, expect, it } from 'vitest';
import { clientMessages, say } from '../../src/client/messages.js';
import { fill, namesIn } from '../../src/client/protocol/sentence.js';
import { en } from '../../src/i18n/en/index.js';
import { speakerOf, type Key } from '../../src/i18n/index.js';
import { engineMessages, experimentTitles, fieldHelp, studyTitles } from '../../src/i18n/keys.generated.js';
import { knownLang, langs } from '../../src/i18n/lang.js';
import type { Language } from '../../src/i18n/language.js';

const files = import.meta.glob<Language>('../../src/i18n/??.ts', { eager: true, import: 'default' });
const languages = Object.entries(files).map(([path, language]): [string, Language] => [/(\w\w)\.ts$/.exec(path)![1]!, language]);

type Section = Readonly<Record<string, string>>;
const messages: Section = { ...engineMessages, ...clientMessages };
const rooms = Object.keys(en) as (keyof typeof en)[];

/** What a language would look like that says everything as English does. */
const likeEnglish = (name: string): Language => ({
  ...en,
  name,
  messages: messages as Language['messages'],
  help: fieldHelp,
  titles: experimentTitles,
  studies: studyTitles,
  classes: {},
});

/** Every key of the English, with its names, and no other. */
function sameKeys(language: string, section: string, theirs: Section, ours: Section): void {
  for (const [key, text] of Object.entries(ours)) {
    const said = theirs[key];
    expect(said, `${language}.ts has no ${section}.${key}: "${text}"`).toBeTruthy();
    if (section !== 'help') expect(namesIn(said!), `${language}.ts, ${section}.${key}: the names of "${text}"`).toEqual(namesIn(text));
  }
  for (const key of Object.keys(theirs)) expect(ours, `${language}.ts says ${section}.${key}, which nobody asks for`).toHaveProperty([key]);
}

describe.each(languages)('%s.ts', (lang, language) => {
  it('has every key of the English', () => {
    for (const room of rooms) sameKeys(lang, room, language[room], en[room]);
    sameKeys(lang, 'messages', language.messages, messages);
    sameKeys(lang, 'help', language.help, fieldHelp);
    sameKeys(lang, 'titles', language.titles, experimentTitles);
    sameKeys(lang, 'studies', language.studies, studyTitles);
  });

  it('is not English left as it was', () => {
    const hasWords = (text: string): boolean => /\p{L}/u.test(text.replace(/\{\w+\}/g, ''));
    const same = Object.keys(messages).filter(
      (key) => language.messages[key as keyof Language['messages']] === messages[key] && hasWords(messages[key]!),
    );
    expect(same).toEqual([]);
  });

  it('stands in the list of languages', () => {
    expect(langs).toContain(lang);
    expect(knownLang(`${lang}-MX`)).toBe(lang);
  });
});

it('every language of the list but English has its file', () => {
  expect(languages.map(([lang]) => lang)).toEqual(langs.filter((lang) => lang !== 'en'));
});

it('a key of the page stands in one room', () => {
  const keys = rooms.flatMap((room) => Object.keys(en[room]));
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
});

it('the client and the engine do not share a key', () => {
  expect(Object.keys(clientMessages).filter((key) => key in engineMessages)).toEqual([]);
});

describe('a sentence', () => {
  const inner = (): string => 'inner';

  it('takes numbers, words, lists and messages', () => {
    expect(fill('{a} and {b}: {a}', 'en', { a: 1, b: 'x' }, inner)).toBe('1 and x: 1');
    expect(fill('use {names}', 'en', { names: ['a', 'b', 'c'] }, inner)).toBe('use a, b or c');
    expect(fill('usa {names}', 'es', { names: ['a', 'b', 'c'] }, inner)).toBe('usa a, b o c');
    expect(fill('is {what}', 'en', { what: { id: 'kind.list', args: {}, english: '' } }, inner)).toBe('is inner');
    expect(fill('{a} {b}', 'en', { a: '{b}', b: 2 }, inner)).toBe('{b} 2');
    expect(fill('{lost}', 'en', {}, inner)).toBe('{lost}');
  });

  it('keeps a number and its per cent sign together', () => {
    expect(fill('el {n} % de 10 %', 'es', { n: '2,5' }, inner)).toBe('el 2,5\u00a0% de 10\u00a0%');
    expect(fill('{n}% of it', 'en', { n: 3 }, inner)).toBe('3% of it');
  });

  it('chooses the plural of its language', () => {
    const polish = '{n, plural, one {# warstwa} few {# warstwy} many {# warstw} other {# warstwy}}!';
    expect([1, 3, 5].map((n) => fill(polish, 'pl', { n }, inner))).toEqual(['1 warstwa!', '3 warstwy!', '5 warstw!']);
    expect(fill('{n, plural, one {# salida} other {# salidas}}', 'es', { n: 0 }, inner)).toBe('0 salidas');
    expect(namesIn(polish)).toEqual(['n']);
  });
});

describe('a third language', () => {
  it('is one file', () => {
    const strange: Language = {
      ...likeEnglish('Volapük'),
      app: { ...en.app, language: 'Pük' },
      messages: {
        ...likeEnglish('').messages,
        'spec.lacks_field': 'no labon «{name}»',
        'give.field': 'givolös: {help}',
        'data.choose_or_drop': 'välolös {names}',
      },
      help: { ...fieldHelp, 'conv2d.kernel': 'gretot' },
      titles: { ...experimentTitles, lines: 'Liens' },
      classes: { lines: ['horitätik', 'verätik'] },
    };
    const speaker = speakerOf('vo', strange);
    expect(speaker.name).toBe('Volapük');
    expect(speaker.t('language')).toBe('Pük');
    expect(speaker.message({ id: 'spec.lacks_field', args: { name: 'kernel' }, english: 'lacks the field "kernel"' })).toBe(
      'no labon «kernel»',
    );
    const help = { id: 'help.conv2d.kernel', args: {}, english: 'height and width of the filters' };
    expect(speaker.message({ id: 'give.field', args: { help }, english: '' })).toBe('givolös: gretot');
    expect(speaker.message(say('data.choose_or_drop', { names: ['a', 'b'] }))).toContain('välolös a');
    expect(speaker.title('lines', '')).toBe('Liens');
    expect(speaker.className('lines', 1)).toBe('verätik');
  });

  it('falls back on English where it lacks a key', () => {
    const speaker = speakerOf('vo', { ...likeEnglish('x'), messages: {}, app: {} } as unknown as Language);
    expect(speaker.message({ id: 'value.is_empty', args: {}, english: 'is empty' })).toBe('is empty');
    expect(speaker.t('language' satisfies Key)).toBe(en.app.language);
  });
});
