import { html, type TemplateResult } from 'lit';
import type { Translate } from '../../i18n/index.js';
import { formula } from '../../ui/formula.js';
import { drawQuestion } from '../../ui/question.js';
import type { Scene } from './scene.js';
import type { State } from './state.js';

/** Why it works, with the formulas. */
export function drawWhy({ geometry }: Scene, t: Translate): TemplateResult {
  return html`<details>
    <summary>${t('why')}</summary>
    <p>${t('whyConv1')}</p>
    ${formula('S(i,j) = \\sum_{m}\\sum_{n} I(i+m,\\, j+n)\\, K(m,n)')}
    <p>${t('whyConv2', { result: `${geometry.rows}×${geometry.columns}` })}</p>
    <p>${t('whyConv3')}</p>
    ${formula('\\frac{\\partial L}{\\partial I(y,x)} = \\sum_{i,j} \\frac{\\partial L}{\\partial S(i,j)}\\, K(y-i,\\, x-j)')}
    ${formula('\\frac{\\partial L}{\\partial K(m,n)} = \\sum_{i,j} \\frac{\\partial L}{\\partial S(i,j)}\\, I(i+m,\\, j+n)')}
  </details>`;
}

/**
 * The question about padding in the course example. `tried`: the reader has changed something,
 * so there is an answer to check.
 */
export function drawTask(
  { state, image, geometry }: Scene,
  t: Translate,
  tried: boolean,
  change: (change: Partial<State>) => void,
): TemplateResult {
  const { rows, columns } = geometry;
  const right = rows === 5 && state.stride === 1;
  const verdict = right ? t('tryYes') : t('tryNo', { n: state.padding, size: `${rows}×${columns}` });
  const choice = (padding: number): TemplateResult =>
    html`<button
      aria-pressed=${state.padding === padding ? 'true' : 'false'}
      @click=${() => change({ image: 'course', kernel: 'course', stride: 1, padding })}
    >
      ${padding}
    </button>`;
  return drawQuestion({
    t,
    text: t('tryQuestion'),
    answer: html`<span class="choices" role="group" aria-label=${t('padding')}>${[0, 1, 2, 3].map(choice)}</span>`,
    verdict: tried && image.rows === 5 ? verdict : '',
  });
}
