import { html, type TemplateResult } from 'lit';
import type { Lang, Translate } from '../../i18n/index.js';
import { formula } from '../../ui/formula.js';
import { plain } from '../../ui/numbers.js';
import { drawNumberAnswer, drawQuestion } from '../../ui/question.js';
import { turns } from './charts.js';
import type { FilterKind, Tuning } from './learner.js';

const learned = {
  vertical: 'filterLearnedVertical',
  horizontal: 'filterLearnedHorizontal',
  both: 'filterLearnedBoth',
  dead: 'filterLearnedDead',
} as const;

/** `kind`: what the trained filter answers to; null while it learns. */
export const drawWhy = (t: Translate, kind: FilterKind | null): TemplateResult =>
  html`<details>
    <summary>${t('why')}</summary>
    <p>${t('whyFilter1')}</p>
    <p data-testid="learned">${t(kind ? learned[kind] : 'filterNotYet')}</p>
    <p>${t('whyFilter2')}</p>
    ${formula('L = -\\,y \\log p - (1-y) \\log(1-p)')}
    <p>${t('whyFilter3')}</p>
    ${formula('w \\leftarrow w - \\eta\\, \\frac{\\partial L}{\\partial w}')}
  </details>`;

interface Guessing {
  t: Translate;
  lang: Lang;
  /** The trained filter's answer at each angle; null while it learns. */
  tuning: Tuning | null;
  /** Degrees that the reader has read off the chart. */
  guess: number | null;
  ask(guess: number): void;
  /** The other tilt to try. */
  tilt: number;
  turn(angle: number): void;
}

/** A reading counts as right within so many degrees. */
const nearEnough = 6;

function verdictOn(guess: number, tuning: Tuning | null, t: Translate, lang: Lang): string {
  if (!tuning) return t('filterNotYet');
  const found = turns(tuning.answer);
  if (!found.length) return t('filterNoTurn');
  const nearest = found.reduce((best, at) => (Math.abs(at - guess) < Math.abs(best - guess) ? at : best));
  const right = Math.abs(nearest - guess) <= nearEnough;
  return t(right ? 'filterYes' : 'filterNo', { guess: plain(guess, lang), turn: plain(nearest, lang, 0) });
}

/** Asks at which angle the filter changes its mind. The page knows: it has asked the filter at every angle. */
export function drawTask({ t, lang, tuning, guess, ask, tilt, turn }: Guessing): TemplateResult {
  return drawQuestion({
    t,
    text: t('filterQuestion'),
    answer: drawNumberAnswer(t('filterGuess'), ask, 180),
    verdict: guess === null ? '' : verdictOn(guess, tuning, t, lang),
    next: html`<p>${t('filterThen', { angle: tilt })}</p>
      <button @click=${() => turn(tilt)}>${t('angle')}: ${tilt}°</button>`,
  });
}
