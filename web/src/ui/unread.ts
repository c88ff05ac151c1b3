import { html, nothing, type TemplateResult } from 'lit';
import type { Translate } from '../i18n/index.js';
import type { Unread } from '../state/properties.js';

/** Characters of a value that are shown. */
const longest = 60;

function sentenceOf({ field, value, taken }: Unread, t: Translate): string {
  const shown = value.length > longest ? `${value.slice(0, longest)}…` : value;
  if (taken === null) return t('unreadField', { field, value: shown });
  return taken === '' ? t('unreadLeftOut', { field, value: shown }) : t('unreadValue', { field, value: shown, taken });
}

/** Draws what was given and is not known, and what is taken instead. `close`: the reader has seen it. */
export function drawUnread(all: readonly Unread[], t: Translate, close: () => void): TemplateResult | typeof nothing {
  if (all.length === 0) return nothing;
  return html`<div class="problem" role="status" data-testid="unread">
    ${all.map((one) => html`<div>${sentenceOf(one, t)}</div>`)}
    <button @click=${close}>${t('close')}</button>
  </div>`;
}
