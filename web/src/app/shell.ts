import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { inTime } from '../client/in-time.js';
import { langs, preferredLang, speaker, translate, type Key, type Lang } from '../i18n/index.js';
import { knownLang } from '../i18n/lang.js';
import type { SaveRequest } from '../publish/share.js';
import { addressDelay } from '../state/address.js';
import type { Unread } from '../state/properties.js';
import { stations, type StationName } from './list.js';
import { base, controls, troubles } from '../ui/styles.js';
import { drawUnread } from '../ui/unread.js';
import { afterUpdate } from '../ui/update.js';

type Theme = 'auto' | 'light' | 'dark';

const themes: Record<Theme, Key> = { auto: 'themeAuto', light: 'themeLight', dark: 'themeDark' };

const isTheme = (text: string | null): text is Theme => text !== null && Object.hasOwn(themes, text);

/** Header, navigation and the link around one station: #convolution?stride=2&lang=es */
export class LabShell extends LitElement {
  static override properties = {
    station: { state: true },
    links: { state: true },
    lang: { state: true },
    theme: { state: true },
    copied: { state: true },
    sharing: { state: true },
    missing: { state: true },
    trying: { state: true },
    unread: { state: true },
  };

  static override styles = [
    base,
    controls,
    troubles,
    css`
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 24px;
        padding: 8px 24px;
        border-bottom: 1px solid var(--lab-line);
        min-height: 56px;
      }
      .name {
        font-weight: 680;
        letter-spacing: -0.02em;
        font-size: var(--lab-large);
        text-decoration: none;
        color: inherit;
      }
      nav {
        display: flex;
        gap: 4px;
        flex: 1;
        min-width: 0;
      }
      nav a {
        color: var(--lab-ink-soft);
        text-decoration: none;
        padding: 6px 10px;
        border-radius: var(--lab-radius);
        white-space: nowrap;
      }
      nav a:hover {
        color: var(--lab-ink);
      }
      nav a[aria-current='page'] {
        color: var(--lab-ink);
        background: var(--lab-sunk);
        font-weight: 560;
      }
      .tools {
        display: flex;
        gap: 8px;
        align-items: center;
        font-size: var(--lab-small);
      }
      .tools button {
        white-space: nowrap;
      }
      .tools button,
      .tools select {
        padding: 2px 8px;
        font-size: var(--lab-small);
      }
      .link {
        display: inline-flex;
        align-items: center;
        gap: 6px;
      }
      main {
        max-width: 1440px;
        margin: 0 auto;
        padding: 24px 24px 64px;
      }
      dialog {
        width: min(720px, calc(100vw - 32px));
        max-height: calc(100vh - 32px);
        padding: 24px;
        border: 1px solid var(--lab-line);
        border-radius: var(--lab-radius);
        background: var(--lab-ground);
        color: var(--lab-ink);
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 40%);
      }
      dialog > * + * {
        margin-top: 16px;
      }
      dialog p {
        color: var(--lab-ink-soft);
      }
      .skip {
        position: absolute;
        left: -999px;
      }
      [hidden] {
        display: none;
      }
      @media print {
        header {
          display: none;
        }
        main {
          padding: 0;
        }
      }
      main:focus-visible {
        outline: none;
      }
      .skip:focus {
        left: 8px;
        top: 8px;
        background: var(--lab-surface);
        padding: 8px;
        z-index: 10;
      }
      @media (max-width: 700px) {
        header {
          padding: 8px 16px;
          gap: 4px 12px;
        }
        nav {
          order: 3;
          flex-basis: 100%;
          flex-wrap: wrap;
          gap: 0 8px;
          margin: 0 -4px;
          font-size: var(--lab-small);
        }
        .tools {
          margin-left: auto;
          gap: 4px;
        }
        /* The words are there for who hears the page. */
        .link span {
          position: absolute;
          clip-path: inset(50%);
        }
        nav a {
          min-height: 40px;
          padding: 6px 4px;
          display: inline-flex;
          align-items: center;
        }
        main {
          --lab-edge: 16px;
          padding: 16px var(--lab-edge) 48px;
        }
      }
    `,
  ];

  declare private station: StationName;
  /** The link of each station that was visited: it stays in the page, with what it has come to. */
  declare private links: Partial<Record<StationName, string>>;
  declare lang: Lang;
  declare private theme: Theme;
  declare private copied: boolean;
  /** The dialog that puts this station elsewhere is open. */
  declare private sharing: boolean;
  /** How often the station's code failed to load. */
  declare private missing: number;
  /** What the address says and the page does not know, until the reader has seen it. */
  declare private unread: readonly Unread[];
  /** It is being loaded once more. */
  declare private trying: boolean;
  private waiting = 0;

  constructor() {
    super();
    this.station = 'convolution';
    this.links = {};
    this.unread = [];
    this.lang = preferredLang();
    this.theme = 'auto';
    this.copied = this.sharing = this.trying = false;
    this.missing = 0;
    this.readAddress();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('hashchange', this.readAddress);
    addEventListener('beforeunload', this.warn);
  }

  override disconnectedCallback(): void {
    removeEventListener('hashchange', this.readAddress);
    removeEventListener('beforeunload', this.warn);
    super.disconnectedCallback();
  }

  /** Asks before a page is left that would take a long training with it. */
  private readonly warn = (event: BeforeUnloadEvent): void => {
    const all = [...this.renderRoot.querySelectorAll<HTMLElement & { wouldLose?: boolean }>('main > *')];
    if (all.some((station) => station.wouldLose)) event.preventDefault();
  };

  private readonly readAddress = (): void => {
    const [name = '', query = ''] = location.hash.slice(1).split('?');
    const params = new URLSearchParams(query);
    const lang = params.get('lang');
    const theme = params.get('theme');
    this.lang = knownLang(lang) ?? this.lang;
    if (isTheme(theme)) this.theme = theme;
    params.delete('lang');
    params.delete('theme');
    this.station = stations.find((item) => item.name === name)?.name ?? 'convolution';
    this.unread = [
      ...(name && name !== this.station ? [{ field: 'station', value: name, taken: this.station }] : []),
      ...(lang && !knownLang(lang) ? [{ field: 'lang', value: lang, taken: this.lang }] : []),
      ...(theme && !isTheme(theme) ? [{ field: 'theme', value: theme, taken: this.theme }] : []),
    ];
    this.links = { ...this.links, [this.station]: params.toString() };
    this.missing = 0;
    this.trying = false;
    this.loadStation();
    this.dress();
  };

  private loadStation(): void {
    const { station } = this;
    const missing = (times: number) => (): void => {
      if (station !== this.station) return;
      this.missing = times;
      this.trying = false;
    };
    const load: Promise<unknown> = stations.find((item) => item.name === station)!.load();
    inTime(load).catch(missing(this.missing + 1));
    // It may come after it was said to be missing.
    load.then(missing(0), () => undefined);
  }

  /** The reader asks once more for a station that is missing. */
  private again(): void {
    if (this.missing > 1) return location.reload();
    this.trying = true;
    this.loadStation();
  }

  private dress(): void {
    document.documentElement.lang = this.lang;
    document.documentElement.style.colorScheme = this.theme === 'auto' ? 'light dark' : this.theme;
    document.title = `${translate(this.lang)(stations.find((item) => item.name === this.station)!.title)} · cnnlab`;
    // Charts on a canvas read colours once; this event tells them to read again.
    dispatchEvent(new Event('lab-theme'));
  }

  private address(station: StationName = this.station, link: string = this.links[station] ?? ''): string {
    const params = new URLSearchParams(link);
    params.set('lang', this.lang);
    if (this.theme !== 'auto') params.set('theme', this.theme);
    return `#${station}?${params.toString()}`;
  }

  private writeAddress(): void {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => history.replaceState(null, '', this.address()), addressDelay) as unknown as number;
  }

  private copy(): void {
    const told = (): void => {
      this.copied = true;
      setTimeout(() => (this.copied = false), 2000);
    };
    const link = new URL(this.address(), location.href).href;
    // Where the browser forbids it (or has no clipboard, without https) the link stands in the address.
    const copying = navigator.clipboard?.writeText(link) ?? Promise.reject(new Error('no clipboard'));
    copying.then(told, () => (location.hash = this.address()));
  }

  private share(): void {
    // Its code comes when it is wanted.
    import('../publish/share.js').then(
      () => {
        this.sharing = true;
        afterUpdate(this, () => this.renderRoot.querySelector('dialog')?.showModal());
      },
      () => (this.missing = Math.max(1, this.missing)),
    );
  }

  /** Somebody asks for a page of one file: this page has all that is in it. */
  private readonly save = (event: CustomEvent<SaveRequest>): void => {
    event.detail.saved = import('./save-page.js').then(({ savePage }) => savePage(event.detail));
  };

  private drawShare(): TemplateResult | typeof nothing {
    const t = translate(this.lang);
    if (!this.sharing) return nothing;
    const { title } = stations.find((item) => item.name === this.station)!;
    return html`<dialog aria-labelledby="share-title" @close=${() => (this.sharing = false)} @save-page=${this.save}>
      <h2 id="share-title">${t('publish')}: ${t(title)}</h2>
      <p>${t('publishLead')}</p>
      <lab-share station=${this.station} state=${this.links[this.station] ?? ''} .title=${t(title)} lang=${this.lang} saveable></lab-share>
      <form method="dialog"><button>${t('close')}</button></form>
    </dialog>`;
  }

  protected override render(): TemplateResult {
    const t = translate(this.lang);
    return html`
      <header>
        <button class="skip" @click=${() => this.renderRoot.querySelector<HTMLElement>('main')?.focus()}>${t('skip')}</button>
        <a class="name" href=${this.address('convolution', '')}>cnnlab</a>
        <nav aria-label=${t('stations')}>
          ${stations.map(
            ({ name, title }) =>
              html`<a href=${this.address(name)} aria-current=${name === this.station ? 'page' : 'false'}>${t(title)}</a>`,
          )}
        </nav>
        <div class="tools">
          <button class="link" @click=${() => this.copy()}>
            <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
              <path
                d="M6.5 9.5a3 3 0 0 0 4.2 0l2.6-2.6a3 3 0 0 0-4.2-4.2l-.9.9M9.5 6.5a3 3 0 0 0-4.2 0L2.7 9.1a3 3 0 0 0 4.2 4.2l.9-.9"
                fill="none"
                stroke="currentColor"
                stroke-width="1.5"
                stroke-linecap="round"
              />
            </svg>
            <span>${this.copied ? t('copied') : t('copyLink')}</span>
          </button>
          <button @click=${() => this.share()}>${t('publish')}</button>
          <div class="hidden" role="status">${this.copied ? t('copied') : this.trying ? t('tryingAgain') : ''}</div>
          <select
            aria-label=${t('theme')}
            @change=${(event: Event) => {
              this.theme = (event.target as HTMLSelectElement).value as Theme;
              this.dress();
              this.writeAddress();
            }}
          >
            ${(Object.keys(themes) as Theme[]).map((theme) => html`<option value=${theme} ?selected=${theme === this.theme}>${t(themes[theme])}</option>`)}
          </select>
          <select
            aria-label=${t('language')}
            @change=${(event: Event) => {
              this.lang = (event.target as HTMLSelectElement).value as Lang;
              this.dress();
              this.writeAddress();
            }}
          >
            ${langs.map((lang) => html`<option value=${lang} lang=${lang} ?selected=${this.lang === lang}>${speaker(lang).name}</option>`)}
          </select>
        </div>
      </header>
      <main tabindex="-1" @lab-state=${this.keep} @lab-repaired=${this.keep} @save-page=${this.save}>
        ${drawUnread(this.unread, t, () => (this.unread = []))} ${this.missing > 0 ? this.drawMissing() : nothing}
        ${stations.map(({ name, title }) => this.drawStation(name, t(title)))}
      </main>
      ${this.drawShare()}
    `;
  }

  /** A station has told its state. One that is hidden may still do so. */
  private readonly keep = (event: CustomEvent<{ state: string }>): void => {
    const name = stations.find(({ tag }) => tag === (event.target as Element).localName)?.name;
    if (!name) return;
    this.links = { ...this.links, [name]: event.detail.state };
    if (name === this.station) this.writeAddress();
  };

  private drawStation(name: StationName, label: string): TemplateResult | typeof nothing {
    const { lang } = this;
    const link = this.links[name];
    if (link === undefined) return nothing;
    const away = name !== this.station || this.missing > 0;
    if (name === 'train') return html`<lab-train ?hidden=${away} aria-label=${label} lang=${lang} state=${link} hotkeys></lab-train>`;
    if (name === 'lessons') return html`<lab-lessons ?hidden=${away} aria-label=${label} lang=${lang} state=${link} hotkeys></lab-lessons>`;
    if (name === 'data') return html`<lab-data ?hidden=${away} aria-label=${label} lang=${lang} state=${link} hotkeys></lab-data>`;
    if (name === 'study') return html`<lab-study ?hidden=${away} aria-label=${label} lang=${lang} state=${link} hotkeys></lab-study>`;
    if (name === 'classes') return html`<lab-classes ?hidden=${away} aria-label=${label} lang=${lang} state=${link} hotkeys></lab-classes>`;
    if (name === 'filter') return html`<lab-filter ?hidden=${away} aria-label=${label} lang=${lang} state=${link} hotkeys></lab-filter>`;
    return html`<lab-convolution ?hidden=${away} aria-label=${label} lang=${lang} state=${link} hotkeys></lab-convolution>`;
  }

  /**
   * Firefox does not fetch a failed script again in the same page. So the second try is a new
   * page, whose link carries the state.
   */
  private drawMissing(): TemplateResult {
    const t = translate(this.lang);
    return html`<div class="problem" role="alert">
      ${t('stationMissing')}
      <div>
        <button @click=${() => this.again()}>${t(this.missing > 1 ? 'reloadPage' : 'tryAgain')}</button>
      </div>
    </div>`;
  }
}

customElements.define('lab-shell', LabShell);
