import { css, html, nothing, svg, type PropertyValues, type TemplateResult } from 'lit';
import type { ClassFigures, DataCard } from '../../client/client.js';
import type { ClassesLook } from '../../client/module.js';
import { classIn } from '../../i18n/index.js';
import { LabElement } from '../../ui/element.js';
import { plain } from '../../ui/numbers.js';
import { base, controls } from '../../ui/styles.js';
import { mostClasses, outline } from './figures.js';
import { drawPager, pagerStyles } from './pager.js';

const width = 256;
const height = 72;

/** Charts that are drawn in one go. */
const chartsAFrame = 2;

/** For each class how often its pixels have which values, per channel; all to the same scale. */
export class ValueCharts extends LabElement {
  static override properties = { card: { attribute: false }, look: { attribute: false }, from: { state: true }, drawn: { state: true } };

  static override styles = [
    base,
    controls,
    pagerStyles,
    css`
      :host {
        min-width: 0;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
        display: grid;
        gap: 16px 24px;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 144px), 1fr));
      }
      svg {
        display: block;
        width: 100%;
        height: 72px;
        border-bottom: 1px solid var(--lab-mark);
      }
      .all {
        fill: var(--lab-accent);
      }
      .channel {
        fill: none;
        stroke-width: 1.5;
        vector-effect: non-scaling-stroke;
      }
      .channel-0 {
        stroke: light-dark(#c02020, #ff8a80);
      }
      .channel-1 {
        stroke: light-dark(#1b7f3b, #6fdc8c);
        stroke-dasharray: 5 2;
      }
      .channel-2 {
        stroke: light-dark(#2457c5, #8ab4ff);
        stroke-dasharray: 2 2;
      }
      .ends,
      .facts {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 8px;
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
      }
      .ends {
        font-family: var(--lab-mono);
      }
    `,
  ];

  declare card: DataCard | null;
  declare look: ClassesLook | null;
  /** The first class of those that are shown. */
  declare private from: number;
  /** Charts that are drawn so far: a few more in each frame, so that none takes long. */
  declare private drawn: number;

  constructor() {
    super();
    this.card = this.look = null;
    this.from = 0;
    this.drawn = chartsAFrame;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('card')) this.from = 0;
    const came = changed.has('look') && !changed.get('look');
    if (came || changed.has('card') || changed.has('from')) this.drawn = chartsAFrame;
  }

  protected override updated(): void {
    const charts = Math.min(mostClasses, (this.look?.classes.length ?? 0) - this.from);
    if (this.drawn < charts) requestAnimationFrame(() => (this.drawn = Math.min(charts, this.drawn + chartsAFrame)));
  }

  private factsOf({ mean, deviation }: ClassFigures): string {
    const numbers = (values: readonly number[]): string => values.map((value) => plain(value, this.lang, 1)).join(' · ');
    return this.t('lookFacts', { mean: numbers(mean), deviation: numbers(deviation) });
  }

  private drawChart(figures: ClassFigures, c: number): TemplateResult {
    const { lang, card, look } = this;
    const name = classIn(lang, card!, c);
    const facts = this.factsOf(figures);
    const { bars } = figures;
    const coloured = bars.length === 3;
    return html`<li>
      <h3>${name}</h3>
      <svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${name}: ${facts}">
        ${
          coloured
            ? bars.map((one, k) => svg`<path class="channel channel-${k}" d=${outline(one, look!.highest, width, height)}></path>`)
            : svg`<path class="all" d="${outline(bars[0] ?? [], look!.highest, width, height)}Z"></path>`
        }
      </svg>
      <div class="ends" aria-hidden="true"><span>0</span><span>255</span></div>
      <div class="facts">${facts}</div>
    </li>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { look, t, lang } = this;
    if (!this.card || !look) return nothing;
    const { classes } = look;
    return html`<ul>
        ${classes.slice(this.from, this.from + Math.min(this.drawn, mostClasses)).map((one, i) => this.drawChart(one, this.from + i))}
      </ul>
      ${drawPager(t, lang, this.from, classes.length, (from) => (this.from = from))}`;
  }
}

customElements.define('lab-value-charts', ValueCharts);
