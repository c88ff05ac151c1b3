import { css, html, type TemplateResult } from 'lit';
import type { DataCard } from '../client/protocol.js';
import { classIn, type Lang } from '../i18n/index.js';
import { classHues } from '../ui/color.js';
import { percent } from '../ui/numbers.js';
import { styleMap } from '../ui/style-map.js';
import { type Answer } from './answers.js';

export const barStyles = css`
  .bars {
    display: grid;
    gap: 2px;
    min-width: 0;
    width: 100%;
    margin: 0;
    padding: 0;
    list-style: none;
    font-size: var(--lab-small);
    text-align: left;
  }
  .bars li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 0 8px;
    line-height: 1.3;
  }
  .bars .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .bars .share {
    font-family: var(--lab-mono);
  }
  .bars .bar {
    grid-column: 1 / -1;
    height: 5px;
    background: var(--lab-sunk);
  }
  .bars .bar i {
    display: block;
    height: 100%;
    transform-origin: left;
  }
  .bars .right .name {
    font-weight: 620;
  }
`;

/** Draws a bar for each class in its hue; the right class is bold. */
export function drawBars(answers: readonly Answer[], card: DataCard, lang: Lang, right: number | null = null): TemplateResult {
  return html`<ol class="bars">
    ${answers.map(
      (answer) =>
        html`<li class=${answer.class === right ? 'right' : ''}>
          <span class="name">${classIn(lang, card, answer.class)}</span><span class="share">${percent(answer.share, lang)}</span>
          <span class="bar tinted" aria-hidden="true"
            ><i
              class="tinted"
              style=${styleMap({ background: classHues[answer.class % classHues.length], transform: `scaleX(${answer.share.toFixed(4)})` })}
            ></i
          ></span>
        </li>`,
    )}
  </ol>`;
}
