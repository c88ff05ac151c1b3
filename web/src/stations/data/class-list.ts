import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { DataCard, FlawedClass, ImageSet, SplitName } from '../../client/client.js';
import type { ChosenImages, ClassesLook } from '../../client/module.js';
import { classIn } from '../../i18n/index.js';
import '../../inspect/picture.js';
import { LabElement } from '../../ui/element.js';
import { plain } from '../../ui/numbers.js';
import { base, controls } from '../../ui/styles.js';
import { styleMap } from '../../ui/style-map.js';
import '../../ui/table.js';
import type { Cell } from '../../ui/table.js';
import './images.js';
import { classTable, mostClasses, partsOf } from './figures.js';
import { drawPager, pagerStyles } from './pager.js';

/** Rows that are drawn in one go. */
const rowsAFrame = 2;

/** An image by its split and its number there. */
export interface ImagePlace {
  split: SplitName;
  index: number;
}

/**
 * A class a row: how many images it has, their mean, and some of them. Events: `image` with the place of the one that
 * was chosen, `split` with the one to show, `more` for other images.
 */
export class ClassList extends LabElement {
  static override properties = {
    card: { attribute: false },
    classes: { attribute: false },
    flawed: { attribute: false },
    samples: { attribute: false },
    split: { type: String },
    chosen: { attribute: false, hasChanged: (a: ImagePlace, b?: ImagePlace) => a.split !== b?.split || a.index !== b.index },
    from: { state: true },
    drawn: { state: true },
    asTable: { state: true },
  };

  static override styles = [
    base,
    controls,
    pagerStyles,
    css`
      :host {
        container-type: inline-size;
        min-width: 0;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 16px;
        align-items: center;
        margin-bottom: 8px;
      }
      .head h2 {
        margin-right: auto;
      }
      ol {
        list-style: none;
        margin: 0;
        padding: 0;
        display: grid;
      }
      li {
        display: grid;
        grid-template-columns: 56px minmax(0, 1fr);
        gap: 4px 16px;
        padding: 8px 0;
        border-top: 1px solid var(--lab-line);
        min-height: 76px;
        align-items: start;
      }
      lab-image-row {
        grid-column: 1 / -1;
        min-height: 56px;
      }
      @container (width >= 720px) {
        li {
          grid-template-columns: 56px 248px minmax(0, 1fr);
        }
        lab-image-row {
          grid-column: auto;
        }
      }
      .counts {
        font-size: var(--lab-small);
        line-height: 1.4;
        min-height: 2.8em;
        color: var(--lab-ink-soft);
      }
      .bar {
        display: flex;
        height: 8px;
        margin: 4px 0;
        background: none;
      }
      .bar i {
        display: block;
        height: 100%;
      }
      .right {
        background: var(--lab-accent);
      }
      .wrong-part {
        background: repeating-linear-gradient(135deg, var(--lab-positive) 0 3px, var(--lab-surface) 3px 5px);
      }
      .gone {
        border: 1px dashed var(--lab-mark);
      }
      .test {
        border: 1px solid var(--lab-mark);
        background: var(--lab-sunk);
      }
      .key {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
        margin: 0 0 8px;
      }
      .key i {
        display: inline-block;
        width: 20px;
        height: 8px;
        margin-inline-end: 6px;
      }
    `,
  ];

  declare card: DataCard | null;
  declare classes: Record<SplitName, ClassesLook> | null;
  /** What noise and imbalance leave; null: they are not looked at yet. */
  declare flawed: readonly FlawedClass[] | null;
  declare samples: readonly ChosenImages[] | null;
  declare split: SplitName;
  declare chosen: ImagePlace;
  /** The first class of those that are shown: of many, not all at once. */
  declare private from: number;
  /** Rows that are drawn so far: a few more in each frame, so that none takes long. */
  declare private drawn: number;
  declare private asTable: boolean;
  /** Always the same objects, so that nothing is drawn twice. */
  private means: Uint8Array[] = [];
  private meansOf: ImageSet | null = null;

  constructor() {
    super();
    this.card = this.classes = this.flawed = this.samples = null;
    this.split = 'train';
    this.chosen = { split: 'train', index: -1 };
    this.from = 0;
    this.drawn = rowsAFrame;
    this.asTable = false;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('card')) this.from = 0;
    const came = changed.has('classes') && !changed.get('classes');
    if (came || changed.has('card') || changed.has('from') || changed.has('asTable')) this.drawn = rowsAFrame;
    const means = this.classes?.[this.split].means;
    if (!means || means === this.meansOf) return;
    this.meansOf = means;
    const size = means.shape[0] * means.shape[1] * means.shape[2];
    this.means = Array.from({ length: means.count }, (_, c) => means.pixels.subarray(c * size, (c + 1) * size));
  }

  protected override updated(): void {
    const rows = Math.min(mostClasses, (this.classes?.train.classes.length ?? 0) - this.from);
    if (this.drawn < rows) requestAnimationFrame(() => (this.drawn = Math.min(rows, this.drawn + rowsAFrame)));
  }

  private send<T>(name: 'image' | 'split' | 'more', detail: T): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  private drawHead(): TemplateResult {
    const { t, split, asTable } = this;
    const choice = (value: SplitName): TemplateResult =>
      html`<button aria-pressed=${value === split ? 'true' : 'false'} @click=${() => this.send('split', value)}>
        ${t(value === 'train' ? 'lookTraining' : 'lookTesting')}
      </button>`;
    return html`<div class="head">
      <h2 id="classes">${t('lookClasses')}</h2>
      <div class="choices" role="group" aria-label=${t('lookImagesOf')}>${choice('train')}${choice('test')}</div>
      <button class="more" ?disabled=${asTable} @click=${() => this.send('more', null)}>${t('moreImages')}</button>
      <button class="small" aria-pressed=${asTable ? 'true' : 'false'} @click=${() => (this.asTable = !asTable)}>${t('asTable')}</button>
    </div>`;
  }

  private drawBar(c: number, most: number): TemplateResult {
    const { right, wrong, gone, test } = partsOf(this.classes!, this.flawed, c);
    const part = (name: string, count: number): TemplateResult | typeof nothing =>
      count > 0 ? html`<i class="tinted ${name}" style=${styleMap({ width: `${(100 * count) / most}%` })}></i>` : nothing;
    return html`<div class="bar" aria-hidden="true">
      ${part('right', right)}${part('wrong-part', wrong)}${part('gone', gone)}${part('test', test)}
    </div>`;
  }

  private drawCounts(c: number): TemplateResult {
    const { t, lang } = this;
    const { right, wrong, gone, test } = partsOf(this.classes!, this.flawed, c);
    const n = (value: number): string => plain(value, lang);
    return html`<div class="counts">
      ${t('lookCounts', { train: n(right + wrong + gone), test: n(test) })}
      <br />${gone > 0 ? t('lookKept', { n: n(right + wrong) }) : nothing}${gone > 0 && wrong > 0 ? ', ' : nothing}${wrong > 0 ? t('lookWrong', { n: n(wrong) }) : nothing}
    </div>`;
  }

  private drawClass(c: number, most: number): TemplateResult {
    const { t, lang, card, classes, samples, split, chosen } = this;
    const { means } = classes![split];
    const name = classIn(lang, card!, c);
    const count = plain(classes![split].classes[c]!.count, lang);
    const shown = samples?.[c];
    return html`<li data-class=${c}>
      <lab-picture .pixels=${this.means[c]} .shape=${means.shape} .size=${56} .label=${t('lookMean', { name, n: count })}></lab-picture>
      <div>
        <h3>${name}</h3>
        ${this.drawBar(c, most)} ${this.drawCounts(c)}
      </div>
      <lab-image-row
        .images=${shown?.images ?? null}
        .names=${(i: number) => t(split === 'train' ? 'lookTrainImage' : 'lookTestImage', { name, n: plain(shown!.indices[i]!, lang) })}
        .chosen=${shown && chosen.split === split ? shown.indices.indexOf(chosen.index) : -1}
        .size=${48}
        .label=${t('samplesOf', { name })}
        .lang=${lang}
        @image=${(event: CustomEvent<number>) => this.send('image', { split, index: shown!.indices[event.detail]! })}
      ></lab-image-row>
    </li>`;
  }

  private drawTable(): TemplateResult {
    const { t, lang, card, classes, flawed } = this;
    const cell = (value: number | string): Cell => ({ value, text: typeof value === 'number' ? plain(value, lang, 1) : value });
    const { head, rows } = classTable(classes!, flawed, (c) => classIn(lang, card!, c), t);
    return html`<lab-table .head=${head} .rows=${rows.map((row) => row.map(cell))} .label=${t('lookClasses')} .lang=${lang}></lab-table>`;
  }

  private drawKey(): TemplateResult {
    const { t, flawed } = this;
    const wrong = flawed?.some((one) => one.wrong > 0) === true;
    const gone = flawed?.some(({ kept }, c) => kept < this.classes!.train.classes[c]!.count) === true;
    return html`<p class="key">
      <span><i class="tinted right"></i>${t('lookTraining')}</span>
      ${wrong ? html`<span><i class="tinted wrong-part"></i>${t('lookKeyWrong')}</span>` : nothing}
      ${gone ? html`<span><i class="tinted gone"></i>${t('lookKeyGone')}</span>` : nothing}
      <span><i class="tinted test"></i>${t('lookTesting')}</span>
    </p>`;
  }

  protected override render(): TemplateResult {
    const { t, lang, card, classes } = this;
    if (!card || !classes) return html`${this.drawHead()}`;
    const total = classes.train.classes.map(({ count }, c) => count + classes.test.classes[c]!.count);
    const most = Math.max(1, ...total);
    const shown = Math.min(this.drawn, mostClasses, total.length - this.from);
    return html`${this.drawHead()}
    ${
      this.asTable
        ? this.drawTable()
        : html`${this.drawKey()}
            <ol aria-labelledby="classes" start=${this.from + 1} data-testid="classes">
              ${Array.from({ length: shown }, (_, i) => this.drawClass(this.from + i, most))}
            </ol>
            ${drawPager(t, lang, this.from, total.length, (from) => (this.from = from))}`
    }`;
  }
}

customElements.define('lab-class-list', ClassList);
