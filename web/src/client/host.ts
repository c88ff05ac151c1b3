import { DataStore } from './data-store.js';
import { checkMemory } from './memory-check.js';
import { say } from './messages.js';
import { ModuleImages } from './module-images.js';
import type { CnnlabModule, Outcome } from './module.js';
import { asLabError, buffersOf, placeOf, take } from './outcome.js';
import { Outbox } from './outbox.js';
import { catalog } from './protocol/catalog.generated.js';
import {
  LabError,
  moduleCalls,
  namesOf,
  settledCalls,
  type CallMessage,
  type CallName,
  type DataSource,
  type Experiment,
  type FromWorker,
  type Handlers,
  type ImageChoice,
  type LabCalls,
  type SessionInfo,
  type SessionRequest,
  type sessionCalls,
  type Snapshot,
  type TapResult,
} from './protocol.js';
import { Training } from './training.js';

/** Calls that need no module. They are answered while it is still loading. */
type DataCalls = Pick<LabCalls, 'absent' | 'catalog' | 'datasets' | 'images' | 'load'>;
/** Calls that are more than the module's function of the same name. */
type OwnCalls = Omit<LabCalls, keyof DataCalls | keyof typeof moduleCalls>;

type AnyHandler = (...args: unknown[]) => unknown;
/** Who answers which call. */
interface Answers {
  lab: Map<string, AnyHandler>;
  /** The session's number comes first. */
  session: Map<string, AnyHandler>;
}

const mapOf = (handlers: object): Map<string, AnyHandler> => new Map(Object.entries(handlers) as [string, AnyHandler][]);

/** Calls that end something. Their events are sent at once. */
const endings = new Set<CallName>(['pause', 'evaluate', 'load']);

interface Kept {
  session: number;
  step: number;
  bytes: Uint8Array;
}

/** Answers the page's calls in the worker. Trains by `Training`, reads data by `DataStore`. */
export class EngineHost {
  private readonly post: (message: FromWorker, transfer?: ArrayBuffer[]) => void;
  private readonly outbox: Outbox;
  private readonly store: DataStore;
  private readonly data: Map<string, AnyHandler>;
  private readonly answers: Promise<Answers>;
  private training: Training | null = null;
  private readonly snapshots = new Map<number, Kept>();
  private nextSnapshot = 1;

  constructor(
    module: CnnlabModule | Promise<CnnlabModule>,
    dataUrl: string,
    post: (message: FromWorker, transfer?: ArrayBuffer[]) => void,
  ) {
    this.post = post;
    this.outbox = new Outbox((events) => post({ kind: 'events', events }, buffersOf(events)));
    this.store = new DataStore(dataUrl, (event, now) => {
      this.outbox.add(event);
      this.outbox.flush(now);
    });
    const data: Handlers<DataCalls> = {
      catalog: () => catalog,
      datasets: () => this.store.datasets(),
      absent: () => this.store.absent(),
      load: (name, train, test) => this.store.load(name, train ?? Infinity, test ?? Infinity),
      images: (name, split, indices) => this.store.images(name, split, indices),
    };
    this.data = mapOf(data);
    this.answers = Promise.resolve(module).then((there) => this.answersOf(there));
    // Each call gets the error.
    this.answers.catch(() => undefined);
  }

  /** For tests: lets the process end. */
  close(): void {
    this.training?.stop();
  }

  async handle({ id, session, name, args }: CallMessage): Promise<void> {
    try {
      const early = session === null ? this.data.get(name) : undefined;
      const handler = early ?? (await this.answers)[session === null ? 'lab' : 'session'].get(name);
      if (!handler)
        throw new LabError({ code: 'unknown_name', place: String(name), problem: say('page.no_call'), remedy: say('page.reload') });
      const value = await (session === null ? handler(...args) : handler(session, ...args));
      // Events of what the call has ended go before its reply.
      this.outbox.flush(endings.has(name));
      this.post({ kind: 'reply', id, ok: true, value }, buffersOf(value));
    } catch (error) {
      this.post({ kind: 'reply', id, ok: false, error: asLabError(error, String(name)).toJSON() });
    }
  }

  private answersOf(m: CnnlabModule): Answers {
    const training = (this.training = new Training(m, this.outbox));
    const images = new ModuleImages(m, this.store);
    /** Data sets of the sessions that train on shards. */
    const shardsOf = new Map<number, string>();
    const textOf = (experiment: Experiment | string): string =>
      JSON.stringify(typeof experiment === 'string' ? take(m.experiment(experiment)) : experiment);
    const choose = (id: number, choice: ImageChoice): { pixels: Uint8Array; labels: Int32Array | null } =>
      'pixels' in choice ? { pixels: choice.pixels, labels: null } : take(m.images(id, choice.split, choice.indices));
    const snapshotsOf = (id: number): Snapshot[] =>
      [...this.snapshots]
        .filter(([, kept]) => kept.session === id)
        .map(([number, { step, bytes }]) => ({ id: number, step, bytes: bytes.length }));

    /** Runs in slices, as soon as no step is under way. */
    const tap = (
      id: number,
      chosen: { pixels: Uint8Array; labels: Int32Array | null },
      layers: string[],
      gradients: boolean,
    ): Promise<TapResult> => {
      let begun = false;
      return training.inSlices(id, (milliseconds) => {
        if (!begun) take(m.beginTap(id, chosen.pixels, chosen.labels, JSON.stringify(layers), gradients));
        begun = true;
        const found = take(m.tapSlice(id, milliseconds));
        if (!found) return null;
        return { value: found };
      });
    };

    const own: Handlers<OwnCalls> = {
      validate: (experiment, card) => {
        const outcome = m.describe(textOf(experiment), card ? JSON.stringify(card) : '');
        if ('error' in outcome) return { ok: false, error: outcome.error, ...placeOf(outcome.error.place) };
        return { ok: true, description: take(outcome) };
      },
      open: async (request) => {
        const { info, source } = await this.open(m, images, textOf(request.experiment), request);
        if (source.kind === 'shards') shardsOf.set(info.id, source.name);
        return info;
      },
    };
    const ofSession: Handlers<typeof sessionCalls, [id: number]> = {
      close: (id) => {
        training.remove(id);
        shardsOf.delete(id);
        for (const { id: number } of snapshotsOf(id)) this.snapshots.delete(number);
        take(m.close(id));
      },
      train: (id, request) => training.train(id, request ?? {}),
      pause: (id) => training.pause(id),
      setSpeed: (id, stepsPerSecond) => training.setSpeed(id, stepsPerSecond),
      evaluate: (id, request) => training.evaluate(id, request ?? {}),
      stopEvaluations: (id) => training.stopEvaluations(id),
      loadTest: async (id) => {
        const name = shardsOf.get(id);
        if (name === undefined) return { test_count: training.info(id).test_count };
        return images.ofTest(name, (number) => {
          const info = training.info(id);
          info.test_count = take(m.setTest(id, number));
          return { test_count: info.test_count };
        });
      },
      images: (id, split, indices) => take(m.images(id, split, indices)),
      predict: async (id, choice) => (await tap(id, choose(id, choice), [], false)).probabilities,
      tap: (id, request) => {
        const chosen = choose(id, request.images);
        const labels = request.labels ? Int32Array.from(request.labels) : chosen.labels;
        const layers = request.layers ?? training.info(id).description.layers.map(({ name }) => name);
        return tap(id, { pixels: chosen.pixels, labels }, layers, request.gradients ?? false);
      },
      explain: (id, { images: choice, outputs, layer }) => {
        const { pixels } = choose(id, choice);
        return training.inSlices(id, () => ({ value: take(m.explain(id, pixels, Int32Array.from(outputs), layer ?? '')) }));
      },
      updates: (id) => {
        let begun = false;
        return training.inSlices(id, (milliseconds) => {
          if (!begun) take(m.beginUpdates(id));
          begun = true;
          const value = take(m.updatesSlice(id, milliseconds));
          return value && { value };
        });
      },
      restore: (id, bytes) => training.move(id, () => take(m.restore(id, bytes))),
      reset: (id) => training.move(id, () => take(m.reset(id))),

      snapshot: (id) =>
        training.settled(id, () => {
          const kept: Kept = { session: id, step: training.step(id), bytes: take(m.checkpoint(id)) };
          const number = this.nextSnapshot++;
          this.snapshots.set(number, kept);
          return { id: number, step: kept.step, bytes: kept.bytes.length };
        }),
      snapshots: (id) => snapshotsOf(id),
      restoreSnapshot: (id, number) =>
        training.move(id, () => {
          const kept = this.snapshots.get(number);
          if (kept?.session !== id)
            throw new LabError({
              code: 'unknown_name',
              place: 'snapshot',
              problem: say('page.not_kept', { number }),
              remedy: say('page.choose_kept'),
            });
          return take(m.restore(id, kept.bytes));
        }),
      dropSnapshot: (id, number) => {
        if (this.snapshots.get(number)?.session === id) this.snapshots.delete(number);
      },
    };

    const lab = mapOf(own);
    const session = mapOf(ofSession);
    const functions = m as unknown as Record<string, (...args: unknown[]) => Outcome<unknown>>;
    for (const name of namesOf(moduleCalls)) lab.set(name, (...args) => take(functions[name]!(...args)));
    for (const name of namesOf(settledCalls))
      session.set(name, (id, ...args) => training.settled(id as number, () => take(functions[name]!(id, ...args))));
    return { lab, session };
  }

  private async open(
    m: CnnlabModule,
    images: ModuleImages,
    text: string,
    request: SessionRequest,
  ): Promise<{ info: SessionInfo; source: DataSource }> {
    const experiment = JSON.parse(text) as Experiment;
    const fields = typeof experiment.dataset === 'string' ? { name: experiment.dataset } : experiment.dataset;
    const limit = (key: string): number => {
      const value = (fields as Record<string, unknown>)[key];
      return typeof value === 'number' && value > 0 ? value : Infinity;
    };
    const source: DataSource = request.data ?? (fields.name === 'lines' ? { kind: 'lines' } : { kind: 'shards', name: fields.name });
    let testTotal = 0;
    const { base } = request;
    // Its layers would keep the random weights that they begin with.
    if (experiment.base && !base && !request.checkpoint)
      throw new LabError({ code: 'missing_data', place: 'base.file', problem: say('page.no_base'), remedy: say('page.give_base') });
    const openWith = (number: number): SessionInfo => {
      const info = take(m.open(JSON.stringify(experiment), number, request.evaluate ?? -1, base?.weights ?? null, base?.network ?? ''));
      info.test_total = Math.max(testTotal, info.test_count);
      if (request.checkpoint) {
        try {
          info.step = take(m.restore(info.id, request.checkpoint));
        } catch (error) {
          m.close(info.id);
          throw error;
        }
      }
      this.training!.add(info);
      return info;
    };
    const set = source.kind === 'shards' ? (await this.store.datasets()).find(({ name }) => name === source.name) : null;
    const card = source.kind === 'images' ? source.card : set?.card;
    const described = m.describe(JSON.stringify(experiment), card ? JSON.stringify(card) : '');
    // What is wrong with it is said where it is opened.
    if ('value' in described) checkMemory(described.value);
    let info: SessionInfo;
    if (source.kind === 'lines') {
      if (source.options) experiment.dataset = { name: 'lines', ...(source.options as Record<string, never>) };
      info = openWith(0);
    } else if (source.kind === 'shards') {
      testTotal = Math.min(set?.test ?? 0, limit('test_limit'));
      info = await images.ofStore(source.name, source.train ?? limit('train_limit'), source.test ?? limit('test_limit'), openWith);
    } else {
      info = await images.ofGiven(source.card, [source.train], [source.test], openWith);
    }
    return { info, source };
  }
}
