import { html, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { LabEngine, LabProblem } from '../client/client.js';
import { say } from '../client/messages.js';
import { beginAnew, beginEngine, problemOf } from '../state/engine.js';
import { read, write, type Table } from '../state/properties.js';
import { LabElement } from './element.js';
import type { LabPlayer } from './player.js';

/** Seconds after which a station says that the engine has not come yet. It may still come. */
const slowStart = 20;

const slowly = (): LabProblem => ({
  code: 'load_failed',
  place: 'engine',
  problem: say('page.engine_slow', { seconds: slowStart }),
  remedy: say('page.wait_or_retry'),
});

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
  };

  declare link: string;
  declare hotkeys: boolean;
  declare engineUrl: string | undefined;
  declare dataUrl: string | undefined;
  declare protected s: S;
  declare private drawerOpen: boolean;
  protected engine: LabEngine | null = null;
  private written = '';
  private started = false;
  /** Number of the present start; one that was overtaken says nothing more. */
  private starting = 0;

  protected abstract readonly table: Table<S>;

  constructor() {
    super();
    this.link = '';
    this.hotkeys = this.drawerOpen = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('keydown', this.onKey);
    document.addEventListener('keydown', this.onKey);
    if (!this.hasAttribute('role')) this.setAttribute('role', 'region');
    this.attempt(this.start());
  }

  override disconnectedCallback(): void {
    this.removeEventListener('keydown', this.onKey);
    document.removeEventListener('keydown', this.onKey);
    super.disconnectedCallback();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if ((changed.has('link') && this.link !== this.written) || !this.s) {
      this.s = read(this.table, this.link);
      this.written = this.link;
      if (this.hasUpdated) this.stateRead();
    }
  }

  /** Changes the state and sends `lab-state`. */
  protected set(change: Partial<S>): void {
    this.s = { ...this.s, ...change };
    const link = write(this.table, this.s);
    if (link === this.written) return;
    this.written = link;
    this.tell('lab-state', { state: link });
  }

  /** Sends an event to the page around the station. */
  private tell(name: 'lab-state' | 'lab-ready' | 'lab-error', detail: object): void {
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
  /** Called when a station that is already drawn gets another link. */
  protected stateRead(): void {}

  /** Draws why the station could not start. */
  protected drawFailure(): ReturnType<typeof this.drawProblem> {
    return this.drawProblem(
      this.problem,
      this.started ? undefined : { words: this.t('tryAgain'), run: () => this.attempt(this.start(!this.engine)) },
    );
  }

  /** Draws settings, which a narrow screen keeps in a drawer. */
  protected drawDrawer(content: TemplateResult, name = this.t('settings')): TemplateResult {
    return html`<div class=${this.drawerOpen ? 'drawer open' : 'drawer'}>
      <button class="handle" aria-expanded=${this.drawerOpen ? 'true' : 'false'} @click=${() => (this.drawerOpen = !this.drawerOpen)}>
        ${name}
      </button>
      ${content}
    </div>`;
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    // A station alone in its page hears every key; one among others only its own.
    if (event.defaultPrevented || (event.currentTarget === this) === this.hotkeys) return;
    if (this.ownKey(event)) {
      event.preventDefault();
      return;
    }
    this.renderRoot.querySelector<LabPlayer>('lab-player')?.key(event);
  };

  protected ownKey(_event: KeyboardEvent): boolean {
    return false;
  }
}
