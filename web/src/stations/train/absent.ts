import { html, type TemplateResult } from 'lit';
import type { DataCard } from '../../client/client.js';
import type { Lang, Translate } from '../../i18n/index.js';
import { plain } from '../../ui/numbers.js';

/** What to do about a data set that the lab knows and that does not lie beside the page. */
export function drawAbsent({ name, title, source = '', files = [] }: DataCard, t: Translate): TemplateResult {
  // A source may go on with a citation.
  const [address = ''] = source.split(' ');
  return html`<div class="absent" role="status" data-testid="absent">
    ${t('dataAbsent', { title, file: files[0]?.name ?? title, name })} <a href=${address} target="_blank" rel="noopener">${address}</a>
  </div>`;
}

/** What to do for all images of a data set of which a part lies beside the page. */
export function drawPart(
  { title, name, files = [], train_count: all = 0 }: DataCard,
  count: number,
  t: Translate,
  lang: Lang,
): TemplateResult {
  const numbers = { here: plain(count, lang), all: plain(all, lang) };
  return html`<div class="note" data-testid="part">${t('dataPart', { ...numbers, title, file: files[0]?.name ?? name })}</div>`;
}
