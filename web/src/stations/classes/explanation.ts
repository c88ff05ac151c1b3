import { html, nothing, type TemplateResult } from 'lit';
import type { Description } from '../../client/client.js';
import type { Lang, Translate } from '../../i18n/index.js';
import { formula } from '../../ui/formula.js';
import { plain } from '../../ui/numbers.js';
import { drawNumberAnswer, drawQuestion } from '../../ui/question.js';

/** Why a few pictures are enough, and what the accuracy means. */
export const drawWhy = (t: Translate): TemplateResult =>
  html`<details>
    <summary>${t('why')}</summary>
    <p>${t('classesWhy1')}</p>
    ${formula('p = \\operatorname{softmax}(W f(x) + b)')}
    <p>${t('classesWhy2')}</p>
    <p>${t('classesWhy3')}</p>
    <p>${t('classesWhy4')}</p>
    ${formula('M_c(u, v) = \\sum_k W_{c,k}\\, f_k(u, v)')}
  </details>`;

interface Guessing {
  t: Translate;
  lang: Lang;
  description: Description | null;
  /** The reader's answer. */
  guess: number | null;
  ask(guess: number): void;
}

/** Asks how many numbers the last layer learns. The network that is there has the answer. */
export function drawTask({ t, lang, description, guess, ask }: Guessing): TemplateResult | typeof nothing {
  const last = description?.layers.at(-1);
  const classes = description?.classes.length ?? 0;
  if (last?.type !== 'dense' || classes === 0) return nothing;
  const count = last.parameters;
  const features = count / classes - 1;
  const numbers = { features: plain(features, lang), classes };
  const verdict = (answer: number): string => {
    if (answer === count) return t('classesYes', { ...numbers, count: plain(count, lang) });
    return t(answer === count - classes ? 'classesNearly' : 'classesNo', { ...numbers, count: plain(answer, lang) });
  };
  return drawQuestion({
    t,
    text: t('classesQuestion', numbers),
    answer: drawNumberAnswer(t('trainGuess'), ask),
    verdict: guess === null ? '' : verdict(guess),
  });
}
