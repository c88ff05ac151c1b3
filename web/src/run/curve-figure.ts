import { html, type TemplateResult } from 'lit';
import type uPlot from 'uplot';
import '../ui/chart-figure.js';
import type { Rows } from '../ui/chart-figure.js';
import type { Series } from '../ui/chart.js';
import { LabElement } from '../ui/element.js';
import { fixed, percent, plain } from '../ui/numbers.js';
import { base } from '../ui/styles.js';
import type { Cell } from '../ui/table.js';
import { curveData, curveSeries, type Measure } from './curves.js';
import type { TrainRun } from './run.js';

const accuracyRange: [number, number] = [0, 100];

/** Loss or accuracy of a run over its epochs, with earlier courses behind. Event: `log`. */
export class CurveFigure extends LabElement {
  static override properties = {
    run: { attribute: false },
    measure: { type: String },
    log: { type: Boolean },
    height: { type: Number },
    data: { state: true },
  };

  static override styles = [base];

  declare run: TrainRun | null;
  declare measure: Measure;
  declare log: boolean;
  /** Of the chart, in pixels. */
  declare height: number;
  declare private data: uPlot.AlignedData;
  private stops: (() => void)[] = [];
  private series: Series[] = [];
  private seriesKey = '';
  private across: [number, number] = [0, 1];

  constructor() {
    super();
    this.run = null;
    this.measure = 'loss';
    this.log = false;
    this.height = 240;
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
    const { steps_per_epoch: stepsPerEpoch, total_steps: totalSteps } = run.session.info;
    const epochs = Math.max(1, totalSteps / stepsPerEpoch);
    if (this.across[1] !== epochs) this.across = [0, epochs];
    this.data = curveData(run.history, run.ghosts, this.measure, stepsPerEpoch);
  }

  private print(value: number | null | undefined): string {
    if (value === null || value === undefined) return '–';
    return this.measure === 'loss' ? fixed(value, this.lang, 3) : percent(value / 100, this.lang);
  }

  /** One row for each epoch; the CSV has the steps between. */
  private get rows(): Rows {
    const { t } = this;
    const loss = this.measure === 'loss';
    const cell = (value: number | null): Cell => ({ value, text: this.print(value) });
    const rows = (this.run?.history.epochs ?? []).map((epoch): Cell[] => {
      const test = loss ? epoch.test_loss : epoch.test_accuracy === null ? null : epoch.test_accuracy * 100;
      const number = epoch.epoch + 1;
      return [{ value: number, text: plain(number, this.lang) }, cell(loss ? epoch.train_loss : epoch.train_accuracy * 100), cell(test)];
    });
    return { head: [t('lossRow'), t('train'), t('test')], rows };
  }

  protected override render(): TemplateResult {
    const { t } = this;
    const ghosts = this.run?.ghosts.length ?? 0;
    // Columns and lines must agree: a new list of lines makes a new chart.
    const shown = Math.max(0, (this.data.length - 4) / 2);
    const key = `${this.lang} ${shown}`;
    if (key !== this.seriesKey) {
      this.seriesKey = key;
      this.series = curveSeries(shown, { train: t('train'), test: t('test'), earlier: t('earlierCourse') });
    }
    const last = (column: number): number | null | undefined =>
      (this.data.at(column) as (number | null)[] | undefined)?.findLast((value) => value !== null);
    const earlier = ghosts ? `; ${t('earlierCourses', { n: ghosts })}` : '';
    return html`<lab-figure
      .name=${this.measure}
      .heading=${t(this.measure === 'loss' ? 'lossTitle' : 'accuracyTitle')}
      .summary="${t('train')} ${this.print(last(-2))}, ${t('test')} ${this.print(last(-1))}${earlier}"
      .data=${this.data}
      .series=${this.series}
      .rows=${this.rows}
      .log=${this.measure === 'loss' ? this.log : null}
      .range=${this.measure === 'accuracy' ? accuracyRange : null}
      .across=${this.across}
      .height=${this.height}
      .axis=${t('epochAxis')}
      .measured=${t(this.measure === 'loss' ? 'lossTitle' : 'accuracyMeasured')}
      .lang=${this.lang}
      @log=${(event: CustomEvent<boolean>) => this.dispatchEvent(new CustomEvent('log', { detail: event.detail }))}
    ></lab-figure>`;
  }
}

customElements.define('lab-curves', CurveFigure);
