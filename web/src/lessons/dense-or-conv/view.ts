import { css, html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { LabProblem } from '../../client/client.js';
import type { Key } from '../../i18n/index.js';
import '../../inspect/picture.js';
import type { Measure } from '../../run/curves.js';
import '../../run/overlay-figure.js';
import { problemOf } from '../../state/engine.js';
import { defaults } from '../../state/properties.js';
import { drawChoices } from '../../stations/convolution/settings.js';
import { studyStyles } from '../../stations/study/station-styles.js';
import { fixed, percent, plain } from '../../ui/numbers.js';
import { base, controls, tables, troubles } from '../../ui/styles.js';
import { drawBySeed } from '../frame/by-seed.js';
import type { LessonStudy } from '../frame/lesson-study.js';
import { LessonView } from '../frame/lesson-view.js';
import { accuracies } from '../frame/records.js';
import { drawTable, type Row } from '../frame/table.js';
import { benchStyles, viewStyles } from '../frame/view-styles.js';
import { change, movedOf, others, placeAt, type Map as Square, type Moved } from './moved.js';
import { drawLayers, drawTotals } from './network-tables.js';
import { greyOf, heatOf } from './pictures.js';
import { extent, seeds, studyOf, variants } from './shuffle-study.js';
import { names, table, type Facts, type State } from './state.js';

type Scene = State['show'];
const asksStudy = (show: Scene): boolean => show !== 'shift' && show !== 'place';
const asksMoved = (show: Scene): boolean => show === 'shuffled' || !asksStudy(show);

/** A dense and a convolutional network: numbers, a race, the race on shuffled pixels, and an image that moves. */
export class DenseOrConvView extends LessonView<State, Facts> {
  static override properties: PropertyDeclarations = {
    ...LessonView.properties,
    moved: { state: true },
    failed: { state: true },
  };

  static override styles = [
    base,
    controls,
    tables,
    troubles,
    studyStyles,
    viewStyles,
    benchStyles,
    css`
      .pictures {
        display: flex;
        flex-wrap: wrap;
        gap: 16px 24px;
      }
      figure {
        display: grid;
        gap: 6px;
        align-content: start;
        width: 140px;
      }
      figcaption {
        font-size: var(--lab-small);
        line-height: 1.3;
      }
      .head {
        font-weight: 620;
        margin: 0 0 8px;
      }
    `,
  ];

  declare private moved: Moved | null;
  /** What went wrong with the image. */
  declare private failed: LabProblem | null;
  private study: LessonStudy | null = null;

  constructor() {
    super();
    this.s = defaults(table);
    this.moved = this.failed = null;
  }

  override disconnectedCallback(): void {
    this.study = null;
    super.disconnectedCallback();
  }

  override get facts(): Facts | null {
    const { study, s, moved } = this;
    if (asksMoved(s.show) && !moved) return null;
    if (!asksStudy(s.show)) return { state: s, networks: [], records: [], moved };
    if (!study || study.networks.length === 0) return null;
    const { networks, records, courses } = study;
    const needed = s.show === 'networks' ? 0 : (s.show === 'race' ? 1 : seeds) * names.length;
    if (records.length < needed || (needed > 0 && courses.length < names.length)) return null;
    return { state: s, networks, records: needed > 0 ? records : [], moved };
  }

  protected override updated(changed: PropertyValues): void {
    if (this.engine && !this.study && this.isConnected) {
      this.study = this.follow(studyOf(this.engine));
    }
    if (changed.has('s') || changed.has('engine') || changed.has('beat')) this.begin();
    if (changed.has('s') || changed.has('beat') || changed.has('moved')) this.tellFacts();
    this.keep();
  }

  /** The networks are planned at once, and trained from the step on that needs it. */
  private begin(): void {
    const { study, s, engine } = this;
    if (!study || !engine) return;
    if (asksStudy(s.show) && !study.problem) this.attempt(s.show === 'networks' ? study.prepare() : study.train());
    if (asksMoved(s.show) && !this.moved && !this.failed) this.attempt(this.look());
  }

  private async look(): Promise<void> {
    try {
      this.moved = await movedOf(this.engine!);
    } catch (error) {
      this.failed = problemOf(error);
    }
  }

  private again(): void {
    if (this.study) this.study.problem = null;
    this.failed = null;
    this.begin();
  }

  private rows(records: Facts['records'], count = seeds): number[][] {
    return names.map((_, i) => accuracies(records, i).slice(0, count));
  }

  private keep(): void {
    const { facts, record, s } = this;
    if (!this.open || record !== null || s.show !== 'shuffled' || !facts) return;
    this.keepRecord(this.rows(facts.records).map((row) => row.map((value) => Number(value.toFixed(4)))));
  }

  // ---- drawing ---------------------------------------------------------------------------------------

  private drawNetworks({ networks }: Facts): TemplateResult {
    const { t, lang, s, words } = this;
    const chosen = variants[s.network];
    const shown = { t, lang, words, networks, hidden: this.covers.includes('numbers') };
    return html`${drawTotals(shown)} ${this.drawControls()} ${drawLayers(shown, chosen)}`;
  }

  /** Curves of the dense and the convolutional network, on images or on shuffled pixels. */
  private drawCurves(shown: readonly number[], measure: Measure): TemplateResult {
    const runs = shown.map((i) => ({ name: this.t(names[i]!), course: this.study!.courses.find(({ name }) => name === names[i])!.course }));
    return html`<lab-overlay .runs=${runs} .measure=${measure} .epochs=${extent.epochs} .lang=${this.lang}></lab-overlay>`;
  }

  private drawTable(shown: readonly number[], rows: readonly number[][]): TemplateResult {
    return html`<div class="wide" tabindex="0" role="group" aria-label=${this.w('bySeed')}>
      ${drawBySeed({ names: shown.map((i) => this.t(names[i]!)), rows: shown.map((i) => rows[i]!), words: this.words, lang: this.lang })}
    </div>`;
  }

  private drawRace({ records }: Facts): TemplateResult {
    const shown = [variants.dense, variants.conv];
    return html`${this.drawCurves(shown, this.s.measure)} ${this.drawControls()} ${this.drawTable(shown, this.rows(records, 1))}`;
  }

  private drawPicture(name: string, { side }: Square, pixels: readonly number[], size = 140): TemplateResult {
    const shape = [side, side, pixels.length / side ** 2] as const;
    return html`<figure>
      <lab-picture .pixels=${pixels} .shape=${shape} .size=${size} .label=${name}></lab-picture>
      <figcaption>${name}</figcaption>
    </figure>`;
  }

  private drawShuffled({ records, moved }: Facts): TemplateResult {
    const mixed = this.s.pixels === 'shuffled';
    const { image } = placeAt(moved!, 0);
    const pictures = html`<div class="pictures">
      ${this.drawPicture(this.w('orderedImage'), image, image.values)}
      ${mixed ? this.drawPicture(this.w('shuffledImage'), moved!.shuffled, greyOf(moved!.shuffled)) : nothing}
    </div>`;
    if (this.covers.includes('shuffled')) return html`${pictures} ${this.drawHidden()}`;
    const shown = mixed ? [variants.denseShuffled, variants.convShuffled] : [variants.dense, variants.conv];
    return html`${this.drawTable([0, 1, 2, 3], this.rows(records))} ${this.drawControls()} ${pictures} ${this.drawCurves(shown, 'accuracy')}`;
  }

  private drawPlace(moved: Moved, shift: number): TemplateResult {
    const place = placeAt(moved, shift);
    const colours = (of: 'map' | 'pooled' | 'dense'): number[] =>
      heatOf(
        place[of],
        moved.places.flatMap((one) => one[of].values),
      );
    const heading = shift === 0 ? this.w('unmoved') : this.w('now', { shift });
    return html`<div role="group" aria-label=${heading}>
      <p class="head">${heading}</p>
      <div class="pictures">
        ${this.drawPicture(this.w('image'), place.image, place.image.values)} ${this.drawPicture(this.w('map'), place.map, colours('map'))}
        ${this.drawPicture(this.w('pooled'), place.pooled, colours('pooled'))}
        ${this.drawPicture(this.w('denseValues'), place.dense, colours('dense'))}
      </div>
    </div>`;
  }

  private drawShift({ moved }: Facts): TemplateResult {
    const { image } = placeAt(moved!, 0);
    if (this.covers.includes('maps'))
      return html`<div class="pictures">${this.drawPicture(this.w('image'), image, image.values)}</div>
        ${this.drawHidden()}`;
    return html`${this.drawPlace(moved!, 0)} ${this.drawControls()} ${this.drawPlace(moved!, this.s.shift)}`;
  }

  private drawAverages({ moved }: Facts): TemplateResult {
    const { lang, s } = this;
    const from = placeAt(moved!, 0);
    const to = s.other === 'none' ? placeAt(moved!, s.shift) : moved!.others[s.other];
    const done = s.other === 'none' ? this.w('now', { shift: s.shift }) : this.w(s.other);
    const pictures = html`<div class="pictures">
      ${this.drawPicture(this.w('image'), to.image, to.image.values)}
      ${this.covers.includes('averages') ? nothing : this.drawPicture(this.w('map'), to.map, heatOf(to.map, to.map.values))}
    </div>`;
    if (this.covers.includes('averages')) return html`${pictures} ${this.drawHidden()}`;
    const row = (name: string, values: readonly number[]): Row => [name, ...values.map((value) => fixed(value, lang, 4))];
    const head = ['', ...from.averages.map((_, i) => this.w('averageOf', { n: i + 1 }))];
    const rows = [row(this.w('unmoved'), from.averages), row(done, to.averages)];
    return html`${this.drawControls()} ${pictures} ${drawTable({ title: this.w('averages'), head, rows, id: 'averages' })}
      <p data-testid="changed">
        ${this.w('changed', {
          averages: percent(change(from.averages, to.averages), lang),
          dense: percent(change(from.dense.values, to.dense.values), lang),
        })}
      </p>`;
  }

  private drawShifts(shifts: readonly number[]): TemplateResult {
    const options = shifts.map((shift): [number, string] => [shift, plain(shift, this.lang)]);
    return drawChoices(this.w('shift'), this.s.shift, options, (shift) => this.change({ shift, other: 'none' }));
  }

  private drawControls(): TemplateResult | typeof nothing {
    const { s } = this;
    const draw = {
      network: () =>
        drawChoices<State['network']>(
          this.w('network'),
          s.network,
          (['dense', 'conv'] as const).map((network) => [network, this.t(names[variants[network]] as Key)] as const),
          (network) => this.change({ network }),
        ),
      curves: () =>
        drawChoices<Measure>(
          this.w('curves'),
          s.measure,
          (['accuracy', 'loss'] as const).map((measure) => [measure, this.w(measure)] as const),
          (measure) => this.change({ measure }),
        ),
      pixels: () =>
        drawChoices<State['pixels']>(
          this.w('pixels'),
          s.pixels,
          (['ordered', 'shuffled'] as const).map((pixels) => [pixels, this.w(pixels)] as const),
          (pixels) => this.change({ pixels }),
        ),
      shift: () => this.drawShifts([0, 1, 2, 3, 4]),
      aside: () => this.drawShifts([-4, -2, 0, 2, 4]),
      other: () =>
        drawChoices<State['other']>(
          this.w('other'),
          s.other,
          (['none', ...others] as const).map((other) => [other, this.w(other)] as const),
          (other) => this.change({ other, shift: 0 }),
        ),
    };
    return this.drawFieldset(draw);
  }

  private drawShown(facts: Facts): TemplateResult {
    const { s } = this;
    if (s.show === 'networks') return this.drawNetworks(facts);
    if (s.show === 'race') return this.covers.includes('race') ? this.drawHidden() : this.drawRace(facts);
    if (s.show === 'shuffled') return this.drawShuffled(facts);
    return s.show === 'shift' ? this.drawShift(facts) : this.drawAverages(facts);
  }

  private drawWaiting(): TemplateResult | typeof nothing {
    const { s } = this;
    if (s.show === 'networks') return nothing;
    if (!asksStudy(s.show)) return html`<p class="note" role="status">${this.w('looking')}</p>`;
    const share = this.study?.progress ?? 0;
    return this.drawShare(this.w('training', { share: percent(share, this.lang) }), share);
  }

  protected override render(): TemplateResult {
    const { facts, s, study } = this;
    const { images, tests, epochs } = extent;
    const trains = s.show === 'race' || s.show === 'shuffled';
    return html`<div class="bench" data-ready=${facts ? 'true' : 'false'}>
      ${this.drawProblem(
        study?.problem ?? this.failed,
        this.retry(() => this.again()),
      )}
      ${trains ? html`<p class="note">${this.w('extent', { images, tests, epochs })}</p>` : nothing}
      ${facts ? this.drawShown(facts) : this.drawWaiting()} ${this.drawVoice()}
    </div>`;
  }
}

customElements.define('lab-view-dense-or-conv', DenseOrConvView);
