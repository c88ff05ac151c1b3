import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { Augmentation, FieldInfo, FlawedClass, LabEngine, LabProblem, LoadingEvent, SplitName } from '../../client/client.js';
import type { ChosenImages } from '../../client/module.js';
import { drawFlaws, type Flaws } from '../../design/flaws.js';
import { brought } from '../../files/brought.js';
import { toolsAt } from '../../files/tools.js';
import { write } from '../../state/properties.js';
import { problemOf } from '../../state/engine.js';
import { percent, plain } from '../../ui/numbers.js';
import { stationStyles } from '../../ui/station-layout.js';
import { Station } from '../../ui/station.js';
import { Library, ownData } from '../train/library.js';
import { table as trainTable } from '../train/state.js';
import { defaults } from '../../state/properties.js';
import './augmenting.js';
import type { Augmented } from './augmenting.js';
import './class-list.js';
import type { ImagePlace } from './class-list.js';
import { drawTask, drawWhy } from './explanation.js';
import { DataLook } from './look.js';
import { drawDuplicates, drawNear, nameOf, type Near } from './neighbours.js';
import { sourceOf } from './source.js';
import { allowed, table, type State } from './state.js';
import { dataStyles } from './station-styles.js';
import './value-charts.js';

const imageCounts = [500, 1000, 2000, 4000, 10_000, 20_000, 60_000];
/** Images of each class at a time. */
const samples = 10;
const neighbours = 8;
/** Images whose augmentation is shown, and how often it is drawn for each. */
const augmented = 6;
const draws = 6;

/** Looks at data: classes, pixels, neighbours, duplicates, and what training may see in an image's place. */
export class DataStation extends Station<State> {
  static override properties: PropertyDeclarations = {
    beat: { state: true },
    trouble: { state: true },
    loading: { state: true },
    samples: { state: true },
    near: { state: true },
    nearTrouble: { state: true },
    flawed: { state: true },
    fields: { state: true },
    examples: { state: true },
    augmented: { state: true },
    augmentTrouble: { state: true },
    guess: { state: true },
  };

  static override styles = [...stationStyles, dataStyles];

  protected readonly table = table;
  /** Counts frames in which the look changed. */
  declare private beat: number;
  declare private trouble: LabProblem | string | null;
  declare private loading: LoadingEvent | null;
  declare private samples: readonly ChosenImages[] | null;
  declare private near: Near | null;
  declare private nearTrouble: LabProblem | string | null;
  declare private flawed: readonly FlawedClass[] | null;
  /** Fields of an augmentation. */
  declare private fields: readonly FieldInfo[];
  declare private examples: Record<string, number>;
  declare private augmented: Augmented | null;
  declare private augmentTrouble: LabProblem | string | null;
  /** The reader's answer to the question. */
  declare private guess: number | null;
  private library: Library | null = null;
  private look: DataLook | null = null;
  /** What the look is of. */
  private looked = '';
  /** The first of a class's images that are shown, among its own. */
  private first = 0;
  private seed = 1;
  private turn = 0;
  private frame = 0;
  /** What is asked for anew while an answer is on its way. */
  private readonly asked = new Map<string, () => Promise<void>>();
  private readonly busy = new Set<string>();

  constructor() {
    super();
    this.trouble = this.nearTrouble = this.augmentTrouble = null;
    this.loading = this.samples = this.near = this.flawed = this.augmented = null;
    this.fields = [];
    this.examples = {};
    this.guess = null;
    this.beat = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    brought.addEventListener('changed', this.takeOwn);
  }

  override disconnectedCallback(): void {
    brought.removeEventListener('changed', this.takeOwn);
    this.look?.close();
    this.look = null;
    this.looked = '';
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    super.disconnectedCallback();
  }

  protected override early(engine: LabEngine): void {
    const library = (this.library = new Library(engine));
    engine.on('loading', (event) => (this.loading = event));
    // What is wrong is told when the engine is here, which the other data need.
    library.prepareData().then(
      () => {
        if (library.datasets.some(({ name }) => name === this.s.data)) return this.begin();
        return undefined;
      },
      () => undefined,
    );
  }

  protected override async ready(): Promise<void> {
    const library = this.library!;
    await library.prepare();
    this.fields = (await this.engine!.catalog()).augment;
    library.own = brought.images;
    await this.begin();
    if (this.look?.state === 'ready') this.draw('augment', () => this.showAugmented());
  }

  protected override resumed(): Promise<void> {
    return this.begin();
  }

  protected override stateRead(): void {
    this.attempt(this.begin());
  }

  private readonly takeOwn = (): void => {
    const { library } = this;
    if (!library?.ready) return;
    library.own = brought.images;
    this.requestUpdate();
    if (this.s.data === ownData) {
      this.looked = '';
      this.attempt(this.begin());
    }
  };

  // ---- looking -------------------------------------------------------------------------------------

  /** Looks at what the state says, unless it is looked at already. */
  private async begin(): Promise<void> {
    const { library } = this;
    if (!library) return;
    if (!library.has(this.s.data)) {
      if (!library.ready) return;
      const { data } = this.s;
      this.trouble = data === ownData ? this.t('ownNotInLink') : this.t('noDataHere', { name: data });
      // The generated images are always there, so the station is never empty.
      this.set({ data: library.datasets[0]?.name ?? 'lines', at: 0 });
    } else if (this.looked !== '') this.trouble = null;
    const { data, images } = this.s;
    const wanted = `${data} ${images}`;
    if (wanted === this.looked) return this.refresh();
    this.looked = wanted;
    const turn = ++this.turn;
    this.look?.close();
    this.look = this.samples = this.near = this.flawed = this.augmented = null;
    this.nearTrouble = this.augmentTrouble = this.guess = null;
    this.first = 0;
    try {
      const source = await sourceOf(library, data, images);
      if (turn !== this.turn) return;
      const look = (this.look = new DataLook(source, toolsAt(library.engine.engineUrl), () => this.redraw(look)));
      await this.read(look);
    } catch (error) {
      if (turn === this.turn) this.trouble = problemOf(error);
    }
  }

  private async read(look: DataLook): Promise<void> {
    await look.begin();
    if (look !== this.look || look.state !== 'ready') return;
    this.loading = null;
    const { train, test } = look.here;
    this.say(this.t('lookRead', { train: plain(train, this.lang), test: plain(test, this.lang) }));
    this.examples = await look.examples();
    this.refresh();
  }

  /** Asks for all that the state shows. */
  private refresh(): void {
    const { look } = this;
    if (look?.state !== 'ready') return;
    this.draw('samples', () => this.showSamples());
    this.draw('flaws', () => this.showFlawed());
    this.draw('near', () => this.showNear());
    this.draw('augment', () => this.showAugmented());
    this.attempt(look.searchWithin(this.s.distance));
  }

  private redraw(look: DataLook): void {
    if (look !== this.look) return;
    if (look.classes && !this.samples) this.draw('samples', () => this.showSamples());
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.beat++;
    });
  }

  /** Asks for something; where it is asked for again before the answer has come, once more after that. */
  private draw(name: string, ask: () => Promise<void>): void {
    if (this.busy.has(name)) {
      this.asked.set(name, ask);
      return;
    }
    this.busy.add(name);
    const done = (): void => {
      this.busy.delete(name);
      const next = this.asked.get(name);
      this.asked.delete(name);
      if (next) this.draw(name, next);
    };
    ask().then(done, (error: unknown) => {
      this.problem = problemOf(error);
      done();
    });
  }

  private async showSamples(): Promise<void> {
    const { look } = this;
    if (!look) return;
    let found = await look.samples(this.s.shown, this.first, samples);
    // After the last ones come the first ones.
    if (this.first > 0 && found.every(({ indices }) => indices.length === 0))
      found = await look.samples(this.s.shown, (this.first = 0), samples);
    if (look === this.look) this.samples = found;
  }

  private async showFlawed(): Promise<void> {
    const { look } = this;
    const found = await look?.flawed(this.s);
    if (found && look === this.look) this.flawed = found;
  }

  private async showNear(): Promise<void> {
    const { look } = this;
    if (!look) return;
    const place = this.place;
    try {
      if (look.here[place.split] === 0) {
        this.near = null;
        return;
      }
      const [image, nearest] = await Promise.all([
        look.image(place.split, place.index),
        look.neighbours(place.split, place.index, neighbours),
      ]);
      if (look !== this.look) return;
      this.nearTrouble = null;
      this.near = { place, image, nearest };
    } catch (error) {
      if (look === this.look) this.nearTrouble = problemOf(error);
    }
  }

  private async showAugmented(): Promise<void> {
    const { look } = this;
    if (!look || this.fields.length === 0) return;
    const count = Math.min(augmented, look.here.train);
    // From all over the split, so that they are of several classes.
    const images = Int32Array.from({ length: count }, (_, i) => Math.floor((i * look.here.train) / count));
    try {
      const augment = allowed(this.s.augment, this.fields);
      const [pictures, originals] = await Promise.all([
        look.augmented(augment, images, draws, this.seed),
        look.augmented({}, images, 1, this.seed),
      ]);
      if (look !== this.look) return;
      this.augmentTrouble = null;
      this.augmented = { originals, pictures };
    } catch (error) {
      if (look === this.look) this.augmentTrouble = problemOf(error);
    }
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
    this.draw('near', async () => {
      await this.showNear();
      const { near, lang, t } = this;
      const card = this.look?.source.card;
      if (near && card) this.say(t('lookShows', { name: nameOf({ t, lang, card }, near.place, near.image.labels[0]!) }));
    });
    // Where the page is narrow the neighbours may be out of sight.
    const place = this.renderRoot.querySelector<HTMLElement>('#near');
    place?.scrollIntoView({ block: 'nearest', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  }

  private change(flaws: Partial<Flaws>): void {
    this.set(flaws);
    this.draw('flaws', () => this.showFlawed());
  }

  private changeAugment(augment: Augmentation): void {
    this.set({ augment });
    this.draw('augment', () => this.showAugmented());
  }

  private pick(change: Partial<Pick<State, 'data' | 'images'>>): void {
    this.set({ ...change, at: 0 });
    this.trouble = null;
    this.attempt(this.begin());
  }

  // ---- drawing -------------------------------------------------------------------------------------

  private drawChoice(): TemplateResult {
    const { s, t, lang, library } = this;
    const data = library?.datasets.map(({ name, card }) => ({ name, title: card.title })) ?? [];
    data.push({ name: 'lines', title: t('dataLines') });
    if (library?.own) data.push({ name: ownData, title: `${t('dataOwn')} (${library.own.card.title})` });
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
          ? html`<button @click=${() => look?.stop()}>${t('lookStop')}</button>
              <progress max="1" .value=${share} aria-label=${words}></progress>`
          : nothing
      }
    </div>`;
  }

  private drawTrouble(): TemplateResult | '' {
    const { look } = this;
    if (look?.problem) return this.drawProblem(look.problem, { words: this.t('tryAgain'), run: () => this.attempt(this.read(look)) });
    return this.drawProblem(this.trouble);
  }

  /** The station Train is in this page too. */
  private get inLab(): boolean {
    const root = this.getRootNode();
    return root instanceof ShadowRoot && root.host.localName === 'lab-shell';
  }

  /** Train with these images and what is wrong with them on purpose. */
  private get trainLink(): string {
    const { data, images, noise, imbalance } = this.s;
    const most = this.library?.count(data) ?? 0;
    const state = write(trainTable, {
      ...defaults(trainTable),
      data,
      images: most > 0 ? Math.min(images, most) : images,
      noise,
      imbalance,
    });
    return `#train?${state}${state ? '&' : ''}lang=${this.lang}`;
  }

  private drawChanges(): TemplateResult {
    const { t, lang, s, flawed, look } = this;
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
      ${this.inLab ? html`<a class="go" href=${this.trainLink}>${t('lookTrain')}</a>` : html`<p class="note">${t('lookTrainInLab')}</p>`}
    </section>`;
  }

  private drawNear(): TemplateResult {
    const { t, lang, look, near } = this;
    const card = look?.source.card;
    return html`<section class="nearest" id="near" aria-labelledby="near-title">
      <h2 id="near-title">${t('lookNeighbours')}</h2>
      ${this.drawProblem(this.nearTrouble)}
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
      ${this.drawProblem(look?.search?.problem ?? null, { words: t('tryAgain'), run: () => this.attempt(look?.searchWithin(s.distance)) })}
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

  protected override render(): TemplateResult {
    const { t, lang, s, look, library } = this;
    const card = look?.source.card ?? library?.card(s.data) ?? null;
    const place = this.place;
    return html`<div class="station">
      <header class="lead">
        <h1>${t('lookTitle')}</h1>
        <p>${t('lookLead')}</p>
      </header>
      ${this.drawFailure()}
      <div class="columns">
        <div class="main">
          ${this.drawChoice()} ${this.drawStatus()} ${this.drawTrouble()}
          <lab-class-list
            class=${look?.classes ? '' : 'waiting'}
            .card=${card}
            .classes=${look?.classes ?? null}
            .flawed=${this.flawed}
            .samples=${this.samples}
            .split=${s.shown}
            .chosen=${place}
            .lang=${lang}
            @image=${(event: CustomEvent<ImagePlace>) => this.choose(event.detail)}
            @split=${(event: CustomEvent<SplitName>) => {
              this.set({ shown: event.detail });
              this.draw('samples', () => this.showSamples());
            }}
            @more=${() => {
              this.first += samples;
              this.draw('samples', () => this.showSamples());
            }}
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
        ${this.drawProblem(this.augmentTrouble)}
        <lab-augmenting
          .fields=${this.fields}
          .card=${card}
          .augment=${allowed(s.augment, this.fields)}
          .examples=${this.examples}
          .shown=${this.augmented}
          .lang=${lang}
          @augment=${(event: CustomEvent<Augmentation>) => this.changeAugment(event.detail)}
          @draw=${() => {
            this.seed++;
            this.draw('augment', () => this.showAugmented());
          }}
        ></lab-augmenting>
      </section>
      ${this.drawVoice()}
    </div>`;
  }
}

customElements.define('lab-data', DataStation);
