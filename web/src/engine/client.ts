import { requireFeatures } from './features.js';
import {
  LabError,
  type CallName,
  type Calls,
  type Catalog,
  type ConvolutionRequest,
  type ConvolutionResult,
  type DataCard,
  type DatasetInfo,
  type EvaluateRequest,
  type EvaluateResult,
  type EventOf,
  type Experiment,
  type ExperimentInfo,
  type FromWorker,
  type ImageChoice,
  type ImageSet,
  type LabEvent,
  type LabEventType,
  type Lines,
  type LinesOptions,
  type NamedTensor,
  type SessionInfo,
  type SessionRequest,
  type Profile,
  type Snapshot,
  type SplitName,
  type TapRequest,
  type TapResult,
  type Tensor,
  type ToWorker,
  type TrainRequest,
  type TrainState,
  type Validation,
} from './protocol.js';
import { startWorker } from './start-worker.js';

export * from './protocol.js';

/** What the client needs of a worker, so that tests can stand in for one. */
export interface WorkerLike {
  postMessage(message: ToWorker, transfer?: Transferable[]): void;
  onmessage: ((event: { data: FromWorker }) => void) | null;
  onerror: ((event: { message?: string; preventDefault?(): void }) => void) | null;
  terminate(): void;
}

export interface EngineOptions {
  /** The module's folder, "engine/" beside the page by default. */
  engineUrl?: string;
  /** The shards' folder, "data/" beside the page by default. */
  dataUrl?: string;
  /** At most so many threads; one less than the processor has by default. A page that is not cross-origin isolated has one. */
  threads?: number;
  /** false: not the module with relaxed SIMD, even where the browser has it. */
  relaxed?: boolean;
  /** Makes the worker; for tests and for bundlers with ways of their own. */
  worker?: () => WorkerLike;
}

export type Listener<T extends LabEventType> = (event: EventOf<T>) => void;
export type Unsubscribe = () => void;

interface Pending {
  resolve(value: unknown): void;
  reject(error: LabError): void;
}

/** Listeners by event type, and those of every event. */
class Listeners {
  private readonly byType = new Map<LabEventType | '*', Set<(event: LabEvent) => void>>();

  add(type: LabEventType | '*', listener: (event: LabEvent) => void): Unsubscribe {
    const set = this.byType.get(type) ?? new Set();
    this.byType.set(type, set);
    set.add(listener);
    return () => set.delete(listener);
  }

  send(event: LabEvent): void {
    for (const type of [event.type, '*'] as const) {
      for (const listener of [...(this.byType.get(type) ?? [])]) {
        try {
          listener(event);
        } catch (error) {
          // One view's mistake must not silence the others.
          console.error(error);
        }
      }
    }
  }
}

/**
 * The engine in its worker. Every method is a promise; a failure is a LabError. Nothing has to be freed but sessions, by close().
 *
 *     const lab = await LabEngine.start();
 *     const session = await lab.open({ experiment: 'lines' });
 *     session.on('batches', (event) => draw(event.loss));
 *     await session.train();
 */
export class LabEngine {
  /** Resolves when the module is there. Until then calls for data sets and their images are answered, and all others wait for it. */
  readonly ready: Promise<void>;
  private readonly worker: WorkerLike;
  private readonly pending = new Map<number, Pending>();
  private readonly listeners = new Listeners();
  private readonly sessions = new Map<number, LabSession>();
  private nextCall = 1;
  private closed: LabError | null = null;
  private loaded: string | null = null;

  private constructor(worker: WorkerLike) {
    this.worker = worker;
    this.ready = new Promise((resolve, reject) => {
      const fail = (error: LabError): void => {
        worker.terminate();
        this.shut(error);
        reject(error);
      };
      worker.onmessage = ({ data }) => {
        if (data.kind === 'ready') {
          this.loaded = data.backend;
          resolve();
        } else if (data.kind === 'failed') fail(new LabError(data.error));
        else this.receive(data);
      };
      worker.onerror = (event) => {
        event.preventDefault?.();
        const why = event.message ? ` (${event.message})` : '';
        const remedy = 'check the connection and reload the page';
        if (this.loaded === null) fail(new LabError({ code: 'load_failed', place: 'worker', problem: `the engine's worker did not load${why}`, remedy }));
        else this.shut(new LabError({ code: 'internal', place: 'worker', problem: `the engine's worker stopped${why}`, remedy: 'reload the page' }));
      };
    });
    // Whoever waits for it hears of it.
    this.ready.catch(() => undefined);
  }

  /** "cpu (wasm, 1 thread)"; empty before the module is there. */
  get backend(): string {
    return this.loaded ?? '';
  }

  /** Starts a worker, which loads the module. Throws no_webassembly, no_simd or no_worker; `ready` fails with load_failed. */
  static begin(options: EngineOptions = {}): LabEngine {
    requireFeatures();
    const base = typeof document === 'undefined' ? import.meta.url : document.baseURI;
    let worker: WorkerLike;
    try {
      worker = options.worker ? options.worker() : (startWorker() as unknown as WorkerLike);
    } catch (error) {
      throw new LabError({
        code: 'no_worker',
        place: 'browser',
        problem: `the engine's worker cannot be started (${String(error)})`,
        remedy: 'open the page over http or https, not as a file',
      });
    }
    const engine = new LabEngine(worker);
    worker.postMessage({
      kind: 'start',
      engineUrl: new URL(options.engineUrl ?? 'engine/', base).href,
      dataUrl: new URL(options.dataUrl ?? 'data/', base).href,
      ...(options.threads === undefined ? {} : { threads: options.threads }),
      ...(options.relaxed === undefined ? {} : { relaxed: options.relaxed }),
    });
    return engine;
  }

  /** The same, once the module is there. Throws no_webassembly, no_simd, no_worker or load_failed. */
  static async start(options: EngineOptions = {}): Promise<LabEngine> {
    const engine = LabEngine.begin(options);
    await engine.ready;
    return engine;
  }

  /** Calls the worker; the typed methods below are the usual way. `transfer`: buffers that move instead of being copied. */
  call<K extends CallName>(name: K, args: Parameters<Calls[K]>, transfer: Transferable[] = []): Promise<ReturnType<Calls[K]>> {
    if (this.closed) return Promise.reject(this.closed);
    const id = this.nextCall++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      try {
        this.worker.postMessage({ kind: 'call', id, name, args }, transfer);
      } catch (error) {
        this.pending.delete(id);
        reject(new LabError({ code: 'internal', place: name, problem: String(error), remedy: 'report this as a bug' }));
      }
    });
  }

  on<T extends LabEventType>(type: T, listener: Listener<T>): Unsubscribe {
    return this.listeners.add(type, listener as (event: LabEvent) => void);
  }

  onAny(listener: (event: LabEvent) => void): Unsubscribe {
    return this.listeners.add('*', listener);
  }

  experiments(): Promise<ExperimentInfo[]> {
    return this.call('experiments', []);
  }

  /** The JSON of an experiment that comes with the engine, as it was written. */
  experiment(name: string): Promise<Experiment> {
    return this.call('experiment', [name]);
  }

  /** Fields, ranges, defaults and help of everything an experiment can hold: what forms are made of. */
  catalog(): Promise<Catalog> {
    return this.call('catalog', []);
  }

  /** Shapes, parameters and cost of an experiment, or what is wrong with it. The card defaults to that of the data set it names. */
  validate(experiment: Experiment | string, card?: DataCard): Promise<Validation> {
    return this.call('validate', card ? [experiment, card] : [experiment]);
  }

  lines(options: LinesOptions = {}): Promise<Lines> {
    return this.call('lines', [options]);
  }

  convolution(request: ConvolutionRequest): Promise<ConvolutionResult> {
    return this.call('convolution', [request]);
  }

  /** The data sets that lie beside the page as shards. */
  datasets(): Promise<DatasetInfo[]> {
    return this.call('datasets', []);
  }

  /** Fetches a data set's shards until so many images are here; all by default. Listen to `loading` for progress. */
  load(name: string, train?: number, test?: number): Promise<DatasetInfo> {
    return this.call('load', [name, train, test]);
  }

  /** Images of a data set; what is not here yet is fetched. */
  images(name: string, split: SplitName, indices: number[]): Promise<ImageSet> {
    return this.call('images', [name, split, indices]);
  }

  async open(request: SessionRequest, transfer: Transferable[] = []): Promise<LabSession> {
    const info = await this.call('open', [request], transfer);
    const session = new LabSession(this, info, () => this.sessions.delete(info.id));
    this.sessions.set(info.id, session);
    return session;
  }

  /** Ends the worker and all sessions. */
  close(): void {
    this.worker.terminate();
    this.shut(new LabError({ code: 'closed', place: 'engine', problem: 'the engine was closed', remedy: 'start another' }));
  }

  private shut(error: LabError): void {
    this.closed = error;
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
    for (const session of this.sessions.values()) {
      session.deliver({ type: 'state', session: session.info.id, state: 'failed', step: session.step, error: error.toJSON() });
    }
  }

  private receive(message: FromWorker): void {
    if (message.kind === 'reply') {
      const call = this.pending.get(message.id);
      this.pending.delete(message.id);
      if (message.ok) call?.resolve(message.value);
      else call?.reject(new LabError(message.error));
    } else if (message.kind === 'events') {
      for (const event of message.events) {
        this.listeners.send(event);
        if ('session' in event) this.sessions.get(event.session)?.deliver(event);
      }
    }
  }
}

/** One network in training. */
export class LabSession {
  readonly info: SessionInfo;
  /** Steps done, as far as this side knows. */
  step: number;
  state: TrainState = 'paused';
  private readonly engine: LabEngine;
  private readonly forget: () => void;
  private readonly listeners = new Listeners();

  constructor(engine: LabEngine, info: SessionInfo, forget: () => void) {
    this.engine = engine;
    this.info = info;
    this.step = info.step;
    this.forget = forget;
  }

  on<T extends LabEventType>(type: T, listener: Listener<T>): Unsubscribe {
    return this.listeners.add(type, listener as (event: LabEvent) => void);
  }

  onAny(listener: (event: LabEvent) => void): Unsubscribe {
    return this.listeners.add('*', listener);
  }

  /** For the engine only. */
  deliver(event: LabEvent): void {
    if (event.type === 'batches') this.step = event.step[event.step.length - 1]! + 1;
    if (event.type === 'state') {
      this.state = event.state;
      this.step = event.step;
    }
    this.listeners.send(event);
  }

  /** Starts or goes on; resolves at once. `state` events say when it stops. */
  train(request: TrainRequest = {}): Promise<void> {
    return this.engine.call('train', [this.info.id, request]);
  }

  /** Does so many steps; resolves when they are done, failed or interrupted by pause(). */
  async steps(count: number): Promise<void> {
    const stopped = new Promise<void>((resolve, reject) => {
      const off = this.on('state', (event) => {
        if (event.state === 'running') return;
        off();
        if (event.error) reject(new LabError(event.error));
        else resolve();
      });
    });
    stopped.catch(() => undefined);
    await this.train({ steps: count });
    return stopped;
  }

  /** Stops after the step under way and says which one that was. */
  pause(): Promise<{ step: number }> {
    return this.engine.call('pause', [this.info.id]);
  }

  evaluate(request: EvaluateRequest = {}): Promise<EvaluateResult> {
    return this.engine.call('evaluate', [this.info.id, request]);
  }

  /** Ends evaluations that were asked for; they fail with `cancelled`. */
  stopEvaluations(): Promise<void> {
    return this.engine.call('stopEvaluations', [this.info.id]);
  }

  /** Fetches the test images that are not here yet; `info.testCount` is then all of them. */
  async loadTest(): Promise<void> {
    if (this.info.testCount < this.info.testTotal) this.info.testCount = (await this.engine.call('loadTest', [this.info.id])).testCount;
  }

  /** Probabilities [count, outputs]. */
  predict(images: ImageChoice): Promise<Tensor> {
    return this.engine.call('predict', [this.info.id, images]);
  }

  images(split: SplitName, indices: number[]): Promise<ImageSet> {
    return this.engine.call('sessionImages', [this.info.id, split, indices]);
  }

  /** Parameters and all other tensors by name; all of them by default. Copies. */
  tensors(names?: string[]): Promise<NamedTensor[]> {
    return this.engine.call('tensors', names ? [this.info.id, names] : [this.info.id]);
  }

  setTensor(tensor: NamedTensor): Promise<void> {
    return this.engine.call('setTensor', [this.info.id, tensor]);
  }

  /** What layers answer to images, and the gradients there. */
  tap(request: TapRequest): Promise<TapResult> {
    return this.engine.call('tap', [this.info.id, request]);
  }

  /** Multiplies the schedule's learning rate from now on; 1: as the experiment says. */
  setLearningRateScale(scale: number): Promise<void> {
    return this.engine.call('setLearningRateScale', [this.info.id, scale]);
  }

  /** null: as fast as it goes. */
  setSpeed(stepsPerSecond: number | null): Promise<void> {
    return this.engine.call('setSpeed', [this.info.id, stepsPerSecond]);
  }

  /** A checkpoint.safetensors as the command line writes it. */
  checkpoint(): Promise<Uint8Array> {
    return this.engine.call('checkpoint', [this.info.id]);
  }

  restore(checkpoint: Uint8Array): Promise<{ step: number }> {
    return this.engine.call('restore', [this.info.id, checkpoint]);
  }

  /** What inference needs, as safetensors. */
  weights(): Promise<Uint8Array> {
    return this.engine.call('weights', [this.info.id]);
  }

  /** Back to the first step, with the same initial weights. */
  reset(): Promise<{ step: number }> {
    return this.engine.call('reset', [this.info.id]);
  }

  snapshot(): Promise<Snapshot> {
    return this.engine.call('snapshot', [this.info.id]);
  }

  snapshots(): Promise<Snapshot[]> {
    return this.engine.call('snapshots', [this.info.id]);
  }

  restoreSnapshot(id: number): Promise<{ step: number }> {
    return this.engine.call('restoreSnapshot', [this.info.id, id]);
  }

  dropSnapshot(id: number): Promise<void> {
    return this.engine.call('dropSnapshot', [this.info.id, id]);
  }

  setProfiling(on: boolean): Promise<void> {
    return this.engine.call('setProfiling', [this.info.id, on]);
  }

  profile(): Promise<Profile> {
    return this.engine.call('profile', [this.info.id]);
  }

  /** Frees the network's memory in the worker. */
  async close(): Promise<void> {
    this.forget();
    await this.engine.call('close', [this.info.id]);
  }
}
