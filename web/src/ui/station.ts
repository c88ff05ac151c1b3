import { html, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { LabEngine, LabProblem } from '../client/client.js';
import { say } from '../client/messages.js';
import { beginAnew, beginEngine, problemOf } from '../state/engine.js';
import { read, unreadIn, write, type Table, type Unread } from '../state/properties.js';
import { isCalm } from './calm.js';
import { LabElement } from './element.js';
import type { LabPlayer } from './player.js';
import { drawUnread } from './unread.js';
import { afterUpdate } from './update.js';

/** Seconds after which a station says that the engine has not come yet. It may still come. */
const slowStart = 20;

const slowly = (): LabProblem => ({
  code: 'load_failed',
  place: 'engine',
  problem: say('page.engine_slow', { seconds: slowStart }),
  remedy: say('page.wait_or_retry'),
});

/** Whether two links say the same, in whatever order. */
function sameQuery(a: string, b: string): boolean {
  const [one, other] = [a, b].map((link) => new URLSearchParams(link));
  one!.sort();
  other!.sort();
  return one!.toString() === other!.toString();
}

/**
 * A station takes everything by attributes: `lang`, `state` (a query string, as in its link), `engine-url`, `data-url`
 * and `hotkeys` (keys work wherever the focus is, for a page with one station). Event `lab-state` tells its new state;
 * `lab-ready` or `lab-error` tells how its start went.
 */
export abstract class Station<S extends object> extends LabElement {
  static override properties: PropertyDeclarations = {
    link: { type: String, attribute: 'state' },
    hotkeys: { type: Boolean },
    engineUrl: { type: String, attribute: 'engine-url' },
    dataUrl: { type: String, attribute: 'data-url' },
    s: { state: true },
    drawerOpen: { state: true },
    unread: { state: true },
    around: { attribute: false },
  };

  static override get observedAttributes(): string[] {
    return [...super.observedAttributes, 'hidden'];
  }

  declare link: string;
  declare hotkeys: boolean;
  declare engineUrl: string | undefined;
  declare dataUrl: string | undefined;
  declare protected s: S;
  declare private drawerOpen: boolean;
  /** What the link says and the station does not know, until the reader has seen it. */
  declare protected unread: readonly Unread[];
  /** The same of what the element around was given. */
  declare around: readonly Unread[];
  protected engine: LabEngine | null = null;
  /** The link that belongs to the present state, and the one that the page around knows. */
  private written = '';
  private told = '';
  private started = false;
  private folded: HTMLDetailsElement[] = [];
  /** Number of the present start; one that was overtaken says nothing more. */
  private starting = 0;

  protected abstract readonly table: Table<S>;

  constructor() {
    super();
    this.link = '';
    this.hotkeys = this.drawerOpen = false;
    this.unread = this.around = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('keydown', this.onKey);
    document.addEventListener('keydown', this.onKey);
    addEventListener('beforeprint', this.unfold);
    addEventListener('afterprint', this.fold);
    if (!this.hasAttribute('role')) this.setAttribute('role', 'region');
    this.attempt(this.start());
  }

  override disconnectedCallback(): void {
    this.removeEventListener('keydown', this.onKey);
    document.removeEventListener('keydown', this.onKey);
    removeEventListener('beforeprint', this.unfold);
    removeEventListener('afterprint', this.fold);
    super.disconnectedCallback();
  }

  override attributeChangedCallback(name: string, before: string | null, value: string | null): void {
    super.attributeChangedCallback(name, before, value);
    if (name !== 'hidden' || (before === null) === (value === null) || !this.started) return;
    if (value === null) this.shown();
    else this.left();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if ((changed.has('link') && this.link !== this.written) || !this.s) {
      this.s = read(this.table, this.link);
      this.unread = unreadIn(this.table, this.link);
      // For the address: what the station does not know, or cannot be, is left out of it.
      const clean = write(this.table, this.s);
      this.written = this.told = clean;
      if (!sameQuery(clean, this.link)) this.tell('lab-repaired', { state: clean });
      if (this.hasUpdated) this.stateRead();
    }
  }

  /** Changes the state as the reader asked, and sends `lab-state`. */
  protected set(change: Partial<S>): void {
    this.s = { ...this.s, ...change };
    this.tellState();
  }

  /** Changes the state without a reader, as a playing station does. `lab-state` comes with the reader's next change. */
  protected setQuietly(change: Partial<S>): void {
    this.s = { ...this.s, ...change };
    this.written = write(this.table, this.s);
  }

  /** Sends `lab-state`, unless the page around knows. */
  protected tellState(): void {
    const link = write(this.table, this.s);
    this.written = link;
    if (link === this.told) return;
    this.told = link;
    this.tell('lab-state', { state: link });
  }

  /** Sends an event to the page around the station. */
  private tell(name: 'lab-state' | 'lab-ready' | 'lab-error' | 'lab-repaired', detail: object): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** `anew`: with another worker, as the one before may never answer. */
  protected async start(anew = false): Promise<void> {
    if (this.started) return this.resumed();
    const starting = ++this.starting;
    this.problem = null;
    let slow: ReturnType<typeof setTimeout> | undefined;
    try {
      const options = {
        ...(this.engineUrl ? { engineUrl: this.engineUrl } : {}),
        ...(this.dataUrl ? { dataUrl: this.dataUrl } : {}),
      };
      const engine = anew ? beginAnew(options) : beginEngine(options);
      slow = setTimeout(() => {
        if (starting === this.starting) this.problem = slowly();
      }, 1000 * slowStart);
      await this.updateComplete;
      this.early(engine);
      await engine.ready;
      clearTimeout(slow);
      // It was taken out of the page meanwhile, or put in again, which starts it as well.
      if (starting !== this.starting || !this.isConnected || this.started) return;
      this.engine = engine;
      this.problem = null;
      this.started = true;
      await this.ready();
      this.tell('lab-ready', {});
    } catch (error) {
      if (starting !== this.starting) return;
      this.started = false;
      this.problem = problemOf(error);
      this.tell('lab-error', this.problem);
    } finally {
      clearTimeout(slow);
    }
  }

  /** Called before the module is loaded: data can be asked for. */
  protected early(_engine: LabEngine): void {}
  /** Called once, when the engine is loaded. */
  protected abstract ready(): void | Promise<void>;
  /** Called when the station is put into the page again. */
  protected resumed(): void | Promise<void> {}
  /** Called when the page shows another station instead, and when it comes back to this one. */
  protected left(): void {}
  protected shown(): void {}
  /** Whether something is lost that took long, if the page is left. */
  get wouldLose(): boolean {
    return false;
  }
  /** Called when a station that is already drawn gets another link. */
  protected stateRead(): void {}

  /** The other stations are in this page too: a link leads to them. */
  protected get inLab(): boolean {
    const root = this.getRootNode();
    return root instanceof ShadowRoot && root.host.localName === 'lab-shell';
  }

  /** Draws why the station could not start, and what of its link or its element is not known. */
  protected drawFailure(): TemplateResult {
    const seen = (): void => void (this.unread = this.around = []);
    const failure = this.drawProblem(this.problem, this.started ? undefined : this.retry(() => this.attempt(this.start(!this.engine))));
    return html`${drawUnread([...this.around, ...this.unread], this.t, seen)} ${failure}`;
  }

  /** Draws settings, which a narrow screen keeps in a drawer. */
  protected drawDrawer(content: TemplateResult, name = this.t('settings')): TemplateResult {
    return html`<div class=${this.drawerOpen ? 'drawer open' : 'drawer'}>
      <button class="handle" aria-expanded=${this.drawerOpen ? 'true' : 'false'} @click=${() => this.turnDrawer()}>${name}</button>
      ${content}
    </div>`;
  }

  private turnDrawer(): void {
    this.drawerOpen = !this.drawerOpen;
    if (this.drawerOpen) afterUpdate(this, () => this.showStage());
  }

  /** Moves what the settings change to above the open drawer. */
  private showStage(): void {
    this.renderRoot.querySelector('.view')?.scrollIntoView({ block: 'start', behavior: isCalm() ? 'auto' : 'smooth' });
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    // A station alone in its page hears every key; one among others only its own.
    if (event.defaultPrevented || this.hidden || (event.currentTarget === this) === this.hotkeys) return;
    if (event.key === 'Escape' && this.drawerOpen) {
      this.drawerOpen = false;
      this.renderRoot.querySelector<HTMLElement>('.handle')?.focus();
      event.preventDefault();
      return;
    }
    if (this.ownKey(event)) {
      event.preventDefault();
      return;
    }
    this.renderRoot.querySelector<LabPlayer>('lab-player')?.key(event);
  };

  /** On paper nothing can be unfolded. */
  private readonly unfold = (): void => {
    this.folded = [...this.renderRoot.querySelectorAll('details')].filter(({ open }) => !open);
    for (const details of this.folded) details.open = true;
  };

  private readonly fold = (): void => {
    for (const details of this.folded) details.open = false;
    this.folded = [];
  };

  protected ownKey(_event: KeyboardEvent): boolean {
    return false;
  }
}
