import { LitElement, css, html, svg, type PropertyValues, type TemplateResult } from 'lit';
import { translate, type Lang } from '../i18n/index.js';
import { figures, percent, plain } from '../ui/numbers.js';
import { base } from '../ui/styles.js';
import { histogramOf, type Histogram } from './maps.js';

/** Histogram of a tensor's values, with a table behind it. */
export class LabHistogram extends LitElement {
  static override properties = {
    values: { attribute: false },
    label: { type: String },
    lang: { type: String },
  };

  static override styles = [
    base,
    css`
      figure {
        display: grid;
        gap: 4px;
      }
      figcaption {
        font-weight: 620;
      }
      svg {
        display: block;
        width: 100%;
        height: 140px;
        max-width: 560px;
      }
      rect {
        fill: var(--lab-accent);
      }
      .zero {
        stroke: var(--lab-mark);
        stroke-dasharray: 4 3;
      }
      .ends {
        display: flex;
        justify-content: space-between;
        max-width: 560px;
        border-top: 1px solid var(--lab-mark);
        font-family: var(--lab-mono);
        font-size: var(--lab-small);
      }
      p,
      table,
      summary {
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
      }
      summary {
        cursor: pointer;
        width: fit-content;
      }
      td {
        font-family: var(--lab-mono);
        text-align: right;
        padding-left: 16px;
      }
      th {
        font-weight: 400;
        text-align: left;
      }
    `,
  ];

  declare values: Float32Array;
  declare label: string;
  declare lang: Lang;
  private histogram: Histogram = histogramOf([]);

  constructor() {
    super();
    this.values = new Float32Array();
    this.label = '';
    this.lang = 'en';
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('values')) this.histogram = histogramOf(this.values);
  }

  protected override render(): TemplateResult {
    const { histogram, lang } = this;
    const t = translate(lang);
    const { low, high, counts } = histogram;
    const most = Math.max(1, ...counts);
    const width = counts.length ? (high - low) / counts.length : 0;
    const facts = t('panelHistogramFacts', {
      n: plain(histogram.finite, lang),
      mean: figures(histogram.mean, lang),
      deviation: figures(histogram.stddev, lang),
      zeros: percent(histogram.zeros, lang),
    });
    const zero = low < 0 && high > 0 ? (-low / (high - low)) * counts.length : null;
    return html`<figure>
      <figcaption>${this.label}</figcaption>
      <svg viewBox="0 0 ${Math.max(1, counts.length)} 100" preserveAspectRatio="none" role="img" aria-label="${this.label}: ${facts}">
        ${counts.map((count, i) => svg`<rect x=${i + 0.06} width="0.88" y=${100 - (100 * count) / most} height=${(100 * count) / most}></rect>`)}
        ${zero === null ? '' : svg`<line class="zero" x1=${zero} x2=${zero} y1="0" y2="100" vector-effect="non-scaling-stroke"></line>`}
      </svg>
      <div class="ends" aria-hidden="true"><span>${figures(low, lang)}</span><span>${figures(high, lang)}</span></div>
      <p>${facts}</p>
      <details>
        <summary>${t('asTable')}</summary>
        <table>
          <tr>
            <th scope="col">${t('panelFrom')}</th>
            <th scope="col">${t('panelCount')}</th>
          </tr>
          ${counts.map(
            (count, i) =>
              html`<tr>
                <th scope="row">${figures(low + i * width, lang)}</th>
                <td>${plain(count, lang)}</td>
              </tr>`,
          )}
        </table>
      </details>
    </figure>`;
  }
}

customElements.define('lab-histogram', LabHistogram);
