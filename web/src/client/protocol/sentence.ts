/** Sentences by key, so that the page can say them in any language. */

/**
 * What stands for a {name}: a number, words that stay as they are (a name, a shape), a list of such, or another
 * message.
 */
export type MessageValue = string | number | readonly string[] | Message;

/** Something to tell a reader: the key of a sentence and what to put into it. `english` is all of it in English. */
export interface Message {
  id: string;
  args: Record<string, MessageValue>;
  english: string;
}

const place = /\{(\w+)(?:, plural,((?: \w+ \{[^{}]*\})+))?\}/g;
const form = / (\w+) \{([^{}]*)\}/g;

/** The names in a sentence. */
export const namesIn = (text: string): string[] => [...new Set([...text.matchAll(place)].map(([, name]) => name!))].sort();

/**
 * Puts values into a sentence. It has a {name} where a value goes, or {n, plural, one {# layer} other {# layers}},
 * which chooses by the number's plural category in that language, as in ICU's MessageFormat. A name without a value
 * stays. No line ends between a number and its per cent sign, where the language has a space there.
 */
export function fill(
  text: string,
  lang: string,
  values: Readonly<Record<string, MessageValue>>,
  inner: (message: Message) => string,
): string {
  const filled = text.replace(place, (whole, name: string, forms: string | undefined) => {
    const value = values[name];
    if (value === undefined) return whole;
    if (forms !== undefined) {
      const all = new Map([...forms.matchAll(form)].map(([, category, words]) => [category, words!]));
      const words = all.get(new Intl.PluralRules(lang).select(Number(value))) ?? all.get('other') ?? whole;
      return words.replaceAll('#', String(value));
    }
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    if ('id' in value) return inner(value);
    // British lists have no comma before the last item.
    return new Intl.ListFormat(lang === 'en' ? 'en-GB' : lang, { type: 'disjunction' }).format(value);
  });
  return filled.replace(/(\d) %/g, '$1\u00a0%');
}
