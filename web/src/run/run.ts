import type {
  BaseFile,
  BatchesEvent,
  DataSource,
  Description,
  Experiment,
  LabEngine,
  LabProblem,
  LabSession,
  NamedTensor,
  TrainState,
} from '../client/client.js';
import { problemOf } from '../state/engine.js';
import { addSteps, emptyHistory, historyUntil, type History } from './history.js';
import type { DatedEvaluation, Focus, KeptState, KeptView, MeasuredView, RunEvent, TestedView, Verdicts } from './run-view.js';
import { sent } from './sent-data.js';
import { TestResults, testedAtEpochEnd } from './test-results.js';
import { mostGhosts, TimeMachine } from './time-machine.js';

/** What has been measured before a checkpoint that a run begins with. */
export interface Carried {
  history: History;
  ghosts?: readonly History[];
  /** The run of the shelf that it goes on with. */
  keptAs?: string;
}

/** While training, views ask for weights and maps once in so many milliseconds, so that looking does not slow it. */
const lookInterval = 400;

/**
 * One network in training as a station sees it: the session, what has been measured, the states that were kept, and
 * what the panels look at together. Panels listen; only the station's own controls call what changes it.
 */
export class TrainRun extends EventTarget implements MeasuredView, TestedView, KeptView {
  readonly engine: LabEngine;
  session: LabSession | null = null;
  experiment: Experiment | null = null;
  source: DataSource | null = null;
  history: History = emptyHistory();
  state: TrainState = 'paused';
  problem: LabProblem | null = null;
  speed: MeasuredView['speed'] = null;
  /** How far the frozen layers are with the images, before the first step; null: they are not at it. */
  features: { done: number; count: number } | null = null;
  focus: Focus = { layer: '', image: { index: 0 } };
  /** Factor on the schedule's learning rate. */
  rateScale = 1;
  /** The step that a file of the reader's has; null: none. */
  savedAt: number | null = null;
  /** The run of the shelf that this one goes on with; null: it is a new one. */
  keptAs: string | null = null;

  private readonly results = new TestResults((what) => this.tell(what));
  private readonly time: TimeMachine;
  private turn = 0;
  /** The worker has the weights of the network's base, and puts them back at a reset. */
  private hasBase = false;
  private stops: (() => void)[] = [];
  private due = new Set<RunEvent>();
  private frame = 0;
  private lastLook = 0;
  private lookTimer = 0;
  private resumedAt = 0;

  constructor(engine: LabEngine) {
    super();
    this.engine = engine;
    const history = (): History => this.history;
    this.time = new TimeMachine({
      get history() {
        return history();
      },
      told: () => this.tell('snapshots'),
      failed: (error) => (this.problem = problemOf(error)),
    });
  }

  get description(): Description | null {
    return this.session?.info.description ?? null;
  }

  get step(): number {
    return this.session?.step ?? 0;
  }

  get kept(): readonly KeptState[] {
    return this.time.kept;
  }

  get ghosts(): readonly History[] {
    return this.time.ghosts;
  }

  /** For another network on the same images: it begins anew, and what was measured stays behind as a ghost. */
  get asGhosts(): Carried {
    const { history, ghosts } = this;
    return { history: emptyHistory(), ghosts: history.step.length > 0 ? [...ghosts, history].slice(-mostGhosts) : ghosts };
  }

  get evaluation(): DatedEvaluation | null {
    return this.results.evaluation;
  }

  get verdicts(): Verdicts | null {
    return this.results.verdicts;
  }

  get testing(): TestedView['testing'] {
    return this.results.testing;
  }

  /** Why the test at the end of training could not be made. */
  get untested(): LabProblem | null {
    return this.results.untested;
  }

  get tests(): TestedView['tests'] {
    return this.results.counts;
  }

  listen(type: RunEvent, listener: () => void): () => void {
    this.addEventListener(type, listener);
    return () => this.removeEventListener(type, listener);
  }

  look(focus: Partial<Focus>): void {
    this.focus = { ...this.focus, ...focus };
    this.tell('focus');
  }

  /**
   * Opens a fresh network, or one from a checkpoint, and closes the one before. Throws LabError and leaves the old one
   * as it was. `base`: the trained network that the experiment begins with, where no checkpoint brings it.
   */
  async open(
    experiment: Experiment,
    source: DataSource,
    checkpoint?: Uint8Array,
    carried?: Carried,
    base?: BaseFile | null,
  ): Promise<void> {
    const turn = ++this.turn;
    const { data, transfer } = await sent(source);
    const session = await this.engine.open(
      { experiment, data, evaluate: testedAtEpochEnd, ...(checkpoint ? { checkpoint } : {}), ...(base ? { base } : {}) },
      transfer,
    );
    if (turn !== this.turn) {
      await session.close();
      return;
    }
    // Curves are drawn over epochs: those of other steps an epoch would be drawn at wrong places.
    const isSameScale = this.session?.info.steps_per_epoch === session.info.steps_per_epoch;
    await this.leave();
    this.session = session;
    this.hasBase = Boolean(base);
    this.experiment = experiment;
    this.source = source;
    this.history = carried ? historyUntil(carried.history, session.info.step) : emptyHistory();
    this.time.begin(session, isSameScale ? [...(carried?.ghosts ?? [])] : []);
    this.results.begin(session, this.history.evaluations.at(-1) ?? null);
    this.problem = null;
    this.speed = this.features = null;
    this.resumedAt = performance.now();
    this.state = 'paused';
    this.rateScale = 1;
    this.savedAt = null;
    this.keptAs = carried?.keptAs ?? null;
    this.focus = focusIn(session, this.focus);
    this.stops = this.follow(session);
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
    this.time.leaveGhost();
    const base = await this.baseTensors(session);
    await session.reset();
    for (const tensor of base) await session.setTensor(tensor);
    this.history = emptyHistory();
    this.problem = null;
    this.results.clear();
    await this.time.clear();
    await this.keep(true);
    this.tell('stepped', 'evaluated', 'state');
    this.weightsChanged(true);
  }

  /** Keeps the present state. */
  async keep(automatic = false): Promise<void> {
    await this.time.keep(automatic);
  }

  /** Back (or forth) to a kept state. Training from there is a branch; the course that is left becomes a ghost. */
  async jump(id: number): Promise<void> {
    const { session } = this;
    const target = this.time.find(id);
    if (!session || !target) return;
    if (this.state === 'running') await session.pause();
    this.history = await this.time.restore(target);
    this.problem = null;
    this.results.clear();
    this.tell('stepped', 'evaluated', 'state', 'snapshots');
    this.weightsChanged(true);
  }

  async setRateScale(scale: number): Promise<void> {
    this.rateScale = scale;
    await this.session?.setLearningRateScale(scale);
    this.tell('state');
  }

  async evaluate(count?: number): Promise<void> {
    await this.results.evaluate(count);
  }

  stopTesting(): void {
    this.results.stop();
  }

  /** Measures on all test images what training has come to; `untested` says why that failed. */
  testAtEnd(): void {
    this.results.evaluateAll();
  }

  async close(): Promise<void> {
    this.turn++;
    await this.leave();
  }

  /** Frozen weights that came with a checkpoint: no seed makes them again. */
  private async baseTensors(session: LabSession): Promise<NamedTensor[]> {
    const { experiment, tensors } = session.info.description;
    if (!experiment.base || experiment.base.trainable || this.hasBase) return [];
    return session.tensors(tensors.map(({ name }) => name).filter((name) => name.startsWith('base.')));
  }

  private async leave(): Promise<void> {
    for (const stop of this.stops) stop();
    this.stops = [];
    clearTimeout(this.lookTimer);
    const { session } = this;
    this.session = null;
    this.time.end();
    this.results.end();
    // A session that the worker does not know any more is closed.
    await session?.close().catch(() => undefined);
  }

  private follow(session: LabSession): (() => void)[] {
    return [
      session.on('batches', (event) => this.add(event)),
      session.on('features', ({ done, count }) => {
        this.features = done < count ? { done, count } : null;
        this.resumedAt = performance.now();
        this.tell('features');
      }),
      session.on('epoch_end', (event) => {
        this.history.epochs.push(event);
        this.tell('stepped');
      }),
      session.on('eval_end', (event) => {
        this.history.evaluations.push(event);
        this.results.epochEnded(event);
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
        if (event.state === 'finished') this.testAtEnd();
      }),
      session.on('evaluating', (event) => this.results.evaluating(event)),
    ];
  }

  private add(event: BatchesEvent): void {
    const { history } = this;
    const now = performance.now();
    const seconds = (history.seconds.at(-1) ?? 0) + (now - this.resumedAt) / 1000;
    this.resumedAt = now;
    addSteps(history, event, seconds);
    this.tell('stepped');
    this.weightsChanged(false);
    this.time.stepped(this.step);
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

/** The focus of the network before, as far as this one has the same layer and image. */
function focusIn({ info }: LabSession, { layer, image }: Focus): Focus {
  const { layers } = info.description;
  const first = layers.find(({ type }) => type === 'conv2d') ?? layers[0];
  const size = info.card.image.height * info.card.image.width * info.card.image.channels;
  const fits = 'pixels' in image ? image.pixels.length === size : image.index < info.test_count;
  return {
    layer: layers.some(({ name }) => name === layer) ? layer : (first?.name ?? 'input'),
    image: fits ? image : { index: 0 },
  };
}
