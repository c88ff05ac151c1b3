import { say } from './messages.js';
import { extentsOf, LabError, type DataCard, type DatasetInfo, type ImageSet, type LoadingEvent, type SplitName } from './protocol.js';
import { fetchBytes, parseManifest, readShard, shardsFor, type Shard, type ShardEntry, type ShardedDataset } from './shards.js';

interface Loaded {
  set: ShardedDataset;
  /** By the number of the shard. */
  shards: Record<SplitName, (Shard | undefined)[]>;
  /** Shards that are being fetched. All callers that want one wait for the same request. */
  coming: Map<string, Promise<Shard>>;
  failed: Set<string>;
}

/** Fetches the shards beside the page when they are wanted, and keeps them. Needs no module. */
export class DataStore {
  private readonly dataUrl: string;
  private readonly tell: (event: LoadingEvent, now: boolean) => void;
  private sets: Promise<Map<string, Loaded>> | null = null;
  private cards: DataCard[] = [];

  /** `tell` gets the progress of a load. `now`: send it at once, not at the next frame. */
  constructor(dataUrl: string, tell: (event: LoadingEvent, now: boolean) => void) {
    this.dataUrl = dataUrl;
    this.tell = tell;
  }

  async datasets(): Promise<DatasetInfo[]> {
    return [...(await this.manifest()).values()].map((loaded) => infoOf(loaded));
  }

  async absent(): Promise<DataCard[]> {
    await this.manifest();
    return this.cards;
  }

  /** Fetches shards until so many images are here. */
  async load(name: string, train: number, test: number): Promise<DatasetInfo> {
    const loaded = await this.dataset(name);
    await this.fetch(loaded, train, test);
    return infoOf(loaded);
  }

  async images(name: string, split: SplitName, indices: readonly number[]): Promise<ImageSet> {
    const loaded = await this.dataset(name);
    const { card } = loaded.set;
    const last = indices.reduce((highest, index) => Math.max(highest, index), -1);
    await this.fetch(loaded, split === 'train' ? last + 1 : 0, split === 'test' ? last + 1 : 0);
    const size = card.image.height * card.image.width * card.image.channels;
    const chosen: ImageSet = {
      count: indices.length,
      shape: extentsOf(card.image),
      pixels: new Uint8Array(indices.length * size),
      labels: new Int32Array(indices.length),
    };
    indices.forEach((index, i) => {
      let within = index;
      const shard = loaded.shards[split].find((candidate) => {
        if (candidate && within >= 0 && within < candidate.count) return true;
        within -= candidate?.count ?? 0;
        return false;
      });
      if (!shard)
        throw new LabError({
          code: 'out_of_range',
          place: name,
          problem: say('data.no_image', { index }),
          remedy: say('data.smaller_index'),
        });
      chosen.pixels.set(shard.pixels.subarray(within * size, (within + 1) * size), i * size);
      chosen.labels[i] = shard.labels[within]!;
    });
    return chosen;
  }

  /** Gives the shards that hold the first so many images. Fetches the missing ones. */
  async shards(name: string, train: number, test: number): Promise<{ card: DataCard; train: Shard[]; test: Shard[] }> {
    const loaded = await this.dataset(name);
    await this.fetch(loaded, train, test);
    const first = (split: SplitName, images: number): Shard[] =>
      loaded.shards[split].slice(0, shardsFor(loaded.set.splits[split], images)).filter((shard) => shard !== undefined);
    return { card: loaded.set.card, train: first('train', train), test: first('test', test) };
  }

  private manifest(): Promise<Map<string, Loaded>> {
    this.sets ??= (async () => {
      const bytes = await fetchBytes(new URL('index.json', this.dataUrl).href);
      const manifest = parseManifest(new TextDecoder().decode(bytes), 'data/index.json');
      this.cards = manifest.absent;
      return new Map(
        manifest.datasets.map((set) => [
          set.name,
          { set, shards: { train: [], test: [] }, coming: new Map(), failed: new Set() } satisfies Loaded,
        ]),
      );
    })();
    this.sets.catch(() => (this.sets = null));
    return this.sets;
  }

  private async dataset(name: string): Promise<Loaded> {
    const all = await this.manifest();
    const loaded = all.get(name);
    if (!loaded) {
      throw new LabError({
        code: 'missing_data',
        place: name,
        problem: say('data.not_here'),
        remedy: all.size > 0 ? say('data.choose_or_drop', { names: [...all.keys()] }) : say('data.drop'),
      });
    }
    return loaded;
  }

  private async fetch(loaded: Loaded, train: number, test: number): Promise<void> {
    const { set } = loaded;
    const wanted = (['train', 'test'] as const).flatMap((split) =>
      set.splits[split]
        .slice(0, shardsFor(set.splits[split], split === 'train' ? train : test))
        .map((entry, number) => ({ split, entry, number })),
    );
    const missing = wanted.filter(({ split, number }) => !loaded.shards[split][number]);
    if (missing.length === 0) return;
    const totalBytes = missing.reduce((sum, { entry }) => sum + entry.bytes, 0);
    let finished = 0;
    const tell = (bytes: number, now = false): void => {
      const { trainLoaded, testLoaded } = infoOf(loaded);
      this.tell({ type: 'loading', name: set.name, bytes, totalBytes, trainLoaded, testLoaded }, now);
    };
    tell(0, true);
    for (const { split, entry, number } of missing) {
      loaded.shards[split][number] = await this.shard(loaded, entry, (bytes) => tell(finished + bytes));
      finished += entry.bytes;
      tell(finished, true);
    }
  }

  private shard(loaded: Loaded, entry: ShardEntry, progress: (bytes: number) => void): Promise<Shard> {
    const known = loaded.coming.get(entry.file);
    if (known) return known;
    const coming = (async () => {
      try {
        const bytes = await fetchBytes(new URL(entry.file, this.dataUrl).href, progress, loaded.failed.has(entry.file));
        return await readShard(bytes, entry, loaded.set.card);
      } catch (error) {
        // The cache may hold the broken bytes: the next try must go past it.
        loaded.failed.add(entry.file);
        throw error;
      } finally {
        loaded.coming.delete(entry.file);
      }
    })();
    loaded.coming.set(entry.file, coming);
    return coming;
  }
}

function infoOf({ set, shards }: Loaded): DatasetInfo {
  const total = (split: SplitName): number => set.splits[split].reduce((sum, entry) => sum + entry.count, 0);
  const here = (split: SplitName): number => shards[split].reduce((sum, shard) => sum + (shard?.count ?? 0), 0);
  return {
    name: set.name,
    card: set.card,
    train: total('train'),
    test: total('test'),
    trainLoaded: here('train'),
    testLoaded: here('test'),
  };
}
