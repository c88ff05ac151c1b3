import { html, type TemplateResult } from 'lit';
import type { Lang, Translate } from '../../i18n/index.js';
import { fill } from '../../client/protocol/sentence.js';
import { plain } from '../../ui/numbers.js';
import type { AnyAsk, AskWords } from './lesson-type.js';
import type { Answer } from './progress.js';

export type Values = Readonly<Record<string, number | string>>;

/** Puts numbers, as the language writes them, into a lesson's sentence. */
export function speak(text: string, lang: Lang, values: Values): string {
  const written = Object.entries(values).map(([name, value]) => [name, typeof value === 'number' ? plain(value, lang, 4) : value] as const);
  // A form by plural needs the number itself.
  const said = Object.fromEntries(written.map(([name, value]) => [name, text.includes(`{${name}, plural`) ? values[name]! : value]));
  return fill(text, lang, said, () => '');
}

/** A number in TeX, as the language writes it: a decimal comma is no punctuation there. */
export const texNumber = (value: number, lang: Lang, decimals = 3): string => plain(value, lang, decimals).replace(',', '{,}');

/** The same as a factor: a negative one in brackets. */
export function texFactor(value: number, lang: Lang, decimals = 3): string {
  const text = texNumber(value, lang, decimals);
  return text.startsWith('−') ? `(${text})` : text;
}

/** What the reader answered: a number as its language writes it, or the words of the option. */
export function answerText(ask: AnyAsk, words: AskWords, { text }: Answer, lang: Lang): string {
  if (ask.by === 'choice') return words.options?.[text] ?? text;
  return ask.by === 'number' ? plain(Number(text), lang, 4) : text;
}

export interface AskForm {
  t: Translate;
  /** Sets apart what stands twice in a page. */
  id: string;
  ask: AnyAsk;
  words: AskWords;
  button: string;
  /** Whether the view has come to what is asked about. */
  ready: boolean;
  /** An answer as text; of a view: empty. */
  give(text: string): void;
}

const given = (event: SubmitEvent): string => {
  event.preventDefault();
  const value = new FormData(event.target as HTMLFormElement).get('answer');
  return typeof value === 'string' ? value : '';
};

/** A form to answer with: a number, one of several, or what has been made of the view. */
export function drawAsk({ t, id, ask, words, button, ready, give }: AskForm): TemplateResult {
  const submit = html`<button class="main-button" ?disabled=${!ready}>${button}</button>`;
  const onSubmit = (event: SubmitEvent): void => give(given(event));
  if (ask.by === 'view') return html`<form @submit=${onSubmit}>${submit}</form>`;
  if (ask.by === 'number')
    return html`<form class="row tight" @submit=${onSubmit}>
      <div class="field">
        <label for=${id}>${t('lessonYourNumber')}</label>
        <input id=${id} name="answer" type="number" step="any" min="-999999" max="999999" required autocomplete="off" />
      </div>
      ${submit}
    </form>`;
  return html`<form @submit=${onSubmit}>
    <fieldset>
      <legend class="hidden">${t('lessonChoose')}</legend>
      ${Object.entries(words.options ?? {}).map(
        ([value, text]) =>
          html`<label class="option"><input type="radio" name="answer" value=${value} required /><span>${text}</span></label>`,
      )}
    </fieldset>
    ${submit}
  </form>`;
}
