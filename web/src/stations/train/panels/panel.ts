import { LitElement, css, html, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import { LabError, type LabProblem, type LabSession } from '../../../engine/client.js';
import { sentenceIn } from '../../../i18n/engine-words.js';
import { translate, type Key, type Lang, type Translate } from '../../../i18n/index.js';
import { problemOf } from '../../../state/engine.js';
import { base, controls } from '../../../ui/styles.js';
import type { RunEvent, TrainRun } from '../run.js';
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
  .problem {
    border-left: 3px solid var(--lab-wrong);
    padding: 4px 12px;
    color: var(--lab-wrong);
    max-width: 68ch;
  }
  .wide {
    overflow-x: auto;
    max-width: 100%;
  }
  table {
    border-collapse: collapse;
    font-size: var(--lab-small);
  }
  th,
  td {
    text-align: right;
    padding: 4px 10px 4px 0;
    border-bottom: 1px solid var(--lab-line);
    font-weight: 400;
  }
  td {
    font-family: var(--lab-mono);
  }
  th {
    color: var(--lab-ink-soft);
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

export const panelStyles = [base, controls, common];

/**
 * What the inspection panels share: they listen to a run, ask its worker for one answer at a time and only while they can be seen, and
 * draw on frames. A panel says which changes make its answers old (`old`) and which only its picture (`redrawn`), and looks in `look`.
 */
export abstract class Panel extends LitElement {
  static override properties: PropertyDeclarations = {
    lang: { type: String },
    run: { attribute: false },
    problem: { state: true },
    said: { state: true },
  };

  declare lang: Lang;
  declare run: TrainRun | null;
  declare protected problem: LabProblem | null;
  declare protected said: string;

  /** Looking on its own while training takes at most 1 / (1 + this) of the worker's time. */
  protected readonly restShare: number = 3;
  protected readonly asker = new Asker(
    () => this.lookNow(),
    (error) => this.fail(error),
    () => (this.run?.state === 'running' ? this.restShare : 0),
  );
  private stops: (() => void)[] = [];
  private sight: IntersectionObserver | null = null;
  private saying = 0;

  /** The panel's name, for screen readers. */
  protected abstract readonly title_: Key;
  protected abstract readonly old: readonly RunEvent[];
  protected abstract readonly redrawn: readonly RunEvent[];

  constructor() {
    super();
    this.lang = 'en';
    this.run = null;
    this.problem = null;
    this.said = '';
  }

  /** Asks for what the panel shows; what it learns of another session than the present one is of no use. */
  protected abstract look(session: LabSession): Promise<void>;

  /** Another network: what was shown is not of it. */
  protected opened(): void {}

  protected get t(): Translate {
    return translate(this.lang);
  }

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

  /** Answers come between frames; they are drawn on one. */
  protected override async scheduleUpdate(): Promise<void> {
    await new Promise(requestAnimationFrame);
    await super.scheduleUpdate();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('run')) this.follow();
    if (changed.has('lang')) this.lang = this.lang === 'es' ? 'es' : 'en';
  }

  /** Says it to screen readers, once nothing newer has come for a moment. */
  protected say(text: string): void {
    clearTimeout(this.saying);
    this.saying = setTimeout(() => (this.said = text), 250) as unknown as number;
  }

  protected drawProblem(): TemplateResult | '' {
    const { problem } = this;
    if (!problem) return '';
    return html`<div class="problem" role="alert">
      ${sentenceIn(this.lang, problem)}
      <button @click=${() => this.asker.want(true)}>${this.t('tryAgain')}</button>
    </div>`;
  }

  protected frame(content: unknown): TemplateResult {
    return html`<section class="panel" aria-label=${this.t(this.title_)}>
      ${this.drawProblem()} ${content}
      <div class="hidden" role="status" aria-live="polite">${this.said}</div>
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
    // The session that was asked has been closed for another: the answer is not missed.
    if (error instanceof LabError && (error.code === 'closed' || error.code === 'cancelled')) return;
    this.problem = problemOf(error);
  }
}
