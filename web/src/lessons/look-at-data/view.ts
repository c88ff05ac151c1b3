import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { SplitName } from '../../client/client.js';
import { classIn } from '../../i18n/index.js';
import '../../inspect/picture.js';
import { defaults } from '../../state/properties.js';
import { drawChoices } from '../../stations/convolution/settings.js';
import '../../stations/data/class-list.js';
import type { ImagePlace } from '../../stations/data/class-list.js';
import '../../stations/data/images.js';
import { drawNear, drawPairs, nameOf } from '../../stations/data/neighbours.js';
import { dataStyles } from '../../stations/data/station-styles.js';
import { aboutPercent, fixed, percent, plain } from '../../ui/numbers.js';
import { styleMap } from '../../ui/style-map.js';
import { base, controls, tables, troubles } from '../../ui/styles.js';
import { LessonView } from '../frame/lesson-view.js';
import { drawTable, type Row } from '../frame/table.js';
import { benchStyles, viewStyles } from '../frame/view-styles.js';
import { drawConfusion, type KeptConfusion } from '../frame/confusion.js';
import { confusionOf } from './confusion.js';
import { accuracy, expected, ks, measured, othersOf, percentOf, split, type Counted } from './measures.js';
import { extent, sampleOf, type Sample } from './sample.js';
import { table, type Facts, type State } from './state.js';

const splits: readonly SplitName[] = ['train', 'test'];
const imbalances = [100, 30, 10, 3];
const limits = [0.05, 0.08, 0.1, 0.12, 0.15];
/** Pairs that are drawn. */
const mostPairs = 6;
const noises = [0, 5, 10, 20, 40];

/** Few images of the data station: how many, their means, their nearest ones, and a test with wrong labels. */
export class LookView extends LessonView<State, Facts> {
  static override styles = [
    base,
    controls,
    tables,
    troubles,
    dataStyles,
    viewStyles,
    benchStyles,
    css`
      .means {
        list-style: none;
        margin: 0;
        padding: 0;
        display: grid;
        gap: 12px 8px;
        grid-template-columns: repeat(auto-fill, minmax(84px, 1fr));
      }
      .means li {
        display: grid;
        gap: 4px;
        justify-items: center;
        align-content: start;
        text-align: center;
        font-size: var(--lab-small);
        line-height: 1.3;
      }
      .number {
        font-family: var(--lab-mono);
      }
      .share {
        display: block;
        width: 120px;
        height: 8px;
        background: var(--lab-sunk);
      }
      .share i {
        display: block;
        height: 100%;
        background: var(--lab-accent);
        transform-origin: left;
      }
    `,
  ];

  private sample: Sample | null = null;
  /** What was drawn last: it stays while the answer to a click is on its way. */
  private drawn: Facts | null = null;

  constructor() {
    super();
    this.s = defaults(table);
  }

  override disconnectedCallback(): void {
    this.sample = null;
    super.disconnectedCallback();
  }

  /** The image that is chosen; the last one where a link names one that is not here. */
  private get place(): ImagePlace {
    return { split: this.s.of, index: Math.min(this.s.at, (this.sample?.look?.here[this.s.of] ?? 1) - 1) };
  }

  override get facts(): Facts | null {
    const { sample, s, lang } = this;
    const flawed = sample?.flawed.get(s.imbalance);
    if (!sample?.look?.classes || !flawed) return null;
    const { card } = sample.look.source;
    const [train, test] = splits.map((split) => sample.look!.classes![split].classes.map(({ count }) => count)) as [number[], number[]];
    const isVoted = s.show === 'neighbours' || s.show === 'noise';
    const given = s.show === 'noise' ? sample.given.get(s.noise) : [];
    if ((isVoted && !sample.isVoted) || !given) return null;
    const near = s.show === 'neighbours' ? sample.near(this.place) : null;
    if (s.show === 'neighbours' && !near) return null;
    const nearest = s.show === 'copies' ? sample.nearest : null;
    if (s.show === 'copies' && !nearest) return null;
    return {
      state: { ...s, at: this.place.index },
      names: card.classes.map((_, c) => classIn(lang, card, c)),
      train,
      test,
      kept: flawed.map(({ kept }) => kept),
      distances: sample.distances,
      votes: isVoted ? sample.votes : [],
      given,
      copies: nearest?.pairs.map(({ distance }, i) => ({ distance, same: nearest.tests.labels[i] === nearest.trains.labels[i] })) ?? [],
      chosen: near && { label: near.image.labels[0]!, near: [...near.nearest.images.labels] },
    };
  }

  protected override updated(changed: PropertyValues): void {
    if (this.engine && !this.sample && this.isConnected) {
      this.sample = this.follow(sampleOf(this.engine));
    }
    if (changed.has('s') || changed.has('engine')) this.find();
    if (changed.has('s') || changed.has('beat') || changed.has('lang')) this.tellFacts();
    this.keep();
  }

  /** The sheet gets the names of the classes, and what the nearest images took for what. */
  private keep(): void {
    const { facts, record, s } = this;
    if (!this.open || record !== null || !facts) return;
    const { classes } = this.sample!.look!.source.card;
    if (s.show === 'means') this.keepRecord({ classes });
    if (s.show !== 'neighbours') return;
    this.keepRecord({ classes, counts: confusionOf(facts.votes, classes.length) } satisfies KeptConfusion);
  }

  /** Asks for what the state shows. */
  private find(): void {
    const { sample, s } = this;
    if (!sample) return;
    this.attempt(
      sample.findFlawed(s.imbalance).then(async () => {
        if (s.show === 'neighbours') await sample.findNear(this.place);
        if (s.show === 'copies') await sample.findCopies();
        if (s.show === 'noise') await sample.findGiven(s.noise);
        if (s.show === 'neighbours' || s.show === 'noise') await sample.findVotes();
      }),
    );
  }

  // ---- drawing ---------------------------------------------------------------------------------------

  private drawCounts({ names, train, test, kept }: Facts): TemplateResult {
    const { lang, t } = this;
    const most = Math.max(...train);
    const hidden = this.covers.includes('counts');
    const number = (value: number): string => (hidden ? '?' : plain(value, lang));
    const total = (values: readonly number[]): string =>
      plain(
        values.reduce((sum, value) => sum + value, 0),
        lang,
      );
    return html`<div class="wide" tabindex="0" role="group" aria-label=${this.w('counts')}>
      <table data-testid="counts">
        <caption>
          ${this.w('counts')}
        </caption>
        <thead>
          <tr>
            <th scope="col">${t('lookClass')}</th>
            <th scope="col">${t('lookTraining')}</th>
            <td></td>
            <th scope="col">${t('lookTesting')}</th>
          </tr>
        </thead>
        <tbody>
          ${names.map(
            (name, c) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td>${number(kept[c]!)}</td>
                <td>
                  <span class="share" aria-hidden="true"
                    ><i class="tinted" style=${styleMap({ transform: `scaleX(${hidden ? 0 : kept[c]! / most})` })}></i
                  ></span>
                </td>
                <td>${number(test[c]!)}</td>
              </tr>`,
          )}
          <tr>
            <th scope="row">${this.w('all')}</th>
            <td>${total(kept)}</td>
            <td></td>
            <td>${total(test)}</td>
          </tr>
        </tbody>
      </table>
    </div>`;
  }

  private drawMean(name: string, c: number, note: string): TemplateResult {
    const { means } = this.sample!.look!.classes!.train;
    const size = means.shape[0] * means.shape[1] * means.shape[2];
    const pixels = means.pixels.subarray(c * size, (c + 1) * size);
    return html`<li>
      <lab-picture .pixels=${pixels} .shape=${means.shape} .size=${56} .label=${''}></lab-picture>
      <span>${name}</span>
      ${note === '' ? nothing : html`<span class="number">${note}</span>`}
    </li>`;
  }

  private drawMeans({ names, distances }: Facts): TemplateResult {
    const { s, lang } = this;
    if (this.covers.includes('distances'))
      return html`<p class="note">${this.w('meansNote')}</p>
        <ul class="means">
          ${names.map((name, c) => this.drawMean(name, c, ''))}
        </ul>`;
    const row = distances[s.kind]!;
    return html`${this.drawControls()}
      <ul class="means" aria-label=${this.w('chosenMean')}>
        ${this.drawMean(names[s.kind]!, s.kind, '')}
      </ul>
      <p class="note" id="others">${this.w('others', { name: names[s.kind]! })}</p>
      <ul class="means" aria-labelledby="others" data-testid="others">
        ${othersOf(row, s.kind).map((c) => this.drawMean(names[c]!, c, fixed(row[c]!, lang, 3)))}
      </ul>`;
  }

  private drawNeighbours({ votes, state, names }: Facts): TemplateResult {
    const { s, t, lang, sample } = this;
    const { card } = sample!.look!.source;
    const words = { t, lang, card };
    const offered = sample!.offered!;
    const go = ({ split, index }: ImagePlace): void => this.change({ of: split, at: index });
    const hidden = this.covers.includes('neighbours');
    const rows = ks.map((k): Row => [plain(k, lang), percent(accuracy(votes, k), lang)]);
    return html`<fieldset class="controls" ?disabled=${!this.open}>
        <div class="control ${this.isLit('image') ? 'lit' : ''}">
          <p class="note">${this.w('offered')}</p>
          <lab-image-row
            ?inert=${!this.open}
            data-testid="offered"
            .images=${offered}
            .names=${(i: number) => nameOf(words, { split: 'test', index: i }, offered.labels[i]!)}
            .chosen=${s.of === 'test' && s.at < offered.count ? s.at : -1}
            .size=${48}
            .label=${this.w('offered')}
            .lang=${lang}
            @image=${(event: CustomEvent<number>) => go({ split: 'test', index: event.detail })}
          ></lab-image-row>
        </div>
      </fieldset>
      ${
        hidden
          ? this.drawHidden()
          : html`${drawNear(words, sample!.near({ split: state.of, index: state.at })!, go)}
            ${drawTable({ title: this.w('votes', { n: votes.length }), head: [this.w('voters'), this.w('right')], rows, id: 'votes' })}
            ${drawConfusion({ counts: confusionOf(votes, names.length), names, said: (n) => this.w('confusion', { n }), lang })}`
      }`;
  }

  private drawCopies({ copies, state }: Facts): TemplateResult {
    if (this.covers.includes('copies')) return this.drawHidden();
    const { lang, t, sample } = this;
    const { card } = sample!.look!.source;
    const { all, near } = split(copies, state.limit);
    const found = sample!.nearest!;
    const shown = Math.min(mostPairs, near.count);
    const row = (name: string, counted: Counted): Row => [
      name,
      plain(counted.count, lang),
      plain(counted.right, lang),
      counted.count > 0 ? percent(percentOf(counted) / 100, lang) : '–',
    ];
    const rows = [row(this.w('allTests'), all), row(this.w('nearTests', { limit: state.limit }), near)];
    const head = [this.w('copiesHead'), this.w('howMany'), this.w('rightAnswers'), this.w('accuracy')];
    return html`${this.drawControls()} ${drawTable({ title: this.w('copies'), head, rows, id: 'copies' })}
      <p class="note">${shown > 0 ? this.w('nearestPairs', { n: shown }) : this.w('noPairs')}</p>
      ${drawPairs({ t, lang, card }, { ...found, pairs: found.pairs.slice(0, shown) }, null)}`;
  }

  private drawNoise({ votes, given, names, state }: Facts): TemplateResult {
    const { lang } = this;
    const share = state.noise / 100;
    const hidden = this.covers.includes('measured');
    const found = measured(votes, given);
    const value = (one: number): string => (hidden ? '?' : percent(one, lang));
    const row = (name: string, right: number, seen: number): Row => [
      this.w(name),
      percent(right, lang),
      value(seen),
      value(expected(right, share, names.length)),
    ];
    const rows = [row('perfect', 1, found.perfect), row('nearest', accuracy(votes, 1), found.nearest)];
    const head = [this.w('answers'), this.w('trueLabels'), this.w('givenLabels', { p: aboutPercent(share, lang) }), this.w('average')];
    return html`${this.drawControls()} ${drawTable({ title: this.w('measured', { n: votes.length }), head, rows, id: 'measured' })}`;
  }

  private drawControls(): TemplateResult | typeof nothing {
    const { s, lang, sample } = this;
    const shares = (values: readonly number[]): [number, string][] => values.map((value) => [value, aboutPercent(value / 100, lang)]);
    const { card } = sample!.look!.source;
    const draw = {
      imbalance: () => drawChoices(this.w('imbalance'), s.imbalance, shares(imbalances), (imbalance) => this.change({ imbalance })),
      kind: () =>
        drawChoices(
          this.w('kind'),
          s.kind,
          card.classes.map((_, c): [number, string] => [c, classIn(lang, card, c)]),
          (kind) => this.change({ kind }),
        ),
      limit: () =>
        drawChoices(
          this.w('limit'),
          s.limit,
          limits.map((limit): [number, string] => [limit, plain(limit, lang)]),
          (limit) => this.change({ limit }),
        ),
      noise: () => drawChoices(this.w('noise'), s.noise, shares(noises), (noise) => this.change({ noise })),
    };
    return this.drawFieldset(draw);
  }

  private drawShown(facts: Facts): TemplateResult {
    const { show } = this.s;
    if (show === 'counts') return html`${this.drawControls()} ${this.drawCounts(facts)}`;
    if (show === 'means') return this.drawMeans(facts);
    if (show === 'copies') return this.drawCopies(facts);
    return show === 'neighbours' ? this.drawNeighbours(facts) : this.drawNoise(facts);
  }

  /** What the view waits for. */
  private get waits(): string {
    const { sample, s } = this;
    if (!sample?.look) return this.w('reading', { train: extent.train });
    return s.show === 'copies' ? this.w('comparing') : this.w('voting', { done: sample.votes.length, all: extent.voted });
  }

  protected override render(): TemplateResult {
    const { sample, s } = this;
    const { facts: now } = this;
    if (now || this.drawn?.state.show !== s.show) this.drawn = now;
    const facts = this.drawn;
    return html`<div class="bench" data-ready=${now ? 'true' : 'false'}>
      ${this.drawProblem(
        sample?.problem ?? null,
        this.retry(() => this.find()),
      )}
      ${facts ? this.drawShown(facts) : html`<p class="note" role="status">${this.waits}</p>`} ${this.drawVoice()}
    </div>`;
  }
}

customElements.define('lab-view-look', LookView);
