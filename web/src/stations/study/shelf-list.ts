import { css, html, nothing, type TemplateResult } from 'lit';
import type { Experiment, FieldDifference } from '../../client/client.js';
import { encodeDesign } from '../../design/design-code.js';
import { datasetOf } from '../../design/starter.js';
import { speaker, type Lang } from '../../i18n/index.js';
import type { Measure } from '../../run/curves.js';
import '../../run/overlay-figure.js';
import { mostOverlaid } from '../../run/overlay-figure.js';
import { shelf, sizeOf, type KeptRun } from '../../run/shelf.js';
import { ownData } from './own-set.js';
import { LabElement } from '../../ui/element.js';
import { fixed, percent, plain, short } from '../../ui/numbers.js';
import { base, controls, tables, troubles } from '../../ui/styles.js';

/** Networks that a race may have. */
const [fewestRacers, mostRacers] = [2, 4];
/** Megabytes of 10⁶ bytes, with the decimals that a run of some kilobytes needs. */
const megabytes = (bytes: number, lang: Lang): string => fixed(bytes / 1e6, lang, 2);

/** Runs that are listed before one asks for all. */
const mostListed = 20;

/**
 * The runs that are kept: a table with sizes, the curves of those that are chosen over each other, and the fields in
 * which their experiments differ. Event: `race`, with the chosen runs.
 */
export class ShelfList extends LabElement {
  static override properties = {
    measure: { type: String },
    compare: { attribute: false },
    linked: { type: Boolean },
    runs: { state: true },
    chosen: { state: true },
    differ: { state: true },
    asked: { state: true },
    all: { state: true },
  };

  static override styles = [
    base,
    controls,
    tables,
    troubles,
    css`
      section {
        display: grid;
        gap: 16px;
        grid-template-columns: minmax(0, 1fr);
      }
      p {
        max-width: 68ch;
        color: var(--lab-ink-soft);
      }
      table {
        width: 100%;
      }
      th:first-child,
      th.name,
      td.words {
        text-align: left;
      }
      td.words {
        font-family: inherit;
      }
      th.name {
        color: var(--lab-ink);
        min-width: 144px;
        max-width: 320px;
        overflow-wrap: break-word;
      }
      td.words {
        min-width: 112px;
      }
      a {
        color: var(--lab-accent);
      }
      tbody input {
        width: 20px;
        height: 20px;
        accent-color: var(--lab-accent);
        vertical-align: middle;
      }
      .tick {
        display: inline-grid;
        place-items: center;
        min-width: 32px;
        min-height: 32px;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: center;
      }
      .note {
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
      }
      td button.small {
        min-width: 32px;
      }
    `,
  ];

  declare measure: Measure;
  /** Names the fields in which experiments differ. */
  declare compare: ((experiments: Experiment[]) => Promise<FieldDifference[]>) | null;
  /** The station Train is in this page: runs link to it. */
  declare linked: boolean;
  declare private runs: readonly KeptRun[];
  declare private chosen: ReadonlySet<string>;
  declare private differ: readonly FieldDifference[] | null;
  /** What a click on "really" would remove. */
  declare private asked: 'chosen' | 'all' | null;
  declare private all: boolean;

  constructor() {
    super();
    this.measure = 'accuracy';
    this.compare = null;
    this.runs = [];
    this.chosen = new Set();
    this.differ = this.asked = null;
    this.all = this.linked = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    shelf.addEventListener('changed', this.read);
    this.read();
  }

  override disconnectedCallback(): void {
    shelf.removeEventListener('changed', this.read);
    super.disconnectedCallback();
  }

  private readonly read = (): void => {
    const update = async (): Promise<void> => {
      this.runs = await shelf.list();
      const there = new Set(this.runs.map(({ id }) => id));
      if ([...this.chosen].some((id) => !there.has(id))) this.choose([...this.chosen].filter((id) => there.has(id)));
    };
    this.attempt(update());
  };

  private get picked(): KeptRun[] {
    return this.runs.filter(({ id }) => this.chosen.has(id));
  }

  private choose(ids: readonly string[]): void {
    this.chosen = new Set(ids);
    this.asked = this.differ = null;
    const { picked, compare } = this;
    if (picked.length < 2 || picked.length > mostOverlaid || !compare) return;
    const { chosen } = this;
    const look = async (): Promise<void> => {
      const differ = await compare(picked.map(({ experiment }) => experiment));
      if (chosen === this.chosen) this.differ = differ;
    };
    this.attempt(look());
  }

  private toggle(id: string): void {
    const ids = new Set(this.chosen);
    if (!ids.delete(id)) ids.add(id);
    this.choose([...ids]);
  }

  private async takeDown(ids: readonly string[]): Promise<void> {
    this.asked = null;
    await shelf.remove(ids);
    this.say(this.t('shelfSize', { n: this.runs.length - ids.length, size: this.size }));
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus();
  }

  private get size(): string {
    return megabytes(
      this.runs.reduce((sum, run) => sum + sizeOf(run), 0),
      this.lang,
    );
  }

  /** What a run is called: its number tells apart those of one experiment. */
  private nameOf(run: KeptRun): string {
    const same = this.runs.filter(({ record }) => record.experiment === run.record.experiment);
    const name = run.record.experiment;
    return same.length > 1 ? `${name} ${same.length - same.indexOf(run)}` : name;
  }

  private drawRun(run: KeptRun): TemplateResult {
    const { t, lang } = this;
    const { record, experiment } = run;
    const name = this.nameOf(run);
    const set = datasetOf(experiment);
    const data = encodeURIComponent(set === 'folder' ? ownData : set);
    const link = run.weights
      ? `#train?kept=${run.id}&lang=${lang}`
      : `#train?data=${data}&images=${run.images}&net=${encodeDesign(experiment)}&lang=${lang}`;
    const time = new Intl.DateTimeFormat(lang, { dateStyle: 'short', timeStyle: 'short' }).format(run.when);
    return html`<tr>
      <td>
        <label class="tick"
          ><input
            type="checkbox"
            aria-label="${t('shelfChoose')}: ${name}"
            .checked=${this.chosen.has(run.id)}
            @change=${() => this.toggle(run.id)}
        /></label>
      </td>
      <th scope="row" class="name">
        ${this.linked ? html`<a href=${link} aria-label=${t(run.weights ? 'shelfGoOn' : 'shelfOpen', { name })}>${name}</a>` : name}
        <div class="note">
          ${/^small-cnn/.test(record.experiment) ? t('starterTitle') : speaker(lang).title(record.experiment, record.title)}
        </div>
        ${run.noRoom ? html`<div class="note">${t('shelfNoRoom')}</div>` : nothing}
      </th>
      <td class="words">${run.data}, ${plain(run.images, lang)}</td>
      <td>${plain(record.epochs, lang, 1)}</td>
      <td>${record.test_accuracy === null ? '–' : percent(record.test_accuracy, lang)}</td>
      <td>${short(record.parameters, lang)}</td>
      <td class="words">${t(run.from === 'train' ? 'shelfFromTrain' : 'shelfFromStudy')}, ${time}</td>
      <td>${megabytes(sizeOf(run), lang)}</td>
      <td>
        <button class="small" aria-label=${t('shelfRemove', { name })} @click=${() => this.attempt(this.takeDown([run.id]))}>×</button>
      </td>
    </tr>`;
  }

  private drawTable(): TemplateResult {
    const { t } = this;
    const shown = this.all ? this.runs : this.runs.slice(0, mostListed);
    return html`<div class="wide" tabindex="0" role="group" aria-label=${t('shelfTitle')}>
        <table data-testid="shelf">
          <thead>
            <tr>
              <th scope="col"><span class="hidden">${t('shelfChoose')}</span></th>
              <th scope="col" class="name">${t('shelfRun')}</th>
              <th scope="col" class="name">${t('shelfData')}</th>
              <th scope="col">${t('shelfEpochs')}</th>
              <th scope="col">${t('studyTestAccuracy')}</th>
              <th scope="col">${t('parameters')}</th>
              <th scope="col" class="name">${t('shelfWhen')}</th>
              <th scope="col">${t('shelfBytes')}</th>
              <td></td>
            </tr>
          </thead>
          <tbody>
            ${shown.map((run) => this.drawRun(run))}
          </tbody>
        </table>
      </div>
      ${
        shown.length < this.runs.length
          ? html`<div><button @click=${() => (this.all = true)}>${t('shelfShowAll', { n: this.runs.length })}</button></div>`
          : nothing
      }`;
  }

  private drawRemoving(): TemplateResult {
    const { t, asked, picked } = this;
    if (asked) {
      const ids = (asked === 'all' ? this.runs : picked).map(({ id }) => id);
      return html`<button class="danger" @click=${() => this.attempt(this.takeDown(ids))}>${t('shelfReally', { n: ids.length })}</button>
        <button @click=${() => (this.asked = null)}>${t('shelfKeep')}</button>`;
    }
    return html`${
        picked.length > 0
          ? html`<button @click=${() => (this.asked = 'chosen')}>${t('shelfRemoveChosen', { n: picked.length })}</button>`
          : nothing
      } <button @click=${() => (this.asked = 'all')}>${t('shelfClear')}</button>`;
  }

  private drawDifferences(): TemplateResult | typeof nothing {
    const { t, differ, picked } = this;
    if (!differ) return nothing;
    return html`<div class="differ">
      <h3>${t('shelfDiffer')}</h3>
      ${
        differ.length === 0
          ? html`<p>${t('shelfSame')}</p>`
          : html`<div class="wide" tabindex="0" role="group" aria-label=${t('shelfDiffer')}>
              <table data-testid="differences">
                <thead>
                  <tr>
                    <th scope="col">${t('shelfField')}</th>
                    ${picked.map((run) => html`<th scope="col">${this.nameOf(run)}</th>`)}
                  </tr>
                </thead>
                <tbody>
                  ${differ.map(
                    ({ path, values }) =>
                      html`<tr>
                        <th scope="row"><code>${path}</code></th>
                        ${values.map((value) => html`<td>${value ?? '–'}</td>`)}
                      </tr>`,
                  )}
                </tbody>
              </table>
            </div>`
      }
    </div>`;
  }

  private drawChosen(): TemplateResult {
    const { t, picked } = this;
    const racing = picked.length >= fewestRacers && picked.length <= mostRacers;
    if (picked.length < 2) return html`<p class="note">${t('shelfOverlay')}</p>`;
    if (picked.length > mostOverlaid) return html`<p class="note">${t('shelfTooMany')}</p>`;
    return html`<div class="row">
        <button
          ?disabled=${!racing}
          @click=${() => this.dispatchEvent(new CustomEvent('race', { detail: picked.map((run) => ({ name: this.nameOf(run), experiment: run.experiment })) }))}
        >
          ${t('shelfRaceThese')}
        </button>
        ${racing ? nothing : html`<span class="note">${t('shelfRaceHint')}</span>`}
      </div>
      <lab-overlay
        .runs=${picked.map((run) => ({ name: this.nameOf(run), course: run.course }))}
        .measure=${this.measure}
        .lang=${this.lang}
      ></lab-overlay>
      ${this.drawDifferences()}`;
  }

  protected override render(): TemplateResult {
    const { t, runs } = this;
    return html`<section aria-labelledby="shelf">
      <h2 id="shelf" tabindex="-1">${t('shelfTitle')}</h2>
      <p>${t(shelf.lasting === false ? 'shelfMemory' : 'shelfLead')}</p>
      ${this.drawProblem(this.problem)}
      ${
        runs.length === 0
          ? html`<p>${t('shelfEmpty')}</p>`
          : html`<div class="row">
                <span data-testid="shelf-size">${t('shelfSize', { n: runs.length, size: this.size })}</span>
                ${this.drawRemoving()}
              </div>
              ${this.drawTable()} ${this.drawChosen()}`
      }
      ${this.drawVoice()}
    </section>`;
  }
}

customElements.define('lab-shelf', ShelfList);
