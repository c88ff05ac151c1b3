import { css, html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { ConvolutionResult } from '../../client/client.js';
import { problemOf } from '../../state/engine.js';
import { defaults } from '../../state/properties.js';
import { clicked, edited } from '../../stations/convolution/edits.js';
import { drawGrids } from '../../stations/convolution/grids.js';
import { Inquiry } from '../../stations/convolution/inquiry.js';
import { Scene } from '../../stations/convolution/scene.js';
import { drawChoices } from '../../stations/convolution/settings.js';
import { pointAt, table, type Editable, type MatrixName, type State } from '../../stations/convolution/state.js';
import { convolutionStyles } from '../../stations/convolution/station-styles.js';
import { drawSum, titleOf } from '../../stations/convolution/sum.js';
import { layThreads } from '../../stations/convolution/threads.js';
import '../../ui/grid.js';
import type { LabGrid } from '../../ui/grid.js';
import { plain } from '../../ui/numbers.js';
import { base, controls, troubles } from '../../ui/styles.js';
import { watchWidth } from '../../ui/widths.js';
import { LessonView } from '../frame/lesson-view.js';
import { viewStyles } from '../frame/view-styles.js';

/** The convolution of the course, with what each step of the lesson hides and lights. */
export class ByHandView extends LessonView<State, Scene> {
  static override properties: PropertyDeclarations = {
    ...LessonView.properties,
    result: { state: true },
    answered: { state: true },
    width: { state: true },
  };

  static override styles = [
    base,
    controls,
    troubles,
    convolutionStyles,
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
    `,
  ];

  declare private result: ConvolutionResult | null;
  /** The question that the result answers. */
  declare private answered: string;
  declare private width: number;
  private readonly inquiry = new Inquiry();
  private unwatch: () => void = () => undefined;
  private drawing = 0;
  private seen: { from: readonly unknown[]; scene: Scene } | null = null;

  constructor() {
    super();
    this.s = defaults(table);
    this.result = null;
    this.answered = '';
    this.width = 0;
  }

  override disconnectedCallback(): void {
    this.unwatch();
    super.disconnectedCallback();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.watch();
  }

  private watch(): void {
    this.unwatch();
    const view = this.renderRoot.querySelector('.view');
    if (view) this.unwatch = watchWidth(view, (width) => (this.width = width));
  }

  private get scene(): Scene {
    const from = [this.s, this.result];
    if (!this.seen || this.seen.from.some((value, i) => value !== from[i]))
      this.seen = { from, scene: new Scene(this.s, this.result, null) };
    return this.seen.scene;
  }

  override get facts(): Scene | null {
    return this.result && this.answered === this.scene.key ? this.scene : null;
  }

  protected override firstUpdated(): void {
    this.watch();
  }

  protected override updated(changed: PropertyValues): void {
    if (this.engine && (changed.has('s') || changed.has('engine'))) this.compute();
    if (changed.has('s') || changed.has('answered')) this.tellFacts();
    cancelAnimationFrame(this.drawing);
    this.drawing = requestAnimationFrame(() => {
      const view = this.renderRoot.querySelector<HTMLElement>('.view');
      if (view) layThreads(view, this.scene);
    });
  }

  private compute(): void {
    const { scene } = this;
    this.inquiry.ask(
      this.engine!,
      scene,
      (result) => {
        this.result = result;
        this.answered = scene.key;
        this.problem = null;
      },
      (error) => (this.problem = problemOf(error)),
    );
  }

  private goTo(matrix: MatrixName, index: number): void {
    this.change(pointAt(matrix, index));
    const { scene } = this;
    if (this.open) this.say(`${titleOf(scene, scene.spot, this.t)}: ${plain(scene.valueOf(scene.spot), this.lang, 3)}`);
  }

  private edit(what: Editable, index: number, value: number): void {
    const change = edited(this.scene, what, index, value);
    if (change) this.change(change);
  }

  private pick(what: Editable, index: number, less: boolean, grid: LabGrid): void {
    const value = clicked(this.scene, what, index, less);
    if (what === 'image') grid.paint(value);
    this.edit(what, index, value);
  }

  // ---- drawing ---------------------------------------------------------------------------------------

  private drawChoice(control: 'stride' | 'padding' | 'pool'): TemplateResult {
    const { t, s } = this;
    const counted = (from: number): [number, string][] => [0, 1, 2, 3].slice(from).map((n) => [n, String(n)]);
    const changed = (change: Partial<State>): void => this.change({ ...change, ...this.spotFor(change) });
    if (control === 'stride') return drawChoices(t('stride'), s.stride, counted(1), (stride) => changed({ stride }));
    if (control === 'padding') return drawChoices(t('padding'), s.padding, counted(0), (padding) => changed({ padding }));
    return drawChoices<'max' | 'avg'>(
      t('pooling'),
      s.pool === 'avg' ? 'avg' : 'max',
      [
        ['max', t('poolMax')],
        ['avg', t('poolAvg')],
      ],
      (pool) => changed({ pool }),
    );
  }

  /** Keeps the spot within a map that has become smaller. */
  private spotFor(change: Partial<State>): Partial<State> {
    const next = new Scene({ ...this.s, ...change }, null, null);
    return next.turn < 0 || next.turn >= next.tour.length ? { at: 0 } : {};
  }

  private drawControls(): TemplateResult | typeof nothing {
    const names = ['stride', 'padding', 'pool'] as const;
    return this.drawFieldset(Object.fromEntries(names.map((name) => [name, () => this.drawChoice(name)])));
  }

  private drawArithmetic(): TemplateResult {
    if (!this.covers.includes('sum')) return drawSum(this.scene, this.t, this.lang);
    return html`<section class="sum covered"><p class="hint">${this.w('coveredSum')}</p></section>`;
  }

  protected override render(): TemplateResult {
    const { scene, t, lang } = this;
    const open = this.open ? (['image', 'kernel', 'arriving'] as const).filter((what) => this.controls.includes(what)) : [];
    return html`<div class="bench">
      <div class="view" data-ready=${this.facts ? 'true' : 'false'}>
        ${drawGrids({
          scene,
          t,
          lang,
          width: this.width,
          covered: this.covers,
          open,
          meant: this.open ? this.lights : [],
          goTo: (matrix, index) => this.goTo(matrix, index),
          pick: (what, index, less, grid) => this.pick(what, index, less, grid),
          edit: (what, index, value) => this.edit(what, index, value),
        })}
      </div>
      ${this.drawProblem(this.problem)} ${this.drawControls()} ${this.drawArithmetic()} ${this.drawVoice()}
    </div>`;
  }
}

customElements.define('lab-view-by-hand', ByHandView);
