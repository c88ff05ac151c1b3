import { html, type TemplateResult } from 'lit';
import '../ui/chart-figure.js';
import type { Rows } from '../ui/chart-figure.js';
import type { Series } from '../ui/chart.js';
import { LabElement } from '../ui/element.js';
import { fixed, percent, plain } from '../ui/numbers.js';
import { base } from '../ui/styles.js';
import type { Cell } from '../ui/table.js';
import { overlaid, type Course } from './course.js';
import type { Measure } from './curves.js';

export interface NamedCourse {
  name: string;
  course: Course;
}

/** Runs that are laid over each other at most: more lines cannot be told apart. */
export const mostOverlaid = 6;

/** Colour and dash of the run with this number; two runs differ in both. */
const look = (index: number): Pick<Series, 'colour' | 'dash'> => ({
  colour: `--lab-line-${(index % mostOverlaid) + 1}`,
  dash: [[], [10, 4], [2, 3], [10, 3, 2, 3], [5, 5], [14, 3, 3, 3, 3, 3]][index % mostOverlaid]!,
});

const across = ([first, last]: readonly [number, number]): [number, number] => [first, last];

/** Loss or accuracy of several trainings over their epochs: bold on test images, thin on training images. */
export class OverlayFigure extends LabElement {
  static override properties = {
    runs: { attribute: false },
    measure: { type: String },
    epochs: { type: Number },
    height: { type: Number },
  };

  static override styles = [base];

  declare runs: readonly NamedCourse[];
  declare measure: Measure;
  /** The length of the axis; 0: as long as the longest. */
  declare epochs: number;
  /** Of the chart, in pixels. */
  declare height: number;
  private series: Series[] = [];
  private seriesKey = '';
  private reach: [number, number] = [0, 1];

  constructor() {
    super();
    this.runs = [];
    this.measure = 'accuracy';
    this.epochs = 0;
    this.height = 280;
  }

  private print(value: number | null | undefined): string {
    if (value === null || value === undefined) return '–';
    return this.measure === 'loss' ? fixed(value, this.lang, 3) : percent(value, this.lang);
  }

  /** The same list as long as it says the same: a new one makes a new chart. */
  private get lines(): Series[] {
    const tested = this.runs.map(({ course }) => course.tests.length > 0);
    const key = JSON.stringify([this.lang, this.runs.map(({ name }) => name), tested]);
    if (key === this.seriesKey) return this.series;
    this.seriesKey = key;
    const { t } = this;
    return (this.series = this.runs.flatMap(({ name }, i): Series[] => [
      {
        ...look(i),
        label: tested[i] ? `${name}, ${t('train')}` : name,
        width: 1,
        dash: [],
        faint: tested[i]!,
        named: !tested[i],
        read: !tested[i],
      },
      { ...look(i), label: name, width: 2.5, dots: true },
    ]));
  }

  private get rows(): Rows {
    const epochs = [...new Set(this.runs.flatMap(({ course }) => course.tests.map(({ at }) => at)))].sort((a, b) => a - b);
    const rows = epochs.map((at): Cell[] => [
      { value: at, text: plain(at, this.lang) },
      ...this.runs.map(({ course }): Cell => {
        const value = course.tests.find((test) => test.at === at)?.[this.measure] ?? null;
        return { value, text: this.print(value) };
      }),
    ]);
    return { head: [this.t('lossRow'), ...this.runs.map(({ name }) => name)], rows };
  }

  protected override render(): TemplateResult {
    const { t, runs } = this;
    const longest = Math.max(this.epochs, 0, ...runs.map(({ course }) => course.at.at(-1) ?? course.tests.at(-1)?.at ?? 0)) || 1;
    if (this.reach[1] !== longest) this.reach = across([0, longest]);
    const words = runs.map(({ name, course }) => `${name} ${this.print(course.tests.at(-1)?.[this.measure])}`).join(', ');
    return html`<lab-figure
      .name=${`runs-${this.measure}`}
      .heading=${t(this.measure === 'loss' ? 'lossTitle' : 'accuracyTitle')}
      .summary=${words}
      .data=${overlaid(
        runs.map(({ course }) => course),
        this.measure,
      )}
      .series=${this.lines}
      .rows=${this.rows}
      .height=${this.height}
      .across=${this.reach}
      .axis=${t('epochAxis')}
      .measured=${t(this.measure === 'loss' ? 'lossTitle' : 'accuracyMeasured')}
      .lang=${this.lang}
    ></lab-figure>`;
  }
}

customElements.define('lab-overlay', OverlayFigure);
