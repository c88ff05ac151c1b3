import others from 'virtual:embed-words';
import type { Message, MessageValue } from '../client/protocol.js';
import { fill } from '../client/protocol/sentence.js';
import { embed as english } from '../i18n/en/embed.js';
import type { Lang } from '../i18n/lang.js';

type Word = keyof typeof english;

/** What the element says before, or without, the lab's own words. */
export function embedWord(lang: Lang, word: Word, values: Record<string, MessageValue> = {}): string {
  const text = lang === 'en' ? english[word] : others[lang][word];
  return fill(text, lang, values, (message) => message.english);
}

/** The same as a message, for whoever listens to "lab-error". */
export function embedMessage(word: Word, values: Record<string, MessageValue> = {}): Message {
  return { id: `embed.${word}`, args: values, english: embedWord('en', word, values) };
}
