import type { CnnlabModule, Outcome } from './module.js';
import { Outbox } from './outbox.js';
import {
  LabError,
  type CallMessage,
  type Calls,
  type DataCard,
  type DataSource,
  type DatasetInfo,
  type EvaluateRequest,
  type EvaluateResult,
  type Experiment,
  type FromWorker,
  type ImageChoice,
  type ImageSet,
  type LabEvent,
  type LabProblem,
  type SessionInfo,
  type SessionRequest,
  type Snapshot,
  type SplitName,
  type Tensor,
  type TrainState,
} from './protocol.js';
import { fetchBytes, parseManifest, readShard, shardsFor, type Shard, type ShardedDataset } from './shards.js';

/** Short enough that a message waits less than a frame or two. */
const slice = 12;

interface Loaded {
  set: ShardedDataset;
  /** By number of shard; a shard under way is shared by all who wait for it. */
  shards: Record<SplitName, (Shard | undefined)[]>;
  coming: Map<string, Promise<Shard>>;
  failed: Set<string>;
  /** The images in the module, for the counts that they were made for. */
  inModule: { id: number; train: number; test: number } | null;
}

interface Job {
  request: EvaluateRequest;
  split: SplitName;
  begun: boolean;
  resolve(result: EvaluateResult): void;
  reject(error: LabError): void;
}

interface Session {
  info: SessionInfo;
  state: TrainState;
  step: number;
  /** Steps that may still be begun. */
  remaining: number;
  /** A step is under way; what looks at the weights finishes it first. */
  between: boolean;
  /** Those who wait for its end after a pause. */
  waiting: (() => void)[];
  stepsPerSecond: number | null;
  /** When the next step is due, where the speed is limited. */
  due: number;
  jobs: Job[];
  snapshots: Map<number, { step: number; bytes: Uint8Array }>;
  speed: { since: number; steps: number };
}

export function asLabError(error: unknown, place: string): LabError {
  if (error instanceof LabError) return error;
  const text = String(error);
  if (error instanceof RangeError || /out of memory|memory access|Aborted\(OOM/i.test(text)) {
    return new LabError({ code: 'out_of_memory', place, problem: 'there is not enough memory', remedy: 'use a smaller network, a smaller batch or fewer images' });
  }
  return new LabError({ code: 'internal', place, problem: text, remedy: 'report this as a bug' });
}

/** The value, or the module's error thrown. */
function take<T>(outcome: Outcome<T>): T {
  if ('error' in outcome) throw new LabError(outcome.error);
  return outcome.value;
}

/** The buffers of a reply's typed arrays: they move to the page instead of being copied. */
export function buffersOf(value: unknown, found = new Set<ArrayBuffer>()): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (Array.isArray(value)) {
    if (typeof value[0] === 'object') for (const item of value) buffersOf(item, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) buffersOf(item, found);
  }
  return [...found];
}

/** Which layer and field an error of the engine is about. */
export function placeOf(place: string): { layer: number | null; field: string | null } {
  const layer = /model\.layers\[(\d+)\]/.exec(place);
  if (!layer) return { layer: null, field: place || null };
  const field = /^(?:\s*\([^)]*\))?\.([A-Za-z_]\w*)/.exec(place.slice(layer.index + layer[0].length));
  return { layer: Number(layer[1]), field: field?.[1] ?? null };
}

/**
 * The worker's side: answers calls and drives training. It trains in slices and sends itself a message after each, so that calls get in
 * between, and so that a tab in the background, whose timers are slowed down, trains on.
 */
export class EngineHost {
  private readonly module: CnnlabModule;
  private readonly dataUrl: string;
  private readonly post: (message: FromWorker, transfer?: ArrayBuffer[]) => void;
  private readonly outbox: Outbox;
  private readonly channel = new MessageChannel();
  private readonly sessions = new Map<number, Session>();
  private datasetsPromise: Promise<Map<string, Loaded>> | null = null;
  private scheduled = false;
  private turn = 0;
  private nextSnapshot = 1;
  private readonly handlers: { [K in keyof Calls]: (...args: Parameters<Calls[K]>) => ReturnType<Calls[K]> | Promise<ReturnType<Calls[K]>> };

  constructor(module: CnnlabModule, dataUrl: string, post: (message: FromWorker, transfer?: ArrayBuffer[]) => void) {
    this.module = module;
    this.dataUrl = dataUrl;
    this.post = post;
    this.outbox = new Outbox((events) => post({ kind: 'events', events }, buffersOf(events)));
    this.channel.port1.onmessage = () => this.tick();
    this.handlers = this.makeHandlers();
  }

  /** For tests: lets the process end. */
  close(): void {
    this.channel.port1.close();
    this.channel.port2.close();
  }

  async handle(message: CallMessage): Promise<void> {
    try {
      const handler = this.handlers[message.name] as ((...args: unknown[]) => unknown) | undefined;
      if (!handler) throw new LabError({ code: 'unknown_name', place: String(message.name), problem: 'is no call', remedy: 'reload the page' });
      const value = await handler(...message.args);
      // Events of what a call has ended come before its reply.
      this.outbox.flush(message.name === 'pause' || message.name === 'evaluate' || message.name === 'load');
      this.post({ kind: 'reply', id: message.id, ok: true, value }, buffersOf(value));
    } catch (error) {
      this.post({ kind: 'reply', id: message.id, ok: false, error: asLabError(error, String(message.name)).toJSON() });
    }
  }

  // ---- calls ----------------------------------------------------------------------------------------

  private makeHandlers(): EngineHost['handlers'] {
    const m = this.module;
    return {
      experiments: () => take(m.experiments()),
      experiment: (name) => take(m.experiment(name)),
      catalog: () => take(m.catalog()),
      validate: (experiment, card) => {
        const outcome = m.describe(this.experimentText(experiment), card ? JSON.stringify(card) : '');
        if ('error' in outcome) return { ok: false, error: outcome.error, ...placeOf(outcome.error.place) };
        return { ok: true, description: outcome.value };
      },
      lines: (options) => take(m.lines(JSON.stringify(options))),
      convolution: (request) => take(m.convolution(request)),

      datasets: async () => [...(await this.datasets()).values()].map((loaded) => this.datasetInfo(loaded)),
      load: async (name, train, test) => {
        const loaded = await this.dataset(name);
        await this.load(loaded, train ?? Infinity, test ?? Infinity);
        return this.datasetInfo(loaded);
      },
      images: async (name, split, indices) => this.imagesOf(await this.dataset(name), split, indices),

      open: (request) => this.open(request),
      close: (id) => {
        const session = this.session(id);
        for (const job of session.jobs) job.reject(new LabError({ code: 'cancelled', place: 'evaluate', problem: 'the session was closed', remedy: '' }));
        this.sessions.delete(id);
        take(m.close(id));
      },
      train: (id, request) => {
        const session = this.session(id);
        session.remaining = request.steps ?? Infinity;
        if (request.stepsPerSecond !== undefined) session.stepsPerSecond = request.stepsPerSecond;
        session.due = performance.now();
        session.speed = { since: performance.now(), steps: 0 };
        this.setState(session, 'running');
        this.schedule();
      },
      pause: (id) => {
        const session = this.session(id);
        if (session.state === 'running') this.setState(session, 'paused');
        if (!session.between) return { step: session.step };
        return new Promise((resolve) => session.waiting.push(() => resolve({ step: session.step })));
      },
      evaluate: (id, request) =>
        new Promise((resolve, reject) => {
          this.session(id).jobs.push({ request, split: request.split ?? 'test', begun: false, resolve, reject });
          this.schedule();
        }),
      predict: (id, images) => {
        this.settle(id);
        return take(m.predict(id, this.choose(id, images).pixels));
      },
      sessionImages: (id, split, indices) => take(m.images(id, split, indices)),
      tensors: (id, names) => {
        this.settle(id);
        const all = names ?? this.session(id).info.description.tensors.map((tensor) => tensor.name);
        return all.map((name) => ({ name, ...take(m.tensor(id, name)) }));
      },
      setTensor: (id, { name, shape, data }) => {
        this.settle(id);
        return take(m.setTensor(id, name, { shape, data }));
      },
      tap: (id, request) => {
        this.settle(id);
        const images = this.choose(id, request.images);
        const labels = request.labels ? Int32Array.from(request.labels) : images.labels;
        return take(m.tap(id, images.pixels, labels, JSON.stringify(request.layers ?? []), request.gradients ?? false));
      },
      setLearningRateScale: (id, scale) => take(m.setLearningRateScale(id, scale)),
      setSpeed: (id, stepsPerSecond) => {
        const session = this.session(id);
        session.stepsPerSecond = stepsPerSecond;
        session.due = performance.now();
        this.schedule();
      },
      checkpoint: (id) => {
        this.settle(id);
        return take(m.checkpoint(id));
      },
      restore: (id, bytes) => this.moveTo(id, take(m.restore(id, bytes))),
      weights: (id) => {
        this.settle(id);
        return take(m.weights(id));
      },
      reset: (id) => this.moveTo(id, take(m.reset(id))),
      snapshot: (id) => {
        this.settle(id);
        const session = this.session(id);
        const bytes = take(m.checkpoint(id));
        const number = this.nextSnapshot++;
        session.snapshots.set(number, { step: session.step, bytes });
        return { id: number, step: session.step, bytes: bytes.length };
      },
      snapshots: (id) => [...this.session(id).snapshots].map(([number, { step, bytes }]): Snapshot => ({ id: number, step, bytes: bytes.length })),
      restoreSnapshot: (id, number) => {
        const snapshot = this.session(id).snapshots.get(number);
        if (!snapshot) throw new LabError({ code: 'unknown_name', place: 'snapshot', problem: `${number} is not kept`, remedy: 'choose one that is' });
        return this.moveTo(id, take(m.restore(id, snapshot.bytes)));
      },
      dropSnapshot: (id, number) => {
        this.session(id).snapshots.delete(number);
      },
    };
  }

  private session(id: number): Session {
    const session = this.sessions.get(id);
    if (!session) throw new LabError({ code: 'closed', place: `session ${id}`, problem: 'is not open', remedy: 'open a new one' });
    return session;
  }

  private experimentText(experiment: Experiment | string): string {
    return JSON.stringify(typeof experiment === 'string' ? take(this.module.experiment(experiment)) : experiment);
  }

  private choose(id: number, images: ImageChoice): { pixels: Uint8Array; labels: Int32Array | null } {
    if ('pixels' in images) return { pixels: images.pixels, labels: null };
    return take(this.module.images(id, images.split, images.indices));
  }

  private async open(request: SessionRequest): Promise<SessionInfo> {
    const experiment = JSON.parse(this.experimentText(request.experiment)) as Experiment;
    const fields = typeof experiment.dataset === 'string' ? { name: experiment.dataset } : experiment.dataset;
    const limit = (key: string): number | undefined => {
      const value = (fields as Record<string, unknown>)[key];
      return typeof value === 'number' && value > 0 ? value : undefined;
    };
    const source: DataSource = request.data ?? (fields.name === 'lines' ? { kind: 'lines' } : { kind: 'shards', name: fields.name });
    let images = 0;
    let own = 0;
    if (source.kind === 'lines') {
      if (source.options) experiment.dataset = { name: 'lines', ...(source.options as Record<string, never>) };
    } else if (source.kind === 'shards') {
      images = await this.imagesInModule(source.name, source.train ?? limit('train_limit'), source.test ?? limit('test_limit'));
    } else {
      images = own = this.makeImages(source.card, [source.train], [source.test], Infinity, Infinity);
    }
    try {
      const info = take(this.module.open(JSON.stringify(experiment), images, request.evaluate ?? -1));
      const session: Session = {
        info,
        state: 'paused',
        step: info.step,
        remaining: 0,
        between: false,
        waiting: [],
        stepsPerSecond: null,
        due: 0,
        jobs: [],
        snapshots: new Map(),
        speed: { since: 0, steps: 0 },
      };
      this.sessions.set(info.id, session);
      if (request.checkpoint) {
        try {
          session.step = info.step = take(this.module.restore(info.id, request.checkpoint));
        } catch (error) {
          this.sessions.delete(info.id);
          this.module.close(info.id);
          throw error;
        }
      }
      return info;
    } finally {
      if (own) this.module.imagesDrop(own);
    }
  }

  /** After a checkpoint: training stands where that was made. */
  private moveTo(id: number, step: number): { step: number } {
    const session = this.session(id);
    session.step = step;
    session.between = false;
    this.freeWaiting(session);
    this.setState(session, session.state === 'running' ? 'running' : 'paused');
    this.outbox.flush(true);
    return { step };
  }

  /** Finishes the step under way, without looking up: what comes next reads or writes weights. */
  private settle(id: number): void {
    const session = this.session(id);
    while (session.between) this.runSlice(session, 0, 1000);
  }

  private freeWaiting(session: Session): void {
    for (const resolve of session.waiting.splice(0)) resolve();
  }

  private setState(session: Session, state: TrainState, error: LabProblem | null = null): void {
    session.state = state;
    this.outbox.add({ type: 'state', session: session.info.id, state, step: session.step, error });
    if (state !== 'running') this.outbox.flush(true);
  }

  // ---- training -------------------------------------------------------------------------------------

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.channel.port2.postMessage(null);
  }

  private tick(): void {
    this.scheduled = false;
    const now = performance.now();
    const busy = [...this.sessions.values()].filter((s) => s.jobs.length > 0 || s.between || (s.state === 'running' && s.due <= now));
    if (busy.length > 0) {
      const session = busy[this.turn++ % busy.length]!;
      if (session.jobs.length > 0) this.evaluateSlice(session, session.jobs[0]!);
      else this.trainSlice(session);
    }
    this.outbox.flush();

    const running = [...this.sessions.values()].filter((s) => s.jobs.length > 0 || s.between || s.state === 'running');
    if (running.length === 0) {
      this.outbox.flush(true);
      return;
    }
    const wait = Math.min(...running.map((s) => (s.jobs.length > 0 || s.between ? 0 : s.due - performance.now())));
    if (wait <= 1) {
      this.schedule();
    } else {
      // Only where a person has asked for a slow speed.
      this.outbox.flush(true);
      setTimeout(() => this.schedule(), Math.min(wait, 100));
    }
  }

  private trainSlice(session: Session): void {
    const rate = session.stepsPerSecond;
    let steps = session.state === 'running' && session.due <= performance.now() ? session.remaining : 0;
    if (steps > 0 && rate !== null && rate > 0) {
      const behind = Math.min(100, performance.now() - session.due);
      steps = Math.min(steps, 1 + Math.floor((behind * rate) / 1000));
    }
    const done = this.runSlice(session, steps, slice);
    if (done === null) return;
    const now = performance.now();
    if (rate !== null && rate > 0) session.due = Math.max(session.due + (1000 * done) / rate, now - 100);
    session.speed.steps += done;
    const seconds = (now - session.speed.since) / 1000;
    if (seconds >= 1) {
      const images = (session.speed.steps * session.info.trainCount) / session.info.stepsPerEpoch / seconds;
      this.outbox.add({ type: 'speed', session: session.info.id, imagesPerSecond: images, gflops: (images * session.info.flopsPerImage) / 1e9 });
      session.speed = { since: now, steps: 0 };
    }
  }

  /** Begins at most `steps` steps. How many were finished; null where training failed. */
  private runSlice(session: Session, steps: number, milliseconds: number): number | null {
    try {
      const result = take(this.module.run(session.info.id, steps, milliseconds));
      for (const event of result.events) this.outbox.add({ ...event, session: session.info.id } as unknown as LabEvent);
      this.outbox.addBatches(session.info.id, result.batches);
      session.step = result.step;
      session.between = result.between;
      session.remaining -= result.begun;
      if (!result.more) this.setState(session, 'finished');
      else if (!session.between && session.state === 'paused') {
        // The step that a pause has waited for.
        if (result.batches.length > 0) this.setState(session, 'paused');
      } else if (!session.between && session.remaining <= 0) this.setState(session, 'paused');
      if (!session.between) this.freeWaiting(session);
      return result.batches.length / 6;
    } catch (error) {
      session.between = false;
      this.setState(session, 'failed', asLabError(error, 'train').toJSON());
      this.freeWaiting(session);
      return null;
    }
  }

  private evaluateSlice(session: Session, job: Job): void {
    const id = session.info.id;
    try {
      this.settle(id);
      if (!job.begun) take(this.module.beginEvaluation(id, job.split, job.request.count ?? -1));
      job.begun = true;
      const { evaluation, logits } = take(this.module.evaluationSlice(id, slice));
      if (!evaluation || !logits) return;
      session.jobs.shift();
      const probabilities = toProbabilities(logits, session.info.description.output);
      job.resolve({ ...evaluation, predicted: classesOf(probabilities), probabilities: job.request.probabilities ? probabilities : null });
    } catch (error) {
      session.jobs.shift();
      job.reject(asLabError(error, 'evaluate'));
    }
  }

  // ---- data -----------------------------------------------------------------------------------------

  private datasets(): Promise<Map<string, Loaded>> {
    this.datasetsPromise ??= (async () => {
      const bytes = await fetchBytes(new URL('index.json', this.dataUrl).href);
      const manifest = parseManifest(new TextDecoder().decode(bytes), 'data/index.json');
      return new Map(
        manifest.datasets.map((set) => [
          set.name,
          { set, shards: { train: [], test: [] }, coming: new Map(), failed: new Set<string>(), inModule: null } satisfies Loaded,
        ]),
      );
    })();
    this.datasetsPromise.catch(() => (this.datasetsPromise = null));
    return this.datasetsPromise;
  }

  private async dataset(name: string): Promise<Loaded> {
    const all = await this.datasets();
    const loaded = all.get(name);
    if (!loaded) {
      throw new LabError({
        code: 'missing_data',
        place: name,
        problem: 'is not among the data that come with this page',
        remedy: all.size > 0 ? `choose ${[...all.keys()].join(' or ')}, or drop its files on the page` : 'drop its files on the page',
      });
    }
    return loaded;
  }

  private datasetInfo({ set, shards }: Loaded): DatasetInfo {
    const total = (split: SplitName): number => set.splits[split].reduce((sum, entry) => sum + entry.count, 0);
    const here = (split: SplitName): number => shards[split].reduce((sum, shard) => sum + (shard?.count ?? 0), 0);
    return { name: set.name, card: set.card, train: total('train'), test: total('test'), trainLoaded: here('train'), testLoaded: here('test') };
  }

  private async load(loaded: Loaded, train: number, test: number): Promise<void> {
    const { set } = loaded;
    const wanted = (['test', 'train'] as const).flatMap((split) =>
      set.splits[split].slice(0, shardsFor(set.splits[split], split === 'train' ? train : test)).map((entry, number) => ({ split, entry, number })),
    );
    const missing = wanted.filter(({ split, number }) => !loaded.shards[split][number]);
    if (missing.length === 0) return;
    const totalBytes = missing.reduce((sum, { entry }) => sum + entry.bytes, 0);
    let finished = 0;
    const tell = (bytes: number, force = false): void => {
      const { trainLoaded, testLoaded } = this.datasetInfo(loaded);
      this.outbox.add({ type: 'loading', name: set.name, bytes, totalBytes, trainLoaded, testLoaded });
      this.outbox.flush(force);
    };
    tell(0, true);
    for (const { split, entry, number } of missing) {
      loaded.shards[split][number] = await this.shard(loaded, entry, (bytes) => tell(finished + bytes));
      finished += entry.bytes;
      tell(finished, true);
    }
  }

  private shard(loaded: Loaded, entry: { file: string; count: number; bytes: number; sha256: string }, progress: (bytes: number) => void): Promise<Shard> {
    const known = loaded.coming.get(entry.file);
    if (known) return known;
    const coming = (async () => {
      try {
        const bytes = await fetchBytes(new URL(entry.file, this.dataUrl).href, progress, loaded.failed.has(entry.file));
        return await readShard(bytes, entry, loaded.set.card);
      } catch (error) {
        // The next try must not get the same bytes out of a cache.
        loaded.failed.add(entry.file);
        throw error;
      } finally {
        loaded.coming.delete(entry.file);
      }
    })();
    loaded.coming.set(entry.file, coming);
    return coming;
  }

  private async imagesOf(loaded: Loaded, split: SplitName, indices: number[]): Promise<ImageSet> {
    const { set } = loaded;
    const last = indices.reduce((highest, index) => Math.max(highest, index), -1);
    await this.load(loaded, split === 'train' ? last + 1 : 0, split === 'test' ? last + 1 : 0);
    const size = set.card.image[0] * set.card.image[1] * set.card.image[2];
    const chosen: ImageSet = { count: indices.length, shape: set.card.image, pixels: new Uint8Array(indices.length * size), labels: new Int32Array(indices.length) };
    indices.forEach((index, i) => {
      let within = index;
      const shard = loaded.shards[split].find((candidate) => {
        if (candidate && within >= 0 && within < candidate.count) return true;
        within -= candidate?.count ?? 0;
        return false;
      });
      if (!shard) throw new LabError({ code: 'out_of_range', place: set.name, problem: `has no image ${index}`, remedy: 'choose a smaller number' });
      chosen.pixels.set(shard.pixels.subarray(within * size, (within + 1) * size), i * size);
      chosen.labels[i] = shard.labels[within]!;
    });
    return chosen;
  }

  /** The module's number for so many images of a sharded data set. */
  private async imagesInModule(name: string, train = Infinity, test = Infinity): Promise<number> {
    const loaded = await this.dataset(name);
    await this.load(loaded, train, test);
    if (loaded.inModule?.train === train && loaded.inModule.test === test) return loaded.inModule.id;
    if (loaded.inModule) this.module.imagesDrop(loaded.inModule.id);
    loaded.inModule = null;
    const present = (split: SplitName): Shard[] => loaded.shards[split].filter((shard) => shard !== undefined);
    const id = this.makeImages(loaded.set.card, present('train'), present('test'), train, test);
    loaded.inModule = { id, train, test };
    return id;
  }

  private makeImages(card: DataCard, train: readonly Shard[], test: readonly Shard[], trainCount: number, testCount: number): number {
    const id = take(this.module.imagesNew(JSON.stringify(card)));
    const size = card.image[0] * card.image[1] * card.image[2];
    const add = (split: SplitName, parts: readonly Shard[], count: number): void => {
      let left = count;
      for (const part of parts) {
        const n = Math.min(left, part.count);
        if (n <= 0) break;
        take(this.module.imagesAdd(id, split, part.pixels.subarray(0, n * size), part.labels.subarray(0, n)));
        left -= n;
      }
    };
    try {
      add('train', train, trainCount);
      add('test', test, testCount);
    } catch (error) {
      this.module.imagesDrop(id);
      throw error;
    }
    return id;
  }
}

function toProbabilities(logits: Tensor, output: 'softmax' | 'sigmoid' | 'identity'): Tensor {
  const outputs = logits.shape[1]!;
  const data = logits.data;
  for (let row = 0; row < data.length; row += outputs) {
    const values = data.subarray(row, row + outputs);
    if (output === 'sigmoid') {
      values.forEach((value, i) => (values[i] = 1 / (1 + Math.exp(-value))));
    } else if (output === 'softmax') {
      const highest = values.reduce((a, b) => Math.max(a, b), -Infinity);
      values.forEach((value, i) => (values[i] = Math.exp(value - highest)));
      const sum = values.reduce((a, b) => a + b, 0);
      values.forEach((value, i) => (values[i] = value / sum));
    }
  }
  return { shape: logits.shape, data };
}

/** The first of the highest; with one output, class 1 above one half. */
function classesOf(probabilities: Tensor): Int32Array {
  const outputs = probabilities.shape[1]!;
  return Int32Array.from({ length: probabilities.shape[0]! }, (_, n) => {
    const row = probabilities.data.subarray(n * outputs, (n + 1) * outputs);
    return outputs === 1 ? Number(row[0]! > 0.5) : row.reduce((best, value, i) => (value > row[best]! ? i : best), 0);
  });
}
