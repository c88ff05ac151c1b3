import {
  LabError,
  type Json,
  type DataCard,
  type DataSource,
  type DatasetInfo,
  type Experiment,
  type ExperimentInfo,
  type ImageSet,
  type LabEngine,
} from '../../client/client.js';
import type { Choices } from './data-choice.js';
import type { Flaws } from '../../design/flaws.js';
import { brought } from '../../files/brought.js';
import { firstImages, ownFields, type OwnImages } from '../../files/own-images.js';
import { fitted, limited, starter, starterName } from '../../design/starter.js';

/** The name of own images in the station's state. */
export const ownData = 'own';

/** Test images that are fetched with the training images: enough for the curve, quick to fetch. */
const testImages = 1000;

/** The first so many images, in the same memory. */
function firstOf(set: ImageSet, count: number): ImageSet {
  const n = Math.min(count, set.count);
  const size = set.shape[0] * set.shape[1] * set.shape[2];
  return { count: n, shape: set.shape, pixels: set.pixels.subarray(0, n * size), labels: set.labels.subarray(0, n) };
}

/** Data sets and experiments to choose from, and what a choice means for a session. */
export class Library {
  readonly engine: LabEngine;
  datasets: DatasetInfo[] = [];
  /** Data sets that do not lie beside the page. */
  absent: DataCard[] = [];
  shipped: ExperimentInfo[] = [];
  private own_: OwnImages | null = null;
  /** Everything is known: the choices, and what each means. */
  ready = false;
  private linesCard: DataCard | null = null;

  constructor(engine: LabEngine) {
    this.engine = engine;
  }

  get own(): OwnImages | null {
    return this.own_;
  }

  /** Other stations can look at them too. */
  set own(images: OwnImages | null) {
    this.own_ = images;
    brought.put(images);
  }

  /** Loads what can be shown before the module: the list of data sets beside the page. */
  async prepareData(): Promise<void> {
    // A page without data has no such list; that is allowed.
    const datasets = await this.engine.datasets().catch((error: unknown) => {
      if (error instanceof LabError && error.code === 'missing_data') return [];
      throw error;
    });
    this.datasets = datasets.sort((a, b) => b.name.localeCompare(a.name));
    this.absent = datasets.length > 0 ? await this.engine.absent() : [];
  }

  async prepare(): Promise<void> {
    const [shipped, lines] = await Promise.all([this.engine.experiments(), this.engine.lines({}), this.prepareData()]);
    this.shipped = shipped;
    this.linesCard = lines.card;
    this.ready = true;
  }

  has(data: string): boolean {
    return data === 'lines' || (data === ownData && this.own !== null) || this.datasets.some(({ name }) => name === data);
  }

  /** The card of a data set that the lab knows and that is not here. */
  absentCard(data: string): DataCard | null {
    return this.absent.find(({ name }) => name === data) ?? null;
  }

  card(data: string): DataCard | null {
    if (data === ownData) return this.own?.card ?? null;
    if (data === 'lines') return this.linesCard;
    return this.datasets.find(({ name }) => name === data)?.card ?? this.absentCard(data);
  }

  /** Number of training images; 0 where it cannot be chosen. */
  count(data: string): number {
    if (data === ownData) return this.own?.train.count ?? 0;
    return this.datasets.find(({ name }) => name === data)?.train ?? 0;
  }

  /** How many images lie beside the page, where there are more of them elsewhere. */
  partOf(data: string): { train: number; test: number } | null {
    const set = this.datasets.find(({ name }) => name === data);
    const { train_count: train = 0, test_count: test = 0 } = set?.card ?? {};
    return set && (set.train < train || set.test < test) ? { train: set.train, test: set.test } : null;
  }

  /** The name of these images in an experiment. */
  datasetName(data: string): string {
    return data === ownData ? (this.own?.dataset ?? 'folder') : data;
  }

  experimentsFor(data: string): ExperimentInfo[] {
    if (data === 'lines') return this.shipped.filter(({ dataset }) => dataset === 'lines');
    const small = { name: starterName, title: '', dataset: data };
    const name = this.datasetName(data);
    const made = this.shipped.filter(({ dataset }) => dataset === name);
    return [small, ...(made.length > 0 ? made : this.shipped.filter(({ dataset }) => dataset !== 'lines'))];
  }

  /** The images that can be chosen, or would be if they were here. */
  dataChoices(words: { lines: string; own: string; absent: string }): Choices['data'] {
    const data = this.datasets.map(({ name, card }) => ({ name, title: card.title, images: this.count(name) }));
    data.push({ name: 'lines', title: words.lines, images: 0 });
    for (const { name, title } of this.absent) data.push({ name, title: `${title} (${words.absent})`, images: 0 });
    if (this.own) data.push({ name: ownData, title: `${words.own} (${this.own.card.title})`, images: this.count(ownData) });
    return data;
  }

  choices(chosen: Choices['chosen'], words: { lines: string; own: string; absent: string; starter: string }): Choices {
    const data = this.dataChoices(words);
    const experiments = this.experimentsFor(chosen.data).map(({ name, title }) => ({
      name,
      title: name === starterName ? words.starter : title,
    }));
    return { data, experiments, chosen };
  }

  /** The unchanged experiment, fitted to these images. */
  async experiment(data: string, name: string): Promise<Experiment> {
    const offered = this.experimentsFor(data);
    const found = offered.find((info) => info.name === name) ?? offered[0]!;
    const card = this.card(data);
    if (found.name === starterName) return starter(this.datasetName(data), card?.classes.length ?? 10);
    const experiment = await this.engine.experiment(found.name);
    return found.dataset === this.datasetName(data) || !card ? experiment : fitted(experiment, this.datasetName(data), card);
  }

  /** The design as it is trained and saved: with its data set written as the command line does. */
  trained(design: Experiment, data: string, images: number, flaws: Flaws): Experiment {
    const experiment = this.placed(design, data, images);
    const fields: Record<string, unknown> =
      typeof experiment.dataset === 'string' ? { name: experiment.dataset } : { ...experiment.dataset };
    delete fields['label_noise'];
    delete fields['imbalance'];
    if (flaws.noise > 0) fields['label_noise'] = flaws.noise;
    if (flaws.imbalance < 1) fields['imbalance'] = flaws.imbalance;
    return { ...experiment, dataset: fields as Exclude<Experiment['dataset'], string> };
  }

  private placed(design: Experiment, data: string, images: number): Experiment {
    const fields = (typeof design.dataset === 'object' ? design.dataset : {}) as Record<string, Json>;
    if (data === 'lines') return { ...design, dataset: { ...fields, name: 'lines' } };
    if (data === ownData && this.own?.dataset === 'folder') {
      const { mean, std, ...shape } = ownFields(this.own) as { [field: string]: Json };
      const kept = { ...fields };
      delete kept['train_limit'];
      // A run of the command line may say another size for such files; it goes on as it was.
      const written = this.own.fixed && 'size' in kept ? {} : shape;
      return { ...design, dataset: { mean, std, ...kept, ...written, name: 'folder' } as Experiment['dataset'] };
    }
    const part = this.partOf(data);
    if (!part) return limited(design, images < this.count(data) ? images : null);
    return limited({ ...design, dataset: { ...fields, name: data, test_limit: part.test } }, Math.min(images, part.train));
  }

  async source(data: string, images: number): Promise<DataSource> {
    if (data === 'lines') return { kind: 'lines' };
    if (data === ownData && this.own) {
      const { card, train, test } = this.own;
      return { kind: 'images', card, train: await firstImages(this.engine, train, images), test };
    }
    return { kind: 'shards', name: data, train: Math.min(images, this.count(data)), test: testImages };
  }

  /** Gives a few images to show. */
  async samples(data: string, count: number): Promise<ImageSet> {
    const indices = Array.from({ length: count }, (_, i) => i);
    if (data === ownData && this.own) {
      return firstImages(this.engine, this.own.train, count);
    }
    if (data === 'lines') return firstOf((await this.engine.lines({})).train, count);
    return this.engine.images(data, 'train', indices);
  }
}
