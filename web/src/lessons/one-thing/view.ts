import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import '../../run/overlay-figure.js';
import type { Measure } from '../../run/curves.js';
import { defaults } from '../../state/properties.js';
import { drawChoices } from '../../stations/convolution/settings.js';
import { drawResults, verdictsOf } from '../../stations/study/results.js';
import { studyStyles } from '../../stations/study/station-styles.js';
import { percent, plain } from '../../ui/numbers.js';
import { base, controls, tables, troubles } from '../../ui/styles.js';
import { drawBySeed } from '../frame/by-seed.js';
import { LessonView } from '../frame/lesson-view.js';
import { accuracies } from '../frame/records.js';
import { drawCosts, type Costs } from '../frame/costs.js';
import { benchStyles, viewStyles } from '../frame/view-styles.js';
import { extent, seeds, studyOf, type KernelStudy } from './kernel-study.js';
import { kernels, table, type Facts, type State } from './state.js';

/** Three networks that differ in their kernels: what they cost, one race, three seeds, and what these allow to say. */
export class OneThingView extends LessonView<State, Facts> {
  static override styles = [
    base,
    controls,
    tables,
    troubles,
    studyStyles,
    viewStyles,
    benchStyles,
    css`
      /* On a phone the seeds and the difference come first: cost and training accuracy were in the steps before. */
      @container (width <= 570px) {
        .results :is(th, td):is(:nth-child(2), :nth-child(3), :nth-child(4), :last-child) {
          display: none;
        }
      }
    `,
  ];

  private study: KernelStudy | null = null;

  constructor() {
    super();
    this.s = defaults(table);
  }

  override disconnectedCallback(): void {
    this.study = null;
    super.disconnectedCallback();
  }

  override get facts(): Facts | null {
    const { study, s } = this;
    if (!study || study.networks.length === 0) return null;
    const { networks, records, results, first } = study;
    const needed = { networks: 0, race: 1, seeds, verdict: seeds }[s.show] * networks.length;
    if (records.length < needed || (s.show === 'race' && first.length === 0) || (s.show === 'verdict' && results.length === 0)) return null;
    return { state: s, networks, records: needed > 0 ? records : [], first, results: results.at(-1) ?? [] };
  }

  protected override updated(changed: PropertyValues): void {
    if (this.engine && !this.study && this.isConnected) {
      this.study = this.follow(studyOf(this.engine));
    }
    if (this.study && (changed.has('s') || changed.has('engine') || changed.has('beat'))) this.begin();
    if (changed.has('s') || changed.has('beat')) this.tellFacts();
    this.keep();
  }

  /** The networks are planned at once, and trained from the step on that needs it. */
  private begin(): void {
    const { study, s } = this;
    if (!study || study.problem) return;
    this.attempt(s.show === 'networks' ? study.prepare() : study.train());
  }

  private again(): void {
    const { study } = this;
    if (!study) return;
    study.problem = null;
    this.begin();
  }

  private keep(): void {
    const { facts, record, s } = this;
    if (!this.open || record !== null || s.show !== 'seeds' || !facts) return;
    this.keepRecord(kernels.map((_, i) => accuracies(facts.records, i).map((value) => Number(value.toFixed(4)))));
  }

  // ---- drawing ---------------------------------------------------------------------------------------

  private drawNetworks({ networks }: Facts): TemplateResult {
    const { t, lang, s } = this;
    const hidden = this.covers.includes('larger');
    const number = (value: number, i: number): string => (hidden && i > 0 ? '?' : plain(value, lang));
    const chosen = networks[kernels.indexOf(s.kernel)]!;
    const costs = networks.map(({ name, parameters, multiplyAdds }, i): Costs => ({
      name,
      parameters: number(parameters, i),
      work: number(multiplyAdds, i),
    }));
    return html`${drawCosts(costs, t)} ${this.drawControls()}
      <div class="wide" tabindex="0" role="group" aria-label="${this.w('kernel')} ${chosen.name}">
        <table>
          <thead>
            <tr>
              <th scope="col">${this.w('layer')}</th>
              <th scope="col">${t('output')}</th>
              <th scope="col">${t('parameters')}</th>
              <th scope="col">${t('multiplyAdds')}</th>
            </tr>
          </thead>
          <tbody>
            ${chosen.layers.map(
              ({ name, output, parameters, multiply_adds: work }) =>
                html`<tr>
                  <th scope="row">${name}</th>
                  <td>${output.join('×')}</td>
                  <td>${plain(parameters, lang)}</td>
                  <td>${plain(work, lang)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`;
  }

  private drawRace(): TemplateResult {
    return html`<lab-overlay
        .runs=${this.study!.courses}
        .measure=${this.s.measure}
        .epochs=${extent.epochs}
        .lang=${this.lang}
      ></lab-overlay>
      ${this.drawControls()}`;
  }

  private drawSeeds({ networks, records }: Facts): TemplateResult {
    const rows = networks.map((_, i) => accuracies(records, i).slice(0, this.s.seeds));
    return html`${this.drawControls()}
      <div class="wide" tabindex="0" role="group" aria-label=${this.w('bySeed')}>
        ${drawBySeed({ names: networks.map(({ name }) => name), rows, words: this.words, lang: this.lang })}
      </div>`;
  }

  private drawVerdict(facts: Facts): TemplateResult {
    const { t, lang, s } = this;
    const results = this.study!.results[s.seeds - 1]!;
    const records = facts.records.filter(({ seed }) => seed <= s.seeds);
    return html`${this.drawControls()} ${drawResults({ t, lang, results, records })}
      <ul class="verdicts" data-testid="verdicts">
        ${verdictsOf({ t, lang, results }).map((words) => html`<li>${words}</li>`)}
      </ul>`;
  }

  private drawControls(): TemplateResult | typeof nothing {
    const { s } = this;
    const numbers = Array.from({ length: seeds }, (_, i): [number, string] => [i + 1, plain(i + 1, this.lang)]);
    const draw = {
      kernel: () =>
        drawChoices<State['kernel']>(
          this.w('kernel'),
          s.kernel,
          kernels.map((kernel) => [kernel, `${kernel}×${kernel}`] as const),
          (kernel) => this.change({ kernel }),
        ),
      curves: () =>
        drawChoices<Measure>(
          this.w('curves'),
          s.measure,
          (['accuracy', 'loss'] as const).map((measure) => [measure, this.w(measure)] as const),
          (measure) => this.change({ measure }),
        ),
      seeds: () => drawChoices(this.w('shown'), s.seeds, numbers, (count) => this.change({ seeds: count })),
    };
    return this.drawFieldset(draw);
  }

  private drawShown(facts: Facts): TemplateResult {
    const { s } = this;
    if (s.show === 'networks') return this.drawNetworks(facts);
    if (this.covers.includes(s.show)) return this.drawHidden();
    if (s.show === 'race') return this.drawRace();
    return s.show === 'seeds' ? this.drawSeeds(facts) : this.drawVerdict(facts);
  }

  private drawWaiting(): TemplateResult {
    const share = this.study?.progress ?? 0;
    return this.drawShare(this.w('training', { share: percent(share, this.lang) }), share);
  }

  protected override render(): TemplateResult {
    const { facts, s, study } = this;
    const { images, tests, epochs } = extent;
    return html`<div class="bench" data-ready=${facts ? 'true' : 'false'}>
      ${this.drawProblem(
        study?.problem ?? null,
        this.retry(() => this.again()),
      )}
      ${s.show === 'networks' ? nothing : html`<p class="note">${this.w('extent', { images, tests, epochs })}</p>`}
      ${facts ? this.drawShown(facts) : s.show === 'networks' ? nothing : this.drawWaiting()} ${this.drawVoice()}
    </div>`;
  }
}

customElements.define('lab-view-one-thing', OneThingView);
