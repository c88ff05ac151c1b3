import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import type uPlot from 'uplot';
import { translate, type Lang } from '../../i18n/index.js';
import { csvOf, svgOf } from '../../ui/chart-files.js';
import '../../ui/chart.js';
import type { Series } from '../../ui/chart.js';
import { fixed, plain } from '../../ui/numbers.js';
import { saveFile } from '../../ui/save.js';
import { base, controls } from '../../ui/styles.js';
import { curveData, curveSeries, type Measure } from './curves.js';
import type { TrainRun } from './run.js';

const accuracyRange: [number, number] = [0, 100];

/** Loss or accuracy of a run over its epochs, with earlier courses behind, and the same as table, CSV and SVG. Event: `log`. */
export class CurveFigure extends LitElement {
  static override properties = {
    run: { attribute: false },
    measure: { type: String },
    log: { type: Boolean },
    lang: { type: String },
    data: { state: true },
    table: { state: true },
  };

  static override styles = [
    base,
    controls,
    css`
      figure {
        display: grid;
        gap: 8px;
        min-width: 0;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 8px;
        align-items: center;
        min-height: 32px;
      }
      figcaption {
        font-weight: 620;
        margin-right: auto;
      }
      .now {
        font-family: var(--lab-mono);
        font-weight: 400;
        margin-left: 8px;
      }
      button {
        min-height: 30px;
        padding: 2px 8px;
        font-size: var(--lab-small);
      }
      .files {
        display: flex;
        gap: 4px;
      }
      .table {
        max-height: 240px;
        overflow: auto;
      }
      table {
        border-collapse: collapse;
        font-size: var(--lab-small);
        width: 100%;
      }
      th,
      td {
        text-align: right;
        padding: 4px 10px 4px 0;
        border-bottom: 1px solid var(--lab-line);
        font-weight: 400;
      }
      td {
        font-family: var(--lab-mono);
      }
      thead th {
        color: var(--lab-ink-soft);
        position: sticky;
        top: 0;
        background: var(--lab-ground);
      }
    `,
  ];

  declare run: TrainRun | null;
  declare measure: Measure;
  declare log: boolean;
  declare lang: Lang;
  declare private data: uPlot.AlignedData;
  declare private table: boolean;
  private stops: (() => void)[] = [];
  private series: Series[] = [];
  private seriesKey = '';
  private across: [number, number] = [0, 1];

  constructor() {
    super();
    this.run = null;
    this.measure = 'loss';
    this.log = this.table = false;
    this.lang = 'en';
    this.data = [[], [], [], []];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.listen();
  }

  override disconnectedCallback(): void {
    for (const stop of this.stops) stop();
    this.stops = [];
    super.disconnectedCallback();
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has('run')) this.listen();
  }

  private listen(): void {
    for (const stop of this.stops) stop();
    const { run } = this;
    if (!run) return;
    const draw = (): void => this.read();
    this.stops = [run.listen('opened', draw), run.listen('stepped', draw), run.listen('snapshots', draw)];
    this.read();
  }

  private read(): void {
    const { run } = this;
    if (!run?.session) return;
    const { stepsPerEpoch, totalSteps } = run.session.info;
    const epochs = Math.max(1, totalSteps / stepsPerEpoch);
    if (this.across[1] !== epochs) this.across = [0, epochs];
    this.data = curveData(run.history, run.ghosts, this.measure, stepsPerEpoch);
  }

  private get heading(): string {
    return translate(this.lang)(this.measure === 'loss' ? 'lossTitle' : 'accuracyTitle');
  }

  private saveCsv(): void {
    saveFile(`${this.measure}.csv`, csvOf(this.data, this.series, 'epoch'), 'text/csv');
  }

  private saveSvg(): void {
    const style = getComputedStyle(this);
    const probe = document.createElement('i');
    this.renderRoot.append(probe);
    const colour = (token: string): string => {
      probe.style.color = `var(${token})`;
      return getComputedStyle(probe).color;
    };
    const drawing = svgOf(this.data, this.series, {
      title: this.heading,
      axis: translate(this.lang)('epochAxis'),
      log: this.log,
      lang: this.lang,
      colour: (token) => colour(token) || style.color,
    });
    probe.remove();
    saveFile(`${this.measure}.svg`, drawing, 'image/svg+xml');
  }

  private print(value: number | null | undefined): string {
    if (value === null || value === undefined) return '–';
    return this.measure === 'loss' ? fixed(value, this.lang, 3) : `${fixed(value, this.lang, 1)} %`;
  }

  private drawTable(): TemplateResult {
    const t = translate(this.lang);
    const epochs = this.run?.history.epochs ?? [];
    const loss = this.measure === 'loss';
    return html`<div class="table" tabindex="0" role="region" aria-label=${this.heading}>
      <table>
        <thead>
          <tr>
            <th scope="col">${t('lossRow')}</th>
            <th scope="col">${t('train')}</th>
            <th scope="col">${t('test')}</th>
          </tr>
        </thead>
        <tbody>
          ${epochs.map((epoch) => {
            const test = loss ? epoch.testLoss : epoch.testAccuracy === null ? null : epoch.testAccuracy * 100;
            return html`<tr>
              <th scope="row">${plain(epoch.epoch + 1, this.lang)}</th>
              <td>${this.print(loss ? epoch.trainLoss : epoch.trainAccuracy * 100)}</td>
              <td>${this.print(test)}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
  }

  protected override render(): TemplateResult {
    const t = translate(this.lang);
    const ghosts = this.run?.ghosts.length ?? 0;
    // The data and the lines must agree; a new list of lines makes the chart anew.
    const shown = (this.data.length - 4) / 2;
    const key = `${this.lang} ${Math.max(0, shown)}`;
    if (key !== this.seriesKey) {
      this.seriesKey = key;
      this.series = curveSeries(Math.max(0, shown), { train: t('train'), test: t('test'), earlier: t('earlierCourse') });
    }
    const test = (this.data.at(-1) as (number | null)[] | undefined)?.findLast((value) => value !== null);
    const train = (this.data.at(-2) as (number | null)[] | undefined)?.findLast((value) => value !== null);
    return html`<figure>
      <div class="head">
        <figcaption>${this.heading}</figcaption>
        ${
          this.measure === 'loss'
            ? html`<button
                aria-pressed=${this.log ? 'true' : 'false'}
                @click=${() => this.dispatchEvent(new CustomEvent('log', { detail: !this.log }))}
              >
                ${t('logScale')}
              </button>`
            : nothing
        }
        <span class="files" role="group" aria-label=${t('curveFiles', { name: this.heading })}>
          <button aria-pressed=${this.table ? 'true' : 'false'} @click=${() => (this.table = !this.table)}>${t('asTable')}</button>
          <button @click=${() => this.saveCsv()}>CSV</button>
          <button @click=${() => this.saveSvg()}>SVG</button>
        </span>
      </div>
      <lab-chart
        .data=${this.data}
        .series=${this.series}
        .log=${this.log && this.measure === 'loss'}
        .height=${240}
        .range=${this.measure === 'accuracy' ? accuracyRange : null}
        .across=${this.across}
        .axis=${t('epochAxis')}
        .unit=${''}
        .label="${this.heading}: ${t('train')} ${this.print(train)}, ${t('test')} ${this.print(test)}${ghosts ? `; ${t('earlierCourses', { n: ghosts })}` : ''}"
        .lang=${this.lang}
      ></lab-chart>
      ${this.table ? this.drawTable() : nothing}
    </figure>`;
  }
}

customElements.define('lab-curves', CurveFigure);
