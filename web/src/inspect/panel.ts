import { css, html, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import { LabError, type LabSession } from '../client/client.js';
import type { Key } from '../i18n/index.js';
import { problemOf } from '../state/engine.js';
import { LabElement } from '../ui/element.js';
import { base, controls, tables, troubles } from '../ui/styles.js';
import type { RunEvent, RunView } from '../run/run-view.js';
import { Asker } from './asker.js';

const common = css`
  :host {
    min-height: 120px;
    min-width: 0;
  }
  :host([hidden]) {
    display: none;
  }
  .panel {
    display: grid;
    gap: 16px;
    grid-template-columns: minmax(0, 1fr);
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    gap: 12px 16px;
    align-items: end;
  }
  @container (width <= 390px) {
    .choices button {
      padding: 4px 7px;
      font-size: var(--lab-small);
    }
  }
  .tools.level {
    align-items: center;
  }
  /* Headings inside a panel stand below the station's. */
  h2 {
    font-size: var(--lab-text);
  }
  .note {
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
    max-width: 68ch;
  }
  th[scope='row'] {
    text-align: left;
  }
  summary {
    cursor: pointer;
    font-weight: 560;
    font-size: var(--lab-small);
    padding: 4px 0;
    width: fit-content;
  }
  label.check {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-height: 36px;
  }
`;

export const panelStyles = [base, controls, tables, troubles, common];

/**
 * Base of the panels that look into a network. A panel listens to a run, asks the worker one question at a time, only
 * while it can be seen, and draws on frames. `old` names the changes that make its answers old, `redrawn` those that
 * change only its picture. It asks in `look`.
 */
export abstract class Panel<R extends RunView = RunView> extends LabElement {
  static override properties: PropertyDeclarations = {
    run: { attribute: false },
  };

  declare run: R | null;

  /** While training, a panel takes at most 1 / (1 + this) of the worker's time by itself. */
  protected readonly restShare: number = 3;
  protected readonly asker = new Asker(
    () => this.lookNow(),
    (error) => this.fail(error),
    () => (this.run?.state === 'running' ? this.restShare : 0),
  );
  private stops: (() => void)[] = [];
  private sight: IntersectionObserver | null = null;

  /** The panel's name, for screen readers. */
  protected abstract readonly title_: Key;
  protected abstract readonly old: readonly RunEvent[];
  protected abstract readonly redrawn: readonly RunEvent[];

  constructor() {
    super();
    this.run = null;
  }

  /** Asks for what the panel shows. Answers of another session than the present one are dropped. */
  protected abstract look(session: LabSession): Promise<void>;

  /** Called when another network is opened: forget what was shown. */
  protected opened(): void {}

  override connectedCallback(): void {
    super.connectedCallback();
    this.sight = new IntersectionObserver((entries) => this.asker.show(entries.at(-1)!.isIntersecting), { rootMargin: '80px' });
    this.sight.observe(this);
    if (this.hasUpdated) this.follow();
  }

  override disconnectedCallback(): void {
    this.sight?.disconnect();
    this.asker.show(false);
    this.leave();
    super.disconnectedCallback();
  }

  /** Answers come between frames; draw them on one. */
  protected override async scheduleUpdate(): Promise<void> {
    await new Promise(requestAnimationFrame);
    await super.scheduleUpdate();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('run')) this.follow();
  }

  protected frame(content: unknown): TemplateResult {
    return html`<section class="panel" aria-label=${this.t(this.title_)}>
      ${this.drawProblem(
        this.problem,
        this.retry(() => void this.asker.want(true)),
      )}
      ${content} ${this.drawVoice()}
    </section>`;
  }

  private follow(): void {
    this.leave();
    const { run } = this;
    if (!run) return;
    this.stops = [
      run.listen('opened', () => this.anew()),
      ...this.old.map((event) => run.listen(event, () => this.asker.want(event === 'focus' || run.state !== 'running'))),
      ...this.redrawn.map((event) => run.listen(event, () => this.requestUpdate())),
    ];
    this.anew();
  }

  private leave(): void {
    for (const stop of this.stops) stop();
    this.stops = [];
  }

  private anew(): void {
    this.problem = null;
    this.opened();
    this.requestUpdate();
    this.asker.want(true);
  }

  private async lookNow(): Promise<void> {
    const session = this.run?.session;
    if (!session) return;
    await this.look(session);
    if (this.problem && session === this.run?.session) this.problem = null;
  }

  protected fail(error: unknown): void {
    // The session was closed for another: nobody misses the answer.
    if (error instanceof LabError && (error.code === 'closed' || error.code === 'cancelled')) return;
    this.problem = problemOf(error);
  }
}
