import { css, html, nothing, type TemplateResult } from 'lit';
import type { Concern } from '../client/client.js';
import { problemIn, type Lang } from '../i18n/index.js';

export const concernStyles = css`
  .concerns {
    border-left: 3px solid var(--lab-accent);
    padding: 4px 12px;
    margin: 0;
    overflow-wrap: anywhere;
  }
  .concerns ul {
    margin: 0;
    padding-left: 20px;
    font-size: var(--lab-small);
  }
  .concerns p {
    font-weight: 560;
  }
`;

/** Why figures would mean little, each with its field and what to do; nothing where there is no such reason. */
export function drawConcerns(concerns: readonly Concern[], title: string, lang: Lang): TemplateResult | typeof nothing {
  if (concerns.length === 0) return nothing;
  return html`<div class="concerns" role="status" data-testid="concerns">
    <p>${title}</p>
    <ul>
      ${concerns.map((concern) => html`<li><code>${concern.place}</code> ${problemIn(lang, concern)}</li>`)}
    </ul>
  </div>`;
}
