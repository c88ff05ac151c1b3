import { html, type TemplateResult } from 'lit';
import type { DataCard } from '../../client/client.js';
import type { Translate } from '../../i18n/index.js';

/** What to do about a data set that the lab knows and that does not lie beside the page. */
export function drawAbsent({ name, title, source = '', files = [] }: DataCard, t: Translate): TemplateResult {
  // A source may go on with a citation.
  const [address = ''] = source.split(' ');
  return html`<div class="absent" role="status" data-testid="absent">
    ${t('dataAbsent', { title, file: files[0]?.name ?? title, name })} <a href=${address} target="_blank" rel="noopener">${address}</a>
  </div>`;
}
