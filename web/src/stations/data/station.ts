import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { Augmentation, DataCard, FieldInfo, LabEngine, LabProblem, LoadingEvent, SplitName } from '../../client/client.js';
import { encodeDesign } from '../../design/design-code.js';
import { drawFlaws, type Flaws } from '../../design/flaws.js';
import { starter } from '../../design/starter.js';
import { brought } from '../../files/brought.js';
import { toolsAt } from '../../files/tools.js';
import { problemOf } from '../../state/engine.js';
import { isCalm } from '../../ui/calm.js';
import { percent, plain } from '../../ui/numbers.js';
import { stationStyles } from '../../ui/station-layout.js';
import { Station } from '../../ui/station.js';
import { drawAbsent } from '../train/absent.js';
import { Library, ownData } from '../train/library.js';
import { Answers, type Wanted } from './answers.js';
import './augmenting.js';
import './class-list.js';
import type { ImagePlace } from './class-list.js';
import { drawTask, drawWhy } from './explanation.js';
import { DataLook } from './look.js';
import { drawDuplicates, drawNear, nameOf } from './neighbours.js';
import { sourceOf } from './source.js';
import { allowed, table, trainLink, unreadAugment, type State } from './state.js';
import { dataStyles } from './station-styles.js';
import './value-charts.js';

// Always the same object, so that nothing is drawn twice.
const none = {};

const imageCounts = [500, 1000, 2000, 4000, 10_000, 20_000, 60_000];

/** Looks at data: classes, pixels, neighbours, duplicates, and what training may see in an image's place. */
export class DataStation extends Station<State> {
  static override properties: PropertyDeclarations = {
    beat: { state: true },
    trouble: { state: true },
    loading: { state: true },
    fields: { state: true },
    guess: { state: true },
  };

  static override styles = [...stationStyles, dataStyles];

  protected readonly table = table;
  /** Counts frames in which the look or its answers changed. */
  declare private beat: number;
  declare private trouble: LabProblem | string | null;
  declare private loading: LoadingEvent | null;
  /** Fields of an augmentation. */
  declare private fields: readonly FieldInfo[];
  /** The reader's answer to the question. */
  declare private guess: number | null;
  private library: Library | null = null;
  private look: DataLook | null = null;
  private answers: Answers | null = null;
  /** What the look is of. */
  private looked = '';
  private turn = 0;
  private frame = 0;
  /** The image that was chosen last is to be spoken of. */
  private isAsked = false;

  constructor() {
    super();
    this.trouble = this.loading = this.guess = null;
    this.fields = [];
    this.beat = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    brought.addEventListener('changed', this.takeOwn);
  }

  override disconnectedCallback(): void {
    brought.removeEventListener('changed', this.takeOwn);
    this.leave();
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    super.disconnectedCallback();
  }

  protected override early(engine: LabEngine): void {
    const library = (this.library = new Library(engine));
    engine.on('loading', (event) => (this.loading = event));
    // What is wrong is told when the engine is here, which the other data need.
    library.prepareData().then(
      () => (library.datasets.some(({ name }) => name === this.s.data) ? this.begin() : undefined),
      () => undefined,
    );
  }

  protected override async ready(): Promise<void> {
    const library = this.library!;
    await library.prepare();
    this.fields = (await this.engine!.catalog()).augment;
    this.checkAugment();
    library.own = brought.images;
    await this.begin();
  }

  protected override resumed(): Promise<void> {
    return this.begin();
  }

  protected override stateRead(): void {
    if (this.fields.length > 0) this.checkAugment();
    this.attempt(this.begin());
  }

  private checkAugment(): void {
    this.unread = [...this.unread, ...unreadAugment(this.s.augment, this.fields)];
  }

  private readonly takeOwn = (): void => {
    const { library } = this;
    if (!library?.ready) return;
    library.own = brought.images;
    this.requestUpdate();
    if (this.s.data !== ownData) return;
    this.looked = '';
    this.attempt(this.begin());
  };

  // ---- looking -------------------------------------------------------------------------------------

  /** Looks at what the state says, unless it is looked at already. */
  private async begin(): Promise<void> {
    const { library } = this;
    if (!library) return;
    if (this.isAbsent) {
      this.leave();
      return;
    }
    if (!library.has(this.s.data)) {
      if (!library.ready) return;
      const { data } = this.s;
      this.trouble = data === ownData ? this.t('ownNotInLink') : this.t('noDataHere', { name: data });
      // The generated images are always there, so the station is never empty.
      this.set({ data: library.datasets[0]?.name ?? 'lines', at: 0 });
    }
    const { data, images } = this.s;
    const wanted = `${data} ${images}`;
    if (wanted === this.looked) return this.refresh();
    this.leave();
    const turn = this.turn;
    this.looked = wanted;
    try {
      const source = await sourceOf(library, data, images);
      if (turn !== this.turn) return;
      const look = (this.look = new DataLook(source, toolsAt(library.engine.engineUrl), () => {
        if (look !== this.look) return;
        if (look.classes && !answers.samples) answers.ask('samples');
        this.redraw();
      }));
      const answers = (this.answers = new Answers(
        look,
        () => this.wanted,
        (part) => {
          if (answers !== this.answers) return;
          if (part === 'near') this.speak();
          this.redraw();
        },
      ));
      await this.read(look);
    } catch (error) {
      if (turn === this.turn) this.trouble = problemOf(error);
    }
  }

  /** Gives up what is looked at. */
  private leave(): void {
    this.turn++;
    this.look?.close();
    this.look = this.answers = this.guess = null;
    this.looked = '';
  }

  /** The chosen images are known and not here. */
  private get isAbsent(): boolean {
    const { library } = this;
    return library !== null && library.absentCard(this.s.data) !== null;
  }

  private async read(look: DataLook): Promise<void> {
    await look.begin();
    if (look !== this.look || look.state !== 'ready') return;
    this.loading = null;
    const { train, test } = look.here;
    this.say(this.t('lookRead', { train: plain(train, this.lang), test: plain(test, this.lang) }));
    this.refresh();
  }

  /** Asks for all that the state shows. */
  private refresh(): void {
    const { look } = this;
    if (look?.state !== 'ready') return;
    this.answers?.ask('samples', 'near', 'flawed', 'augmented');
    this.attempt(look.searchWithin(this.s.distance));
  }

  private redraw(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.beat++;
    });
  }

  private get wanted(): Wanted {
    const { shown, augment } = this.s;
    return { shown, flaws: this.s, place: this.place, augment: this.fields.length > 0 ? allowed(augment, this.fields) : null };
  }

  /** The image whose neighbours are shown; the first where the link names one that is not here. */
  private get place(): ImagePlace {
    const { of, at } = this.s;
    const here = this.look?.here ?? { train: 0, test: 0 };
    const split: SplitName = here[of] > 0 ? of : of === 'test' ? 'train' : 'test';
    return { split, index: at < here[split] ? at : 0 };
  }

  private choose({ split, index }: ImagePlace): void {
    this.set({ of: split, at: index });
    this.isAsked = true;
    this.answers?.ask('near');
    // Where the page is narrow the neighbours may be out of sight.
    const place = this.renderRoot.querySelector<HTMLElement>('#near');
    place?.scrollIntoView({ block: 'nearest', behavior: isCalm() ? 'auto' : 'smooth' });
  }

  private speak(): void {
    const { answers, look, lang, t } = this;
    if (!this.isAsked || !answers?.near || !look) return;
    this.isAsked = false;
    const { place, image } = answers.near;
    this.say(t('lookShows', { name: nameOf({ t, lang, card: look.source.card }, place, image.labels[0]!) }));
  }

  private change(flaws: Partial<Flaws>): void {
    this.set(flaws);
    this.answers?.ask('flawed');
  }

  private changeAugment(augment: Augmentation): void {
    this.set({ augment });
    this.answers?.ask('augmented');
  }

  private pick(change: Partial<Pick<State, 'data' | 'images'>>): void {
    this.set({ ...change, at: 0 });
    this.trouble = null;
    this.attempt(this.begin());
  }

  // ---- drawing -------------------------------------------------------------------------------------

  private drawChoice(): TemplateResult {
    const { s, t, lang, library } = this;
    const data = library?.dataChoices({ lines: t('dataLines'), own: t('dataOwn'), absent: t('dataAway') }) ?? [];
    const most = library?.count(s.data) ?? 0;
    const counts = [...new Set([...imageCounts.filter((count) => count < most), ...(s.images < most ? [s.images] : []), most])];
    const shown = Math.min(s.images, most);
    return html`<div class="choice">
      <div class="field">
        <label for="data">${t('data')}</label>
        <select id="data" @change=${(event: Event) => this.pick({ data: (event.target as HTMLSelectElement).value })}>
          ${data.map(({ name, title }) => html`<option value=${name} ?selected=${name === s.data}>${title}</option>`)}
        </select>
      </div>
      ${
        most > 0
          ? html`<div class="field">
              <label for="images">${t('trainImages')}</label>
              <select id="images" @change=${(event: Event) => this.pick({ images: Number((event.target as HTMLSelectElement).value) })}>
                ${counts
                  .sort((a, b) => a - b)
                  .map((count) => html`<option value=${count} ?selected=${count === shown}>${plain(count, lang)}</option>`)}
              </select>
            </div>`
          : nothing
      }
      ${library?.own ? nothing : html`<p class="note">${t('lookOwn')}</p>`}
    </div>`;
  }

  private drawStatus(): TemplateResult {
    const { t, lang, look, loading } = this;
    const n = (value: number): string => plain(value, lang);
    const counts = look?.source.count ?? { train: 0, test: 0 };
    const here = look?.here ?? { train: 0, test: 0 };
    const reading = !look || look.state === 'reading';
    const megabytes = (bytes: number): string => plain(bytes / 1e6, lang, 1);
    const fetching =
      reading && loading && loading.bytes < loading.totalBytes
        ? t('loadingData', { done: megabytes(loading.bytes), total: megabytes(loading.totalBytes) })
        : '';
    const words = t(reading ? 'lookReading' : 'lookRead', { train: n(here.train), test: n(here.test) });
    const share = fetching ? loading!.bytes / loading!.totalBytes : (look?.progress ?? 0);
    return html`<div class="status" data-testid="look" data-state=${look?.state ?? 'reading'}>
      <span>${fetching || words} ${look?.stopped ? t('lookStopped', { train: n(counts.train), test: n(counts.test) }) : nothing}</span>
      ${
        reading && !look?.stopped
          ? html`${look ? html`<button @click=${() => look.stop()}>${t('lookStop')}</button>` : nothing}
              <progress max="1" .value=${share} aria-label=${words}></progress>`
          : look?.stopped && !reading
            ? html`<button @click=${() => this.attempt(this.read(look))}>${t('lookGoOn')}</button>`
            : nothing
      }
    </div>`;
  }

  private drawTrouble(): TemplateResult | '' {
    const { look } = this;
    if (look?.problem)
      return this.drawProblem(
        look.problem,
        this.retry(() => this.attempt(this.read(look))),
      );
    const { samples, flawed } = this.answers?.troubles ?? {};
    return this.drawProblem(this.trouble ?? samples ?? flawed ?? null);
  }

  /** Train with these images; `augment` with what the reader has chosen of it. */
  private drawTrainLink(words: string, isAugmented = false): TemplateResult {
    const { s, t, lang, library, look } = this;
    if (!this.inLab) return html`<p class="note">${t('lookTrainInLab')}</p>`;
    const most = library?.count(s.data) ?? 0;
    const images = most > 0 ? Math.min(s.images, most) : s.images;
    const classes = look?.source.card.classes.length ?? 10;
    const design = { ...starter(library?.datasetName(s.data) ?? s.data, classes), augment: this.wanted.augment ?? {} };
    return html`<a class="go" href=${trainLink({ ...s, images, net: isAugmented ? encodeDesign(design) : '' }, lang)}>${words}</a>`;
  }

  private drawChanges(): TemplateResult {
    const { t, lang, s, look } = this;
    const flawed = this.answers?.flawed ?? null;
    const kept = flawed?.reduce((sum, one) => sum + one.kept, 0) ?? 0;
    const wrong = flawed?.reduce((sum, one) => sum + one.wrong, 0) ?? 0;
    const numbers = {
      kept: plain(kept, lang),
      all: plain(look?.here.train ?? 0, lang),
      wrong: plain(wrong, lang),
      share: percent(wrong / Math.max(1, kept), lang),
    };
    return html`<section class="changes" aria-labelledby="changes">
      <h2 id="changes">${t('flaws')}</h2>
      ${drawFlaws(s, { t, lang, live: true, change: (flaws) => this.change(flaws) })}
      <p class="note" data-testid="flawed">${flawed ? t('lookFlawed', numbers) : ''}</p>
      ${this.drawTrainLink(t('lookTrain'))}
    </section>`;
  }

  private drawNear(): TemplateResult {
    const { t, lang, look } = this;
    const near = this.answers?.near ?? null;
    const card = look?.source.card;
    return html`<section class="nearest" id="near" aria-labelledby="near-title">
      <h2 id="near-title">${t('lookNeighbours')}</h2>
      ${this.drawProblem(this.answers?.troubles.near ?? null)}
      ${near && card ? drawNear({ t, lang, card }, near, (place) => this.choose(place)) : html`<p class="note">${t('lookClick')}</p>`}
    </section>`;
  }

  private drawDuplicates(): TemplateResult {
    const { t, lang, look, s } = this;
    const card = look?.source.card;
    const alone = look?.state === 'ready' && (look.here.test === 0 || look.here.train === 0);
    return html`<section class="main" aria-labelledby="duplicates">
      <h2 id="duplicates">${t('lookDuplicates')}</h2>
      <p class="note">${t(alone ? 'lookOneSplit' : 'lookDuplicatesNote')}</p>
      ${this.drawProblem(
        look?.search?.problem ?? null,
        this.retry(() => this.attempt(look?.searchWithin(s.distance))),
      )}
      ${
        card && !alone
          ? drawDuplicates(
              { t, lang, card },
              {
                search: look.search,
                tests: look.here.test,
                distance: s.distance,
                choose: (distance) => {
                  this.set({ distance });
                  this.refresh();
                },
                stop: () => look.stopSearch(),
                goOn: () => this.attempt(look.searchWithin(s.distance)),
                look: (place) => this.choose(place),
              },
            )
          : nothing
      }
    </section>`;
  }

  private drawLook(card: DataCard | null): TemplateResult {
    const { t, lang, s, look, answers, place } = this;
    return html`<div class="columns">
        <div class="main">
          ${this.drawChoice()} ${this.drawStatus()} ${this.drawTrouble()}
          <lab-class-list
            class=${look?.classes ? '' : 'waiting'}
            .card=${card}
            .classes=${look?.classes ?? null}
            .flawed=${answers?.flawed ?? null}
            .samples=${answers?.samples ?? null}
            .split=${s.shown}
            .chosen=${place}
            .lang=${lang}
            @image=${(event: CustomEvent<ImagePlace>) => this.choose(event.detail)}
            @split=${(event: CustomEvent<SplitName>) => {
              this.set({ shown: event.detail });
              answers?.ask('samples');
            }}
            @more=${() => answers?.otherSamples()}
          ></lab-class-list>
        </div>
        <div class="side">
          ${this.drawNear()} ${this.drawChanges()} ${drawWhy(t)}
          ${drawTask({ t, lang, test: look?.state === 'ready' ? (look.classes?.test ?? null) : null, guess: this.guess, ask: (guess) => (this.guess = guess) })}
        </div>
      </div>
      <section class="main" aria-labelledby="values">
        <h2 id="values">${t('lookValues')}</h2>
        <p class="note">${t('lookValuesNote')}</p>
        <lab-value-charts .card=${card} .look=${look?.classes?.[s.shown] ?? null} .lang=${lang}></lab-value-charts>
      </section>
      ${this.drawDuplicates()}
      <section class="main" aria-labelledby="augmenting">
        <h2 id="augmenting">${t('lookAugmenting')}</h2>
        <p class="note">${t('lookAugmentingNote')}</p>
        ${this.drawProblem(answers?.troubles.augmented ?? null)}
        <lab-augmenting
          .fields=${this.fields}
          .card=${card}
          .augment=${allowed(s.augment, this.fields)}
          .examples=${answers?.examples ?? none}
          .shown=${answers?.augmented ?? null}
          .lang=${lang}
          @augment=${(event: CustomEvent<Augmentation>) => this.changeAugment(event.detail)}
          @draw=${() => answers?.otherDraws()}
        ></lab-augmenting>
        <div>${this.drawTrainLink(t('lookTrainAugmented'), true)}</div>
      </section>`;
  }

  protected override render(): TemplateResult {
    const { t, look, library } = this;
    const card = look?.source.card ?? library?.card(this.s.data) ?? null;
    return html`<div class="station">
      <header class="lead">
        <h1>${t('lookTitle')}</h1>
        <p>${t('lookLead')}</p>
      </header>
      ${this.drawFailure()} ${this.isAbsent && card ? html`${this.drawChoice()} ${drawAbsent(card, t)}` : this.drawLook(card)}
      ${this.drawVoice()}
    </div>`;
  }
}

customElements.define('lab-data', DataStation);
