import { html, type TemplateResult } from 'lit';
import type { Lang, Translate } from '../../i18n/index.js';
import type { ClassesLook } from '../../client/module.js';
import { formula } from '../../ui/formula.js';
import { percent, plain } from '../../ui/numbers.js';
import { drawNumberAnswer, drawQuestion } from '../../ui/question.js';

/** Why one looks first, and what distance means. */
export const drawWhy = (t: Translate): TemplateResult =>
  html`<details>
    <summary>${t('why')}</summary>
    <p>${t('lookWhy1')}</p>
    <p>${t('lookWhy2')}</p>
    ${formula('d(a, b) = \\frac{1}{255} \\sqrt{\\frac{1}{n} \\sum_{i=1}^{n} (a_i - b_i)^2}')}
    <p>${t('lookWhy3')}</p>
  </details>`;

interface Guessing {
  t: Translate;
  lang: Lang;
  test: ClassesLook | null;
  /** The reader's count. */
  guess: number | null;
  ask(guess: number): void;
}

/** What the simplest of all answers gets right: the reader counts, the station knows. */
export function drawTask({ t, lang, test, guess, ask }: Guessing): TemplateResult | '' {
  const counts = test?.classes.map(({ count }) => count) ?? [];
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return '';
  const most = Math.max(...counts);
  const numbers = { most: plain(most, lang), all: plain(all, lang), share: percent(most / all, lang) };
  const verdict = guess === null ? '' : guess === most ? t('lookYes', numbers) : t('lookNo', { guess: plain(guess, lang) });
  return drawQuestion({ t, text: t('lookQuestion'), answer: drawNumberAnswer(t('lookGuess'), ask, all), verdict });
}
