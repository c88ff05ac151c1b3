import { html, type TemplateResult } from 'lit';
import type { Lang, Translate } from '../../i18n/index.js';
import { plain } from '../../ui/numbers.js';
import { drawCosts, type Costs } from '../frame/costs.js';
import type { Network } from '../frame/lesson-study.js';
import { variants } from './shuffle-study.js';
import { names } from './state.js';

interface Shown {
  t: Translate;
  lang: Lang;
  words: Readonly<Record<string, string>>;
  networks: readonly Network[];
  /** Whether the reader is still to predict the numbers. */
  hidden: boolean;
}

const numberIn = (value: number, { lang, hidden }: Shown): string => (hidden ? '?' : plain(value, lang));

/** Parameters and work of both networks. */
export function drawTotals(shown: Shown): TemplateResult {
  const { t, networks } = shown;
  const costs = [variants.dense, variants.conv].map((i): Costs => {
    const { parameters, multiplyAdds } = networks[i]!;
    return { name: t(names[i]!), parameters: numberIn(parameters, shown), work: numberIn(multiplyAdds, shown) };
  });
  return drawCosts(costs, t);
}

/** The same by layer. */
export function drawLayers(shown: Shown, chosen: number): TemplateResult {
  const { t, words, networks } = shown;
  return html`<div class="wide" tabindex="0" role="group" aria-label="${words['network']}: ${t(names[chosen]!)}">
    <table>
      <thead>
        <tr>
          <th scope="col">${words['layer']}</th>
          <th scope="col">${t('output')}</th>
          <th scope="col">${t('parameters')}</th>
          <th scope="col">${t('multiplyAdds')}</th>
        </tr>
      </thead>
      <tbody>
        ${networks[chosen]!.layers.map(
          ({ name, output, parameters, multiply_adds: work }) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td>${output.join('×')}</td>
              <td>${numberIn(parameters, shown)}</td>
              <td>${numberIn(work, shown)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
