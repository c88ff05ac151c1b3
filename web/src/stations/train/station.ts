import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { inTime } from '../../client/in-time.js';
import type { DataCard, Experiment, ImageSet, LabEngine, LabProblem, LoadingEvent } from '../../client/client.js';
import type { ImportedNetwork } from '../../client/module.js';
import { problemIn } from '../../i18n/index.js';
import { problemOf } from '../../state/engine.js';
import { isCalm } from '../../ui/calm.js';
import { plain } from '../../ui/numbers.js';
import '../../ui/player.js';
import type { PlayerAction } from '../../ui/player.js';
import { stationStyles } from '../../ui/station-layout.js';
import { Station } from '../../ui/station.js';
import { afterUpdate } from '../../ui/update.js';
import '../../design/builder.js';
import { concernStyles, drawConcerns } from '../../design/concerns.js';
import '../../run/curve-figure.js';
import './data-choice.js';
import { drawTask, drawWhy } from './explanation.js';
import { cured, type Cure } from '../../design/cures.js';
import { decodeDesign, encodeDesign, sameDesign } from '../../design/design-code.js';
import type { Intake } from '../../files/intake.js';
import { datasetOf, limited } from '../../design/starter.js';
import { FileProblem } from '../../files/problem.js';
import { drawNetwork } from '../../files/network-sheet.js';
import type { OwnImages } from '../../files/own-images.js';
import '../../files/run-files.js';
import { flawsOf, whereRunBelongs } from './arrival.js';
import { drawInspection, drawTabs } from '../../inspect/panel-tabs.js';
import '../../run/rate-control.js';
import { TrainRun, type Carried } from '../../run/run.js';
import { shelf } from '../../run/shelf.js';
import { ShelfKeeper } from '../../run/shelf-keeper.js';
import { FileDrop } from './file-drop.js';
import { namesIn, speeds, table, type State } from './state.js';
import { drawToDesign } from './to-design.js';
import { trainStyles } from './station-styles.js';
import { drawStatus, drawTested, summaryOf } from '../../run/status-line.js';
import { ownData, Library } from './library.js';

/** Design a network, train it, and look into it while it learns. */
export class TrainStation extends Station<State> {
  static override properties: PropertyDeclarations = {
    design: { state: true },
    loading: { state: true },
    samples: { state: true },
    trouble: { state: true },
    opening: { state: true },
    panels: { state: true },
    beat: { state: true },
    guess: { state: true },
  };

  static override styles = [...stationStyles, trainStyles, concernStyles];

  protected readonly table = table;
  /** The design in the builder; the run has its own copy. */
  declare private design: Experiment | null;
  declare private loading: LoadingEvent | null;
  declare private samples: ImageSet | null;
  /** What went wrong with the run. */
  declare private trouble: LabProblem | string | null;
  declare private opening: boolean;
  /** The panels' code: on its way, here, missing once, or missing again. */
  declare private panels: 'coming' | 'here' | 'missing' | 'lost';
  /** Counts frames in which the run changed. */
  declare private beat: number;
  /** The data set whose samples are shown or fetched. */
  private sampled = '';
  /** The reader's answer to the question. */
  declare private guess: { layer: string; count: number } | null;
  private readonly files = new FileDrop(this, {
    words: () => ({ t: this.t, lang: this.lang }),
    pictures: () => {
      const { size, grey, layout, validation, skip, labels } = this.s;
      return { size, grey: grey === 'yes', layout, validation, skip_bad: skip === 'yes', arrays: namesIn(this.s.arrays), labels };
    },
    engineUrl: () => this.library!.engine.engineUrl,
    takeImages: (images) => this.takeImages(images),
    takeRun: (intake) => this.takeRun(intake),
    takeDesign: (experiment) => this.takeDesign(experiment),
    takeNetwork: (network) => {
      this.network = network;
      this.openPanel('files');
    },
  });
  /** A network of another program that was given last. */
  private network: ImportedNetwork | null = null;
  private run: TrainRun | null = null;
  private library: Library | null = null;
  /** The unchanged experiment, for "reset the design". */
  private original: Experiment | null = null;
  /** The design in training. */
  private training: Experiment | null = null;
  private turn = 0;
  /** It trains on when the page comes back to it. */
  private resting = false;
  /** A wide window of little height, as on a laptop: the tabs are to be seen without scrolling. */
  private readonly low = matchMedia('(width >= 1100px) and (height < 860px)');
  /** When the run last started or stopped. */
  private changedAt = 0;

  constructor() {
    super();
    this.design = null;
    this.loading = null;
    this.samples = null;
    this.trouble = null;
    this.guess = null;
    this.opening = true;
    this.panels = 'coming';
    this.beat = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.low.addEventListener('change', this.redraw);
  }

  private readonly redraw = (): void => this.requestUpdate();

  override disconnectedCallback(): void {
    this.low.removeEventListener('change', this.redraw);
    this.turn++;
    this.attempt(this.run?.close());
    super.disconnectedCallback();
  }

  protected override early(engine: LabEngine): void {
    const library = (this.library = new Library(engine));
    // Errors are told when the data are loaded for training.
    library.prepareData().then(
      () => this.showSamples(),
      () => undefined,
    );
  }

  protected override async ready(): Promise<void> {
    const engine = this.engine!;
    const library = this.library!;
    this.run = new TrainRun(engine);
    // A browser that keeps nothing must not hold up a training.
    new ShelfKeeper(this.run, {
      failed: (error) => error instanceof DOMException && this.notifyOnce(this.t('keptNot', { reason: error.message })),
      noRoom: () => this.notifyOnce(this.t('keptWithoutWeights')),
    });
    const beat = (): void => void this.beat++;
    this.run.listen('state', () => (this.changedAt = performance.now()));
    for (const type of ['opened', 'stepped', 'state', 'speed', 'evaluated', 'testing'] as const) this.run.listen(type, beat);
    this.run.listen('evaluated', () => this.speak());
    engine.on('loading', (event) => (this.loading = event));
    this.attempt(this.loadPanels());
    await library.prepare();
    await this.begin(!isCalm());
  }

  protected override left(): void {
    if (this.run?.state !== 'running') return;
    this.resting = true;
    this.attempt(this.run.pause(), this.failed);
  }

  protected override shown(): void {
    if (this.resting) this.attempt(this.go(), this.failed);
  }

  /** A training of a minute and more that is in no file. */
  override get wouldLose(): boolean {
    const { run } = this;
    return run !== null && run.step !== run.savedAt && (run.history.seconds.at(-1) ?? 0) >= 60;
  }

  protected override async resumed(): Promise<void> {
    await this.begin(!isCalm());
  }

  protected override stateRead(): void {
    this.attempt(this.begin(!isCalm()));
  }

  private async loadPanels(): Promise<void> {
    try {
      await inTime(import('../../inspect/all-panels.js'));
      this.panels = 'here';
    } catch {
      // Firefox does not fetch a failed script again in the same page: the second time only a new page helps.
      this.panels = this.panels === 'missing' ? 'lost' : 'missing';
    }
  }

  /** Opens what the state says. `start`: and trains it. */
  private async begin(start = true): Promise<void> {
    const { library } = this;
    if (!library?.ready) return;
    if (this.s.kept) return this.takeKept(this.s.kept);
    const { data } = this.s;
    this.files.show({ trouble: '' });
    const absent = library.absentCard(data);
    if (!library.has(data) && !absent) {
      this.opening = false;
      this.files.show({ trouble: data === ownData ? this.t('ownNotInLink') : this.t('noDataHere', { name: data }) });
      if (data === ownData || data === 'lines') return;
      // The generated images are always there, so the station is never empty.
      this.set({ data: 'lines', experiment: '', net: '' });
    }
    const turn = ++this.turn;
    try {
      const original = await library.experiment(this.s.data, this.s.experiment);
      if (turn !== this.turn) return;
      this.original = original;
      const design = this.s.net ? decodeDesign(this.s.net) : null;
      if (this.s.net && !design) this.trouble = this.t('designUnreadable');
      this.design = design ?? original;
      this.attempt(this.showSamples());
      // The design can be looked at and changed; there is nothing to train it on.
      if (absent) this.waitForImages(absent);
      else {
        if (!start) this.resting = false;
        await this.open(start);
      }
    } catch (error) {
      if (turn === this.turn) this.trouble = problemOf(error);
    }
  }

  /** The chosen images are known and not here. */
  private get isAbsent(): boolean {
    return this.library?.absentCard(this.s.data) !== null && this.library?.has(this.s.data) === false;
  }

  private waitForImages({ title }: DataCard): void {
    this.opening = false;
    if (!this.run?.session) this.trouble ??= this.t('dataNotHere', { title });
  }

  private async showSamples(): Promise<void> {
    const { data } = this.s;
    // Asked for early, and again when training begins.
    if (!this.library?.has(data) || (data === this.sampled && data !== ownData)) return;
    this.sampled = data;
    try {
      const samples = await this.library.samples(data, 16);
      if (data === this.s.data) this.samples = samples;
    } catch (error) {
      this.sampled = '';
      this.files.show({ trouble: problemIn(this.lang, problemOf(error)) });
    }
  }

  /** Opens the design as a network, with the chosen data. False: it failed, or something else was asked for. */
  private async open(start: boolean, checkpoint?: Uint8Array, carried?: Carried): Promise<boolean> {
    const { run, library, design } = this;
    if (!run || !library || !design) return false;
    const { data, images } = this.s;
    const turn = ++this.turn;
    this.opening = true;
    this.trouble = null;
    try {
      const experiment = library.trained(design, data, images, this.s);
      await run.open(experiment, await library.source(data, images), checkpoint, carried);
      if (turn !== this.turn) return false;
      this.training = design;
      if (this.s.rate !== 1) await run.setRateScale(this.s.rate);
      if (start) await this.go();
      return turn === this.turn;
    } catch (error) {
      if (turn === this.turn) this.trouble = problemOf(error);
      return false;
    } finally {
      if (turn === this.turn) {
        this.opening = false;
        this.loading = null;
      }
    }
  }

  private readonly failed = (error: unknown): void => void (this.trouble = problemOf(error));

  private async go(): Promise<void> {
    this.resting = this.hidden;
    if (!this.resting) await this.run?.train(speeds[this.s.speed] ?? undefined);
  }

  private async act(action: PlayerAction): Promise<void> {
    const { run } = this;
    if (!run?.session) return;
    try {
      if (action === 'reset') await run.reset();
      else if (run.state === 'finished') {
        // A click meant to pause just as training ended must not start more.
        if (performance.now() - this.changedAt > 500) await this.trainLonger();
      } else if (action === 'step') await run.oneStep();
      else if (run.state === 'running') await run.pause();
      else await this.go();
    } catch (error) {
      this.trouble = problemOf(error);
    }
  }

  /** Trains as many epochs again, from the present state. */
  private async trainLonger(): Promise<void> {
    const { run, design } = this;
    if (!run?.session || !this.training || !design) return;
    const checkpoint = await run.session.checkpoint();
    const epochs = run.session.info.total_steps / run.session.info.steps_per_epoch;
    const longer = (experiment: Experiment): Experiment => ({ ...experiment, train: { ...experiment.train, epochs: 2 * epochs } });
    const edited = !sameDesign(design, this.training);
    const kept = edited ? design : null;
    this.changeDesign(longer(this.training));
    await this.open(true, checkpoint, { history: run.history, ghosts: run.ghosts });
    if (kept) this.changeDesign(kept);
  }

  private changeDesign(design: Experiment): void {
    this.design = design;
    this.set({ net: this.original && sameDesign(design, this.original) ? '' : encodeDesign(design) });
  }

  /** Puts what the doctor advises into the design, and leads the reader to where it can be trained. */
  private takeCure(cure: Cure): void {
    const { design } = this;
    const trained = this.run?.description?.experiment as Experiment | undefined;
    const next = design && trained ? cured(design, trained, cure) : null;
    if (!next) return this.say(this.t('cureHas'));
    this.changeDesign(next);
    this.say(this.t('cureTaken'));
    afterUpdate(this, () => this.renderRoot.querySelector<HTMLElement>('.badge button')?.focus());
  }

  private choose(change: Partial<Pick<State, 'data' | 'experiment' | 'images' | 'noise' | 'imbalance'>>): void {
    const fresh = change.data !== undefined || change.experiment !== undefined;
    this.set({ ...change, ...(change.data === undefined ? {} : { experiment: '' }), ...(fresh ? { net: '', rate: 1 } : {}) });
    this.attempt(this.begin());
  }

  private takeImages(images: OwnImages): void {
    this.library!.own = images;
    const { train, test, card } = images;
    const numbers = { train: plain(train.count, this.lang), test: plain(test.count, this.lang), classes: card.classes.length };
    this.notify(this.t('imagesLoaded', numbers));
    // The images that an experiment has waited for.
    if (images.dataset === this.s.data && this.isAbsent) {
      this.set({ data: ownData });
      this.attempt(this.begin());
    } else this.choose({ data: ownData });
  }

  /** `carried`: of a run of the shelf. What is asked for last wins, whichever comes first. */
  private async takeRun(
    { run: loaded, images }: Extract<Intake, { kind: 'run' }>,
    carried: Partial<Carried> = {},
    turn = ++this.turn,
  ): Promise<void> {
    const { library, run } = this;
    if (!library || !run) return;
    const { original, design, ...chosen } = await whereRunBelongs(library, loaded, images);
    if (turn !== this.turn) return;
    this.set({ ...chosen, net: '', rate: 1 });
    this.original = original;
    this.changeDesign(design);
    this.attempt(this.showSamples());
    if (!(await this.open(false, loaded.checkpoint, { history: loaded.history, ...carried }))) return;
    run.savedAt = run.step;
    this.notify(this.t('runLoaded', { name: design.name, step: plain(run.step, this.lang) }));
  }

  /** Goes on with a run of the shelf as it was left. */
  private async takeKept(id: string): Promise<void> {
    this.set({ kept: '' });
    const turn = ++this.turn;
    const found = await shelf.find(id).catch(() => null);
    if (turn !== this.turn) return;
    let trouble = this.t('keptGone');
    if (found) {
      const { run, weights } = found;
      const experiment = limited(run.experiment, run.images);
      try {
        return await this.takeRun({ kind: 'run', run: { ...weights, classes: [], experiment }, images: null }, { keptAs: id }, turn);
      } catch (error) {
        if (turn !== this.turn) return;
        trouble = error instanceof FileProblem ? this.t(error.key, error.values) : problemIn(this.lang, problemOf(error));
      }
    }
    await this.begin(!isCalm());
    this.files.show({ trouble });
  }

  /** Takes the network and the training of an experiment; its images where they lie beside the page. */
  private takeDesign(experiment: Experiment): void {
    const { library } = this;
    if (!library) return;
    const name = datasetOf(experiment);
    const data = library.has(name) ? name : this.s.data;
    this.notify(this.t('designLoaded', { name: experiment.name }));
    this.set({ data, experiment: experiment.name, net: encodeDesign(experiment), rate: 1, ...flawsOf(experiment) });
    this.attempt(this.begin());
  }

  /** Opens a panel that lies further down, and takes the reader there. */
  private openPanel(tab: State['tab']): void {
    this.set({ tab });
    afterUpdate(this, () => {
      const panel = this.renderRoot.querySelector<HTMLElement>('#panel');
      panel?.focus({ preventScroll: true });
      panel?.scrollIntoView({ block: 'start', behavior: isCalm() ? 'auto' : 'smooth' });
    });
  }

  private notify(notice: string): void {
    this.files.show({ notice });
    this.say(notice);
  }

  /** What may be told after each epoch. */
  private notifyOnce(notice: string): void {
    if (notice !== this.files.notice) this.notify(notice);
  }

  private reread(change: Partial<State>): void {
    this.set(change);
    this.files.again();
  }

  private async changeRate(rate: number): Promise<void> {
    this.set({ rate });
    await this.run?.setRateScale(rate);
  }

  private speak(): void {
    const summary = this.run && summaryOf(this.run, this.t, this.lang);
    if (summary) this.say(summary);
  }

  // ---- drawing --------------------------------------------------------------------------------------

  /** Draws what went wrong with the run, with a remedy. */
  private drawTrouble(): TemplateResult | '' {
    const problem = this.trouble ?? this.run?.problem ?? null;
    if (!problem) return '';
    if (this.isAbsent) return this.drawProblem(problem);
    const diverged = typeof problem === 'object' && problem.code === 'diverged';
    const lower = Math.max(0.001, this.s.rate / 10);
    const fix = async (): Promise<void> => {
      if (diverged) {
        await this.changeRate(lower);
        await this.run?.reset();
        await this.go();
      } else await this.begin();
    };
    const run = (): void => this.attempt(fix(), this.failed);
    if (!diverged) return this.drawProblem(problem, this.retry(run));
    return this.drawProblem(this.t('diverged'), { words: this.t('lowerFactor', { value: plain(lower, this.lang, 4) }), run });
  }

  private drawBadge(): TemplateResult | typeof nothing {
    if (!this.design || !this.training || sameDesign(this.design, this.training) || this.isAbsent) return nothing;
    return html`<div class="badge" data-testid="differs">
      <span>${this.t('designDiffers')}</span>
      <button @click=${() => this.attempt(this.open(true, undefined, this.run?.asGhosts))}>${this.t('trainThis')}</button>
    </div>`;
  }

  private drawPanelsMissing(): TemplateResult | '' {
    const { panels, t } = this;
    if (panels === 'lost') return this.drawProblem(t('panelsMissing'), { words: t('reloadPage'), run: () => location.reload() });
    const again = this.retry(() => this.attempt(this.loadPanels()));
    return this.drawProblem(panels === 'missing' ? t('panelsMissing') : null, again);
  }

  /** Why this run's figures would mean little. The builder shows those of its design itself. */
  private drawConcerns(): TemplateResult | typeof nothing {
    const info = this.run?.session?.info;
    if (!info) return nothing;
    const ofDesign = this.s.tab === 'network' ? [] : info.description.concerns;
    return drawConcerns([...ofDesign, ...info.concerns], this.t('concernsTitle'), this.lang);
  }

  /** The station Data, with these. */
  private get lookLink(): string {
    const { data, images, noise, imbalance } = this.s;
    const numbers = Object.entries({ images, noise, imbalance }).map(([name, value]) => [name, String(value)]);
    return `#data?${new URLSearchParams([['data', data], ...numbers, ['lang', this.lang]])}`;
  }

  private drawPanel(): TemplateResult | typeof nothing | '' {
    if (this.s.tab === 'network')
      return html`<lab-builder
        .engine=${this.engine}
        .design=${this.design}
        .original=${this.original}
        .card=${this.library?.card(this.s.data) ?? null}
        .lang=${this.lang}
        @design=${(event: CustomEvent<Experiment>) => this.changeDesign(event.detail)}
      ></lab-builder>`;
    if (this.s.tab === 'files')
      return html`${drawNetwork(this.network, this.engine, this.lang, this.inLab, () => {
          this.network = null;
          this.requestUpdate();
        })}
        <lab-run-files
          .run=${this.run}
          .given=${this.s.data === ownData ? (this.library?.own ?? null) : null}
          .lang=${this.lang}
          @files=${this.files.onFiles}
        ></lab-run-files>`;
    return this.panels === 'here' ? drawInspection(this.s.tab, this.run, this.lang) : this.drawPanelsMissing();
  }

  protected override render(): TemplateResult {
    const { s, t, lang, run, library } = this;
    const running = run?.state === 'running';
    const height = this.low.matches ? 140 : 240;
    const chosen = { data: s.data, experiment: s.experiment, images: s.images, noise: s.noise, imbalance: s.imbalance };
    return html`<div class=${this.files.over ? 'station dropping' : 'station'}>
      <header class="lead">
        <h1>${t('trainTitle')}</h1>
        <p>${t('trainLead')}</p>
      </header>
      ${this.drawFailure()}
      <div class="workspace">
        <section class="top" aria-label=${t('training')}>
          <div class="row">
            <lab-player
              .playing=${running}
              .speed=${s.speed}
              .busy=${this.opening}
              .again=${run?.state === 'finished' ? t('playLonger') : ''}
              .lang=${lang}
              @action=${(event: CustomEvent<PlayerAction>) => this.attempt(this.act(event.detail))}
              @speed=${(event: CustomEvent<number>) => {
                this.set({ speed: event.detail });
                this.attempt(run?.session?.setSpeed(speeds[event.detail]!), this.failed);
              }}
            ></lab-player>
            ${drawToDesign(run?.description ?? null, t, lang, () => this.openPanel('network'))}
          </div>
          ${drawStatus(run, this.opening, t, lang, (again) => this.retry(again))} ${this.drawTrouble()} ${this.drawConcerns()}
          ${this.drawBadge()}
          <div class="view">
            ${
              this.panels === 'here'
                ? html`<lab-live-view .run=${run} .lang=${lang} @open=${() => this.openPanel('layers')}></lab-live-view>`
                : this.s.tab === 'network' || this.s.tab === 'files'
                  ? this.drawPanelsMissing()
                  : nothing
            }
          </div>
          <div class="curves">
            <lab-curves
              .run=${run}
              .measure=${'loss'}
              .log=${s.log === 'yes'}
              .height=${height}
              .lang=${lang}
              @log=${(event: CustomEvent<boolean>) => this.set({ log: event.detail ? 'yes' : 'no' })}
            ></lab-curves>
            <lab-curves .run=${run} .measure=${'accuracy'} .height=${height} .lang=${lang}></lab-curves>
          </div>
          <p class="tested">${drawTested(run, t, lang)}</p>
          <lab-rate
            .factor=${s.rate}
            .rate=${run?.history.learning_rate.at(-1) ?? null}
            .lang=${lang}
            @rate=${(event: CustomEvent<number>) => this.attempt(this.changeRate(event.detail), this.failed)}
          ></lab-rate>
        </section>
        <div class="side">
          ${this.drawDrawer(
            html`<lab-data-choice
              .choices=${library?.choices(chosen, { lines: t('dataLines'), own: t('dataOwn'), absent: t('dataAway'), starter: t('starterTitle') }) ?? null}
              .card=${library?.card(s.data) ?? null}
              .samples=${this.samples}
              .loading=${this.loading}
              .trouble=${this.files.trouble}
              .notice=${this.files.notice}
              .reading=${this.files.reading}
              .size=${s.size}
              .grey=${s.grey === 'yes'}
              .layout=${s.layout}
              .validation=${s.validation}
              .skip=${s.skip === 'yes'}
              .arrays=${s.arrays}
              .labels=${s.labels}
              .report=${s.data === ownData ? (library?.own?.report ?? null) : null}
              .remedy=${this.files.remedy}
              .lookLink=${this.inLab ? this.lookLink : ''}
              .absent=${this.isAbsent}
              .isPart=${Boolean(library?.partOf(s.data))}
              .lang=${lang}
              @files=${this.files.onFiles}
              @stop=${() => this.files.stop()}
              @reread=${(event: CustomEvent<Partial<State>>) => this.reread(event.detail)}
              @choose=${(event: CustomEvent<Partial<State>>) => this.choose(event.detail)}
            ></lab-data-choice>`,
            t('data'),
          )}
          <div class="explained">
            ${drawWhy(t)}
            ${drawTask({ t, lang, description: run?.description ?? null, guess: this.guess, ask: (guess) => (this.guess = guess) })}
          </div>
        </div>
        <section class="panels" aria-label=${t('tabs')}>
          ${drawTabs(t, s.tab, (tab) => this.set({ tab }))}
          <div
            class="panel"
            id="panel"
            role="tabpanel"
            aria-labelledby="tab-${s.tab}"
            tabindex="0"
            @cure=${(event: CustomEvent<Cure>) => this.takeCure(event.detail)}
          >
            ${this.drawPanel()}
          </div>
        </section>
      </div>
      ${this.drawVoice()}
    </div>`;
  }
}

customElements.define('lab-train', TrainStation);
