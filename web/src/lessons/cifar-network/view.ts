import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Measure } from '../../run/curves.js';
import '../../run/overlay-figure.js';
import { defaults } from '../../state/properties.js';
import { drawChoices } from '../../stations/convolution/settings.js';
import { fixed, percent, plain } from '../../ui/numbers.js';
import { saveFile } from '../../ui/save.js';
import { base, controls, tables, troubles } from '../../ui/styles.js';
import { LessonView } from '../frame/lesson-view.js';
import { drawTable, type Row } from '../frame/table.js';
import { benchStyles, viewStyles } from '../frame/view-styles.js';
import { labOf, wanted, type CifarLab } from './cifar-lab.js';
import { drawGraph, edgesOf, graphFile } from './graph.js';
import { clipNorm } from './networks.js';
import { isRace, mostBlocks, races, table, type Facts, type Race, type State } from './state.js';

/** What can be looked up once a comparison is trained, and the one that the next step needs. */
const ahead = (show: State['show']): Race | null => (show === 'shapes' ? null : isRace(show) ? show : races[0]);

/** Stacks of blocks, a graph, and four comparisons of networks that differ in one thing. */
export class CifarView extends LessonView<State, Facts> {
  static override styles = [
    base,
    controls,
    tables,
    troubles,
    viewStyles,
    benchStyles,
    css`
      .graph {
        max-width: 100%;
        height: auto;
        font-family: var(--lab-mono);
        font-size: 12px;
      }
      .graph rect {
        fill: var(--lab-surface);
        stroke: var(--lab-mark);
      }
      .graph text {
        fill: var(--lab-ink);
      }
      .graph .shape {
        fill: var(--lab-ink-soft);
      }
      .graph path {
        fill: none;
        stroke: var(--lab-mark);
        stroke-width: 1.5;
      }
      .graph .round {
        stroke: var(--lab-lit);
        stroke-width: 2;
      }
      .graph .tip {
        fill: var(--lab-mark);
        stroke: none;
      }
      .graph .tip.round {
        fill: var(--lab-lit);
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: center;
        justify-content: space-between;
        max-width: 300px;
      }
    `,
  ];

  private lab: CifarLab | null = null;

  constructor() {
    super();
    this.s = defaults(table);
  }

  override disconnectedCallback(): void {
    this.lab = null;
    super.disconnectedCallback();
  }

  private get race(): Race | null {
    const { show } = this.s;
    return isRace(show) ? show : null;
  }

  override get facts(): Facts | null {
    const { lab, s, race } = this;
    if (!lab?.data || !lab.studies) return null;
    const { stacks, graphs } = lab;
    const common = { state: s, card: lab.data.card, stacks, graphs };
    if (!race) return { ...common, networks: [], records: [], courses: [], largest: 0, confusion: [] };
    const { networks, records, courses, largest, confusion } = lab.studies[race];
    if (networks.length === 0 || records.length < networks.length || courses.length < networks.length) return null;
    const ordered = networks.map(({ name }) => courses.find((one) => one.name === name)!);
    return { ...common, networks, records, courses: ordered, largest, confusion };
  }

  protected override updated(changed: PropertyValues): void {
    if (this.engine && !this.lab && this.isConnected) {
      this.lab = this.follow(labOf(this.engine));
    }
    if (changed.has('s') || changed.has('engine')) this.begin();
    if (changed.has('s') || changed.has('beat')) this.tellFacts();
    this.keep();
  }

  /** A comparison is trained from the step before the one that needs it. */
  private begin(): void {
    const { lab, s } = this;
    if (!lab) return;
    const race = ahead(s.show);
    this.attempt(race ? lab.train(race) : lab.prepare());
  }

  private again(): void {
    this.lab?.forgive();
    this.begin();
  }

  private keep(): void {
    const { facts, record, race } = this;
    if (!this.open || record !== null || !race || !facts) return;
    const share = (value: number | null): number | null => (value === null ? null : Number(value.toFixed(4)));
    this.keepRecord({
      data: facts.card.title,
      rows: facts.networks.map(({ name }, i) => {
        const { record: run } = facts.records[i]!;
        return [name, share(run.train_accuracy), share(run.test_accuracy)];
      }),
      ...(race === 'dropout'
        ? {
            tests: facts.courses.map(({ course }) => course.tests.map(({ loss }) => share(loss))),
            // A network that diverged may have had no test.
            ...(facts.confusion.length > 0
              ? { confusion: { name: facts.card.name, classes: facts.card.classes, counts: facts.confusion } }
              : {}),
          }
        : {}),
    });
  }

  // ---- drawing ---------------------------------------------------------------------------------------

  private drawShapes({ stacks }: Facts): TemplateResult {
    const { lang, s } = this;
    const { layers, parameters } = stacks[s.blocks - 1]!;
    const hidden = this.covers.includes('shapes');
    const title = this.w('layersOf', { blocks: s.blocks });
    const shown = (text: string): string => (hidden ? '?' : text);
    const rows = layers.map(({ name, output, parameters: learned }): Row => [name, shown(output.join('×')), shown(plain(learned, lang))]);
    const together: Row = [this.w('together'), '', shown(plain(parameters, lang))];
    const head = ['layer', 'output', 'learned'].map((key) => this.w(key));
    return html`${this.drawControls()} ${drawTable({ title, head, rows: [...rows, together], id: 'layers' })}`;
  }

  private drawGraph({ graphs }: Facts): TemplateResult {
    if (this.covers.includes('graph')) return this.drawHidden();
    const { layers } = graphs[this.s.shortcut === 'yes' ? 1 : 0]!;
    const edges = edgesOf(layers).map((edge) => this.w('graphEdge', { ...edge }));
    const drawn = drawGraph(layers, this.w('graphOf', { layers: edges.join('; ') }), ({ output }) => output.join('×'));
    return html`${this.drawControls()}
      <div class="head">
        <span></span>
        <button class="small" @click=${() => this.saveGraph()}>${this.w('saveGraph')}</button>
      </div>
      ${drawn}`;
  }

  private saveGraph(): void {
    const drawn = this.renderRoot.querySelector('svg.graph');
    if (drawn) saveFile('graph.svg', graphFile(drawn), 'image/svg+xml');
  }

  private drawRace(facts: Facts, race: Race): TemplateResult {
    const { lang, s } = this;
    const { networks, records, courses, largest } = facts;
    const runs = courses.map(({ name, course }) => ({ name: this.w(name), course }));
    const { epochs } = this.lab!.studies![race].extent;
    const isNorm = race === 'norm';
    const rows = networks.map(({ name, parameters }, i): Row => {
      const { record, diverged } = records[i]!;
      const value = (one: number | null, write: (value: number) => string): string =>
        diverged ? this.w('diverged') : one === null ? '–' : write(one);
      return [
        this.w(name),
        ...(isNorm ? [plain(parameters, lang)] : []),
        value(record.train_loss, (loss) => fixed(loss, lang, 3)),
        value(record.train_accuracy, (share) => percent(share, lang)),
        value(record.test_accuracy, (share) => percent(share, lang)),
      ];
    });
    const head = ['network', ...(isNorm ? ['learned'] : []), 'trainLoss', 'onTrain', 'onTest'].map((key) => this.w(key));
    return html`<lab-overlay .runs=${runs} .measure=${s.measure} .epochs=${epochs} .lang=${lang}></lab-overlay> ${this.drawControls()}
      ${drawTable({ title: this.w('ends'), head, rows, id: 'ends' })}
      ${
        race === 'clipping'
          ? html`<p data-testid="largest">${this.w('largest', { limit: clipNorm, norm: Number(largest.toFixed(2)) })}</p>`
          : nothing
      }`;
  }

  private drawControls(): TemplateResult | typeof nothing {
    const { s, lang } = this;
    const draw = {
      blocks: () =>
        drawChoices(
          this.w('blocks'),
          s.blocks,
          Array.from({ length: mostBlocks }, (_, i): [number, string] => [i + 1, plain(i + 1, lang)]),
          (blocks) => this.change({ blocks }),
        ),
      shortcut: () =>
        drawChoices<State['shortcut']>(
          this.w('shortcut'),
          s.shortcut,
          (['no', 'yes'] as const).map((one) => [one, this.w(`shortcut_${one}`)] as const),
          (shortcut) => this.change({ shortcut }),
        ),
      curves: () =>
        drawChoices<Measure>(
          this.w('curves'),
          s.measure,
          (['loss', 'accuracy'] as const).map((measure) => [measure, this.w(measure)] as const),
          (measure) => this.change({ measure }),
        ),
    };
    return this.drawFieldset(draw);
  }

  private drawShown(facts: Facts): TemplateResult {
    const { race, s } = this;
    if (s.show === 'shapes') return this.drawShapes(facts);
    if (!race) return this.drawGraph(facts);
    return this.covers.includes(race) ? this.drawHidden() : this.drawRace(facts, race);
  }

  /** On which images all of it is. */
  private drawData(): TemplateResult | typeof nothing {
    const { data } = this.lab ?? {};
    if (!data) return nothing;
    const { title, image } = data.card;
    return html`<p class="note" data-testid="data">${this.w(data.name === wanted ? 'onCifar' : 'instead', { title, ...image })}</p>`;
  }

  private drawWaiting(race: Race | null): TemplateResult {
    const study = race && this.lab?.studies?.[race];
    if (!study) return html`<p class="note" role="status">${this.w('preparing')}</p>`;
    return this.drawShare(this.w('training', { share: percent(study.progress, this.lang) }), study.progress);
  }

  protected override render(): TemplateResult {
    const { facts, race, lab } = this;
    const extent = race && lab?.studies?.[race].extent;
    return html`<div class="bench" data-ready=${facts ? 'true' : 'false'}>
      ${this.drawProblem(
        lab?.problem(race) ?? null,
        this.retry(() => this.again()),
      )}
      ${this.drawData()}
      ${extent ? html`<p class="note">${this.w('extent', { images: extent.images, epochs: extent.epochs, tests: extent.tests })}</p>` : nothing}
      ${facts ? this.drawShown(facts) : this.drawWaiting(race)} ${this.drawVoice()}
    </div>`;
  }
}

customElements.define('lab-view-cifar', CifarView);
