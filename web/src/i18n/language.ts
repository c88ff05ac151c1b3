import type { ClientMessage } from '../client/messages.js';
import type { en } from './en/index.js';
import type { engineMessages, experimentTitles, fieldHelp, studyTitles } from './keys.generated.js';

type English = typeof en;

/** A key of the page's words, whichever room it stands in. */
export type Key = { [Room in keyof English]: keyof English[Room] }[keyof English];

export type EngineMessage = keyof typeof engineMessages;

/**
 * All that a language says, in one file: the page's words by room, the messages of the engine and of its client, the
 * help of form fields ("conv2d.kernel") and the titles of experiments by key, and the classes of the data sets that
 * come with the lab, in label order. A sentence has the {names} of its English, in any order; {n, plural, one {# capa}
 * other {# capas}} chooses by a number.
 */
export type Language = { [Room in keyof English]: Record<keyof English[Room], string> } & {
  /** What it calls itself. */
  name: string;
  messages: Record<EngineMessage | ClientMessage, string>;
  help: Record<keyof typeof fieldHelp, string>;
  titles: Record<keyof typeof experimentTitles, string>;
  /** Titles of studies. */
  studies: Record<keyof typeof studyTitles, string>;
  classes: Record<string, readonly string[]>;
};
