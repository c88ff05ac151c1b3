import type { Experiment, RunRecord } from '../client/client.js';
import type { Course } from './course.js';

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
}

/** Runs that are kept; beyond them the oldest goes. */
export const mostRuns = 200;

const database = 'cnnlab-shelf';
const store = 'runs';

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });

const opened = async (): Promise<IDBDatabase> => {
  const request = indexedDB.open(database, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(store, { keyPath: 'id' });
  return done(request);
};

/** About the bytes that a run takes. */
export const sizeOf = (run: KeptRun): number => JSON.stringify(run).length;

/**
 * Runs by their id, in the browser's own database; in memory where a browser keeps nothing, as in a private window or a
 * frame with a sandbox. Event `changed`.
 */
class Shelf extends EventTarget {
  /** Runs outlive the page; null: not known yet. */
  lasting: boolean | null = null;
  private readonly memory = new Map<string, KeptRun>();
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
      : [...this.memory.values()];
    return runs.sort((a, b) => b.when - a.when);
  }

  /** Keeps a run, in place of the one with its id. */
  async put(run: KeptRun): Promise<void> {
    const there = await this.there();
    if (there) await done(there.transaction(store, 'readwrite').objectStore(store).put(run));
    else this.memory.set(run.id, run);
    const runs = await this.list();
    if (runs.length > mostRuns) await this.remove(runs.slice(mostRuns).map(({ id }) => id));
    else this.tell();
  }

  async remove(ids: readonly string[]): Promise<void> {
    const there = await this.there();
    const place = there?.transaction(store, 'readwrite').objectStore(store);
    await Promise.all(ids.map((id) => (place ? done(place.delete(id)) : this.memory.delete(id))));
    this.tell();
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
