import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { LabEngine } from '../../client/client.js';
import { write } from '../../state/properties.js';
import { LabElement } from '../../ui/element.js';
import { formula } from '../../ui/formula.js';
import { base, controls } from '../../ui/styles.js';
import { afterUpdate } from '../../ui/update.js';
import { fixedIn, free, isWithheld, type Assignment } from './assignment.js';
import { answerText, drawAsk, speak, type Values } from './ask.js';
import { frameStyles } from './frame-styles.js';
import {
  stepNames,
  wordsIn,
  type AnyAsk,
  type AnyLesson,
  type AnyStep,
  type AskWords,
  type LessonWords,
  type StepWords,
} from './lesson-type.js';
import type { LessonView } from './lesson-view.js';
import { stateIn } from './step-state.js';
import { phaseOf, type Answer, type Phase, type Progress, type StepProgress } from './progress.js';

type View = LessonView<object, unknown>;

/** Runs one lesson: a step at a time. Events: `go` with the number of a step, `progress` with what was done. */
export class LessonFrame extends LabElement {
  static override properties: PropertyDeclarations = {
    lesson: { attribute: false },
    step: { type: Number },
    engine: { attribute: false },
    progress: { attribute: false },
    assignment: { attribute: false },
  };

  static override styles = [base, controls, frameStyles];

  declare lesson: AnyLesson;
  /** From 1. */
  declare step: number;
  declare engine: LabEngine | null;
  declare progress: Progress;
  declare assignment: Assignment;
  private view: View | null = null;
  /** The lesson, step and phase that the view shows. */
  private shows = '';

  constructor() {
    super();
    this.step = 1;
    this.engine = null;
    this.assignment = free;
  }

  private get name(): string {
    return stepNames(this.lesson)[this.step - 1]!;
  }
  private get now(): AnyStep {
    return this.lesson.steps[this.name]!;
  }
  private get words(): LessonWords {
    return wordsIn(this.lesson.words, this.lang);
  }
  private get stepWords(): StepWords {
    return this.words.steps[this.name]!;
  }
  private get done(): StepProgress {
    return this.progress.steps[this.name]!;
  }
  private get phase(): Phase {
    return phaseOf(this.done);
  }

  private get facts(): unknown {
    return this.view?.facts ?? null;
  }

  private get values(): Values {
    const { facts } = this;
    return facts === null ? {} : (this.now.values?.(facts, (key) => this.words.view[key] ?? '') ?? {});
  }

  private speak(text: string, values?: Values): string {
    // What the lab has not computed yet has no number.
    const coming = values || this.facts !== null ? text : text.replace(/\{\w+(, plural,(?:[^{}]|\{[^{}]*\})*)?\}/g, '…');
    return speak(coming, this.lang, values ?? this.values);
  }

  /** The page shows another station instead, or comes back to this one. */
  left(): void {
    this.view?.left();
  }
  shown(): void {
    this.view?.shown();
  }

  // ---- the view --------------------------------------------------------------------------------------

  protected override willUpdate(changed: PropertyValues): void {
    if (!this.view || changed.has('lesson')) this.makeView();
    const view = this.view!;
    const { now, phase } = this;
    const shows = `${this.lesson.name} ${this.step} ${phase}`;
    if (this.shows !== shows || changed.has('progress') || changed.has('assignment')) this.setView();
    this.shows = shows;
    view.engine = this.engine;
    view.lang = this.lang;
    view.covers = phase === 'predict' ? now.covers : [];
    view.controls = now.controls.filter((control) => !isWithheld(this.lesson, control, this.assignment));
    view.lights = now.lights;
    view.open = phase !== 'predict';
    view.words = this.words.view;
  }

  private makeView(): void {
    const view = document.createElement(this.lesson.tag) as View;
    view.addEventListener('view-state', (event) => {
      const made = (event as CustomEvent<object>).detail;
      const fixed = fixedIn(this.lesson, this.assignment);
      if (Object.keys(fixed).length > 0) view.s = { ...made, ...fixed };
      if (this.phase !== 'predict') this.keep({ state: write(this.lesson.table, made) }, true);
    });
    view.addEventListener('view-facts', () => this.requestUpdate());
    view.addEventListener('view-record', (event) => this.keep({ record: (event as CustomEvent<unknown>).detail }, true));
    this.view = view;
    this.shows = '';
  }

  private setView(): void {
    const view = this.view!;
    view.s = stateIn(this.lesson, this.name, this.progress, this.assignment);
    view.record = this.done.record;
  }

  // ---- answers ---------------------------------------------------------------------------------------

  /** `quietly`: the view has changed by itself, and stays as it is. */
  private keep(change: Partial<StepProgress>, quietly = false): void {
    this.progress.steps[this.name] = { ...this.done, ...change };
    this.progress.when = Date.now();
    this.dispatchEvent(new CustomEvent('progress'));
    if (!quietly) this.requestUpdate();
  }

  private judge(ask: AnyAsk, text: string): string | null {
    const { facts } = this;
    if (facts === null) return null;
    if (ask.by === 'view') return ask.judge(facts);
    return ask.by === 'number' ? ask.judge(Number(text), facts) : ask.judge(text, facts);
  }

  private predict(text: string): void {
    const kind = this.judge(this.now.predict, text);
    if (kind === null) return;
    this.keep({ prediction: { text, kind, tries: 1 }, state: '' });
    this.focusOn('.reveal');
  }

  private goOn(): void {
    // A question without a view of its own is asked about what the reader sees.
    this.keep({ seen: true, state: this.now.task.state ? '' : this.done.state });
    this.focusOn('.task');
  }

  private answer(text: string): void {
    const { now, lesson } = this;
    const kind = this.judge(now.task, text);
    if (kind === null) return;
    const told = now.task.by === 'view' ? lesson.describe(this.view!.s, this.lang, this.view!.record) : text;
    const answer: Answer = { text: told, kind, tries: (this.done.answer?.tries ?? 0) + 1 };
    this.keep({ answer, state: write(lesson.table, this.view!.s) });
    if (kind === 'right') this.focusOn('.verdict.task-verdict');
  }

  private focusOn(selector: string): void {
    afterUpdate(this, () => this.renderRoot.querySelector<HTMLElement>(selector)?.focus());
  }

  /** Puts the focus on the step's heading, where the reader has gone to it. */
  focusHeading(): void {
    this.focusOn('h2');
  }

  // ---- drawing ---------------------------------------------------------------------------------------

  private drawReply(words: AskWords, answer: Answer, more = ''): TemplateResult {
    const right = answer.kind === 'right';
    const reply = words.replies[answer.kind] ?? '';
    return html`<p class="verdict ${right ? 'right' : 'not'} ${more}" tabindex="-1">
      <span class="sign" aria-hidden="true">${right ? '✓' : '→'}</span>
      <span><strong>${this.t(right ? 'lessonRight' : 'lessonNotQuite')}</strong> ${this.speak(reply)}</span>
    </p>`;
  }

  private drawPredict(): TemplateResult {
    const { t, now, stepWords, done } = this;
    const { prediction } = done;
    return html`<section aria-labelledby="predict">
      <h3 id="predict">${t('lessonPredict')}</h3>
      <p>${this.speak(stepWords.predict.ask)}</p>
      ${
        prediction
          ? html`<p class="yours">${t('lessonYours', { answer: answerText(now.predict, stepWords.predict, prediction, this.lang) })}</p>
              ${this.drawReply(stepWords.predict, prediction)}`
          : drawAsk({
              t,
              id: 'prediction',
              ask: now.predict,
              words: stepWords.predict,
              button: t('lessonTell'),
              ready: this.facts !== null,
              give: (text) => this.predict(text),
            })
      }
    </section>`;
  }

  private drawReveal(): TemplateResult | typeof nothing {
    const { t, stepWords, phase } = this;
    if (phase === 'predict') return nothing;
    return html`<section class="reveal" tabindex="-1" aria-labelledby="reveal">
      <h3 id="reveal">${t('lessonLook')}</h3>
      ${stepWords.reveal.map((text) => html`<p>${this.speak(text)}</p>`)} ${this.drawWhy()}
      ${phase === 'look' ? html`<button class="main-button" @click=${() => this.goOn()}>${t('lessonToTask')}</button>` : nothing}
    </section>`;
  }

  private drawWhy(): TemplateResult | typeof nothing {
    const { t, stepWords, facts, now } = this;
    if (facts === null) return nothing;
    const formulas = now.why(facts, this.lang);
    return html`<details>
      <summary>${t('why')}</summary>
      ${stepWords.why.map(
        (text, i) =>
          html`<p>${this.speak(text)}</p>
            ${formulas[i] ? formula(formulas[i]) : nothing}`,
      )}
    </details>`;
  }

  private drawTask(): TemplateResult | typeof nothing {
    const { t, now, stepWords, done, phase } = this;
    if (phase === 'predict' || phase === 'look') return nothing;
    const { answer } = done;
    return html`<section class="task" tabindex="-1" aria-labelledby="task">
      <h3 id="task">${t('lessonNowYou')}</h3>
      <p>${this.speak(stepWords.task.ask)}</p>
      ${
        phase === 'done'
          ? nothing
          : drawAsk({
              t,
              id: 'answer',
              ask: now.task,
              words: stepWords.task,
              button: t('lessonCheck'),
              ready: this.facts !== null,
              give: (text) => this.answer(text),
            })
      }
      <div role="status">${answer ? this.drawReply(stepWords.task, answer, 'task-verdict') : nothing}</div>
    </section>`;
  }

  private drawSteps(): TemplateResult {
    const { t, lesson, words, progress } = this;
    return html`<nav aria-label=${t('lessonSteps')}>
      <ol>
        ${stepNames(lesson).map((name, i) => {
          const done = phaseOf(progress.steps[name]!) === 'done';
          return html`<li>
            <button
              class=${done ? 'done' : ''}
              title=${words.steps[name]!.title}
              aria-current=${i + 1 === this.step ? 'step' : nothing}
              @click=${() => this.go(i + 1)}
            >
              <span class="number">${i + 1}<span aria-hidden="true">${done ? ' ✓' : ''}</span></span>
              <span class="name">${words.steps[name]!.title}</span>
              ${done ? html`<span class="hidden">${t('lessonSolved')}</span>` : nothing}
            </button>
          </li>`;
        })}
        <li>
          <button class="sheet" @click=${() => this.go(stepNames(lesson).length + 1)}>${t('lessonSheet')}</button>
        </li>
      </ol>
    </nav>`;
  }

  private go(step: number): void {
    this.dispatchEvent(new CustomEvent<number>('go', { detail: step }));
  }

  private drawOnward(): TemplateResult {
    const { t, step, phase } = this;
    const last = step === stepNames(this.lesson).length;
    return html`<div class="onward">
      ${step > 1 ? html`<button @click=${() => this.go(step - 1)}>${t('lessonBack')}</button>` : nothing}
      <button class=${phase === 'done' ? 'main-button' : ''} @click=${() => this.go(step + 1)}>
        ${last ? t('lessonToSheet') : phase === 'done' ? t('lessonNext') : t('lessonSkip')}
      </button>
    </div>`;
  }

  protected override render(): TemplateResult {
    const { t, stepWords, step } = this;
    const steps = stepNames(this.lesson).length;
    return html`<div class="lesson" data-testid="step" data-step=${step} data-phase=${this.phase}>
      ${this.drawSteps()}
      <div class="step">
        <div class="text">
          <p class="count">${t('lessonStepOf', { step, steps })}</p>
          <h2 tabindex="-1">${stepWords.title}</h2>
          ${stepWords.text.map((text) => html`<p>${this.speak(text)}</p>`)}
        </div>
        <div class="stage">${this.view}</div>
        <div class="asks">${this.drawPredict()} ${this.drawReveal()} ${this.drawTask()} ${this.drawOnward()}</div>
      </div>
      ${this.drawVoice()}
    </div>`;
  }
}

customElements.define('lab-lesson', LessonFrame);
