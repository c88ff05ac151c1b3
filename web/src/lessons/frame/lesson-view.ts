import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { LabEngine } from '../../client/client.js';
import { LabElement } from '../../ui/element.js';
import { speak } from './ask.js';

/** What a view draws: an event `changed` when there is more to see. Its work can rest. */
export interface Followed extends EventTarget {
  pause?(): void;
  go?(): void;
}

/**
 * What a lesson looks at. The frame sets its properties. Events: `view-state` when the reader has changed the state,
 * `view-facts` when there are new facts, `view-record` with what the result sheet shows of this step.
 */
export abstract class LessonView<State extends object, Facts> extends LabElement {
  static override properties: PropertyDeclarations = {
    ...LabElement.properties,
    engine: { attribute: false },
    s: { attribute: false },
    covers: { attribute: false },
    controls: { attribute: false },
    lights: { attribute: false },
    open: { type: Boolean },
    words: { attribute: false },
    record: { attribute: false },
    beat: { state: true },
  };

  declare engine: LabEngine | null;
  declare s: State;
  /** Parts that are hidden. */
  declare covers: readonly string[];
  declare controls: readonly string[];
  declare lights: readonly string[];
  /** Whether controls work: not before the prediction. */
  declare open: boolean;
  /** The view's words, in the reader's language. */
  declare words: Readonly<Record<string, string>>;
  /** What the view kept of this step before. */
  declare record: unknown;
  /** Counts changes of what is followed. */
  declare protected beat: number;
  private readonly followed = new Set<Followed>();
  private frame = 0;

  /** What is asked about; null while it is being computed. */
  abstract get facts(): Facts | null;

  constructor() {
    super();
    this.engine = null;
    this.covers = this.controls = this.lights = [];
    this.open = false;
    this.words = {};
    this.record = null;
    this.beat = 0;
  }

  override disconnectedCallback(): void {
    for (const source of this.followed) {
      source.removeEventListener('changed', this.redraw);
      source.pause?.();
    }
    this.followed.clear();
    super.disconnectedCallback();
  }

  /** Called when the page shows another station, and when it comes back. */
  left(): void {
    for (const source of this.followed) source.pause?.();
  }
  shown(): void {
    for (const source of this.followed) source.go?.();
  }

  /** Draws again, once a frame, when this changes. Its work goes on as long as the view is looked at. */
  protected follow<T extends Followed>(source: T): T {
    source.addEventListener('changed', this.redraw);
    this.followed.add(source);
    source.go?.();
    this.redraw();
    return source;
  }

  private readonly redraw = (): void => {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.beat++;
    });
  };

  /** Changes the state as the reader asked. */
  protected change(change: Partial<State>): void {
    this.s = { ...this.s, ...change };
    this.dispatchEvent(new CustomEvent<State>('view-state', { detail: this.s }));
  }

  protected tellFacts(): void {
    this.dispatchEvent(new Event('view-facts'));
  }

  protected keepRecord(record: unknown): void {
    this.record = record;
    this.dispatchEvent(new CustomEvent<unknown>('view-record', { detail: record }));
  }

  protected isLit(control: string): boolean {
    return this.open && this.lights.includes(control);
  }

  /** The view's words of this key, with these values in them. */
  protected w(key: string, values: Record<string, string | number> = {}): string {
    return speak(this.words[key] ?? '', this.lang, values);
  }

  /** In the place of what the reader is to predict. */
  protected drawHidden(): TemplateResult {
    return html`<p class="note">${this.w('hidden')}</p>`;
  }

  /** How far work is that the view waits for. */
  protected drawShare(words: string, share: number): TemplateResult {
    return html`<p class="note">${words}</p>
      <progress max="1" .value=${share} aria-label=${words}></progress>`;
  }

  /** Those of the view's controls that this step has. */
  protected drawFieldset(draw: Readonly<Record<string, () => TemplateResult>>): TemplateResult | typeof nothing {
    const shown = Object.entries(draw).filter(([control]) => this.controls.includes(control));
    if (shown.length === 0) return nothing;
    return html`<fieldset class="controls" ?disabled=${!this.open}>
      ${shown.map(([control, drawn]) => html`<div class="control ${this.isLit(control) ? 'lit' : ''}">${drawn()}</div>`)}
    </fieldset>`;
  }
}
