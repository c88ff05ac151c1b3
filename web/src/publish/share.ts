import { css, html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { langs, speaker, type Key, type Lang } from '../i18n/index.js';
import { LabElement } from '../ui/element.js';
import { fixed } from '../ui/numbers.js';
import { base, controls, troubles } from '../ui/styles.js';

/** A file that was made: its size, and trained networks that have no room in it. */
export interface Saved {
  bytes: number;
  without: readonly string[];
}

/** What can be saved: one page, a folder in a ZIP, packages for learning platforms. */
const forms = ['page', 'zip', 'scorm12', 'scorm2004'] as const;
export type SavedForm = (typeof forms)[number];
const formWords = { page: 'publishPage', zip: 'publishZip', scorm12: 'publishScorm12', scorm2004: 'publishScorm2004' } as const;
const formNotes = {
  page: 'publishPageNote',
  zip: 'publishZipNote',
  scorm12: 'publishScorm12Note',
  scorm2004: 'publishScorm2004Note',
} as const;

/** What is shared, and whoever can make a file of it puts its promise of the file here. */
export interface SaveRequest {
  name: string;
  form: SavedForm;
  state: string;
  lang: Lang | '';
  saved?: Promise<Saved>;
}

const attribute = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
/** A word for a shell. */
const quoted = (text: string): string => (/^[\w.~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** The name under which `./lab publish` knows it, and what of the state is left to say. */
function published(station: string, state: string): { name: string; rest: string } {
  const params = new URLSearchParams(state);
  const lesson = station === 'lessons' ? params.get('lesson') : null;
  params.delete('lesson');
  return { name: lesson ?? station, rest: params.toString() };
}

/**
 * The ways in which a station can stand elsewhere: link, frame, element, file, command line. Event `save-page` asks for
 * the file.
 */
export class LabShare extends LabElement {
  static override properties: PropertyDeclarations = {
    station: { type: String },
    state: { type: String },
    title: { attribute: false },
    theme: { type: String },
    saveable: { type: Boolean },
    chosen: { state: true },
    form: { state: true },
    copied: { state: true },
    saving: { state: true },
    size: { state: true },
  };

  static override styles = [
    base,
    controls,
    troubles,
    css`
      .ways {
        display: grid;
        gap: 16px;
        grid-template-columns: minmax(0, 1fr);
      }
      .way {
        display: grid;
        gap: 4px 12px;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: start;
      }
      .way h3,
      .way p,
      .way .field {
        grid-column: 1 / -1;
      }
      .field select {
        width: 100%;
        min-width: 0;
      }
      pre {
        margin: 0;
        padding: 8px 12px;
        max-height: 9em;
        overflow: auto;
        border-radius: var(--lab-radius);
        background: var(--lab-sunk);
        font: var(--lab-small) / 1.5 var(--lab-mono);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .note {
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
      }
      .field {
        max-width: 320px;
        min-width: 0;
      }
      .save {
        grid-column: 1 / -1;
        justify-self: start;
      }
    `,
  ];

  declare station: string;
  /** A query string. */
  declare state: string;
  declare title: string;
  declare theme: string;
  declare saveable: boolean;
  /** The language that is laid down; empty: the reader's. */
  declare private chosen: Lang | '';
  declare private form: SavedForm;
  declare private copied: string;
  declare private saving: '' | 'busy' | 'done';
  /** Of the saved file, in MB. */
  declare private size: string;
  /** What it has no room for. */
  private without = '';

  constructor() {
    super();
    this.station = this.state = this.theme = this.title = this.chosen = this.copied = this.saving = this.size = '';
    this.saveable = false;
    this.form = 'page';
  }

  private get folder(): string {
    return new URL('./', location.href).href;
  }

  private get link(): string {
    const params = new URLSearchParams(this.state);
    if (this.chosen) params.set('lang', this.chosen);
    const query = params.toString();
    return `${this.folder}#${this.station}${query ? `?${query}` : ''}`;
  }

  private get frame(): string {
    const params = new URLSearchParams({ station: this.station });
    if (this.chosen) params.set('lang', this.chosen);
    if (this.state) params.set('state', this.state);
    const source = `${this.folder}embed.html?${params.toString()}`;
    return `<iframe title="${attribute(this.title)}" src="${attribute(source)}"
  style="width: 100%; height: 1200px; border: 0"></iframe>
<script src="${attribute(this.folder)}cnn-lab-frames.js" defer></script>`;
  }

  private get element(): string {
    const state = this.state ? ` state="${attribute(this.state)}"` : '';
    const lang = this.chosen ? ` lang="${this.chosen}"` : '';
    return `<script type="module" src="${attribute(this.folder)}cnn-lab.js"></script>

<cnn-lab station="${this.station}"${lang}${state}></cnn-lab>`;
  }

  private get command(): string {
    const { name, rest } = published(this.station, this.state);
    const options = `${this.chosen ? ` --lang ${this.chosen}` : ''}${rest ? ` --state ${quoted(rest)}` : ''}`;
    return `./lab publish ${name}${options} --out ${name}.html
./lab publish ${name}${options} --out ${name}-folder
./lab publish ${name}${options} --scorm 1.2 --out ${name}.zip`;
  }

  private copy(what: Key, text: string): void {
    const told = (): void => {
      this.copied = what;
      setTimeout(() => (this.copied = ''), 2000);
    };
    // Where the browser forbids it, the text is there to be marked.
    navigator.clipboard?.writeText(text).then(told, () => this.mark(what));
  }

  private mark(what: Key): void {
    const text = this.renderRoot.querySelector(`[data-way="${what}"] pre`);
    if (text) getSelection()?.selectAllChildren(text);
  }

  private save(): void {
    const { name, rest } = published(this.station, this.state);
    const request: SaveRequest = { name, form: this.form, state: rest, lang: this.chosen };
    this.dispatchEvent(new CustomEvent('save-page', { detail: request, bubbles: true, composed: true }));
    if (!request.saved) return;
    this.saving = 'busy';
    this.problem = null;
    const done = request.saved.then(({ bytes, without }) => {
      this.saving = 'done';
      this.size = fixed(bytes / 1e6, this.lang, 1);
      this.without = without.join(', ');
    });
    this.attempt(
      done.catch((error: unknown) => {
        this.saving = '';
        throw error;
      }),
    );
  }

  private drawWay(what: Key, text: string): TemplateResult {
    const { t } = this;
    return html`<div class="way" data-way=${what}>
      <h3>${t(what)}</h3>
      <pre tabindex="0">${text}</pre>
      <button aria-label="${t('copyThis')}: ${t(what)}" @click=${() => this.copy(what, text)}>
        ${this.copied === what ? t('copied') : t('copyThis')}
      </button>
    </div>`;
  }

  private drawFile(): TemplateResult | typeof nothing {
    const { t } = this;
    if (!this.saveable) return nothing;
    return html`<div class="way" data-way="publishFile">
      <h3>${t('publishFile')}</h3>
      <div class="field">
        <label for="share-form">${t('publishForm')}</label>
        <select
          id="share-form"
          ?disabled=${this.saving === 'busy'}
          @change=${(event: Event) => {
            this.form = (event.target as HTMLSelectElement).value as SavedForm;
            this.saving = '';
          }}
        >
          ${forms.map((form) => html`<option value=${form} ?selected=${form === this.form}>${t(formWords[form])}</option>`)}
        </select>
      </div>
      <p class="note">${t(formNotes[this.form])}</p>
      <button class="save" ?disabled=${this.saving === 'busy'} @click=${() => this.save()}>${t('publishSave')}</button>
      <div role="status">
        ${this.saving === 'busy' ? t('publishSaving') : this.saving === 'done' ? t('publishSaved', { size: this.size }) : nothing}
        ${this.saving === 'done' && this.without ? t('publishWithout', { files: this.without }) : nothing}
      </div>
      ${this.drawProblem(this.problem)}
    </div>`;
  }

  protected override render(): TemplateResult {
    const { t } = this;
    return html`<div class="ways">
      <div class="field">
        <label for="share-lang">${t('language')}</label>
        <select id="share-lang" @change=${(event: Event) => (this.chosen = (event.target as HTMLSelectElement).value as Lang | '')}>
          <option value="">${t('publishReader')}</option>
          ${langs.map((lang) => html`<option value=${lang} lang=${lang}>${speaker(lang).name}</option>`)}
        </select>
      </div>
      ${this.drawWay('publishLink', this.link)} ${this.drawWay('publishFrame', this.frame)} ${this.drawWay('publishElement', this.element)}
      ${this.drawFile()} ${this.drawWay('publishCommand', this.command)}
    </div>`;
  }
}

customElements.define('lab-share', LabShare);
