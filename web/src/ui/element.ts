import { LitElement, html, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { LabProblem } from '../client/protocol.js';
import { type Lang, sentenceIn, translate, type Translate } from '../i18n/index.js';
import { problemOf } from '../state/engine.js';

/** A button beside what went wrong. */
export interface Remedy {
  words: string;
  run: () => void;
}

/**
 * Base class of every element with text: the reader's language, announcements for screen
 * readers, and a place for errors.
 */
export abstract class LabElement extends LitElement {
  static override properties: PropertyDeclarations = {
    lang: { type: String },
    problem: { state: true },
    said: { state: true },
  };

  declare lang: Lang;
  declare protected problem: LabProblem | null;
  declare protected said: string;
  private saying = 0;

  constructor() {
    super();
    this.lang = 'en';
    this.problem = null;
    this.said = '';
  }

  protected get t(): Translate {
    return translate(this.lang);
  }

  /** Lets a screen reader speak, once nothing newer has come for a moment. */
  protected say(text: string): void {
    clearTimeout(this.saying);
    this.saying = setTimeout(() => (this.said = text), 250) as unknown as number;
  }

  protected drawVoice(): TemplateResult {
    return html`<div class="hidden" role="status" aria-live="polite">${this.said}</div>`;
  }

  /** Lets work go on by itself. `failed` says in its place what went wrong; by default this element does. */
  protected attempt(work: Promise<unknown> | undefined, failed = (error: unknown): void => void (this.problem = problemOf(error))): void {
    work?.catch(failed);
  }

  /** The remedy of trying again. A screen reader hears at once that a try is under way: it may take long. */
  protected retry(run: () => void): Remedy {
    const tell = (): void => {
      // The same words again would not be spoken, and what was to be said is of the try before.
      clearTimeout(this.saying);
      this.said = '';
      this.attempt(this.updateComplete.then(() => (this.said = this.t('tryingAgain'))));
      run();
    };
    return { words: this.t('tryAgain'), run: tell };
  }

  /** Draws what went wrong in the reader's language, with the remedy as a button where there is one. */
  protected drawProblem(problem: LabProblem | string | null, fix?: Remedy): TemplateResult | '' {
    if (!problem) return '';
    return html`<div class="problem" role="alert">
      <div>${typeof problem === 'string' ? problem : sentenceIn(this.lang, problem)}</div>
      ${fix ? html`<button @click=${() => fix.run()}>${fix.words}</button>` : ''}
    </div>`;
  }
}
