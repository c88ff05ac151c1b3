import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Augmentation, ImageSet } from '../../client/client.js';
import '../../inspect/picture.js';
import type { Measure } from '../../run/curves.js';
import '../../run/overlay-figure.js';
import { defaults } from '../../state/properties.js';
import { drawChoices } from '../../stations/convolution/settings.js';
import { fixed, percent, plain } from '../../ui/numbers.js';
import { base, controls, tables, troubles } from '../../ui/styles.js';
import { drawBySeed } from '../frame/by-seed.js';
import { LessonView } from '../frame/lesson-view.js';
import { drawTable, type Row } from '../frame/table.js';
import { benchStyles, viewStyles } from '../frame/view-styles.js';
import { asks, extent, seeds, studyOf, type AugmentStudy } from './augment-study.js';
import { drawsOf, extent as drawn, type Draws } from './draws.js';
import { mean, rowNames, rowsOf } from './measures.js';
import { askedNames, changeNames, mostMoved, table, variants, type Change, type Facts, type State } from './state.js';

type Scene = State['show'];
const asksStudy = (show: Scene): boolean => show !== 'forms' && show !== 'near';

/** Images as training may see them, what is nearest to these, and networks that have learned with and without them. */
export class MoreDataView extends LessonView<State, Facts> {
  static override styles = [
    base,
    controls,
    tables,
    troubles,
    viewStyles,
    benchStyles,
    css`
      .forms {
        display: grid;
        gap: 8px;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .forms li {
        display: grid;
        grid-template-columns: 58px 16px repeat(3, 58px);
        gap: 8px;
        align-items: center;
      }
      .near {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(52px, 58px));
        gap: 12px 8px;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .near li {
        display: grid;
        justify-items: center;
        gap: 4px;
        line-height: 1.3;
      }
      .arrow {
        text-align: center;
        color: var(--lab-ink-soft);
      }
    `,
  ];

  private study: AugmentStudy | null = null;
  private draws: Draws | null = null;

  constructor() {
    super();
    this.s = defaults(table);
  }

  override disconnectedCallback(): void {
    this.study = this.draws = null;
    super.disconnectedCallback();
  }

  private get augment(): Augmentation {
    const { crop, flip } = this.s;
    return { ...(crop > 0 ? { crop } : {}), ...(flip === 'yes' ? { horizontal_flip: true } : {}) };
  }

  override get facts(): Facts | null {
    const { study, draws, s } = this;
    if (!study || !draws) return null;
    const none = { state: s, kept: null, records: [], results: [], judged: [] };
    if (s.show === 'forms') return draws.originals ? none : null;
    if (s.show === 'near') return draws.kept ? { ...none, kept: draws.kept } : null;
    const { records, results, judged } = study;
    const isRaced = records.length >= (s.show === 'worth' ? seeds : 1) * variants.length && study.courses.length === variants.length;
    if (!isRaced || (s.show === 'worth' && results.length === 0)) return null;
    return { ...none, records, results, judged };
  }

  protected override updated(changed: PropertyValues): void {
    if (this.engine && !this.study && this.isConnected) {
      this.study = this.follow(studyOf(this.engine));
      this.draws = this.follow(drawsOf(this.engine));
    }
    if (changed.has('s') || changed.has('engine')) this.begin();
    if (changed.has('s') || changed.has('beat')) this.tellFacts();
    this.keep();
  }

  /** The networks are trained from the second step on: it takes some reading. */
  private begin(): void {
    const { study, draws, s } = this;
    if (!study || !draws) return;
    if (s.show === 'forms') this.attempt(draws.findForms(this.augment));
    if (s.show === 'near') this.attempt(draws.findNear());
    if (s.show !== 'forms' && !study.problem) this.attempt(study.train());
  }

  private again(): void {
    if (this.study) this.study.problem = null;
    this.begin();
  }

  private keep(): void {
    const { facts, record, s } = this;
    if (!this.open || record !== null || s.show !== 'worth' || !facts) return;
    this.keepRecord(rowsOf(facts).map((row) => row.map((value) => Number(value.toFixed(4)))));
  }

  // ---- drawing ---------------------------------------------------------------------------------------

  private drawPicture({ shape, pixels }: ImageSet, at: number, label: string): TemplateResult {
    const size = shape[0] * shape[1] * shape[2];
    return html`<lab-picture
      .pixels=${pixels.subarray(at * size, (at + 1) * size)}
      .shape=${shape}
      .size=${56}
      .label=${label}
    ></lab-picture>`;
  }

  private drawForms(): TemplateResult {
    const originals = this.draws!.originals!;
    const forms = this.covers.includes('forms') ? null : this.draws!.formsOf(this.augment);
    return html`<ul class="forms" aria-label=${this.w('formsOf')}>
        ${Array.from(
          { length: drawn.shown },
          (_, i) =>
            html`<li>
              ${this.drawPicture(originals, i, this.w('original'))}
              ${
                forms
                  ? html`<span class="arrow" aria-hidden="true">→</span> ${Array.from({ length: drawn.forms }, (__, d) =>
                        this.drawPicture(forms, i * drawn.forms + d, this.w('drawn')),
                      )}`
                  : nothing
              }
            </li>`,
        )}
      </ul>
      ${this.covers.includes('forms') ? this.drawHidden() : this.drawControls()}`;
  }

  private drawNear({ kept }: Facts): TemplateResult {
    const { s } = this;
    const originals = this.draws!.originals!;
    const hidden = this.covers.includes('near');
    const { pictures, isOwn } = this.draws!.near.get(s.change)!;
    const change = this.w(`detail_${s.change}`);
    const { own, count } = kept![s.change];
    const shown = Array.from({ length: 2 * drawn.shown }, (_, i) => i);
    const each = (picture: number): TemplateResult => {
      const words = hidden ? change : `${change}: ${this.w(isOwn[picture] ? 'isOwn' : 'isOther')}`;
      return html`<li>
        ${this.drawPicture(originals, Math.floor(picture / drawn.draws), this.w('original'))} ${this.drawPicture(pictures, picture, words)}
        <span class="arrow" aria-hidden="true">${hidden ? '' : isOwn[picture] ? '✓' : '→'}</span>
      </li>`;
    };
    return html`${hidden ? nothing : this.drawControls()}
      <ul class="near" data-testid="near" aria-label=${this.w('nearOf', { change })}>
        ${shown.map(each)}
      </ul>
      ${hidden ? this.drawHidden() : html`<p data-testid="kept">${this.w('keptOwn', { images: drawn.images, own, count, change })}</p>`}`;
  }

  private drawRace(facts: Facts): TemplateResult {
    const { lang, s } = this;
    const names = variants.slice(0, 2).map(([name]) => name);
    const runs = names.map((name) => ({ name: this.w(name), course: this.study!.courses.find((one) => one.name === name)!.course }));
    const loss = (variant: number): number =>
      facts.records.find((one) => one.variant === variant && one.seed === 1)?.record.test_loss ?? NaN;
    const rows = names.map((name, variant): Row => [
      this.w(name),
      percent(mean(facts, variant, 'train', 1) / 100, lang),
      percent(mean(facts, variant, 'test', 1) / 100, lang),
      fixed(loss(variant), lang, 3),
    ]);
    const head = ['network', 'onTrain', 'onTest', 'testLoss'].map((key) => this.w(key));
    return html`<lab-overlay .runs=${runs} .measure=${s.measure} .epochs=${extent.epochs} .lang=${lang}></lab-overlay>
      ${this.drawControls()} ${drawTable({ title: this.w('ends'), head, rows, id: 'ends' })}`;
  }

  private drawWorth(facts: Facts): TemplateResult {
    const { lang, words } = this;
    const rows = rowsOf(facts).map((row) => row.slice(0, this.s.seeds));
    return html`${this.drawControls()}
      <div class="wide" tabindex="0" role="group" aria-label=${this.w('bySeed')}>
        ${drawBySeed({ names: rowNames(words, lang), rows, words, lang })}
      </div>`;
  }

  private drawAsked(pictures: ImageSet): TemplateResult {
    const words = this.w(`asked_${this.s.asked}`);
    return html`<ul class="near" aria-label="${this.w('asked')}: ${words}">
      ${Array.from({ length: 2 * drawn.shown }, (_, i) => html`<li>${this.drawPicture(pictures, i, words)}</li>`)}
    </ul>`;
  }

  /** Accuracies on changed test images: of two networks, or of all three. */
  private drawJudged({ judged }: Facts, shown: number): TemplateResult {
    const { lang, s } = this;
    const columns = s.asked === 'asTheyAre' ? (['asTheyAre'] as const) : (['asTheyAre', s.asked] as const);
    const title = this.w('judged', { n: asks });
    const pictures = this.study!.sets?.[s.asked];
    const head = [this.w('network'), ...columns.map((name) => this.w(`asked_${name}`))];
    const rows = variants
      .slice(0, shown)
      .map(([name], variant): Row => [this.w(name), ...columns.map((column) => percent(judged[variant]![column], lang))]);
    return html`${this.drawControls()} ${pictures ? this.drawAsked(pictures) : nothing} ${drawTable({ title, head, rows, id: 'judged' })}`;
  }

  private drawControls(): TemplateResult | typeof nothing {
    const { s, lang } = this;
    const crops = Array.from({ length: mostMoved + 1 }, (_, i): [number, string] => [i, plain(i, lang)]);
    const draw = {
      crop: () => drawChoices(this.w('crop'), s.crop, crops, (crop) => this.change({ crop })),
      flip: () =>
        drawChoices<State['flip']>(
          this.w('flip'),
          s.flip,
          (['no', 'yes'] as const).map((flip) => [flip, this.w(flip)] as const),
          (flip) => this.change({ flip }),
        ),
      change: () =>
        drawChoices<Change>(
          this.w('change'),
          s.change,
          changeNames.map((change) => [change, this.w(change)] as const),
          (change) => this.change({ change }),
        ),
      curves: () =>
        drawChoices<Measure>(
          this.w('curves'),
          s.measure,
          (['accuracy', 'loss'] as const).map((measure) => [measure, this.w(measure)] as const),
          (measure) => this.change({ measure }),
        ),
      seeds: () =>
        drawChoices(
          this.w('shown'),
          s.seeds,
          Array.from({ length: seeds }, (_, i): [number, string] => [i + 1, plain(i + 1, lang)]),
          (shown) => this.change({ seeds: shown }),
        ),
      asked: () =>
        drawChoices<State['asked']>(
          this.w('asked'),
          s.asked,
          askedNames.map((asked) => [asked, this.w(`asked_${asked}`)] as const),
          (asked) => this.change({ asked }),
        ),
    };
    return this.drawFieldset(draw);
  }

  private drawShown(facts: Facts): TemplateResult {
    const { show } = this.s;
    if (show === 'forms') return this.drawForms();
    if (show === 'near') return this.drawNear(facts);
    if (this.covers.includes(show)) return this.drawHidden();
    if (show === 'race') return this.drawRace(facts);
    return show === 'worth' ? this.drawWorth(facts) : this.drawJudged(facts, show === 'moved' ? 2 : 3);
  }

  private drawWaiting(): TemplateResult {
    if (!asksStudy(this.s.show)) return html`<p class="note" role="status">${this.w('looking')}</p>`;
    const share = this.study?.progress ?? 0;
    return this.drawShare(this.w('training', { share: percent(share, this.lang) }), share);
  }

  protected override render(): TemplateResult {
    const { facts, s, study, draws } = this;
    const { images, tests, epochs } = extent;
    const problem = asksStudy(s.show) ? study?.problem : draws?.problem;
    return html`<div class="bench" data-ready=${facts ? 'true' : 'false'}>
      ${this.drawProblem(
        problem ?? null,
        this.retry(() => this.again()),
      )}
      ${asksStudy(s.show) ? html`<p class="note">${this.w('extent', { images, tests, epochs })}</p>` : nothing}
      ${facts ? this.drawShown(facts) : this.drawWaiting()} ${this.drawVoice()}
    </div>`;
  }
}

customElements.define('lab-view-more-data', MoreDataView);
