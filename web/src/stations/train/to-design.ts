import { html, nothing, type TemplateResult } from 'lit';
import type { Description } from '../../client/client.js';
import type { Lang, Translate } from '../../i18n/index.js';
import { plain } from '../../ui/numbers.js';

/** Says what is trained, and leads down to where it is changed. */
export function drawToDesign(description: Description | null, t: Translate, lang: Lang, open: () => void): TemplateResult | typeof nothing {
  if (!description) return nothing;
  const { layers, parameters } = description;
  return html`<button class="to-design" @click=${open}>
    ${t('toDesign', { layers: layers.length, parameters: plain(parameters, lang) })} <span aria-hidden="true">↓</span>
  </button>`;
}
