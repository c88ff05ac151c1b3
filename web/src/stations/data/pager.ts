import { css, html, nothing, type TemplateResult } from 'lit';
import type { Lang, Translate } from '../../i18n/index.js';
import { plain } from '../../ui/numbers.js';
import { mostClasses } from './figures.js';

export const pagerStyles = css`
  .pager {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 16px;
    align-items: center;
    margin-top: 12px;
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
  }
`;

/** Draws which of many classes are shown, and the way to those before and after. */
export function drawPager(
  t: Translate,
  lang: Lang,
  from: number,
  all: number,
  go: (from: number) => void,
): TemplateResult | typeof nothing {
  if (all <= mostClasses) return nothing;
  const to = Math.min(all, from + mostClasses);
  return html`<div class="pager" role="group" aria-label=${t('lookClasses')}>
    <button ?disabled=${from === 0} @click=${() => go(Math.max(0, from - mostClasses))}>${t('lookClassesBefore')}</button>
    <span role="status">${t('lookClassesShown', { from: plain(from + 1, lang), to: plain(to, lang), n: plain(all, lang) })}</span>
    <button ?disabled=${to === all} @click=${() => go(to)}>${t('lookClassesAfter')}</button>
  </div>`;
}
