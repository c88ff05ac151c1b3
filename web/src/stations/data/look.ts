import type { Augmentation, DataCard, FlawedClass, ImageSet, LabProblem, SplitName } from '../../client/client.js';
import type { ChosenImages, ClassesLook, DuplicatesLook, NeighboursLook } from '../../client/module.js';
import type { Flaws } from '../../design/flaws.js';
import type { Tools } from '../../files/tools.js';
import { problemOf } from '../../state/engine.js';

/** Images that are looked at, fetched piece by piece. */
export interface LookSource {
  card: DataCard;
  count: Record<SplitName, number>;
  /** The images `first` … `first` + `count` − 1, in memory of their own: it moves on to the worker. */
  piece(split: SplitName, first: number, count: number): Promise<ImageSet>;
}

/** Of a worker with the module without kernels, what a look asks for. */
export type LookTools = Pick<Tools, 'call'>;

/** Bytes that are fetched between two looks at whether one still wants them: a few milliseconds of copying. */
const pieceBytes = 1_000_000;

/** Training images of which one can already see something while the others come. */
const enough = 1000;

/** Milliseconds of a search after which other calls are answered. */
const slice = 60;

/** The distance of a black image from a white one. */
const farthest = 1;

/** Pairs of near-duplicates that are shown. */
const mostPairs = 24;

export interface Search {
  most: number;
  done: number;
  running: boolean;
  found: DuplicatesLook | null;
  problem: LabProblem | null;
}

/** Moves the images of one data set into the worker, and asks it about them. `changed` is called after each step. */
export class DataLook {
  readonly source: LookSource;
  /** Images that the worker has. */
  readonly here: Record<SplitName, number> = { train: 0, test: 0 };
  state: 'reading' | 'ready' | 'failed' = 'reading';
  /** Somebody has stopped the reading; what was here by then is looked at. */
  stopped = false;
  problem: LabProblem | null = null;
  classes: Record<SplitName, ClassesLook> | null = null;
  search: Search | null = null;
  private readonly tools: LookTools;
  private readonly changed: () => void;
  private id: Promise<number> | null = null;
  private closed = false;

  constructor(source: LookSource, tools: LookTools, changed: () => void) {
    this.source = source;
    this.tools = tools;
    this.changed = changed;
  }

  /** Share of the images that are here. */
  get progress(): number {
    const { train, test } = this.source.count;
    return (this.here.train + this.here.test) / Math.max(1, train + test);
  }

  /** Reads all images and looks at their classes. A second call goes on after a failure or a stop. */
  async begin(): Promise<void> {
    this.state = 'reading';
    this.stopped = false;
    // More images come, and the worker forgets the search.
    this.search = null;
    this.problem = null;
    this.changed();
    try {
      const { card, count } = this.source;
      this.id ??= this.tools.call('lookNew', [card, count.train, count.test]);
      const id = await this.id;
      for (const split of ['train', 'test'] as const) await this.read(id, split);
      await this.look(id);
      if (this.closed) return;
      this.state = 'ready';
    } catch (error) {
      if (this.closed) return;
      this.state = 'failed';
      this.problem = problemOf(error);
    }
    this.changed();
  }

  private async read(id: number, split: SplitName): Promise<void> {
    const { card, count } = this.source;
    const size = card.image.height * card.image.width * card.image.channels;
    const most = Math.max(1, Math.floor(pieceBytes / size));
    while (!this.stopped && !this.closed && this.here[split] < count[split]) {
      const first = this.here[split];
      const { count: n, pixels, labels } = await this.source.piece(split, first, Math.min(most, count[split] - first));
      if (this.closed) return;
      await this.tools.call('lookAdd', [id, split, pixels, labels], [pixels.buffer, labels.buffer]);
      this.here[split] += n;
      this.changed();
      if (!this.classes && this.here[split] >= enough) await this.look(id);
    }
  }

  private async look(id: number): Promise<void> {
    const [train, test] = await Promise.all([this.tools.call('lookClasses', [id, 'train']), this.tools.call('lookClasses', [id, 'test'])]);
    this.classes = { train, test };
    if (!this.closed) this.changed();
  }

  /** Ends the reading; what is here is looked at. */
  stop(): void {
    this.stopped = true;
    this.changed();
  }

  /** Gives the worker's memory back. */
  close(): void {
    this.closed = true;
    // A worker that is gone has nothing to give back.
    this.id?.then((id) => this.tools.call('lookDrop', [id])).catch(() => undefined);
  }

  private async get<R>(call: (id: number) => Promise<R>): Promise<R> {
    if (!this.id) throw new Error('nothing is read');
    return call(await this.id);
  }

  samples(split: SplitName, first: number, count: number): Promise<ChosenImages[]> {
    return this.get((id) => this.tools.call('lookSamples', [id, split, first, count]));
  }

  images(split: SplitName, indices: Int32Array): Promise<ImageSet> {
    return this.get((id) => this.tools.call('lookImages', [id, split, indices]));
  }

  image(split: SplitName, index: number): Promise<ImageSet> {
    return this.images(split, Int32Array.of(index));
  }

  neighbours(split: SplitName, index: number, count: number): Promise<NeighboursLook> {
    return this.get((id) => this.tools.call('lookNeighbours', [id, split, index, count]));
  }

  flawed({ noise, imbalance }: Flaws): Promise<FlawedClass[]> {
    return this.get((id) => this.tools.call('lookFlaws', [id, noise, imbalance]));
  }

  mislabelled(split: SplitName, count: number, noise: number): Promise<Int32Array> {
    return this.get((id) => this.tools.call('lookMislabelled', [id, split, count, noise]));
  }

  augmented(augment: Augmentation, images: Int32Array, draws: number, seed: number): Promise<ImageSet> {
    return this.get((id) => this.tools.call('lookAugmented', [id, augment, images, draws, seed]));
  }

  examples(): Promise<Record<string, number>> {
    return this.get((id) => this.tools.call('lookExamples', [id]));
  }

  /** Searches for near-duplicates within this distance; a second call for the same one goes on where it was stopped. */
  async searchWithin(most: number): Promise<void> {
    const before = this.search;
    if (before?.most === most && (before.running || before.problem === null)) {
      if (before.running || before.done >= this.here.test) return;
      before.running = true;
      return this.goOn(before);
    }
    const search: Search = (this.search = { most, done: 0, running: true, found: null, problem: null });
    this.changed();
    await this.goOn(search, () => this.get((id) => this.tools.call('lookSearch', [id, most])));
  }

  stopSearch(): void {
    if (this.search) this.search.running = false;
    this.changed();
  }

  /** Each test image with the training image that is nearest to it, the nearest pair first. In the search's place. */
  async nearestOfAll(): Promise<DuplicatesLook> {
    const all = this.here.test;
    await this.get((id) => this.tools.call('lookSearch', [id, farthest]));
    while ((await this.get((id) => this.tools.call('lookSearchSlice', [id, slice]))) < all);
    return this.get((id) => this.tools.call('lookDuplicates', [id, all]));
  }

  private async goOn(search: Search, begin?: () => Promise<unknown>): Promise<void> {
    const going = (): boolean => search.running && search === this.search && !this.closed;
    try {
      await begin?.();
      while (going() && search.done < this.here.test) {
        search.done = await this.get((id) => this.tools.call('lookSearchSlice', [id, slice]));
        if (going()) this.changed();
      }
      if (search !== this.search || this.closed) return;
      search.found = await this.get((id) => this.tools.call('lookDuplicates', [id, mostPairs]));
    } catch (error) {
      search.problem = problemOf(error);
    }
    search.running = false;
    this.changed();
  }
}
