import { html, type TemplateResult } from 'lit';
import type { Translate } from '../../i18n/index.js';
import { formula } from '../../ui/formula.js';
import { drawQuestion } from '../../ui/question.js';
import { outputs } from './arithmetic.js';
import { courseImage, kernels } from './presets.js';
import type { Scene } from './scene.js';
import type { State } from './state.js';

/** Why it works, with the formulas. */
export function drawWhy({ geometry }: Scene, t: Translate): TemplateResult {
  return html`<details>
    <summary>${t('why')}</summary>
    <p>${t('whyConv1')}</p>
    ${formula('S(i,j) = \\sum_{m}\\sum_{n} I(s\\,i+m-p,\\; s\\,j+n-p)\\, K(m,n)')}
    <p>${t('whyConv2', { result: `${geometry.rows}×${geometry.columns}` })}</p>
    <p>${t('whyConv3')}</p>
    ${formula('\\frac{\\partial L}{\\partial I(y,x)} = \\sum_{i,j} \\frac{\\partial L}{\\partial S(i,j)}\\, K(y+p-s\\,i,\\; x+p-s\\,j)')}
    ${formula('\\frac{\\partial L}{\\partial K(m,n)} = \\sum_{i,j} \\frac{\\partial L}{\\partial S(i,j)}\\, I(s\\,i+m-p,\\; s\\,j+n-p)')}
  </details>`;
}

/**
 * The question about padding in the course example. An answer changes nothing in the station; a button shows it there.
 */
export function drawTask(
  t: Translate,
  guess: number | null,
  ask: (padding: number) => void,
  change: (change: Partial<State>) => void,
): TemplateResult {
  const size = (padding: number): number => outputs(courseImage.rows, kernels.course.rows, 1, padding);
  const right = guess !== null && size(guess) === courseImage.rows;
  const verdict = (padding: number): string =>
    right ? t('tryYes', { n: padding }) : t('tryNo', { n: padding, size: `${size(padding)}×${size(padding)}` });
  const choice = (padding: number): TemplateResult =>
    html`<button aria-pressed=${guess === padding ? 'true' : 'false'} @click=${() => ask(padding)}>${padding}</button>`;
  return drawQuestion({
    t,
    text: t('tryQuestion'),
    answer: html`<span class="choices" role="group" aria-label=${t('padding')}>${[0, 1, 2, 3].map(choice)}</span>`,
    verdict: guess === null ? '' : verdict(guess),
    ...(guess === null
      ? {}
      : {
          next: html`<button @click=${() => change({ image: 'course', kernel: 'course', stride: 1, padding: guess })}>
            ${t('tryShow', { n: guess })}
          </button>`,
        }),
  });
}
