import { css, html, nothing, type TemplateResult } from 'lit';
import type uPlot from 'uplot';
import { csvOf, svgOf } from './chart-files.js';
import './chart.js';
import type { Series } from './chart.js';
import { LabElement } from './element.js';
import { plain } from './numbers.js';
import { saveFile } from './save.js';
import { styleMap } from './style-map.js';
import { base, controls } from './styles.js';
import './table.js';
import type { Cell } from './table.js';

export interface Rows {
  head: readonly string[];
  rows: readonly (readonly Cell[])[];
}

/**
 * A chart under its name. It can become a table in the same place, be saved as CSV and SVG, and, where that is offered,
 * switch to a logarithmic scale. Event: `log`, with the new choice.
 */
export class ChartFigure extends LabElement {
  static override properties = {
    name: { type: String },
    heading: { type: String },
    note: { type: String },
    summary: { type: String },
    data: { attribute: false },
    series: { attribute: false },
    rows: { attribute: false },
    log: { attribute: false },
    height: { type: Number },
    range: { attribute: false },
    across: { attribute: false },
    axis: { type: String },
    measured: { type: String },
    unit: { type: String },
    asTable: { state: true },
  };

  static override styles = [
    base,
    controls,
    css`
      figure {
        display: grid;
        gap: 8px;
        grid-template-columns: minmax(0, 1fr);
        min-width: 0;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        gap: 0 4px;
        align-items: center;
        min-height: 32px;
      }
      figcaption {
        font-weight: 620;
        margin-right: auto;
      }
      .files {
        display: flex;
      }
      .note {
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
        max-width: 68ch;
      }
      lab-table {
        overflow: auto;
      }
    `,
  ];

  /** Name of its files, without an ending. */
  declare name: string;
  declare heading: string;
  declare note: string;
  /** Its latest numbers, for a screen reader. */
  declare summary: string;
  declare data: uPlot.AlignedData;
  declare series: Series[];
  /** Rows of the table; default: the chart's own numbers. */
  declare rows: Rows | null;
  /** null: there is no choice of scale. */
  declare log: boolean | null;
  declare height: number;
  declare range: [number, number] | null;
  declare across: [number, number] | null;
  declare axis: string;
  declare measured: string;
  declare unit: string;
  declare private asTable: boolean;

  constructor() {
    super();
    this.name = 'chart';
    this.heading = this.note = this.summary = this.axis = this.measured = this.unit = '';
    this.data = [[]];
    this.series = [];
    this.rows = this.log = this.range = this.across = null;
    this.height = 240;
    this.asTable = false;
  }

  private saveCsv(): void {
    saveFile(`${this.name}.csv`, csvOf(this.data, this.series, this.axis), 'text/csv');
  }

  private saveSvg(): void {
    const probe = document.createElement('i');
    this.renderRoot.append(probe);
    const colour = (token: string): string => {
      probe.style.color = `var(${token})`;
      return getComputedStyle(probe).color;
    };
    const drawing = svgOf(this.data, this.series, {
      title: this.heading,
      axis: this.axis,
      measured: this.measured,
      log: this.log === true,
      lang: this.lang,
      colour,
    });
    probe.remove();
    saveFile(`${this.name}.svg`, drawing, 'image/svg+xml');
  }

  private get ownRows(): Rows {
    const shown = this.series.map((series, i) => ({ series, i })).filter(({ series }) => series.read !== false);
    const cell = (value: number | null | undefined): Cell => ({
      value: value ?? null,
      text: value === null || value === undefined ? '–' : plain(value, this.lang, 3),
    });
    return {
      head: [this.axis, ...shown.map(({ series }) => series.label)],
      rows: Array.from(this.data[0], (x, row) => [cell(x), ...shown.map(({ i }) => cell(this.data[i + 1]?.[row]))]),
    };
  }

  private drawTable(): TemplateResult {
    const { head, rows } = this.rows ?? this.ownRows;
    return html`<lab-table
      style=${styleMap({ height: `${this.height}px` })}
      .head=${head}
      .rows=${rows}
      .label=${this.heading}
      .lang=${this.lang}
    ></lab-table>`;
  }

  private drawChart(): TemplateResult {
    return html`<lab-chart
      .data=${this.data}
      .series=${this.series}
      .log=${this.log === true}
      .height=${this.height}
      .range=${this.range}
      .across=${this.across}
      .axis=${this.axis}
      .measured=${this.measured}
      .unit=${this.unit}
      .label=${this.summary ? `${this.heading}: ${this.summary}` : this.heading}
      .lang=${this.lang}
    ></lab-chart>`;
  }

  protected override render(): TemplateResult {
    const { t } = this;
    return html`<figure aria-label=${this.heading}>
      <div class="head">
        <figcaption>${this.heading}</figcaption>
        ${
          this.log === null
            ? nothing
            : html`<button
                class="small"
                aria-pressed=${this.log ? 'true' : 'false'}
                @click=${() => this.dispatchEvent(new CustomEvent('log', { detail: !this.log }))}
              >
                ${t('logScale')}
              </button>`
        }
        <span class="files" role="group" aria-label=${t('curveFiles', { name: this.heading })}>
          <button class="small" aria-pressed=${this.asTable ? 'true' : 'false'} @click=${() => (this.asTable = !this.asTable)}>
            ${t('asTable')}
          </button>
          <button class="small" @click=${() => this.saveCsv()}>CSV</button>
          <button class="small" @click=${() => this.saveSvg()}>SVG</button>
        </span>
      </div>
      ${this.note ? html`<p class="note">${this.note}</p>` : nothing} ${this.asTable ? this.drawTable() : this.drawChart()}
    </figure>`;
  }
}

customElements.define('lab-figure', ChartFigure);
