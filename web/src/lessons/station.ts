import { css, html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { addressDelay } from '../state/address.js';
import { problemOf } from '../state/engine.js';
import { defaults, read, write } from '../state/properties.js';
import { stationStyles } from '../ui/station-layout.js';
import { Station } from '../ui/station.js';
import { afterUpdate } from '../ui/update.js';
import { free, namesIn, unreadLaid, type Assignment } from './frame/assignment.js';
import { assignTraining } from './frame/laid-training.js';
import './frame/frame.js';
import type { LessonFrame } from './frame/frame.js';
import { stepNames, wordsIn, type AnyLesson } from './frame/lesson-type.js';
import {
  decodeProgress,
  encodeProgress,
  firstOpen,
  fresh,
  lessonOfCode,
  ProgressKeeper,
  readProgress,
  type Progress,
} from './frame/progress.js';
import './frame/sheet.js';
import { cardOf, isLesson, loadLesson, order } from './list.js';
import { table, type State } from './state.js';
import type { Entry } from './teacher.js';

const listStyles = css`
  ol.lessons {
    display: grid;
    gap: 0;
    margin: 0;
    padding: 0;
    list-style: none;
    max-width: 960px;
  }
  .lessons li {
    display: grid;
    grid-template-columns: 32px minmax(0, 1fr) auto;
    gap: 4px 16px;
    align-items: center;
    padding: 20px 0;
    border-top: 1px solid var(--lab-line);
  }
  .lessons .count {
    font-family: var(--lab-mono);
    font-size: var(--lab-large);
    color: var(--lab-ink-soft);
    align-self: start;
  }
  .lessons p {
    max-width: 60ch;
  }
  .note {
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
    max-width: 68ch;
  }
  .lessons button {
    min-width: 128px;
  }
  .begin {
    background: var(--lab-accent);
    border-color: var(--lab-accent);
    color: var(--lab-on-accent);
    font-weight: 600;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 16px;
    align-items: center;
  }
  .handed-in p {
    flex: 0 1 68ch;
  }
  .file {
    display: none;
  }
  .borrowed {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 16px;
    align-items: center;
    padding: 8px 12px;
    border-left: 3px solid var(--lab-lit);
    background: var(--lab-sunk);
  }
  @media print {
    .bar,
    .borrowed,
    .lead {
      display: none;
    }
  }
  @container (width <= 570px) {
    .lessons li {
      grid-template-columns: 24px minmax(0, 1fr);
    }
    .lessons button {
      grid-column: 2;
      justify-self: start;
    }
  }
`;

/** What is not said where the list is shown. */
const toList = { lesson: '', step: 0, sheet: '', teacher: 'no' } as const;
const notLaid = { hide: '', fix: '', epochs: 0, images: 0, seed: 0 } as const;

/** What is laid down in a link. */
function laidIn(link: string): Pick<State, keyof typeof notLaid> {
  const { hide, fix, epochs, images, seed } = read(table, link);
  return { hide, fix, epochs, images, seed };
}

/** The list of lessons, a lesson, and its result sheet. */
export class LessonsStation extends Station<State> {
  static override properties: PropertyDeclarations = {
    lesson: { state: true },
    progress: { state: true },
    borrowed: { state: true },
    copied: { state: true },
    wrong: { state: true },
    engineCame: { state: true },
  };

  static override styles = [...stationStyles, listStyles];

  protected readonly table = table;
  declare private lesson: AnyLesson | null;
  declare private progress: Progress | null;
  /** The progress is somebody else's. */
  declare private borrowed: boolean;
  declare private copied: boolean;
  /** What is wrong with a link or a file. */
  declare private wrong: string;
  declare private engineCame: boolean;
  private readonly keeper = new ProgressKeeper();
  /** What a teacher has chosen for the lessons. */
  private readonly entries = new Map<string, Entry>();
  private laid = { hide: '', fix: '', assignment: free };
  private waiting: ReturnType<typeof setTimeout> | undefined;
  /** A link has been read, and its lesson is not yet asked whether it knows what is laid down. */
  private isLinkNew = true;

  constructor() {
    super();
    this.lesson = this.progress = null;
    this.borrowed = this.copied = this.engineCame = false;
    this.wrong = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('pagehide', this.save);
    afterUpdate(this, () => this.attempt(this.open()));
  }

  override disconnectedCallback(): void {
    removeEventListener('pagehide', this.save);
    this.save();
    super.disconnectedCallback();
  }

  protected override ready(): void {
    this.engineCame = true;
  }

  protected override stateRead(): void {
    this.isLinkNew = true;
    this.attempt(this.open());
  }

  protected override left(): void {
    this.frame?.left();
  }
  protected override shown(): void {
    this.frame?.shown();
  }

  private get frame(): LessonFrame | null {
    return this.renderRoot.querySelector('lab-lesson');
  }

  // ---- which lesson ----------------------------------------------------------------------------------

  /** Opens what the link says; the list where it says nothing. */
  private async open(): Promise<void> {
    const { sheet } = this.s;
    // The page's lessons keep what they have trained: for other numbers it has to begin anew.
    if (!assignTraining(this.s) && this.inLab) {
      // The address has what was changed by then.
      setTimeout(() => location.reload(), 2 * addressDelay);
      return;
    }
    if (this.s.teacher === 'yes') await import('./teacher.js');
    const name = sheet ? (lessonOfCode(sheet) ?? '') : this.s.lesson;
    this.wrong = '';
    if (!isLesson(name)) {
      this.save();
      this.lesson = this.progress = null;
      if (sheet) this.wrong = this.t('sheetUnreadable');
      if (this.s.lesson && !sheet) this.unread = [...this.unread, { field: 'lesson', value: name, taken: '' }];
      if (sheet || this.s.lesson) this.set({ ...toList, teacher: this.s.teacher });
      return;
    }
    if (this.lesson?.name !== name) {
      this.save();
      this.lesson = this.progress = null;
      try {
        this.lesson = await loadLesson(name);
      } catch (error) {
        this.problem = problemOf(error);
        return;
      }
    }
    const { lesson } = this;
    if (this.isLinkNew) this.unread = [...this.unread, ...unreadLaid(lesson, this.assignment)];
    this.isLinkNew = false;
    const lent = sheet ? decodeProgress(lesson, sheet) : null;
    if (lent) this.show(lent, true);
    else if (!this.progress || this.borrowed) this.show(this.keeper.load(lesson), false);
    const last = stepNames(lesson).length + 1;
    const step = Math.min(this.s.step, last) || (lent ? last : firstOpen(lesson, this.progress!));
    this.set({ lesson: name, step });
  }

  private show(progress: Progress, borrowed: boolean): void {
    this.save();
    this.progress = progress;
    this.borrowed = borrowed;
  }

  private enter(lesson: string, step = 0): void {
    // What was laid down for somebody else's sheet does not hold for one's own.
    this.set({ lesson, step, sheet: '', ...(this.borrowed ? notLaid : {}) });
    this.attempt(this.open().then(() => this.focusHeading()));
  }

  private toList(): void {
    this.save();
    this.lesson = this.progress = null;
    this.borrowed = false;
    this.set(toList);
    afterUpdate(this, () => this.renderRoot.querySelector<HTMLElement>('h1')?.focus());
  }

  private go(step: number): void {
    this.set({ step });
    this.focusHeading();
  }

  /** The reader has gone somewhere: a heading says where. */
  private focusHeading(): void {
    afterUpdate(this, () => {
      this.renderRoot.querySelector<LessonFrame>('lab-lesson, lab-sheet')?.focusHeading();
      this.scrollIntoView?.({ block: 'nearest' });
    });
  }

  // ---- progress --------------------------------------------------------------------------------------

  /** A slider gives many changes. */
  private keep(): void {
    this.requestUpdate();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(this.save, 200);
  }

  private readonly save = (): void => {
    if (this.waiting === undefined) return;
    clearTimeout(this.waiting);
    this.waiting = undefined;
    if (this.progress && !this.borrowed) this.keeper.save(this.progress);
    this.requestUpdate();
  };

  private again(): void {
    if (!this.lesson) return;
    this.progress = fresh(this.lesson);
    this.keep();
    this.go(1);
  }

  // ---- links and files -------------------------------------------------------------------------------

  private async handIn(): Promise<void> {
    const params = new URLSearchParams({ sheet: encodeProgress(this.progress!), lang: this.lang });
    for (const [name, value] of new URLSearchParams(this.laidDown)) params.set(name, value);
    const link = new URL(`#lessons?${params.toString()}`, location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      this.copied = true;
      setTimeout(() => (this.copied = false), 2000);
    } catch {
      // The browser forbids it: the link stands in the address.
      location.href = link;
    }
  }

  private async bring(file: File): Promise<void> {
    let value: unknown;
    try {
      value = JSON.parse(await file.text());
    } catch {
      value = null;
    }
    const name = (value as { lesson?: unknown } | null)?.lesson;
    const progress = typeof name === 'string' && isLesson(name) ? readProgress(await loadLesson(name), value) : null;
    if (!progress) {
      this.wrong = this.t('sheetUnreadable');
      return;
    }
    const { laid } = value as { laid?: unknown };
    this.set({ ...laidIn(typeof laid === 'string' ? laid : ''), lesson: progress.lesson, step: 0, sheet: encodeProgress(progress) });
    await this.open();
    this.focusHeading();
  }

  // ---- drawing ---------------------------------------------------------------------------------------

  private drawItem(name: string, index: number): TemplateResult {
    const { t, lang } = this;
    const { minutes, words } = cardOf(name);
    const { title, goal } = wordsIn(words, lang);
    const done = this.keeper.glance(name);
    const state = done === null ? t('lessonNotBegun') : t('lessonsSolved', { n: done });
    return html`<li data-lesson=${name}>
      <span class="count" aria-hidden="true">${index + 1}</span>
      <div>
        <h2>${title}</h2>
        <p>${goal}</p>
        <p class="note">${t('lessonMinutes', { n: minutes })} · ${state}</p>
      </div>
      <button
        class=${done === null ? 'begin' : ''}
        aria-label="${t(done === null ? 'lessonBegin' : 'lessonGoOn')}: ${title}"
        @click=${() => this.enter(name)}
      >
        ${t(done === null ? 'lessonBegin' : 'lessonGoOn')}
      </button>
    </li>`;
  }

  private drawList(): TemplateResult {
    const { t } = this;
    return html`<header class="lead">
        <h1 tabindex="-1">${t('lessonsTitle')}</h1>
        <p>${t('lessonsLead')}</p>
      </header>
      <ol class="lessons">
        ${order.map((name, i) => this.drawItem(name, i))}
      </ol>
      <div class="bar">
        ${this.drawOpening()}
        <button @click=${() => this.toTeacher()}>${t('teacherTitle')}</button>
      </div>
      ${this.drawProblem(this.wrong)}`;
  }

  /** Opens the file of a sheet that was handed in. */
  private drawOpening(): TemplateResult {
    const { t } = this;
    return html`<button @click=${() => this.renderRoot.querySelector<HTMLInputElement>('.file')?.click()}>${t('sheetOpen')}</button>
      <input
        class="file"
        type="file"
        accept=".json,application/json"
        aria-label=${t('sheetOpen')}
        @change=${(event: Event) => {
          const input = event.target as HTMLInputElement;
          const file = input.files?.[0];
          input.value = '';
          if (file) this.attempt(this.bring(file));
        }}
      />`;
  }

  /** For teachers: what the lessons expect, and links to them. */
  private drawTeacher(): TemplateResult {
    const { t, s } = this;
    return html`<div class="bar"><button @click=${() => this.toList()}>${t('lessonsAll')}</button></div>
      <header class="lead">
        <h1 tabindex="-1">${t('teacherTitle')}</h1>
        <p>${t('teacherLead')}</p>
      </header>
      <div class="bar handed-in">
        <p>${t('teacherHandedIn')}</p>
        ${this.drawOpening()}
      </div>
      ${this.drawProblem(this.wrong)}
      <lab-teacher
        .engine=${this.engineCame ? this.engine : null}
        .entries=${this.entries}
        .training=${{ epochs: s.epochs, images: s.images, seed: s.seed }}
        .lang=${this.lang}
        ?saveable=${this.inLab}
      ></lab-teacher>`;
  }

  private toTeacher(): void {
    this.set({ ...toList, teacher: 'yes' });
    this.attempt(this.open().then(() => afterUpdate(this, () => this.renderRoot.querySelector<HTMLElement>('h1')?.focus())));
  }

  /** What is laid down, as a query string: with it a sheet opens as it was made. */
  private get laidDown(): string {
    return write(table, { ...defaults(table), ...laidIn(write(table, this.s)) });
  }

  /** What the link lays down. One object while it is the same: it is compared. */
  private get assignment(): Assignment {
    const { hide, fix } = this.s;
    if (this.laid.hide !== hide || this.laid.fix !== fix) this.laid = { hide, fix, assignment: { hidden: namesIn(hide), fixed: fix } };
    return this.laid.assignment;
  }

  private drawLesson(lesson: AnyLesson, progress: Progress): TemplateResult {
    const { t, lang, s } = this;
    const card = cardOf(lesson.name);
    const { title, goal } = wordsIn(card.words, lang);
    const sheet = s.step > stepNames(lesson).length;
    return html`<div class="bar">
        ${s.alone === 'yes' ? nothing : html`<button @click=${() => this.toList()}>${t('lessonsAll')}</button>`}
        ${sheet ? html`<button @click=${() => this.go(Math.min(firstOpen(lesson, progress), s.step - 1))}>${t('lessonToSteps')}</button>` : nothing}
      </div>
      ${this.borrowed ? this.drawBorrowed(progress) : nothing}
      ${
        sheet
          ? html`<h1 class="hidden">${title}</h1>
              <lab-sheet
                .lesson=${lesson}
                .card=${card}
                .progress=${progress}
                .assignment=${this.assignment}
                .laid=${this.laidDown}
                .borrowed=${this.borrowed}
                .linkable=${this.inLab}
                .copied=${this.copied}
                .lang=${lang}
                @progress=${() => this.keep()}
                @again=${() => this.again()}
                @hand-in=${() => this.attempt(this.handIn())}
              ></lab-sheet>`
          : html`<header class="lead">
                <h1>${title}</h1>
                ${s.step === 1 ? html`<p>${goal}</p>` : nothing}
              </header>
              <lab-lesson
                .lesson=${lesson}
                .step=${s.step}
                .progress=${progress}
                .assignment=${this.assignment}
                .engine=${this.engineCame ? this.engine : null}
                .lang=${lang}
                @progress=${() => this.keep()}
                @go=${(event: CustomEvent<number>) => this.go(event.detail)}
              ></lab-lesson>`
      }
      ${this.borrowed || this.keeper.kept ? nothing : html`<p class="note" role="status">${t('lessonNotKept')}</p>`}`;
  }

  private drawBorrowed({ who }: Progress): TemplateResult {
    const { t } = this;
    return html`<div class="borrowed" role="note">
      <span>${who ? t('sheetBorrowedOf', { who }) : t('sheetBorrowed')}</span>
      <button @click=${() => this.enter(this.lesson!.name)}>${t('sheetToMine')}</button>
    </div>`;
  }

  protected override render(): TemplateResult {
    const { lesson, progress, s } = this;
    return html`<div class="station">
      ${this.drawFailure()}
      ${s.lesson === '' && s.sheet === '' ? (s.teacher === 'yes' ? this.drawTeacher() : this.drawList()) : lesson && progress && s.step > 0 ? this.drawLesson(lesson, progress) : nothing}
      ${this.drawVoice()}
    </div>`;
  }
}

customElements.define('lab-lessons', LessonsStation);
