import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { LabEngine, LabProblem } from '../../client/client.js';
import { concernStyles, drawConcerns } from '../../design/concerns.js';
import { handedOver } from '../../files/handed-over.js';
import { isLayersPath, isNetworkPath } from '../../files/network-endings.js';
import type { Intake } from '../../files/intake.js';
import { dropped, given, type GivenFile } from '../../files/named-file.js';
import type { OwnImages } from '../../files/own-images.js';
import { FileProblem } from '../../files/problem.js';
import { Reading, Stopped } from '../../files/reading.js';
import '../../files/run-files.js';
import { sentenceIn } from '../../i18n/index.js';
import '../../run/curve-figure.js';
import { problemOf } from '../../state/engine.js';
import { plain } from '../../ui/numbers.js';
import { stationStyles } from '../../ui/station-layout.js';
import { Station } from '../../ui/station.js';
import { Album, fewestClasses, hindrances, interleave, mostClasses, picturesOf, type OwnClass, type Picture } from './album.js';
import { drawBaseChoice } from './base-choice.js';
import { Beginnings } from './beginnings.js';
import { Camera } from './camera.js';
import './class-card.js';
import type { CardEvents } from './class-card.js';
import { drawn, exampleClasses } from './example.js';
import { drawTask, drawWhy } from './explanation.js';
import { Gathering, seen } from './gathering.js';
import { Learning } from './learning.js';
import './live-answer.js';
import { outcomeOf, progressOf } from './progress.js';
import { pictureShape, side } from './recipe.js';
import { table, type State } from './state.js';
import { classesStyles } from './station-styles.js';

/** Milliseconds without a change of the pictures before it trains again. */
const settling = 1200;
const examplesEach = 20;
const measures = ['loss', 'accuracy'] as const;

/** Files that hold a run, or data as a whole. */
const isWhole = ({ path }: GivenFile): boolean =>
  /\.(zip|tar|tgz|gz|npz)$/i.test(path) || /(^|\/)(experiment\.json|checkpoint\.safetensors)$/.test(path);
const isWeights = ({ path }: GivenFile): boolean => /\.safetensors$/i.test(path) || isLayersPath(path);

/** The reader's own classes: a few pictures of each, a network that learns them in seconds, and its live answer. */
export class ClassesStation extends Station<State> {
  static override properties: PropertyDeclarations = {
    trouble: { state: true },
    notice: { state: true },
    reading: { state: true },
    over: { state: true },
    away: { state: true },
    charts: { state: true },
    guess: { state: true },
  };

  static override styles = [...stationStyles, concernStyles, classesStyles];

  protected readonly table = table;
  declare private trouble: LabProblem | string | null;
  declare private notice: string;
  /** How far the reading of files is that are read as a whole; null: none are. */
  declare private reading: string | null;
  /** Files are held over the station. */
  declare private over: boolean;
  /** Another station is shown. */
  declare private away: boolean;
  /** Charts that are drawn: one comes a frame, as each takes a while. */
  declare private charts: number;
  /** The reader's answer to the question. */
  declare private guess: number | null;
  private readonly album = new Album();
  private readonly camera = new Camera();
  private readonly beginnings = new Beginnings();
  private readonly gathering = new Gathering(this.album, this.camera, pictureShape, {
    engineUrl: () => this.engineUrlNow,
    unnamed: (n) => this.t('classesNumber', { n }),
    wordsOf: (error) => this.sentence(error),
    failed: (error) => this.failed(error),
    changed: () => this.changed(),
  });
  private learning: Learning | null = null;
  private reader: Reading | null = null;
  /** The album's version that is the example's. */
  private example = -1;
  private timer = 0;
  /** Known before the module is loaded: pictures are read by another one. */
  private engineUrlNow: string | null = null;
  private begun: () => void = () => undefined;
  /** Resolves when one can train. */
  private readonly beginning = new Promise<void>((resolve) => (this.begun = resolve));

  constructor() {
    super();
    this.trouble = this.reading = this.guess = null;
    this.notice = '';
    this.charts = 0;
    this.over = this.away = false;
    this.camera.addEventListener('changed', () => this.changed());
    this.album.addEventListener('changed', () => this.changed());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('visibilitychange', this.onVisible);
    for (const type of ['dragover', 'dragleave', 'drop'] as const) this.addEventListener(type, this.onDrag);
  }

  override disconnectedCallback(): void {
    document.removeEventListener('visibilitychange', this.onVisible);
    for (const type of ['dragover', 'dragleave', 'drop'] as const) this.removeEventListener(type, this.onDrag);
    clearTimeout(this.timer);
    this.gathering.hold(null);
    this.reader?.stop();
    this.camera.stop();
    this.attempt(this.learning?.close());
    super.disconnectedCallback();
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (this.album.classes.length === 0) for (let n = 1; n <= fewestClasses; n++) this.album.addClass(this.t('classesNumber', { n }));
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (!this.learning?.run.session || this.charts >= measures.length) return;
    const next = this.charts + 1;
    // In a task of its own: the frame may draw the station's other parts anew.
    requestAnimationFrame(() => setTimeout(() => (this.charts = Math.max(this.charts, next))));
  }

  protected override early(engine: LabEngine): void {
    this.engineUrlNow = engine.engineUrl;
  }

  protected override async ready(): Promise<void> {
    const engine = this.engine!;
    const learning = (this.learning = new Learning(engine, this.album, () => this.requestUpdate()));
    learning.run.listen('state', () => {
      if (learning.run.state === 'finished') this.say(outcomeOf(learning.run, this.t, this.lang));
    });
    await this.beginnings.look(engine.engineUrl);
    this.begun();
    this.changed();
    this.takeHandedOver();
  }

  /** The network that another station has given to this one. */
  private takeHandedOver(): void {
    const file = handedOver.take();
    if (file) this.attempt(this.giveBase([given(file)]), this.failed);
  }

  protected override left(): void {
    this.away = true;
    this.rest();
    this.attempt(this.learning?.rest(), this.failed);
  }

  protected override shown(): void {
    this.away = false;
    this.attempt(this.learning?.wake(), this.failed);
    this.changed();
    if (this.learning) this.takeHandedOver();
  }

  /** Pictures that are in no file. */
  override get wouldLose(): boolean {
    const { album, learning } = this;
    if (album.count === 0 || album.version === this.example) return false;
    return !learning?.run.session || learning.stale || learning.run.savedAt !== learning.run.step;
  }

  private readonly failed = (error: unknown): void =>
    void (this.trouble = error instanceof FileProblem ? this.t(error.key, error.values) : problemOf(error));

  private sentence(error: unknown): string {
    return error instanceof FileProblem ? this.t(error.key, error.values) : sentenceIn(this.lang, problemOf(error));
  }

  private readonly onVisible = (): void => {
    if (document.visibilityState === 'hidden') this.rest();
  };

  /** A camera that nobody sees is off. */
  private rest(): void {
    this.gathering.hold(null);
    if (this.camera.state === 'on' || this.camera.state === 'asking') this.camera.stop('rested');
  }

  /** Pictures, the camera, or what comes in has changed. */
  private changed(): void {
    this.requestUpdate();
    if (!this.s) return;
    // It is fetched while pictures come in.
    if (this.album.count > 0) this.beginnings.base(this.s.base).catch(() => undefined);
    this.trainSoon();
  }

  /** Trains again when nothing has changed for a while, if it has trained before. */
  private trainSoon(): void {
    clearTimeout(this.timer);
    const { learning } = this;
    if (this.s.again !== 'yes' || !learning || learning.learned < 0 || !learning.stale) return;
    this.timer = setTimeout(() => {
      if (this.gathering.quiet && !this.away && learning.stale) this.train();
    }, settling) as unknown as number;
  }

  private train(): void {
    const { learning, album } = this;
    if (!learning || hindrances(album.classes).length > 0) return;
    clearTimeout(this.timer);
    this.trouble = null;
    this.notice = '';
    this.attempt(
      learning.train((told) => this.beginnings.base(this.s.base, told)),
      this.failed,
    );
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.attempt(this.learning?.stop(), this.failed);
  }

  /** Takes another beginning, and learns again with it if it has learned before. */
  private chooseBase(base: State['base']): void {
    this.set({ base });
    if (this.s.again === 'yes' && this.learning?.run.session) this.train();
  }

  private notify(notice: string): void {
    this.notice = notice;
    this.say(notice);
  }

  // ---- files ---------------------------------------------------------------------------------------

  /** Files that were given to the station as a whole. */
  private async take(files: readonly GivenFile[]): Promise<void> {
    this.trouble = null;
    await this.beginning;
    const useful = seen(files);
    if (useful.some(({ path }) => isNetworkPath(path))) await this.giveBase(useful);
    else if (useful.some(isWhole)) await this.read(useful);
    else if (useful.some(isWeights)) await this.giveBase(useful);
    else await this.gathering.takeFolders(useful);
  }

  /** Reads a saved run, or an archive of pictures. */
  private async read(files: readonly GivenFile[]): Promise<void> {
    this.reader?.stop();
    this.notice = '';
    this.reading = this.t('readingFiles');
    const options = { size: side, grey: false, layout: 'auto', validation: 'auto', skip_bad: true } as const;
    const reader = new Reading(files, options, this.engine!.engineUrl, ({ what, done, total }) => {
      const numbers = { done: plain(done, this.lang), total: plain(total, this.lang) };
      this.reading = this.t(what === 'image' ? 'readingImages' : 'readingDataFiles', numbers);
    });
    this.reader = reader;
    try {
      await this.takeIntake(await reader.intake);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      this.notice = this.t('readingStopped');
    } finally {
      if (this.reader === reader) this.reader = this.reading = null;
    }
  }

  private async takeIntake(intake: Intake): Promise<void> {
    if (intake.kind === 'design') throw new FileProblem('classesNoRun', { name: intake.experiment.name });
    if (intake.kind === 'network') return this.giveBase([given(new File([intake.network.model], 'model.safetensors'))]);
    const name = intake.kind === 'run' ? intake.run.experiment.name : '';
    const { images } = intake;
    if (!images) throw new FileProblem('classesRunNoPictures', { name });
    const { length } = images.card.classes;
    if (length < fewestClasses || length > mostClasses) throw new FileProblem('classesTooMany', { n: mostClasses });
    await this.learning!.stop();
    this.album.replace(classesOf(images));
    const n = this.album.count;
    if (intake.kind === 'run') {
      clearTimeout(this.timer);
      await this.learning!.take(intake.run, images);
    }
    this.notify(intake.kind === 'run' ? this.t('classesOpened', { name, n }) : this.t('classesTaken', { n }));
  }

  private async giveBase(files: readonly GivenFile[]): Promise<void> {
    this.trouble = null;
    this.notice = this.t('readingFiles');
    try {
      await this.beginning;
      const { title } = await this.beginnings.take(files);
      this.chooseBase('file');
      this.notify(this.t('baseGiven', { name: title }));
    } catch (error) {
      this.notice = '';
      throw error;
    }
  }

  private fillExample(): void {
    this.album.replace(
      exampleClasses.map((kind, i) => ({
        name: this.t(kind === 'discs' ? 'classesDiscs' : 'classesStripes'),
        pictures: Array.from({ length: examplesEach }, (_, n) => drawn(kind, 1000 * i + n)),
      })),
    );
    this.example = this.album.version;
    this.train();
  }

  private readonly onDrag = (event: DragEvent): void => {
    if (event.defaultPrevented || !event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.over = event.type === 'dragover';
    if (event.type !== 'drop') return;
    const card = event.composedPath().find((one) => one instanceof HTMLElement && one.localName === 'lab-class-card') as
      (HTMLElement & { own: OwnClass }) | undefined;
    this.attempt(
      dropped(event.dataTransfer).then((files) =>
        card && !files.some(isWhole) ? this.gathering.fill(card.own.id, files) : this.take(files),
      ),
      this.failed,
    );
  };

  // ---- drawing -------------------------------------------------------------------------------------

  private drawLearning(): TemplateResult {
    const { t, lang, s, album, learning } = this;
    const { state, words, share } = progressOf(learning, t, lang);
    const run = learning?.run ?? null;
    const busy = learning?.busy ?? true;
    const [why] = hindrances(album.classes);
    const { canGoOn } = learning ?? { canGoOn: false };
    const go = (): void => (canGoOn ? this.attempt(run!.train(), this.failed) : this.train());
    const info = run?.session?.info;
    const said = why ? t(why.key, why.values) : info && learning!.stale && !busy ? t('classesStale') : words;
    return html`<section class="learn" aria-label=${t('training')}>
      <div class="buttons">
        <button class="go" ?disabled=${busy || why !== undefined} @click=${go}>
          ${t(canGoOn ? 'classesGoOn' : info ? 'classesTrainAgain' : 'classesTrain')}
        </button>
        ${learning && busy ? html`<button @click=${() => this.stop()}>${t('classesStop')}</button>` : nothing}
        <label class="tick">
          <input
            type="checkbox"
            .checked=${s.again === 'yes'}
            @change=${(event: Event) => {
              this.set({ again: (event.target as HTMLInputElement).checked ? 'yes' : 'no' });
              this.trainSoon();
            }}
          />
          ${t('classesAgain')}
        </label>
      </div>
      <div class="status" data-testid="classes" data-state=${state} data-step=${run?.step ?? 0}>
        ${busy && learning ? words : said}
        ${share === null ? nothing : html`<progress max="1" .value=${share} aria-label=${words}></progress>`}
        <strong data-testid="accuracy">${info && run!.step > 0 ? outcomeOf(run, t, lang) : ''}</strong>
      </div>
      ${this.drawProblem(this.trouble ?? run?.problem ?? null)}
      ${drawConcerns(info ? [...info.description.concerns, ...info.concerns] : [], t('concernsTitle'), lang)}
      ${drawBaseChoice({
        t,
        lang,
        beginnings: this.beginnings,
        chosen: s.base,
        choose: (base) => this.chooseBase(base),
        give: (files) => this.attempt(this.giveBase(files.map(given)), this.failed),
      })}
    </section>`;
  }

  private drawCard(own: OwnClass, index: number): TemplateResult {
    const { album, gathering } = this;
    const on =
      <N extends keyof CardEvents>(act: (detail: CardEvents[N]) => void) =>
      (event: CustomEvent<CardEvents[N]>): void =>
        act(event.detail);
    const filling = gathering.fillings.get(own.id);
    return html`<lab-class-card
      .own=${own}
      .index=${index}
      .recording=${gathering.recording === own.id}
      .waiting=${this.camera.state !== 'on'}
      .removable=${album.classes.length > fewestClasses}
      .filling=${filling ? { ...filling } : null}
      .lang=${this.lang}
      @class-hold=${on<'hold'>((held) => gathering.hold(held ? own.id : null))}
      @class-pictures=${on<'pictures'>((files) => this.attempt(gathering.fill(own.id, files.map(given)), this.failed))}
      @class-rename=${on<'rename'>((name) => album.rename(own.id, name))}
      @class-take=${on<'take'>((picture) => album.remove(own.id, picture))}
      @class-clear=${on<'clear'>(() => album.clear(own.id))}
      @class-drop=${on<'drop'>(() => album.removeClass(own.id))}
      @class-understood=${on<'understood'>(() => album.tellUnread(own.id, []))}
      @class-stop=${on<'stop'>(() => gathering.stopFilling(own.id))}
    ></lab-class-card>`;
  }

  private drawAlbum(): TemplateResult {
    const { t, album } = this;
    const { classes } = album;
    return html`<section class="own" aria-label=${t('classesTitleShort')}>
      ${this.drawReading()}
      <div class="cards">
        ${repeat(
          classes,
          ({ id }) => id,
          (own, index) => this.drawCard(own, index),
        )}
      </div>
      <div class="buttons">
        <button ?disabled=${classes.length >= mostClasses} @click=${() => album.addClass(t('classesNumber', { n: classes.length + 1 }))}>
          ${t('classesAdd')}
        </button>
        ${album.canUndo ? html`<button @click=${() => album.undo()}>${t('undo')}</button>` : nothing}
        ${
          album.count === 0
            ? html`<button ?disabled=${!this.learning} @click=${() => this.fillExample()}>${t('classesExample')}</button>`
            : nothing
        }
      </div>
      <p class="note">${t('classesHeldNote')}</p>
    </section>`;
  }

  private drawReading(): TemplateResult | typeof nothing {
    if (this.reading !== null)
      return html`<div class="buttons">
        <span class="note">${this.reading}</span><button class="small" @click=${() => this.reader?.stop()}>${this.t('stopReading')}</button>
      </div>`;
    return this.notice ? html`<p class="note" data-testid="notice">${this.notice}</p>` : nothing;
  }

  private drawLive(): TemplateResult {
    const { s, camera } = this;
    return html`<div class="live">
      <lab-live-answer
        .camera=${camera}
        .run=${this.learning?.run ?? null}
        .engineUrl=${this.engineUrlNow ?? ''}
        .mirror=${s.mirror === 'yes'}
        .look=${s.look === 'yes'}
        .active=${!this.away}
        .lang=${this.lang}
        @allow=${() => this.attempt(camera.start(), this.failed)}
        @camera=${(event: CustomEvent<string>) => this.attempt(camera.start(event.detail), this.failed)}
        @mirror=${(event: CustomEvent<boolean>) => this.set({ mirror: event.detail ? 'yes' : 'no' })}
        @look=${(event: CustomEvent<boolean>) => this.set({ look: event.detail ? 'yes' : 'no' })}
      ></lab-live-answer>
    </div>`;
  }

  protected override render(): TemplateResult {
    const { t, lang } = this;
    const run = this.learning?.run ?? null;
    return html`<div class=${this.over ? 'station dropping' : 'station'}>
      <header class="lead">
        <h1>${t('classesTitle')}</h1>
        <p>${t('classesLead')}</p>
      </header>
      ${this.drawFailure()}
      <div class="workspace">
        <div class="side">${this.drawLive()} ${this.drawLearning()}</div>
        <div class="main">
          ${this.drawAlbum()}
          ${
            run?.session
              ? html`<div class="curves after">
                  ${measures.map((measure, i) =>
                    i < this.charts ? html`<lab-curves .run=${run} .measure=${measure} .lang=${lang}></lab-curves>` : html`<div></div>`,
                  )}
                </div>`
              : nothing
          }
          <div class="after">
            ${drawWhy(t)}
            ${drawTask({ t, lang, description: run?.description ?? null, guess: this.guess, ask: (guess) => (this.guess = guess) })}
          </div>
        </div>
      </div>
      <lab-run-files
        .run=${run}
        .lang=${lang}
        @files=${(event: CustomEvent<File[]>) => this.attempt(this.take(event.detail.map(given)), this.failed)}
      ></lab-run-files>
      ${this.drawVoice()}
    </div>`;
  }
}

function classesOf({ card, train, test }: OwnImages): { name: string; pictures: Picture[] }[] {
  const [learned, held] = [train, test].map((set) => picturesOf(set, card.classes.length));
  return card.classes.map((name, i) => ({ name, pictures: interleave(learned![i]!, held![i]!) }));
}

customElements.define('lab-classes', ClassesStation);
