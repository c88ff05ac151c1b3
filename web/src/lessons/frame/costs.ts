import { html, type TemplateResult } from 'lit';
import type { Translate } from '../../i18n/index.js';

/** A network's parameters and multiply-adds, as they are written; "?" before the prediction. */
export interface Costs {
  name: string;
  parameters: string;
  work: string;
}

/** The table of what networks cost. */
export function drawCosts(networks: readonly Costs[], t: Translate): TemplateResult {
  return html`<div class="wide" tabindex="0" role="group" aria-label=${t('studyNetworks')}>
    <table data-testid="networks">
      <caption>
        ${t('studyNetworks')}
      </caption>
      <thead>
        <tr>
          <th scope="col">${t('studyVariant')}</th>
          <th scope="col">${t('parameters')}</th>
          <th scope="col">${t('multiplyAdds')}</th>
        </tr>
      </thead>
      <tbody>
        ${networks.map(
          ({ name, parameters, work }) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td>${parameters}</td>
              <td>${work}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
