import type { DataStore } from './data-store.js';
import type { CnnlabModule } from './module.js';
import { take } from './outcome.js';
import type { DataCard, ImageSet, SplitName } from './protocol.js';
import { nextTurn } from './turns.js';

type Images = Pick<ImageSet, 'count' | 'pixels' | 'labels'>;

/** Bytes of pixels that are copied in one turn, so that calls get in between. */
const piece = 4_000_000;

/** Keeps images in the module's memory, under numbers. A session keeps its images after their number is dropped. */
export class ModuleImages {
  private readonly module: CnnlabModule;
  private readonly store: DataStore;
  /** The data set that was used last; the next session probably wants it too. */
  private kept: { key: string; id: number } | null = null;
  /** The end of the queue. Calls go in order, so that none drops images that another is about to use. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(module: CnnlabModule, store: DataStore) {
    this.module = module;
    this.store = store;
  }

  /** Calls `use` with the number of the first so many images of a data set beside the page. */
  async ofStore<T>(name: string, train: number, test: number, use: (id: number) => T): Promise<T> {
    const shards = await this.store.shards(name, train, test);
    return this.alone(async () => {
      const key = `${name} ${train} ${test}`;
      if (this.kept?.key !== key) {
        if (this.kept) this.module.imagesDrop(this.kept.id);
        this.kept = null;
        this.kept = { key, id: await this.make(shards.card, shards.train, shards.test, train, test) };
      }
      return use(this.kept.id);
    });
  }

  /** The same with all test images and no training images; they are not kept. */
  async ofTest<T>(name: string, use: (id: number) => T): Promise<T> {
    const { card, test } = await this.store.shards(name, 0, Infinity);
    return this.ofGiven(card, [], test, use);
  }

  /** The same with images that were given. */
  ofGiven<T>(card: DataCard, train: readonly Images[], test: readonly Images[], use: (id: number) => T): Promise<T> {
    return this.alone(async () => {
      const id = await this.make(card, train, test, Infinity, Infinity);
      try {
        return use(id);
      } finally {
        this.module.imagesDrop(id);
      }
    });
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }

  private async make(
    card: DataCard,
    train: readonly Images[],
    test: readonly Images[],
    trainCount: number,
    testCount: number,
  ): Promise<number> {
    const id = take(this.module.imagesNew(JSON.stringify(card)));
    const size = card.image.height * card.image.width * card.image.channels;
    const atOnce = Math.max(1, Math.floor(piece / size));
    const add = async (split: SplitName, parts: readonly Images[], count: number): Promise<void> => {
      let left = count;
      for (const part of parts) {
        const end = Math.min(left, part.count);
        for (let from = 0; from < end; from += atOnce) {
          const to = Math.min(end, from + atOnce);
          take(this.module.imagesAdd(id, split, part.pixels.subarray(from * size, to * size), part.labels.subarray(from, to)));
          if (to - from === atOnce) await nextTurn();
        }
        left -= end;
      }
    };
    try {
      await add('train', train, trainCount);
      await add('test', test, testCount);
    } catch (error) {
      this.module.imagesDrop(id);
      throw error;
    }
    return id;
  }
}
