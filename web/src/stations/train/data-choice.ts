import { css, html, nothing, type TemplateResult } from 'lit';
import type { DataCard, DataReport, ImageSet, LoadingEvent } from '../../client/client.js';
import { drawFlaws } from '../../design/flaws.js';
import { fixed, plain } from '../../ui/numbers.js';
import { LabElement } from '../../ui/element.js';
import { base, controls, troubles } from '../../ui/styles.js';
import { drawAbsent, drawPart } from './absent.js';
import { thumbnail } from './thumbnail.js';
import { classIn, messageIn, type Key } from '../../i18n/index.js';
import type { Remedy } from './file-drop.js';
import { layouts, validations, type State } from './state.js';

/** What can be chosen, and what is chosen. */
export interface Choices {
  data: { name: string; title: string; images: number }[];
  experiments: { name: string; title: string }[];
  chosen: { data: string; experiment: string; images: number; noise: number; imbalance: number };
}

/** Files that are not used, of which a list shows so many. */
const mostListed = 500;

const counts = [500, 1000, 2000, 4000, 10_000, 20_000, 60_000];

/**
 * Choice of images, experiment and their number. Events: `choose` with the changes, `files` with
 * the files picked, `reread` with changes of how pictures are read, `stop`.
 */
export class DataChoice extends LabElement {
  static override properties = {
    choices: { attribute: false },
    card: { attribute: false },
    samples: { attribute: false },
    loading: { attribute: false },
    trouble: { type: String },
    notice: { type: String },
    reading: { attribute: false },
    size: { type: Number },
    grey: { type: Boolean },
    layout: { type: String },
    validation: { type: String },
    skip: { type: Boolean },
    report: { attribute: false },
    arrays: { type: String },
    labels: { type: String },
    remedy: { type: String },
    lookLink: { type: String },
    absent: { type: Boolean },
    isPart: { type: Boolean },
  };

  static override styles = [
    base,
    controls,
    troubles,
    css`
      section {
        display: grid;
        gap: 16px;
      }
      .samples {
        display: grid;
        grid-template-columns: repeat(8, minmax(0, 1fr));
        gap: 4px;
        list-style: none;
        margin: 0;
        padding: 0;
        aspect-ratio: 8 / 2.05;
        align-content: start;
      }
      .samples img {
        display: block;
        width: 100%;
        aspect-ratio: 1;
        image-rendering: pixelated;
        border-radius: 2px;
      }
      select {
        width: 100%;
        text-overflow: ellipsis;
      }
      .note {
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
      }
      .loading {
        min-height: 20px;
        margin: -12px 0;
      }
      progress {
        width: 100%;
        height: 4px;
        accent-color: var(--lab-accent);
      }
      .own {
        display: grid;
        gap: 8px;
        border: 1px dashed var(--lab-mark);
        border-radius: var(--lab-radius);
        padding: 12px;
      }
      @media print {
        .own {
          display: none;
        }
      }
      .reading {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 12px;
        align-items: center;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .sizes {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 12px;
        align-items: end;
      }
      .tick {
        display: flex;
        gap: 8px;
        align-items: center;
        min-height: 36px;
        font-size: var(--lab-small);
      }
      .tick input {
        width: 20px;
        height: 20px;
        accent-color: var(--lab-accent);
      }
      .absent {
        border-left: 3px solid var(--lab-positive);
        padding: 4px 12px;
        font-size: var(--lab-small);
        overflow-wrap: anywhere;
      }
      .absent a {
        color: var(--lab-accent);
      }
      .look {
        color: var(--lab-accent);
        font-size: var(--lab-small);
        justify-self: start;
      }
      input[type='text'] {
        font: inherit;
        color: inherit;
        min-width: 0;
        min-height: 40px;
        padding: 4px 12px;
        border: 1px solid var(--lab-mark);
        border-radius: var(--lab-radius);
        background: var(--lab-surface);
      }
      @media (pointer: coarse) {
        input[type='text'] {
          min-height: 44px;
        }
      }
      details .field {
        margin: 8px 0;
      }
      summary {
        cursor: pointer;
        padding: 4px 0;
      }
      .report ul {
        margin: 0;
        padding-inline-start: 18px;
        overflow-wrap: anywhere;
      }
      .report details ul {
        max-height: 240px;
        overflow-y: auto;
      }
      input[type='file'] {
        display: none;
      }
    `,
  ];

  declare choices: Choices | null;
  declare card: DataCard | null;
  declare samples: ImageSet | null;
  declare loading: LoadingEvent | null;
  declare trouble: string;
  declare notice: string;
  /** Files that are being read; `share` of 1, where it is known. */
  declare reading: { words: string; share: number | null } | null;
  /** Side of own images in pixels, and whether they become grey. */
  declare size: number;
  declare grey: boolean;
  /** What the folders of own pictures are. */
  declare layout: State['layout'];
  declare validation: State['validation'];
  declare skip: boolean;
  /** How own images were understood. */
  declare report: DataReport | null;
  /** Names of the arrays of a file, as typed. */
  declare arrays: string;
  declare labels: State['labels'];
  /** What can be done about the trouble. */
  declare remedy: Remedy;
  /** Where these data can be looked at; empty: nowhere. */
  declare lookLink: string;
  /** The chosen images do not lie beside the page. */
  declare absent: boolean;
  /** There are more of the chosen images than lie beside the page. */
  declare isPart: boolean;
  private drawn: { from: ImageSet; urls: string[] } | null = null;

  constructor() {
    super();
    this.choices = null;
    this.card = null;
    this.samples = null;
    this.loading = this.reading = null;
    this.trouble = this.notice = this.lookLink = this.arrays = '';
    this.size = 32;
    this.grey = this.skip = this.absent = this.isPart = false;
    this.layout = this.validation = 'auto';
    this.labels = 'fine';
    this.report = this.remedy = null;
  }

  private choose(change: Partial<Choices['chosen']>): void {
    this.dispatchEvent(new CustomEvent('choose', { detail: change }));
  }

  private reread(change: Partial<Pick<State, 'size' | 'grey' | 'layout' | 'validation' | 'skip' | 'arrays' | 'labels'>>): void {
    this.dispatchEvent(new CustomEvent('reread', { detail: change }));
  }

  private readonly picked = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    input.value = '';
    if (files.length > 0) this.dispatchEvent(new CustomEvent('files', { detail: files }));
  };

  private drawSamples(): TemplateResult {
    const { samples, card } = this;
    if (samples && this.drawn?.from !== samples)
      this.drawn = { from: samples, urls: Array.from({ length: samples.count }, (_, i) => thumbnail(samples, i)) };
    const urls = samples ? this.drawn!.urls : [];
    return html`<ul class="samples" aria-label=${this.t('samplesOf', { name: card?.title ?? '' })}>
      ${urls.map((url, i) => {
        const name = card ? classIn(this.lang, card, samples!.labels[i]!) : '';
        return html`<li><img src=${url} alt=${name} title=${name} /></li>`;
      })}
    </ul>`;
  }

  private drawLoading(): TemplateResult | string {
    const { loading } = this;
    if (!loading || loading.bytes >= loading.totalBytes) return '';
    const done = fixed(loading.bytes / 1e6, this.lang, 1);
    const total = fixed(loading.totalBytes / 1e6, this.lang, 1);
    const words = this.t('loadingData', { done, total });
    return html`${words}<progress max=${loading.totalBytes} value=${loading.bytes} aria-label=${words}></progress>`;
  }

  /** Draws how far reading is, with a button to stop it, or its outcome. */
  private drawReading(): TemplateResult {
    const { reading } = this;
    if (!reading) return html`<div class="note" role="status">${this.notice}</div>`;
    return html`<div class="reading">
      <div class="note">
        ${reading.words}
        <progress aria-label=${reading.words} max="1" value=${reading.share ?? nothing}></progress>
      </div>
      <button @click=${() => this.dispatchEvent(new CustomEvent('stop'))}>${this.t('stopReading')}</button>
    </div>`;
  }

  /** Draws how own pictures were understood, and each file that is not used with its reason. */
  private drawReport(): TemplateResult | typeof nothing {
    const { report, t, lang } = this;
    if (!report || (report.notes.length === 0 && report.unused.length === 0)) return nothing;
    const files = report.unused.reduce((sum, one) => sum + one.files, 0);
    return html`<div class="report">
      <div class="note">${t('howRead', { name: this.card?.title ?? '' })}</div>
      <ul class="note">
        ${report.notes.map((note) => html`<li>${messageIn(lang, note)}</li>`)}
      </ul>
      ${
        files > 0
          ? html`<details class="note">
              <summary>${t('unusedFiles', { n: files })}</summary>
              <ul>
                ${report.unused
                  .slice(0, mostListed)
                  .map(
                    ({ path, files: n, reason }) =>
                      html`<li><b>${path.endsWith('/') ? t('unusedFolder', { path, files: n }) : path}</b> ${messageIn(lang, reason)}</li>`,
                  )}
                ${report.unused.length > mostListed ? html`<li>…</li>` : nothing}
              </ul>
            </details>`
          : nothing
      }
    </div>`;
  }

  private drawFolderOptions(): TemplateResult {
    const { t } = this;
    const choose = (
      id: 'layout' | 'validation' | 'labels',
      label: Key,
      options: readonly string[],
      chosen: string,
      words: readonly Key[],
    ): TemplateResult =>
      html`<div class="field">
        <label for=${id}>${t(label)}</label>
        <select id=${id} @change=${(event: Event) => this.reread({ [id]: (event.target as HTMLSelectElement).value })}>
          ${options.map((option, i) => html`<option value=${option} ?selected=${option === chosen}>${t(words[i]!)}</option>`)}
        </select>
      </div>`;
    return html`<details id="options">
      <summary class="note">${t('folderOptions')}</summary>
      ${choose('layout', 'folderLayout', layouts, this.layout, ['layoutAuto', 'layoutClasses', 'layoutSplits', 'layoutDeepest'])}
      ${choose('validation', 'folderValidation', validations, this.validation, ['validationAuto', 'validationTest', 'validationTrain', 'validationUnused'])}
      <label class="tick"
        ><input
          type="checkbox"
          .checked=${this.skip}
          @change=${(event: Event) => this.reread({ skip: (event.target as HTMLInputElement).checked ? 'yes' : 'no' })}
        />${t('skipBad')}</label
      >
      <div class="field">
        <label for="arrays">${t('arrayNames')}</label>
        <input
          id="arrays"
          type="text"
          maxlength="400"
          autocomplete="off"
          spellcheck="false"
          aria-describedby="arrays-note"
          .value=${this.arrays}
          @change=${(event: Event) => this.reread({ arrays: (event.target as HTMLInputElement).value })}
        />
        <div class="note" id="arrays-note">${t('arrayNamesNote')}</div>
      </div>
      ${choose('labels', 'labelKind', ['fine', 'coarse'], this.labels, ['labelsFine', 'labelsCoarse'])}
    </details>`;
  }

  /** Opens the options and goes to the names of arrays. */
  private nameArrays(): void {
    this.renderRoot.querySelector<HTMLDetailsElement>('#options')!.open = true;
    this.renderRoot.querySelector<HTMLInputElement>('#arrays')!.focus();
  }

  private drawOwnTrouble(): TemplateResult | '' {
    const fixes = {
      leaveOut: { words: this.t('leaveOut'), run: () => this.reread({ skip: 'yes' }) },
      nameArrays: { words: this.t('nameArrays'), run: () => this.nameArrays() },
    };
    return this.drawProblem(this.trouble, this.remedy ? fixes[this.remedy] : undefined);
  }

  protected override render(): TemplateResult {
    const { t } = this;
    const { choices } = this;
    const chosen = choices?.chosen;
    const most = choices?.data.find(({ name }) => name === chosen?.data)?.images ?? 0;
    const offered = [
      ...new Set([...counts.filter((count) => count < most), ...(chosen && chosen.images < most ? [chosen.images] : []), most]),
    ].sort((a, b) => a - b);
    const shown = chosen ? Math.min(chosen.images, most) : 0;
    return html`<section aria-label=${t('data')}>
      <div class="field">
        <label for="data">${t('data')}</label>
        <select id="data" @change=${(event: Event) => this.choose({ data: (event.target as HTMLSelectElement).value })}>
          ${choices?.data.map(({ name, title }) => html`<option value=${name} ?selected=${name === chosen?.data}>${title}</option>`)}
        </select>
      </div>
      ${this.absent && this.card ? drawAbsent(this.card, t) : this.drawSamples()}
      <div class="note loading">${this.drawLoading()}</div>
      ${this.lookLink && !this.absent ? html`<a class="look" href=${this.lookLink}>${t('lookAtThese')}</a>` : nothing}
      ${
        most > 0
          ? html`<div class="field">
              <label for="images">${t('trainImages')}</label>
              <select id="images" @change=${(event: Event) => this.choose({ images: Number((event.target as HTMLSelectElement).value) })}>
                ${offered.map((count) => html`<option value=${count} ?selected=${count === shown}>${plain(count, this.lang)}</option>`)}
              </select>
            </div>`
          : nothing
      }
      ${this.isPart && this.card ? drawPart(this.card, most, t, this.lang) : nothing}
      <div class="field">
        <label for="experiment">${t('experiment')}</label>
        <select id="experiment" @change=${(event: Event) => this.choose({ experiment: (event.target as HTMLSelectElement).value })}>
          ${choices?.experiments.map(({ name, title }) => html`<option value=${name} ?selected=${name === chosen?.experiment}>${title}</option>`)}
        </select>
      </div>
      ${
        chosen
          ? html`<details ?open=${chosen.noise > 0 || chosen.imbalance < 1}>
              <summary>${t('flaws')}</summary>
              ${drawFlaws(chosen, { t, lang: this.lang, change: (flaws) => this.choose(flaws) })}
            </details>`
          : nothing
      }
      <div class="own">
        <div class="note">${t('dropHere')}</div>
        <div class="buttons">
          <button @click=${() => this.renderRoot.querySelector<HTMLInputElement>('#files')!.click()}>${t('chooseFiles')}</button>
          <button @click=${() => this.renderRoot.querySelector<HTMLInputElement>('#folder')!.click()}>${t('chooseFolder')}</button>
        </div>
        <input id="files" type="file" multiple aria-label=${t('chooseFiles')} @change=${this.picked} />
        <input id="folder" type="file" webkitdirectory aria-label=${t('chooseFolder')} @change=${this.picked} />
        <div class="sizes">
          <div class="field">
            <label for="size">${t('ownSize')}</label>
            <select id="size" @change=${(event: Event) => this.reread({ size: Number((event.target as HTMLSelectElement).value) })}>
              ${[16, 28, 32, 48, 64].map((n) => html`<option value=${n} ?selected=${n === this.size}>${t('sizePixels', { n })}</option>`)}
            </select>
          </div>
          <label class="tick"
            ><input
              type="checkbox"
              .checked=${this.grey}
              @change=${(event: Event) => this.reread({ grey: (event.target as HTMLInputElement).checked ? 'yes' : 'no' })}
            />${t('ownGrey')}</label
          >
        </div>
        ${this.drawFolderOptions()} ${this.drawReading()} ${this.drawOwnTrouble()} ${this.drawReport()}
      </div>
    </section>`;
  }
}

customElements.define('lab-data-choice', DataChoice);
