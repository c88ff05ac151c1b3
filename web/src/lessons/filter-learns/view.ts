import { css, html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { Key } from '../../i18n/index.js';
import { problemOf } from '../../state/engine.js';
import { defaults } from '../../state/properties.js';
import { drawChoices } from '../../stations/convolution/settings.js';
import type { Scale } from '../../ui/color.js';
import '../../ui/grid.js';
import { fixed, plain } from '../../ui/numbers.js';
import { styleMap } from '../../ui/style-map.js';
import { base, controls, troubles } from '../../ui/styles.js';
import { LessonView } from '../frame/lesson-view.js';
import { viewStyles } from '../frame/view-styles.js';
import { drawLoss } from './charts.js';
import { Courses, kindOf, lastStep, momentAt, moments, starts, trained, type Course, type Moment, type Passage } from './courses.js';
import { table, type Facts, type State } from './state.js';

interface Shown {
  name: string;
  values: readonly number[];
  side: number;
  scale: Scale;
  cell?: number;
  reach?: number;
  note?: string;
  covered?: boolean;
  part?: string;
}

const allOf = (count: number): ReadonlySet<number> => new Set(Array.from({ length: count }, (_, i) => i));
const covers = { 4: allOf(4), 9: allOf(9), 25: allOf(25) } as Record<number, ReadonlySet<number>>;

/** A network of one filter, from the image to the probability, and its fellows from other random starts. */
export class FilterView extends LessonView<State, Facts> {
  static override properties: PropertyDeclarations = {
    ...LessonView.properties,
    courses: { state: true },
  };

  static override styles = [
    base,
    controls,
    troubles,
    viewStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .bench {
        display: grid;
        gap: 24px;
        grid-template-columns: minmax(0, 1fr);
      }
      .chain {
        display: flex;
        flex-wrap: wrap;
        gap: 16px 8px;
        align-items: center;
      }
      .linked {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      .operator {
        font-size: var(--lab-title);
        color: var(--lab-mark);
        margin-top: 24px;
        line-height: 1;
      }
      figure {
        display: grid;
        gap: 6px;
        justify-items: start;
        align-content: start;
      }
      figcaption {
        font-size: var(--lab-small);
        font-weight: 560;
        width: 0;
        min-width: max(100%, 84px);
        line-height: 1.3;
      }
      .note {
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
      }
      .result {
        display: grid;
        gap: 4px;
        min-width: 132px;
        margin-top: 24px;
      }
      .result strong {
        font-family: var(--lab-mono);
        font-weight: 600;
      }
      .bar {
        height: 6px;
        background: var(--lab-sunk);
        border-radius: 3px;
        overflow: hidden;
      }
      .bar i {
        display: block;
        height: 100%;
        background: var(--lab-lit);
        transform-origin: left;
      }
      .starts {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(148px, 1fr));
        gap: 12px;
      }
      .start {
        display: grid;
        gap: 6px;
        justify-items: center;
        align-content: start;
        padding: 10px 6px;
        text-align: center;
        background: var(--lab-surface);
        border-color: var(--lab-line);
        font-size: var(--lab-small);
      }
      .start[aria-pressed='true'] {
        background: var(--lab-surface);
        color: var(--lab-ink);
        border-color: var(--lab-accent);
        outline: 2px solid var(--lab-accent);
        outline-offset: 0;
      }
      .start:focus-visible {
        outline-offset: 3px;
      }
      .start lab-grid {
        pointer-events: none;
      }
      @media (forced-colors: active) {
        .start[aria-pressed='true'] {
          background: Canvas;
          color: CanvasText;
          outline-color: Highlight;
        }
      }
    `,
  ];

  /** By seed, as they come. */
  declare private courses: ReadonlyMap<number, Course>;
  private trainer: Courses | null = null;

  constructor() {
    super();
    this.s = defaults(table);
    this.courses = new Map();
  }

  override get facts(): Facts | null {
    const course = this.courses.get(this.s.seed);
    if (!course) return null;
    if (this.s.show !== 'starts') return { state: this.s, course, all: [] };
    const all = Array.from({ length: starts }, (_, i) => this.courses.get(i + 1)).filter((one) => one !== undefined);
    return all.length === starts ? { state: this.s, course, all } : null;
  }

  protected override updated(changed: PropertyValues): void {
    if (this.engine && (changed.has('engine') || changed.has('s'))) this.attempt(this.train());
    if (changed.has('s') || changed.has('courses')) this.tellFacts();
    this.keep();
  }

  /** The sheet has the curve of a training that was seen to its end. */
  private keep(): void {
    const { facts, s, record } = this;
    if (!this.open || !facts || record !== null || s.show !== 'chain' || !this.controls.includes('steps') || s.steps !== lastStep) return;
    const short = (values: readonly number[]): number[] => values.map((value) => Number(value.toPrecision(3)));
    this.keepRecord({ seed: s.seed, loss: short(facts.course.loss), kernel: short(trained(facts.course).kernel) });
  }

  /** Trains what the view shows, one network after the other. */
  private async train(): Promise<void> {
    this.trainer ??= new Courses(this.engine!);
    const seeds = this.s.show === 'starts' ? Array.from({ length: starts }, (_, i) => i + 1) : [this.s.seed];
    try {
      for (const seed of seeds) {
        if (this.courses.has(seed)) continue;
        const course = await this.trainer.of(seed);
        this.courses = new Map([...this.courses, [seed, course]]);
      }
      this.problem = null;
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  // ---- drawing ---------------------------------------------------------------------------------------

  private drawGrid({ name, values, side, scale, cell = 40, reach = 0, note, covered, part }: Shown): TemplateResult {
    return html`<figure>
      <figcaption>${name}</figcaption>
      <lab-grid
        data-part=${part ?? nothing}
        .values=${values}
        .rows=${side}
        .columns=${side}
        .cell=${cell}
        .scale=${scale}
        .reach=${reach}
        .label=${name}
        .covered=${covered ? covers[values.length] : null}
        .lang=${this.lang}
      ></lab-grid>
      ${note === undefined ? nothing : html`<span class="note">${note}</span>`}
    </figure>`;
  }

  private drawLinked(sign: string, what: TemplateResult): TemplateResult {
    return html`<div class="linked"><span class="operator" aria-hidden="true">${sign}</span>${what}</div>`;
  }

  private drawResult({ z, p }: Passage, target: string, name: string): TemplateResult {
    const covered = this.covers.includes('result');
    return html`<div class="result" data-testid="result" data-image=${name}>
      <strong>${covered ? this.w('hiddenResult') : this.w('result', { z: fixed(z, this.lang, 2), p: fixed(p, this.lang, 4) })}</strong>
      <div class="bar tinted" aria-hidden="true"><i class="tinted" style=${styleMap({ transform: `scaleX(${covered ? 0 : p})` })}></i></div>
      <span class="note">${this.t('probVertical')}; ${this.w('target', { y: target })}</span>
    </div>`;
  }

  private imageName(image: State['image']): string {
    if (image === 'training') return this.w('training');
    return this.t(image === 'vertical' ? 'verticalLine' : 'horizontalLine');
  }

  private drawChain(moment: Moment, image: State['image']): TemplateResult {
    const { t } = this;
    const passage = moment[image];
    const maps = this.covers.includes('maps');
    return html`<div class="chain">
      ${this.drawGrid({ name: this.imageName(image), values: passage.image, side: 5, scale: 'light', cell: 30, reach: 1 })}
      ${this.drawLinked('∗', this.drawGrid({ name: t('theKernel'), values: moment.kernel, side: 3, scale: 'signed', part: 'kernel' }))}
      ${this.drawLinked('→', this.drawGrid({ name: t('featureMap'), values: passage.map, side: 3, scale: 'signed', covered: maps }))}
      ${this.drawLinked('→', this.drawGrid({ name: t('afterActivation', { name: 'ReLU' }), values: passage.activated, side: 3, scale: 'heat', covered: maps, part: 'activated' }))}
      ${this.drawLinked('→', this.drawGrid({ name: this.w('pooled'), values: passage.pooled, side: 2, scale: 'heat', cell: 44, covered: maps }))}
      ${this.drawLinked('·', this.drawGrid({ name: this.w('weights'), values: moment.dense, side: 2, scale: 'signed', cell: 44, note: this.w('weightsNote', { bias: fixed(moment.bias, this.lang, 2) }) }))}
      ${this.drawLinked('→', this.drawResult(passage, image === 'horizontal' ? '0' : '1', image))}
    </div>`;
  }

  private drawBack({ back }: Moment): TemplateResult {
    const shown: [string, number[], number][] = [
      [this.w('backKernel'), back.kernel, 3],
      [this.w('backMap'), back.map, 3],
      [this.w('backPooled'), back.pooled, 2],
      [this.w('backWeights'), back.dense, 2],
    ];
    return html`<div>
      <p class="note">${this.w('back')}</p>
      <div class="chain">
        ${shown.map(([name, values, side], i) => {
          const grid = this.drawGrid({ name, values, side, scale: 'signed', cell: side === 2 ? 44 : 40 });
          return i === 0 ? grid : this.drawLinked('←', grid);
        })}
      </div>
    </div>`;
  }

  private drawStart(course: Course): TemplateResult {
    const { lang, s } = this;
    const moment = trained(course);
    const chosen = course.seed === s.seed;
    return html`<button
      class="start"
      data-seed=${course.seed}
      aria-pressed=${chosen ? 'true' : 'false'}
      ?disabled=${!this.open}
      @click=${() => this.change({ seed: course.seed })}
    >
      <strong>${this.w('start', { seed: course.seed })}</strong>
      <lab-grid
        aria-hidden="true"
        .values=${moment.kernel}
        .rows=${3}
        .columns=${3}
        .cell=${40}
        .scale=${'signed'}
        .label=${this.t('theKernel')}
        .lang=${lang}
      ></lab-grid>
      <span>${this.w(`kind_${kindOf(moment)}`)}</span>
      <span class="note">${this.w('startPs', { v: fixed(moment.vertical.p, lang, 3), h: fixed(moment.horizontal.p, lang, 3) })}</span>
    </button>`;
  }

  private drawStarts({ all, course }: Facts): TemplateResult {
    if (this.covers.includes('starts')) return this.drawHidden();
    const moment = trained(course);
    return html`<div class="control ${this.isLit('starts') ? 'lit' : ''}">
        <p class="note" id="starts-note">${this.w('startsNote')}</p>
        <div class="starts" role="group" aria-labelledby="starts-note">${all.map((one) => this.drawStart(one))}</div>
      </div>
      ${this.drawChain(moment, 'vertical')} ${this.drawChain(moment, 'horizontal')}`;
  }

  private drawControls(): TemplateResult | typeof nothing {
    const { s, t, lang } = this;
    const lines: [State['image'], Key][] = [
      ['vertical', 'verticalLine'],
      ['horizontal', 'horizontalLine'],
    ];
    const draw = {
      steps: () =>
        drawChoices(
          this.w('steps'),
          s.steps,
          moments.map((steps): [number, string] => [steps, plain(steps, lang)]),
          (steps) => this.change({ steps }),
        ),
      image: () =>
        drawChoices<State['image']>(
          this.w('images'),
          s.image,
          lines.map(([image, key]) => [image, t(key)] as const),
          (image) => this.change({ image }),
        ),
    };
    return this.drawFieldset(draw);
  }

  private drawShown(facts: Facts): TemplateResult {
    const { s } = this;
    if (s.show === 'starts') return this.drawStarts(facts);
    const moment = momentAt(facts.course, s.steps);
    if (s.show === 'pair') return html`${this.drawChain(moment, 'vertical')} ${this.drawChain(moment, 'horizontal')}`;
    return html`${this.drawChain(moment, s.image)} ${s.back === 'yes' ? this.drawBack(moment) : nothing}`;
  }

  /** The loss, in the step that trains. */
  private drawCurve({ course }: Facts): TemplateResult | typeof nothing {
    const { s, lang } = this;
    if (s.show !== 'chain' || !this.open || !this.controls.includes('steps') || s.back === 'yes') return nothing;
    const { loss } = course;
    const summary = this.t('fromTo', { from: fixed(loss[0]!, lang, 4), to: fixed(loss.at(-1)!, lang, 4) });
    return drawLoss({ loss, lang, heading: this.t('lossCurve'), summary, height: 200 });
  }

  protected override render(): TemplateResult {
    const { facts, s } = this;
    const needed = s.show === 'starts' ? starts : 1;
    const done = s.show === 'starts' ? this.courses.size : 0;
    return html`<div class="bench" data-ready=${facts ? 'true' : 'false'}>
      ${this.drawProblem(
        this.problem,
        this.retry(() => this.attempt(this.train())),
      )}
      ${facts ? this.drawShown(facts) : html`<p class="note" role="status">${this.w('busy', { done, all: needed })}</p>`}
      ${this.drawControls()} ${facts ? this.drawCurve(facts) : nothing} ${this.drawVoice()}
    </div>`;
  }
}

customElements.define('lab-view-filter', FilterView);
