import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Measure } from '../../run/curves.js';
import '../../run/overlay-figure.js';
import { defaults } from '../../state/properties.js';
import { drawChoices } from '../../stations/convolution/settings.js';
import { percent, plain } from '../../ui/numbers.js';
import { base, controls, tables, troubles } from '../../ui/styles.js';
import { drawBySeed } from '../frame/by-seed.js';
import { LessonView } from '../frame/lesson-view.js';
import { drawTable, type Row } from '../frame/table.js';
import { benchStyles, viewStyles } from '../frame/view-styles.js';
import { headOf, heldOut, places } from './measures.js';
import { fresh, images, sizesOf, training } from './networks.js';
import { labOf, type ShouldersLab } from './shoulders-lab.js';
import { entrants, table, type Entrant, type Facts, type State } from './state.js';

type Scene = State['show'];
const compares = (show: Scene): boolean => show === 'shoulders' || show === 'pixels';
/** The networks of a comparison. */
const shownIn = (show: Scene): Entrant[] => (show === 'shoulders' ? ['scratch', 'high'] : ['low', 'high']);

const classCounts = [2, 3, 4, 5, 10];
const pictureCounts = [5, 10, 20, 50];

/** A network that has learned before: what it makes of images, what is new on it, and what it carries. */
export class ShouldersView extends LessonView<State, Facts> {
  static override styles = [base, controls, tables, troubles, viewStyles, benchStyles];

  private lab: ShouldersLab | null = null;

  constructor() {
    super();
    this.s = defaults(table);
  }

  override disconnectedCallback(): void {
    this.lab = null;
    super.disconnectedCallback();
  }

  override get facts(): Facts | null {
    const { lab, s } = this;
    if (!lab?.shoulders || !lab.compared) return null;
    const { shoulders, compared, results, courses, kind } = lab;
    const { low, high } = sizesOf[kind];
    if (compares(s.show) && !results) return null;
    return { state: s, shoulders, compared, classes: fresh.length, low, high, results: compares(s.show) ? results : null, courses };
  }

  protected override updated(changed: PropertyValues): void {
    if (this.engine && !this.lab && this.isConnected) {
      this.lab = this.follow(labOf(this.engine));
    }
    if (changed.has('s') || changed.has('engine')) this.begin();
    if (changed.has('s') || changed.has('beat')) this.tellFacts();
    this.keep();
  }

  /** The networks are trained from the second step on: it takes some reading. */
  private begin(): void {
    const { lab, s } = this;
    if (lab) this.attempt(s.show === 'sizes' || s.show === 'own' ? lab.prepare() : lab.train());
  }

  private keep(): void {
    const { facts, record, s } = this;
    if (!this.open || record !== null || !facts) return;
    // Without them a sheet could not say which size was chosen.
    if (s.show === 'sizes') this.keepRecord(facts.shoulders.sizes.map(({ side }) => side));
    const { results } = facts;
    if (s.show !== 'pixels' || !results) return;
    this.keepRecord(entrants.map((name) => results[name].accuracies.map((value) => Number(value.toFixed(4)))));
  }

  // ---- drawing ---------------------------------------------------------------------------------------

  private drawSizes({ shoulders }: Facts): TemplateResult {
    const { lang, s } = this;
    const hidden = this.covers.includes('sizes');
    const title = this.w('sizesOf', { title: shoulders.title || this.w('own') });
    const { side, map } = shoulders.sizes[Math.min(s.size, shoulders.sizes.length - 1)]!;
    const cells = hidden ? ['?', '?'] : [map.join('×'), plain(places(shoulders, side), lang)];
    const head = ['image', 'lastMap', 'places'].map((key) => this.w(key));
    return html`${this.drawControls()} ${drawTable({ title, head, rows: [[`${side}×${side}`, ...cells]], id: 'sizes' })}`;
  }

  private drawHead({ shoulders, state }: Facts): TemplateResult {
    const { lang } = this;
    const hidden = this.covers.includes('head');
    const learned = headOf(shoulders, state.classes);
    const number = (value: number): string => (hidden ? '?' : plain(value, lang));
    const rows: Row[] = [
      [this.w('frozen'), plain(shoulders.parameters, lang)],
      [this.w('learned'), number(learned)],
      [this.w('all'), number(learned + shoulders.parameters)],
    ];
    const title = this.w('numbers');
    return html`${this.drawControls()} ${drawTable({ title, head: [this.w('parts'), this.w('count')], rows, id: 'head' })}`;
  }

  private nameOf(entrant: Entrant, { low, high }: Facts): string {
    return this.w(entrant, { low, high });
  }

  private drawCompared(facts: Facts): TemplateResult {
    const { lang, s, words } = this;
    const shown = shownIn(s.show);
    const runs = shown.map((name) => ({
      name: this.nameOf(name, facts),
      course: facts.courses.find((one) => one.name === name)!.course,
    }));
    return html`<lab-overlay .runs=${runs} .measure=${s.measure} .epochs=${training.epochs} .lang=${lang}></lab-overlay>
      ${this.drawControls()}
      <div class="wide" tabindex="0" role="group" aria-label=${this.w('bySeed')}>
        ${drawBySeed({
          names: shown.map((name) => this.nameOf(name, facts)),
          rows: shown.map((name) => facts.results![name].accuracies),
          words,
          lang,
        })}
      </div>`;
  }

  private drawOwn({ state }: Facts): TemplateResult {
    if (this.covers.includes('own')) return this.drawHidden();
    const { lang } = this;
    const { classes, pictures } = state;
    const held = heldOut(classes, pictures);
    const title = this.w('held');
    const row: Row = [plain(classes * pictures, lang), plain(classes * pictures - held, lang), plain(held, lang)];
    const head = ['total', 'learnedFrom', 'heldOut'].map((key) => this.w(key));
    return html`${this.drawControls()} ${drawTable({ title, head, rows: [row], id: 'held' })}`;
  }

  private drawControls(): TemplateResult | typeof nothing {
    const { s, lang, lab } = this;
    const counts = (values: readonly number[]): [number, string][] => values.map((value) => [value, plain(value, lang)]);
    const sizes = (lab?.shoulders?.sizes ?? []).map(({ side }, i): [number, string] => [i, plain(side, lang)]);
    const draw = {
      size: () => drawChoices(this.w('size'), s.size, sizes, (size) => this.change({ size })),
      classes: () => drawChoices(this.w('classes'), s.classes, counts(classCounts), (classes) => this.change({ classes })),
      pictures: () => drawChoices(this.w('pictures'), s.pictures, counts(pictureCounts), (pictures) => this.change({ pictures })),
      curves: () =>
        drawChoices<Measure>(
          this.w('curves'),
          s.measure,
          (['accuracy', 'loss'] as const).map((measure) => [measure, this.w(measure)] as const),
          (measure) => this.change({ measure }),
        ),
    };
    return this.drawFieldset(draw);
  }

  private drawShown(facts: Facts): TemplateResult {
    const { show } = this.s;
    if (show === 'sizes') return this.drawSizes(facts);
    if (show === 'head') return this.drawHead(facts);
    if (show === 'own') return this.drawOwn(facts);
    return this.covers.includes(show) ? this.drawHidden() : this.drawCompared(facts);
  }

  /** What the comparison stands on, and why. */
  private drawBase(): TemplateResult | typeof nothing {
    const { lab, s } = this;
    if (!lab?.shoulders || s.show === 'own') return nothing;
    const { kind, missing, shoulders, data } = lab;
    const key = kind === 'mobilenet' ? 'here' : missing ? 'missing' : 'unknown';
    return html`<p class="note" data-testid="base" data-kind=${kind}>${this.w(key, { title: shoulders.title, data, file: missing })}</p>`;
  }

  private drawWaiting(): TemplateResult {
    const { lab, s } = this;
    if (!compares(s.show)) return html`<p class="note" role="status">${this.w('preparing')}</p>`;
    const share = lab?.progress ?? 0;
    return this.drawShare(this.w('training', { share: percent(share, this.lang) }), share);
  }

  protected override render(): TemplateResult {
    const { facts, lab, s } = this;
    const extent = { images: images.train, tests: images.test, epochs: training.epochs };
    return html`<div class="bench" data-ready=${facts ? 'true' : 'false'}>
      ${this.drawProblem(
        lab?.problem ?? null,
        this.retry(() => this.begin()),
      )}
      ${this.drawBase()} ${compares(s.show) ? html`<p class="note">${this.w('extent', extent)}</p>` : nothing}
      ${facts ? this.drawShown(facts) : this.drawWaiting()} ${this.drawVoice()}
    </div>`;
  }
}

customElements.define('lab-view-shoulders', ShouldersView);
