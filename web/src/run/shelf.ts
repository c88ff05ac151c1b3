import type { Experiment, RunRecord } from '../client/client.js';
import type { Course } from './course.js';
import type { History } from './history.js';

/** A training that the page keeps across stations and reloads. */
export interface KeptRun {
  id: string;
  /** Milliseconds since 1970, of the last change. */
  when: number;
  from: 'train' | 'study';
  /** With all defaults written out. */
  experiment: Experiment;
  /** The data set's title. */
  data: string;
  /** Training images. */
  images: number;
  record: RunRecord;
  course: Course;
  /** Bytes of what it goes on from; 0: that is not kept, or not any more. */
  weights?: number;
  /** The browser had no room for what it goes on from. */
  noRoom?: boolean;
}

/** What a run goes on from as it was left. */
export interface KeptWeights {
  id: string;
  checkpoint: Uint8Array;
  history: History;
}

/** Runs that are kept; beyond them the oldest goes. */
export const mostRuns = 200;

/** Bytes of all checkpoints; beyond them those of the oldest runs go, whose figures stay. */
export const mostWeights = 200_000_000;

const database = 'cnnlab-shelf';
const store = 'runs';
/** Apart from the runs, so that their list need not read it. */
const heavy = 'weights';

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });

/**
 * Waits until a change is written. A browser without room may tell of it only at the transaction's end. Rejects with a
 * DOMException; QuotaExceededError: there is no room.
 */
const written = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB'));
  });

const isFull = (error: unknown): boolean => error instanceof DOMException && error.name === 'QuotaExceededError';

const opened = async (): Promise<IDBDatabase> => {
  const request = indexedDB.open(database, 2);
  request.onupgradeneeded = ({ oldVersion }) => {
    if (oldVersion < 1) request.result.createObjectStore(store, { keyPath: 'id' });
    request.result.createObjectStore(heavy, { keyPath: 'id' });
  };
  return done(request);
};

/** About the bytes that a run takes. */
export const sizeOf = (run: KeptRun): number => JSON.stringify(run).length + (run.weights ?? 0);

/** The runs whose checkpoints have to go: the newest keep theirs as long as there is room. */
export function crowdedOut(runs: readonly KeptRun[], room = mostWeights): KeptRun[] {
  let taken = 0;
  return [...runs].sort((a, b) => b.when - a.when).filter(({ weights = 0 }) => weights > 0 && (taken += weights) > room);
}

/**
 * Runs by their id, in the browser's own database; in memory where a browser keeps nothing, as in a private window or a
 * frame with a sandbox. Event `changed`.
 */
class Shelf extends EventTarget {
  /** Runs outlive the page; null: not known yet. */
  lasting: boolean | null = null;
  private readonly memory = { runs: new Map<string, KeptRun>(), weights: new Map<string, KeptWeights>() };
  private base: Promise<IDBDatabase | null> | null = null;
  /** Other tabs of the lab. */
  private readonly others = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(database);

  constructor() {
    super();
    this.others?.addEventListener('message', () => this.dispatchEvent(new Event('changed')));
  }

  /** The newest first. */
  async list(): Promise<KeptRun[]> {
    const there = await this.there();
    const runs = there
      ? await done(there.transaction(store).objectStore(store).getAll() as IDBRequest<KeptRun[]>)
      : [...this.memory.runs.values()];
    return runs.sort((a, b) => b.when - a.when);
  }

  async find(id: string): Promise<{ run: KeptRun; weights: KeptWeights } | null> {
    const there = await this.there();
    const [run, weights] = there
      ? await Promise.all([
          done(there.transaction(store).objectStore(store).get(id) as IDBRequest<KeptRun | undefined>),
          done(there.transaction(heavy).objectStore(heavy).get(id) as IDBRequest<KeptWeights | undefined>),
        ])
      : [this.memory.runs.get(id), this.memory.weights.get(id)];
    return run && weights ? { run, weights } : null;
  }

  /**
   * Keeps a run, in place of the one with its id; what it goes on from stays where none is given. Where there is no
   * room for that, the run is kept without: `noRoom`.
   */
  async put(run: KeptRun, weights?: Omit<KeptWeights, 'id'>): Promise<KeptRun> {
    const { id } = run;
    const there = await this.there();
    const before = await this.known(there, id);
    let kept: KeptRun = { ...run, weights: before?.weights ?? 0, ...(before?.noRoom ? { noRoom: true } : {}) };
    if (weights) {
      const isKept = await this.writeWeights(there, { ...weights, id });
      kept = { ...run, weights: isKept ? weights.checkpoint.length : 0, ...(isKept ? {} : { noRoom: true }) };
    }
    await this.write(there, kept);
    const runs = await this.list();
    for (const one of crowdedOut(runs.slice(0, mostRuns))) {
      await this.removeWeights(there, [one.id]);
      await this.write(there, { ...one, weights: 0 });
    }
    if (runs.length > mostRuns) await this.remove(runs.slice(mostRuns).map((one) => one.id));
    else this.tell();
    return kept;
  }

  async remove(ids: readonly string[]): Promise<void> {
    const there = await this.there();
    const place = there?.transaction(store, 'readwrite').objectStore(store);
    await Promise.all(ids.map((id) => (place ? done(place.delete(id)) : this.memory.runs.delete(id))));
    await this.removeWeights(there, ids);
    this.tell();
  }

  private async write(there: IDBDatabase | null, run: KeptRun): Promise<void> {
    if (!there) {
      this.memory.runs.set(run.id, run);
      return;
    }
    const change = there.transaction(store, 'readwrite');
    change.objectStore(store).put(run);
    await written(change);
  }

  /** False: there is no room. Older ones of the run would not fit its figures, and go. */
  private async writeWeights(there: IDBDatabase | null, weights: KeptWeights): Promise<boolean> {
    if (!there) {
      this.memory.weights.set(weights.id, weights);
      return true;
    }
    const change = there.transaction(heavy, 'readwrite');
    change.objectStore(heavy).put(weights);
    try {
      await written(change);
      return true;
    } catch (error) {
      if (!isFull(error)) throw error;
      await this.removeWeights(there, [weights.id]);
      return false;
    }
  }

  private async known(there: IDBDatabase | null, id: string): Promise<KeptRun | undefined> {
    return there ? done(there.transaction(store).objectStore(store).get(id) as IDBRequest<KeptRun | undefined>) : this.memory.runs.get(id);
  }

  private async removeWeights(there: IDBDatabase | null, ids: readonly string[]): Promise<void> {
    const place = there?.transaction(heavy, 'readwrite').objectStore(heavy);
    await Promise.all(ids.map((id) => (place ? done(place.delete(id)) : this.memory.weights.delete(id))));
  }

  private there(): Promise<IDBDatabase | null> {
    this.base ??= opened().then(
      (base) => {
        this.lasting = true;
        // Another version of the page may want to change the database.
        base.onversionchange = () => {
          base.close();
          this.base = null;
        };
        base.onclose = () => (this.base = null);
        return base;
      },
      () => {
        this.lasting = false;
        return null;
      },
    );
    return this.base;
  }

  private tell(): void {
    this.dispatchEvent(new Event('changed'));
    this.others?.postMessage('changed');
  }
}

export const shelf = new Shelf();

/** A name that no other run has. */
export const newId = (): string => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
