import type { LabProblem } from '../client/protocol.js';
import { inTime } from '../client/in-time.js';
import { langOf, type Lang } from '../i18n/lang.js';
import { stations } from '../app/list.js';
import type { Unread } from '../state/properties.js';
import type { Station } from '../ui/station.js';
import tokens from '../ui/tokens.css?inline';
import style from './style.css?inline';
import { embedMessage, embedWord } from './words.js';

export type CnnLabTheme = 'auto' | 'light' | 'dark';

declare global {
  interface HTMLElementTagNameMap {
    'cnn-lab': CnnLab;
  }
  interface HTMLElementEventMap {
    /** The station's engine is running. */
    'lab-ready': CustomEvent<object>;
    /** The reader changed something. `state` is a value for the attribute of that name. */
    'lab-state': CustomEvent<{ state: string }>;
    /** The station could not start. It shows the reason too. */
    'lab-error': CustomEvent<LabProblem>;
  }
}

// engine/ and data/ lie beside this script.
const here = import.meta.url;
// Importing this file must do nothing where there is no page (a server that renders).
const Base = (typeof HTMLElement === 'undefined' ? Object : HTMLElement) as typeof HTMLElement;

/** The room that each station will need, by the width of the element. */
const waiting = (): string =>
  stations
    .flatMap(({ name, heights }) =>
      heights.map(([from, height]) => `@container (width >= ${from}px) { .waiting.${name} { min-height: ${height}px; } }`),
    )
    .join('');

let sheet: CSSStyleSheet | null = null;
function styles(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(tokens + style + waiting());
  }
  return sheet;
}

const isHeight = (pixels: number): boolean => pixels > 0 && Number.isFinite(pixels);

/**
 * A station of the lab in any page: <cnn-lab station="convolution" lang="es"></cnn-lab>. PACKAGE.md lists its
 * attributes, events and custom properties. Only this small file is loaded before the element comes near the window.
 */
export class CnnLab extends Base {
  static readonly observedAttributes = ['station', 'lang', 'state', 'theme', 'height', 'label', 'hotkeys', 'engine-url', 'data-url'];

  private station: Station<object> | null = null;
  private box: HTMLElement | null = null;
  private readonly room: HTMLElement | null = typeof document === 'undefined' ? null : document.createElement('div');
  private sight: IntersectionObserver | null = null;
  private titleIn: ((lang: Lang) => string) | null = null;
  private link = '';
  /** Number of the present start; one that was overtaken stops. */
  private turn = 0;
  /**
   * How often the code failed to load. Firefox does not fetch a failed script again in the same
   * page: then only a new page helps.
   */
  private missing = 0;
  /** What the page around was given and does not know. */
  around: readonly Unread[] = [];

  /** The station's state as a query string. Setting it sets the attribute. */
  get state(): string {
    return this.link;
  }
  set state(value: string) {
    this.setAttribute('state', value);
  }

  get theme(): CnnLabTheme {
    const theme = this.getAttribute('theme');
    return theme === 'light' || theme === 'dark' ? theme : 'auto';
  }
  set theme(value: CnnLabTheme) {
    this.setAttribute('theme', value);
  }

  connectedCallback(): void {
    if (!this.shadowRoot) this.build();
    if (this.station) {
      this.label();
      return;
    }
    // A script may have set these properties before this one was loaded.
    for (const name of ['state', 'theme'] as const) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete (this as Partial<CnnLab>)[name];
      this.setAttribute(name, value);
    }
    this.sight = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) this.start();
      },
      { rootMargin: '400px' },
    );
    this.sight.observe(this);
  }

  /** The station frees its sessions by itself when it leaves the page. */
  disconnectedCallback(): void {
    this.sight?.disconnect();
  }

  attributeChangedCallback(name: string, before: string | null, value: string | null): void {
    if (name === 'state') this.readState(value ?? '');
    if (before === value || !this.box) return;
    if (this.station && (name === 'height' || name === 'theme')) this.station.around = this.unread;
    if (name === 'height') this.size();
    else if (name === 'theme') dispatchEvent(new Event('lab-theme'));
    else if (name === 'hotkeys' && this.station) this.station.hotkeys = this.hotkeys;
    else if (name === 'station' || name === 'engine-url' || name === 'data-url') {
      if (name === 'station' && before !== null) this.link = this.getAttribute('state') ?? '';
      this.restart();
    }
    this.label();
  }

  private readState(state: string): void {
    if (this.station) {
      // Setting the same text again means: back to it.
      this.station.link = this.link;
      this.station.link = state;
    }
    this.link = state;
  }

  private build(): void {
    const root = this.attachShadow({ mode: 'open', delegatesFocus: false });
    root.adoptedStyleSheets = [styles()];
    this.box = document.createElement('div');
    this.box.className = 'lab';
    this.box.part.add('lab');
    const probe = document.createElement('i');
    probe.className = 'probe';
    probe.setAttribute('aria-hidden', 'true');
    probe.addEventListener('transitionrun', () => dispatchEvent(new Event('lab-theme')));
    this.box.append(probe, this.room!);
    root.append(this.box);
    root.addEventListener('lab-state', (event) => (this.link = (event as CustomEvent<{ state: string }>).detail.state));
    for (const end of ['lab-ready', 'lab-error']) root.addEventListener(end, () => this.room!.classList.remove('waiting'));
    this.size();
    this.wait();
  }

  /** Begins anew: before the first station, and when another one is chosen. */
  private restart(): void {
    if (!this.station && this.turn === 0) return this.wait();
    this.station?.remove();
    this.station = null;
    this.wait();
    this.start();
  }

  private start(): void {
    this.sight?.disconnect();
    const turn = ++this.turn;
    const entry = stations.find((item) => item.name === this.stationName);
    if (!entry) {
      const names = stations.map((item) => item.name);
      return this.fail('unknown_name', 'station', ['embedNoStation', { name: this.stationName }], ['embedStations', { names }]);
    }
    const folders = { engineUrl: this.folder('engine'), dataUrl: this.folder('data') };
    // Loads the engine beside the station's code. The station asks for the same and tells errors.
    import('../state/engine.js').then(({ beginEngine }) => beginEngine(folders)).catch(() => undefined);
    const coming = Promise.all([import('../i18n/index.js'), import('./fonts.js'), entry.load()]).then(([i18n, fonts]) => {
      if (turn !== this.turn) return;
      fonts.addFonts();
      this.show(entry, (lang) => i18n.translate(lang)(entry.title), folders);
    });
    // What did not come in time may still come, and then takes the message's place.
    inTime(coming).catch(() => {
      if (turn === this.turn)
        this.fail('load_failed', 'script', ['embedNotLoaded'], ['embedCheck'], ++this.missing > 1 ? 'embedReload' : 'embedAgain');
    });
  }

  private show(entry: (typeof stations)[number], title: (lang: Lang) => string, folders: { engineUrl: string; dataUrl: string }): void {
    this.missing = 0;
    this.titleIn = title;
    const station = document.createElement(entry.tag) as Station<object>;
    station.link = this.link;
    station.hotkeys = this.hotkeys;
    station.around = [...this.around, ...this.unread];
    // A click anywhere in it gives it the focus, and so the keys.
    station.tabIndex = -1;
    Object.assign(station, folders);
    this.station = station;
    this.label();
    this.room!.replaceChildren(station);
  }

  /** React and others write "false" where they mean to leave it out. */
  private get hotkeys(): boolean {
    return (this.getAttribute('hotkeys') ?? 'false') !== 'false';
  }

  /** Attributes that say nothing that is known here. */
  private get unread(): Unread[] {
    const [theme, height] = ['theme', 'height'].map((name) => this.getAttribute(name) ?? '');
    return [
      ...(theme && theme !== this.theme ? [{ field: 'theme', value: theme, taken: this.theme }] : []),
      ...(height && !isHeight(Number(height)) ? [{ field: 'height', value: height, taken: '' }] : []),
    ];
  }

  private get stationName(): string {
    return this.getAttribute('station') ?? stations[0].name;
  }

  private folder(name: 'engine' | 'data'): string {
    const given = this.getAttribute(`${name}-url`);
    return given ? new URL(given.endsWith('/') ? given : `${given}/`, document.baseURI).href : new URL(`${name}/`, here).href;
  }

  private label(): void {
    const lang = langOf(this);
    this.station?.setAttribute('lang', lang);
    const label = this.getAttribute('label') ?? this.titleIn?.(lang);
    if (label) this.station?.setAttribute('aria-label', label);
  }

  private size(): void {
    const height = Number(this.getAttribute('height') ?? NaN);
    const fixed = isHeight(height);
    this.box!.classList.toggle('fixed', fixed);
    this.box!.style.height = fixed ? `${height}px` : '';
  }

  /** Reserves about the height that the station will need, so that the text below does not jump. */
  private wait(): void {
    this.room!.className = `room waiting ${this.stationName}`;
    const text = document.createElement('div');
    text.className = 'wait';
    text.textContent = embedWord(langOf(this), 'embedWait');
    this.room!.replaceChildren(text);
  }

  private fail(
    code: LabProblem['code'],
    place: string,
    problem: Parameters<typeof embedMessage>,
    remedy: Parameters<typeof embedMessage>,
    way?: 'embedAgain' | 'embedReload',
  ): void {
    const lang = langOf(this);
    const box = document.createElement('div');
    box.className = 'problem';
    box.lang = lang;
    box.setAttribute('role', 'alert');
    box.append(`${embedWord(lang, ...problem)} — ${embedWord(lang, ...remedy)}`);
    if (way) {
      const button = document.createElement('button');
      button.textContent = embedWord(lang, way);
      button.addEventListener('click', () => (way === 'embedReload' ? location.reload() : this.start()));
      const line = document.createElement('div');
      line.append(button);
      box.append(line);
    }
    this.room!.classList.remove('waiting');
    this.room!.replaceChildren(box);
    const detail: LabProblem = { code, place, problem: embedMessage(...problem), remedy: embedMessage(...remedy) };
    this.dispatchEvent(new CustomEvent('lab-error', { detail, bubbles: true, composed: true }));
  }
}

// If a page has this script twice, the first one serves.
if (typeof customElements !== 'undefined' && !customElements.get('cnn-lab')) customElements.define('cnn-lab', CnnLab);
