import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import {
  LabError,
  type DatasetInfo,
  type Experiment,
  type FieldDifference,
  type LoadingEvent,
  type Study,
  type VariantResult,
} from '../../client/client.js';
import type { StudyPlan } from '../../client/module.js';
import { datasetOf } from '../../design/starter.js';
import { toolsAt, type Tools } from '../../files/tools.js';
import { speaker } from '../../i18n/index.js';
import '../../run/overlay-figure.js';
import { newId, shelf } from '../../run/shelf.js';
import { brought } from '../../files/brought.js';
import { datasetNameOf, infoOf, ownData } from './own-set.js';
import { formula } from '../../ui/formula.js';
import { percent, plain } from '../../ui/numbers.js';
import { saveFile } from '../../ui/save.js';
import { stationStyles } from '../../ui/station-layout.js';
import { Station } from '../../ui/station.js';
import { drawResults, verdictsOf } from './results.js';
import './shelf-list.js';
import { isSmall, planOf, smallPlan, type Rival } from './small-studies.js';
import { table, type State } from './state.js';
import { studyStyles } from './station-styles.js';
import { StudyRun, type Racer } from './study-run.js';

const imageCounts = [500, 1000, 2000, 4000, 10_000, 20_000, 60_000];
const seedCounts = [1, 2, 3, 5, 10];
const epochCounts = [1, 2, 3, 5, 10, 20];
/** Test images of a study. */
const tested = 2000;

/** Trains several networks side by side, compares them, and keeps all runs on a shelf. */
export class StudyStation extends Station<State> {
  static override properties: PropertyDeclarations = {
    shipped: { state: true },
    datasets: { state: true },
    rivals: { state: true },
    planned: { state: true },
    results: { state: true },
    loading: { state: true },
    beat: { state: true },
  };

  static override styles = [...stationStyles, studyStyles];

  protected readonly table = table;
  /** Studies that come with the engine. */
  declare private shipped: readonly Study[];
  declare private datasets: readonly DatasetInfo[] | null;
  /** Networks of the reader's own race. */
  declare private rivals: readonly Rival[];
  /** The networks that the choice trains; null: none yet. */
  declare private planned: StudyPlan | null;
  declare private results: readonly VariantResult[];
  declare private loading: LoadingEvent | null;
  /** Counts frames in which the study changed. */
  declare private beat: number;
  private run: StudyRun | null = null;
  private frame = 0;
  /** It trains on when the page comes back to it. */
  private resting = false;

  constructor() {
    super();
    this.shipped = this.rivals = this.results = [];
    this.datasets = this.loading = this.planned = null;
    this.beat = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    brought.addEventListener('changed', this.addOwn);
  }

  override disconnectedCallback(): void {
    brought.removeEventListener('changed', this.addOwn);
    this.run?.stop();
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    super.disconnectedCallback();
  }

  private get tools(): Tools {
    return toolsAt(this.engine!.engineUrl);
  }

  protected override async ready(): Promise<void> {
    const engine = this.engine!;
    engine.on('loading', (event) => (this.loading = event));
    // A page without data has no such list; that is allowed.
    const datasets = await engine.datasets().catch((error: unknown) => {
      if (error instanceof LabError && error.code === 'missing_data') return [];
      throw error;
    });
    this.datasets = [...datasets].sort((a, b) => b.name.localeCompare(a.name));
    this.addOwn();
    // The worker comes while nobody waits for it.
    this.attempt(
      this.tools.call('studies', []).then((shipped) => {
        this.shipped = shipped;
        return this.prepare();
      }),
    );
    await this.prepare();
  }

  protected override resumed(): void {
    this.addOwn();
  }

  protected override stateRead(): void {
    this.attempt(this.prepare());
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    // Networks are named in the reader's language.
    if (changed.has('lang')) this.attempt(this.prepare());
  }

  protected override left(): void {
    if (this.run?.state !== 'running' && this.run?.state !== 'opening') return;
    this.resting = true;
    this.attempt(this.run.pause());
  }

  protected override shown(): void {
    if (this.resting) this.run?.go();
    this.resting = false;
  }

  override get wouldLose(): boolean {
    const seconds = this.run?.racers[0]?.history.seconds.at(-1) ?? 0;
    return (this.run?.state === 'running' || this.run?.state === 'paused') && seconds >= 60;
  }

  // ---- training ------------------------------------------------------------------------------------

  /** The chosen images, or where none were chosen some that are here; null: they are not here. */
  private get info(): DatasetInfo | null {
    const { datasets, s } = this;
    const usual = s.data === table.data.default ? datasets?.[0] : null;
    return datasets?.find(({ name }) => name === s.data) ?? usual ?? null;
  }

  /** Images that somebody has brought in Train are a data set like those beside the page. */
  private readonly addOwn = (): void => {
    if (!this.datasets) return;
    const others = this.datasets.filter(({ name }) => name !== ownData);
    this.datasets = brought.images ? [...others, infoOf(brought.images)] : others;
    this.attempt(this.prepare());
  };

  /** The data set of that name in an experiment. */
  private setOf(name: string): DatasetInfo | null {
    const isOwn = brought.images?.dataset === name && (this.s.data === ownData || !this.datasets?.some((one) => one.name === name));
    return this.datasets?.find((one) => one.name === (isOwn ? ownData : name)) ?? null;
  }

  /** Finds out which networks the choice trains. */
  private async prepare(): Promise<void> {
    const { info, rivals } = this;
    const { study } = this.s;
    if (!this.engine || !this.datasets) return;
    const planned = study === 'race' ? (rivals.length > 1 ? planOf('race', rivals) : null) : await this.planNamed(study, info);
    if (study === this.s.study) this.planned = planned;
  }

  private async planNamed(study: string, info: DatasetInfo | null): Promise<StudyPlan | null> {
    if (isSmall(study)) return info && smallPlan(study, datasetNameOf(info), info.card, this.t);
    const shipped = this.shipped.find(({ name }) => name === study);
    return shipped ? this.tools.call('studyPlan', [shipped]) : null;
  }

  /** Why the chosen networks cannot be trained here. */
  private get hindrance(): string | null {
    const { t, datasets, info, planned, s } = this;
    const isAbsent = datasets !== null && !info && isSmall(s.study);
    if (isAbsent && s.data === ownData) return t('studyNeedsOwn');
    if (datasets?.length === 0) return t('studyNoData');
    if (isAbsent) return t('studyNeedsData', { name: s.data });
    if (s.study === 'race' && !planned) return t('studyRaceEmpty');
    const names = [...new Set(planned?.experiments.map(datasetOf))];
    if (names.length > 1) return t('studyMixedData');
    const needed = names.find((name) => !this.setOf(name));
    return needed === undefined ? null : needed === 'folder' ? t('studyNeedsOwn') : t('studyNeedsData', { name: needed });
  }

  private async train(): Promise<void> {
    const { engine, planned: plan } = this;
    if (!engine || !plan || this.hindrance) return;
    this.problem = null;
    this.run?.stop();
    const { images, epochs, seeds } = this.s;
    const set = this.setOf(datasetOf(plan.experiments[0]!))!;
    const counts = { images: Math.min(images, set.train), tests: Math.min(tested, set.test), epochs, seeds };
    const own = set.name === ownData ? brought.images : null;
    const extent = { data: datasetNameOf(set), ...counts, ...(own ? { own } : {}) };
    const checkpoints = new WeakMap<Racer, Uint8Array>();
    const ask = async (racer: Racer): Promise<void> => void checkpoints.set(racer, await racer.session!.checkpoint());
    const run = (this.run = new StudyRun(engine, plan, extent, ask));
    this.results = [];
    run.addEventListener('changed', () => this.redraw());
    run.addEventListener('kept', (event) => {
      const racer = (event as CustomEvent<Racer>).detail;
      this.keep(run, racer, set.card.title, checkpoints.get(racer));
    });
    await run.train();
    this.loading = null;
    this.redraw();
  }

  /** A racer has come to its end: it goes on the shelf, and the comparison is made anew. */
  private keep(run: StudyRun, racer: Racer, data: string, checkpoint?: Uint8Array): void {
    const record = run.recordOf(racer);
    const kept = { id: newId(), when: Date.now(), from: 'study', experiment: racer.experiment, data, images: run.extent.images } as const;
    const weights = checkpoint ? { checkpoint, history: racer.history } : undefined;
    this.attempt(shelf.put({ ...kept, record, course: run.course(racer) }, weights));
    this.attempt(this.compare(run));
  }

  private async compare(run: StudyRun): Promise<void> {
    const records = [...run.records];
    const results = await this.tools.call('studyResults', [run.plan.study, records]);
    if (run !== this.run || records.length !== run.records.length) return;
    this.results = results;
    const verdicts = verdictsOf({ t: this.t, lang: this.lang, results });
    if (verdicts.length > 0) this.say(verdicts.join(' '));
  }

  private redraw(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.beat++;
    });
  }

  private async saveCsv(): Promise<void> {
    const { run } = this;
    if (!run) return;
    saveFile(`${run.plan.study.name}.csv`, await this.tools.call('studyCsv', [run.plan.study, run.records]), 'text/csv');
  }

  private saveJson(): void {
    const { run, results } = this;
    if (!run) return;
    const { study, experiments } = run.plan;
    saveFile(`${study.name}.json`, JSON.stringify({ study, experiments, records: run.records, results }, null, 2), 'application/json');
  }

  protected override ownKey(event: KeyboardEvent): boolean {
    const target = event.composedPath()[0];
    const onControl = target instanceof HTMLElement && target.matches('input, select, textarea, button, a, summary');
    if (event.key !== ' ' || onControl || event.ctrlKey || event.metaKey || event.altKey) return false;
    this.toggle();
    return true;
  }

  private toggle(): void {
    const { run } = this;
    if (run?.state === 'running') this.attempt(run.pause());
    else if (run?.state === 'paused') run.go();
    else if (run?.state !== 'opening') this.attempt(this.train());
  }

  // ---- drawing -------------------------------------------------------------------------------------

  private drawNumber(id: 'images' | 'epochs' | 'seeds', label: string, offered: readonly number[]): TemplateResult {
    const { s, lang } = this;
    const numbers = [...new Set([...offered, s[id]])].sort((a, b) => a - b);
    return html`<div class="field">
      <label for=${id}>${label}</label>
      <select id=${id} @change=${(event: Event) => this.set({ [id]: Number((event.target as HTMLSelectElement).value) })}>
        ${numbers.map((number) => html`<option value=${number} ?selected=${number === s[id]}>${plain(number, lang)}</option>`)}
      </select>
    </div>`;
  }

  private drawChoice(): TemplateResult {
    const { s, t, lang, datasets, info } = this;
    const option = (name: string, words: string): TemplateResult =>
      html`<option value=${name} ?selected=${name === s.study}>${words}</option>`;
    return html`<div class="choice">
      <div class="field wide-field">
        <label for="study">${t('studyChoice')}</label>
        <select id="study" @change=${(event: Event) => this.choose({ study: (event.target as HTMLSelectElement).value })}>
          <optgroup label=${t('studySmall')}>
            ${option('kernels', t('studyKernels'))} ${option('permutation', t('studyPermutation'))}
            ${option('race', t('studyRace', { n: this.rivals.length }))}
          </optgroup>
          <optgroup label=${t('studyWhole')}>
            ${this.shipped.map(({ name, title }) => option(name, speaker(lang).study(name, title ?? name)))}
          </optgroup>
        </select>
      </div>
      <div class="field">
        <label for="data">${t('data')}</label>
        <select
          id="data"
          ?disabled=${!isSmall(s.study)}
          @change=${(event: Event) => this.choose({ data: (event.target as HTMLSelectElement).value })}
        >
          ${info || !datasets ? nothing : html`<option value=${s.data} selected disabled>${s.data === ownData ? t('dataOwn') : s.data} (${t('dataAway')})</option>`}
          ${(datasets ?? []).map(({ name, card }) => html`<option value=${name} ?selected=${name === info?.name}>${name === ownData ? `${t('dataOwn')} (${card.title})` : card.title}</option>`)}
        </select>
      </div>
      ${this.drawNumber(
        'images',
        t('trainImages'),
        imageCounts.filter((count) => count <= (info?.train ?? 60_000)),
      )}
      ${this.drawNumber('epochs', t('studyEpochs'), epochCounts)} ${this.drawNumber('seeds', t('studySeeds'), seedCounts)}
    </div>`;
  }

  private drawButtons(): TemplateResult {
    const { t, run } = this;
    const state = run?.state ?? 'ready';
    const under = state === 'running' || state === 'paused' || state === 'opening';
    const words =
      state === 'running' ? t('pause') : state === 'paused' ? t('studyGoOn') : state === 'done' ? t('studyAgain') : t('studyStart');
    return html`<div class="buttons">
      <button class="go" ?disabled=${!this.planned || this.hindrance !== null || state === 'opening'} @click=${() => this.toggle()}>
        ${words}
      </button>
      ${under ? html`<button @click=${() => this.stop()}>${t('studyStop')}</button>` : nothing}
      <button
        aria-pressed=${this.s.measure === 'loss' ? 'true' : 'false'}
        @click=${() => this.set({ measure: this.s.measure === 'loss' ? 'accuracy' : 'loss' })}
      >
        ${t('lossTitle')}
      </button>
    </div>`;
  }

  private stop(): void {
    const { run } = this;
    run?.stop();
    this.run = null;
    this.results = [];
    this.say(this.t('studyStopped'));
  }

  private drawStatus(): TemplateResult {
    const { t, lang, run, loading } = this;
    const state = run?.state ?? 'ready';
    const n = run?.plan.experiments.length ?? 0;
    const megabytes = (bytes: number): string => plain(bytes / 1e6, lang, 1);
    let words = '';
    if (state === 'opening') {
      words =
        loading && loading.bytes < loading.totalBytes
          ? t('loadingData', { done: megabytes(loading.bytes), total: megabytes(loading.totalBytes) })
          : t('studyOpening', { n });
    } else if (state === 'done') words = run?.problem ? '' : t('studyDone');
    else if (run) words = t('studyProgress', { seed: run.seed, seeds: run.extent.seeds, share: percent(run.progress, lang) });
    return html`<div class="status" data-testid="study" data-state=${state}>
      ${words}${run && state !== 'ready' ? html`<progress max="1" .value=${run.progress} aria-label=${t('studyNetworks')}></progress>` : nothing}
    </div>`;
  }

  private drawRace(): TemplateResult {
    const { run, lang } = this;
    const racers = run?.racers ?? [];
    return html`${racers.filter(({ problem }) => problem).map((racer) => html`<div>${racer.name}: ${this.drawProblem(racer.problem)}</div>`)}
      <lab-overlay
        .runs=${racers.map((racer) => ({ name: racer.name, course: run!.course(racer) }))}
        .measure=${this.s.measure}
        .epochs=${run?.extent.epochs ?? this.s.epochs}
        .lang=${lang}
      ></lab-overlay>`;
  }

  private drawOutcome(): TemplateResult | typeof nothing {
    const { t, lang, run, results } = this;
    if (!run || results.length === 0) return nothing;
    return html`<section class="main" aria-labelledby="results">
      <h2 id="results">${t('studyResults')}</h2>
      ${drawResults({ t, lang, results, records: run.records })}
      <ul class="verdicts" data-testid="verdicts">
        ${verdictsOf({ t, lang, results }).map((words) => html`<li>${words}</li>`)}
      </ul>
      <p class="note">${t('studyTestNote', { n: plain(run.extent.tests, lang) })}</p>
      <div class="buttons" role="group" aria-label=${t('studySaved')}>
        <button class="small" @click=${() => this.attempt(this.saveCsv())}>CSV</button>
        <button class="small" @click=${() => this.saveJson()}>JSON</button>
      </div>
    </section>`;
  }

  private drawHint(): TemplateResult {
    const { t, s, planned, hindrance } = this;
    const names = planned?.study.variants ?? [];
    return html`<div>
      ${hindrance ? html`<p role="status">${hindrance}</p>` : nothing}
      ${
        names.length > 0
          ? html`<h2>${t('studyNetworks')}</h2>
              <ul class="racers" data-testid="networks">
                ${names.map(({ name }) => html`<li>${name}</li>`)}
              </ul>`
          : nothing
      }
      ${/permutation/.test(s.study) ? html`<p class="note">${t('studyPermutationNote')}</p>` : nothing}
    </div>`;
  }

  private drawWhy(): TemplateResult {
    const { t } = this;
    return html`<details>
      <summary>${t('why')}</summary>
      <p>${t('studyWhy1')}</p>
      <p>${t('studyWhy2')}</p>
      ${formula('\\bar d \\pm t_{0.975,\\,n-1}\\, \\frac{s_d}{\\sqrt{n}}')}
      <p>${t('studyWhy3')}</p>
    </details>`;
  }

  private readonly race = (event: CustomEvent<Rival[]>): void => {
    this.rivals = event.detail;
    this.set({ study: 'race' });
    this.renderRoot.querySelector<HTMLElement>('#study')?.focus();
    this.attempt(this.prepare().then(() => this.train()));
  };

  private readonly fieldsApart = (experiments: Experiment[]): Promise<FieldDifference[]> => this.tools.call('differences', [experiments]);

  private choose(change: Partial<State>): void {
    this.set(change);
    this.attempt(this.prepare());
  }

  protected override render(): TemplateResult {
    const { t, lang, s } = this;
    return html`<div class="station">
      <header class="lead">
        <h1>${t('studyTitle')}</h1>
        <p>${t('studyLead')}</p>
      </header>
      ${this.drawFailure()} ${this.drawProblem(this.run?.problem ?? null)}
      <div class="columns">
        <div class="main">${this.drawButtons()} ${this.drawStatus()} ${this.drawRace()} ${this.drawOutcome()}</div>
        <div class="side">${this.drawChoice()} ${this.drawHint()} ${this.drawWhy()}</div>
      </div>
      <lab-shelf
        .linked=${this.inLab}
        .measure=${s.measure}
        .compare=${this.engine ? this.fieldsApart : null}
        .lang=${lang}
        @race=${this.race}
      ></lab-shelf>
      ${this.drawVoice()}
    </div>`;
  }
}

customElements.define('lab-study', StudyStation);
