import type {
  BatchesEvent,
  DataSource,
  Description,
  Evaluation,
  EvaluatingEvent,
  Experiment,
  LabEngine,
  LabProblem,
  LabSession,
  Snapshot,
  Tensor,
  TrainState,
} from '../client/client.js';
import { LabError } from '../client/client.js';
import { problemOf } from '../state/engine.js';
import { addSteps, emptyHistory, historyUntil, isBeginningOf, type History } from './history.js';
import { sent } from './sent-data.js';

/** What a run tells its views. Several changes between two frames come as one event of each name. */
export type RunEvent =
  /** another network: everything is to be drawn anew */
  | 'opened'
  /** steps were done; `history` grew */
  | 'stepped'
  /** the weights became others: after steps (at most once in `lookInterval`), a reset, a jump in time, an edit */
  | 'weights'
  /** a new `evaluation` */
  | 'evaluated'
  /** `testing`, `untested` */
  | 'testing'
  /** running, paused, finished, failed; `problem` */
  | 'state'
  | 'speed'
  /** kept states or ghosts */
  | 'snapshots'
  /** `focus` */
  | 'focus';

/** What several panels look at together. */
export interface Focus {
  /** A layer's name, or "input". */
  layer: string;
  /** An image of the test split, or pixels of one's own (bytes [H, W, C] of the session's size). */
  image: { index: number } | { pixels: Uint8Array };
}

export interface Kept extends Snapshot {
  /** By the page, on its own; or by the person. */
  automatic: boolean;
  /** What had been measured by then, on its own branch. */
  course: History;
  /** The first layer's weights when it was kept, where they are few enough to be shown small. */
  filters: Tensor | null;
}

/** A first layer of at most so many numbers is remembered with each kept state. */
const mostFilterNumbers = 4096;

/** What has been measured before a checkpoint that a run begins with. */
export interface Carried {
  history: History;
  ghosts?: History[];
}

export interface Verdicts {
  step: number;
  count: number;
  labels: Int32Array;
  predicted: Int32Array;
  /** [count, outputs] */
  probabilities: Tensor;
}

/** So many test images are evaluated after each epoch: all of them take a tab longer than an epoch of a small selection. */
const testedAtEpochEnd = 1000;

/** So many images at a time when only their labels are wanted. */
const labelsAtOnce = 1000;

/** Views ask for weights and maps this often while training, so that looking does not slow it. */
const lookInterval = 400;

/** So many states are kept on their own; older ones are thinned out so that they stay evenly spread. */
const mostKept = 24;

/**
 * One network in training as the third station sees it: the session, what has been measured, the states that were kept, and what
 * the panels look at together. Panels listen; only the station's own controls call what changes it.
 */
export class TrainRun extends EventTarget {
  readonly engine: LabEngine;
  session: LabSession | null = null;
  experiment: Experiment | null = null;
  source: DataSource | null = null;
  history: History = emptyHistory();
  /** Courses that were left: by a jump back or a reset. Oldest first. */
  ghosts: History[] = [];
  kept: Kept[] = [];
  evaluation: (Evaluation & { step: number }) | null = null;
  /** What the network said of each test image when it was last asked of all of them, with the evaluation of that moment. */
  verdicts: Verdicts | null = null;
  /** How far a test that was asked for is. */
  testing: Pick<EvaluatingEvent, 'done' | 'count'> | null = null;
  /** Why the test at the end of training could not be made. */
  untested: LabProblem | null = null;
  state: TrainState = 'paused';
  problem: LabProblem | null = null;
  speed: { imagesPerSecond: number; gflops: number } | null = null;
  focus: Focus = { layer: '', image: { index: 0 } };
  /** Factor on the schedule's learning rate. */
  rateScale = 1;

  private turn = 0;
  private stops: (() => void)[] = [];
  private due = new Set<RunEvent>();
  private frame = 0;
  private lastLook = 0;
  private lookTimer = 0;
  private keepEvery = 0;
  private keeping: LabSession | null = null;
  /** The step of the newest kept state of this branch. */
  private keptAt = 0;
  /** A kept state whose last steps have not been told yet. */
  private short: Kept | null = null;
  private resumedAt = 0;

  constructor(engine: LabEngine) {
    super();
    this.engine = engine;
  }

  get description(): Description | null {
    return this.session?.info.description ?? null;
  }

  get step(): number {
    return this.session?.step ?? 0;
  }

  /** Listens; returns how to stop. */
  listen(type: RunEvent, listener: () => void): () => void {
    this.addEventListener(type, listener);
    return () => this.removeEventListener(type, listener);
  }

  look(focus: Partial<Focus>): void {
    this.focus = { ...this.focus, ...focus };
    this.tell('focus');
  }

  /** A fresh network, or one from a checkpoint; the one before is closed. Throws LabError and leaves the old one as it was. */
  async open(experiment: Experiment, source: DataSource, checkpoint?: Uint8Array, carried?: Carried): Promise<void> {
    const turn = ++this.turn;
    const { data, transfer } = await sent(source);
    const session = await this.engine.open(
      { experiment, data, evaluate: testedAtEpochEnd, ...(checkpoint ? { checkpoint } : {}) },
      transfer,
    );
    if (turn !== this.turn) {
      await session.close();
      return;
    }
    await this.leave();
    this.session = session;
    this.experiment = experiment;
    this.source = source;
    this.history = carried ? historyUntil(carried.history, session.info.step) : emptyHistory();
    this.ghosts = carried?.ghosts ?? [];
    this.kept = [];
    this.evaluation = this.history.evaluations.at(-1) ?? null;
    this.verdicts = this.testing = this.untested = null;
    this.problem = null;
    this.speed = null;
    this.resumedAt = performance.now();
    this.state = 'paused';
    this.rateScale = 1;
    this.keepEvery = Math.max(1, Math.ceil(session.info.stepsPerEpoch / 8));
    const layers = session.info.description.layers;
    if (!layers.some((layer) => layer.name === this.focus.layer)) {
      const first = layers.find((layer) => layer.type === 'conv2d') ?? layers[0];
      this.focus = { ...this.focus, layer: first?.name ?? 'input' };
    }
    const size = session.info.card.image.reduce((a, b) => a * b, 1);
    const { image } = this.focus;
    if ('pixels' in image ? image.pixels.length !== size : image.index >= session.info.testCount)
      this.focus = { ...this.focus, image: { index: 0 } };
    this.stops = [
      session.on('batches', (event) => this.add(event)),
      session.on('epoch_end', (event) => {
        this.history.epochs.push(event);
        this.tell('stepped');
      }),
      session.on('eval_end', (event) => {
        this.evaluation = { ...event.evaluation, step: event.step };
        this.history.evaluations.push({ ...event.evaluation, step: event.step, epoch: event.epoch });
        this.tell('evaluated');
      }),
      session.on('speed', (event) => {
        this.speed = event;
        this.tell('speed');
      }),
      session.on('state', (event) => {
        if (event.state === 'running' && this.state !== 'running') this.resumedAt = performance.now();
        this.state = event.state;
        if (event.error) this.problem = event.error;
        else if (event.state === 'running') this.problem = null;
        this.tell('state');
        if (event.state !== 'running') this.weightsChanged(true);
        if (event.state === 'finished') void this.testAll();
      }),
      session.on('evaluating', (event) => {
        if (!event.asked || !this.testing) return;
        this.testing = event;
        this.tell('testing');
      }),
    ];
    this.tell('opened');
    await this.keep(true);
    this.weightsChanged(true);
  }

  async train(stepsPerSecond?: number): Promise<void> {
    await this.session?.train(stepsPerSecond === undefined ? {} : { stepsPerSecond });
  }

  async pause(): Promise<void> {
    await this.session?.pause();
  }

  async oneStep(): Promise<void> {
    if (this.state === 'running') await this.pause();
    await this.session?.steps(1);
  }

  /** Back to the first weights; what was measured stays behind as a ghost. */
  async reset(): Promise<void> {
    const { session } = this;
    if (!session) return;
    if (this.state === 'running') await session.pause();
    this.leaveGhost();
    await session.reset();
    this.history = emptyHistory();
    this.problem = null;
    this.evaluation = this.verdicts = this.untested = null;
    for (const { id } of this.kept) await session.dropSnapshot(id);
    this.kept = [];
    await this.keep(true);
    this.tell('stepped', 'evaluated', 'state');
    this.weightsChanged(true);
  }

  /** Keeps the present state. */
  async keep(automatic = false): Promise<void> {
    const { session } = this;
    if (!session || this.keeping === session) return;
    this.keeping = session;
    try {
      const first = session.info.description.tensors[0];
      const small = first && first.shape.length === 4 && first.shape.reduce((a, b) => a * b, 1) <= mostFilterNumbers;
      // Asked for in one breath; while training runs, a step may get between the two.
      const [snapshot, weights] = await Promise.all([session.snapshot(), small ? session.tensors([first.name]) : []]);
      if (session !== this.session) return;
      const kept: Kept = { ...snapshot, automatic, course: historyUntil(this.history, snapshot.step), filters: weights[0] ?? null };
      const replaced = this.kept.filter((other) => other.step === kept.step && other.automatic);
      this.kept = [...this.kept.filter((other) => !replaced.includes(other)), kept].sort((a, b) => a.step - b.step);
      this.keptAt = kept.step;
      this.short = (kept.course.step.at(-1) ?? 0) < kept.step ? kept : null;
      for (const { id } of replaced) await session.dropSnapshot(id);
      await this.thin();
      this.tell('snapshots');
    } catch (error) {
      if (session === this.session) this.problem = problemOf(error);
    } finally {
      if (this.keeping === session) this.keeping = null;
    }
  }

  /** Back (or forth) to a kept state. Training from there is a branch; the course that is left becomes a ghost. */
  async jump(id: number): Promise<void> {
    const { session } = this;
    const target = this.kept.find((kept) => kept.id === id);
    if (!session || !target) return;
    if (this.state === 'running') await session.pause();
    if (!isBeginningOf(this.history, target.course)) this.leaveGhost();
    await session.restoreSnapshot(id);
    this.history = historyUntil(target.course, target.step);
    this.keptAt = target.step;
    this.short = null;
    this.problem = null;
    this.evaluation = this.verdicts = this.untested = null;
    this.tell('stepped', 'evaluated', 'state', 'snapshots');
    this.weightsChanged(true);
  }

  async setRateScale(scale: number): Promise<void> {
    this.rateScale = scale;
    await this.session?.setLearningRateScale(scale);
    this.tell('state');
  }

  /** Test images that each epoch's end looks at, and all that there are. */
  get tests(): { epoch: number; all: number } {
    const { testTotal = 0 } = this.session?.info ?? {};
    return { epoch: Math.min(testedAtEpochEnd, testTotal), all: testTotal };
  }

  /** Evaluates test images now; all by default. What is not here yet is fetched. Fails with `cancelled` when it was stopped. */
  async evaluate(count?: number): Promise<void> {
    const { session } = this;
    if (!session) return;
    const wanted = Math.min(count ?? Infinity, this.tests.all);
    this.testing = { done: 0, count: wanted };
    this.tell('testing');
    try {
      await this.evaluateNow(session, wanted);
    } finally {
      if (session === this.session) this.testing = null;
      this.tell('testing');
    }
  }

  async stopTesting(): Promise<void> {
    await this.session?.stopEvaluations();
  }

  /** What training has come to is measured on all test images, as the command line does. */
  async testAll(): Promise<void> {
    const { session } = this;
    this.untested = null;
    try {
      await this.evaluate();
    } catch (error) {
      const stopped = error instanceof LabError && (error.code === 'cancelled' || error.code === 'closed');
      if (stopped || session !== this.session) return;
      this.untested = problemOf(error);
      this.tell('testing');
    }
  }

  private async evaluateNow(session: LabSession, wanted: number): Promise<void> {
    if (wanted > session.info.testCount) await session.loadTest();
    const tested = Math.min(wanted, session.info.testCount);
    const labels = await this.testLabels(session, tested);
    const result = await session.evaluate({ count: tested, probabilities: true });
    if (session !== this.session) return;
    const { predicted, probabilities, ...evaluation } = result;
    const { step } = session;
    this.evaluation = { ...evaluation, step };
    this.verdicts = { step, count: result.count, labels: labels.subarray(0, result.count), predicted, probabilities: probabilities! };
    this.tell('evaluated');
  }

  /** The classes of the first so many test images; those of a session stay as they are. */
  private async testLabels(session: LabSession, count: number): Promise<Int32Array> {
    let labels = this.labels.get(session) ?? new Int32Array();
    while (labels.length < count) {
      const from = labels.length;
      const indices = Array.from({ length: Math.min(labelsAtOnce, count - from) }, (_, i) => from + i);
      const more = (await session.images('test', indices)).labels;
      labels = Int32Array.from([...labels, ...more]);
      this.labels.set(session, labels);
    }
    return labels;
  }
  private readonly labels = new WeakMap<LabSession, Int32Array>();

  /** Something outside training wrote weights. */
  edited(): void {
    this.weightsChanged(true);
  }

  async close(): Promise<void> {
    this.turn++;
    await this.leave();
  }

  private async leave(): Promise<void> {
    for (const stop of this.stops) stop();
    this.stops = [];
    clearTimeout(this.lookTimer);
    const { session } = this;
    this.session = null;
    await session?.close().catch(() => undefined);
  }

  private leaveGhost(): void {
    if (this.history.step.length === 0) return;
    this.ghosts = [...this.ghosts, this.history].slice(-5);
    this.tell('snapshots');
  }

  private add(event: BatchesEvent): void {
    const { history } = this;
    const now = performance.now();
    const seconds = (history.seconds.at(-1) ?? 0) + (now - this.resumedAt) / 1000;
    this.resumedAt = now;
    addSteps(history, event, seconds);
    if (this.short && this.short.step <= history.step.at(-1)!) {
      this.short.course = historyUntil(history, this.short.step);
      this.short = null;
    }
    this.tell('stepped');
    this.weightsChanged(false);
    if (this.step - this.keptAt >= this.keepEvery) void this.keep(true);
  }

  /** Every second of the automatic ones goes when there are too many; the first stays. */
  private async thin(): Promise<void> {
    const automatic = this.kept.filter((kept) => kept.automatic);
    if (automatic.length <= mostKept) return;
    this.keepEvery *= 2;
    const gone = new Set(automatic.filter((_, i) => i % 2 === 1 && i < automatic.length - 1).map(({ id }) => id));
    this.kept = this.kept.filter(({ id }) => !gone.has(id));
    for (const id of gone) await this.session?.dropSnapshot(id);
  }

  private weightsChanged(now: boolean): void {
    clearTimeout(this.lookTimer);
    const wait = now ? 0 : this.lastLook + lookInterval - performance.now();
    const look = (): void => {
      this.lastLook = performance.now();
      this.tell('weights');
    };
    if (wait <= 0) look();
    else this.lookTimer = setTimeout(look, wait) as unknown as number;
  }

  private tell(...types: RunEvent[]): void {
    for (const type of types) this.due.add(type);
    if (this.frame) return;
    // A tab in the background has no frames; nothing needs drawing there.
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      const due = [...this.due];
      this.due.clear();
      for (const type of due) this.dispatchEvent(new Event(type));
    });
  }
}
