import { say } from './messages.js';
import type { CnnlabModule } from './module.js';
import { asLabError, take } from './outcome.js';
import type { Outbox } from './outbox.js';
import {
  LabError,
  stepColumns,
  type EvaluateRequest,
  type EvaluateResult,
  type LabEvent,
  type LabProblem,
  type Message,
  type SessionInfo,
  type SplitName,
  type TrainRequest,
  type TrainState,
} from './protocol.js';
import { SpeedMeter } from './speed-meter.js';
import { messageTurns, type Turns } from './turns.js';

/** Milliseconds of a slice, so that a message waits less than a frame or two. */
const slice = 12;

/** An evaluation that was asked for; training waits for it. */
interface Job {
  request: EvaluateRequest;
  split: SplitName;
  begun: boolean;
  resolve(result: EvaluateResult): void;
  reject(error: LabError): void;
}

/** Work that reads or writes weights, and therefore waits for the end of a step. */
interface Errand {
  /** Works for one slice; gives true when it is done. */
  run(): boolean;
  reject(error: LabError): void;
}

interface SessionTask {
  info: SessionInfo;
  state: TrainState;
  step: number;
  /** Steps that may still begin. */
  remaining: number;
  /** A step is under way: its weights are half updated, do not read them. */
  midStep: boolean;
  /** Calls of pause() that wait for the end of the step. */
  pausing: (() => void)[];
  errands: Errand[];
  jobs: Job[];
  stepsPerSecond: number | null;
  /** Time of the next step, where the speed is limited. */
  due: number;
  speed: SpeedMeter;
}

const cancelled = (problem: Message): LabError => new LabError({ code: 'cancelled', place: 'session', problem, remedy: null });

/**
 * Trains the worker's sessions in slices. After each slice it sends itself a message: calls get in between, and a tab
 * in the background trains on although its timers are slowed down. Work on weights is done when no step is under way,
 * one piece in each turn.
 */
export class Training {
  private readonly module: CnnlabModule;
  private readonly outbox: Outbox;
  private readonly turns: Turns;
  private readonly sessions = new Map<number, SessionTask>();
  private scheduled = false;
  private turn = 0;

  constructor(module: CnnlabModule, outbox: Outbox, turns = messageTurns) {
    this.module = module;
    this.outbox = outbox;
    this.turns = turns(() => this.tick());
  }

  /** For tests: stops the turns, so that the process can end. */
  stop(): void {
    this.turns.stop();
  }

  /** Adds a session that the module has just opened. */
  add(info: SessionInfo): void {
    this.sessions.set(info.id, {
      info,
      state: 'paused',
      step: info.step,
      remaining: 0,
      midStep: false,
      pausing: [],
      errands: [],
      jobs: [],
      stepsPerSecond: null,
      due: 0,
      speed: new SpeedMeter(),
    });
  }

  remove(id: number): void {
    const session = this.session(id);
    this.sessions.delete(id);
    for (const waiting of [...session.jobs, ...session.errands]) waiting.reject(cancelled(say('page.session_closed')));
    for (const resolve of session.pausing) resolve();
  }

  /** Gives what is known of a session; throws `closed` where it is not open. */
  info(id: number): SessionInfo {
    return this.session(id).info;
  }

  step(id: number): number {
    return this.session(id).step;
  }

  train(id: number, { steps, stepsPerSecond }: TrainRequest): void {
    const session = this.session(id);
    session.remaining = steps ?? Infinity;
    if (stepsPerSecond !== undefined) session.stepsPerSecond = stepsPerSecond;
    session.due = performance.now();
    session.speed = new SpeedMeter();
    this.setState(session, 'running');
    this.schedule();
  }

  /** Begins no further step. Resolves after the one under way. */
  pause(id: number): { step: number } | Promise<{ step: number }> {
    const session = this.session(id);
    if (session.state === 'running') this.setState(session, 'paused');
    if (!session.midStep) return { step: session.step };
    return new Promise((resolve) => session.pausing.push(() => resolve({ step: session.step })));
  }

  setSpeed(id: number, stepsPerSecond: number | null): void {
    const session = this.session(id);
    session.stepsPerSecond = stepsPerSecond;
    session.due = performance.now();
    this.schedule();
  }

  evaluate(id: number, request: EvaluateRequest): Promise<EvaluateResult> {
    return new Promise((resolve, reject) => {
      this.session(id).jobs.push({ request, split: request.split ?? 'test', begun: false, resolve, reject });
      this.schedule();
    });
  }

  /** Ends the evaluations that were asked for; their callers get `cancelled`. */
  stopEvaluations(id: number): void {
    for (const job of this.session(id).jobs.splice(0)) job.reject(cancelled(say('page.stopped')));
  }

  /** Does work on weights as soon as no step is under way, in the order of the calls. */
  settled<T>(id: number, work: () => T): T | Promise<T> {
    const session = this.session(id);
    if (!session.midStep && session.errands.length === 0) return work();
    return this.inSlices(id, () => ({ value: work() }));
  }

  /**
   * Does longer work on weights: calls `go` with the milliseconds of a slice until it gives a value. Training waits.
   */
  inSlices<T>(id: number, go: (milliseconds: number) => { value: T } | null): Promise<T> {
    const session = this.session(id);
    return new Promise((resolve, reject) => {
      const run = (): boolean => {
        try {
          const done = go(slice);
          if (done) resolve(done.value);
          return done !== null;
        } catch (error) {
          reject(asLabError(error, 'session'));
          return true;
        }
      };
      session.errands.push({ run, reject });
      this.schedule();
    });
  }

  /** Goes to another state; `restore` gives its step. Drops the step under way, and begins evaluations anew. */
  move(id: number, restore: () => number): { step: number } | Promise<{ step: number }> {
    const session = this.session(id);
    const go = (): { step: number } => {
      const step = restore();
      session.step = step;
      session.midStep = false;
      for (const job of session.jobs) job.begun = false;
      for (const resolve of session.pausing.splice(0)) resolve();
      this.setState(session, session.state === 'running' ? 'running' : 'paused');
      this.outbox.flush(true);
      return { step };
    };
    // If no errand waits for the step under way, it need not end.
    return session.errands.length === 0 ? go() : this.settled(id, go);
  }

  private session(id: number): SessionTask {
    const session = this.sessions.get(id);
    if (!session)
      throw new LabError({ code: 'closed', place: `session ${id}`, problem: say('page.not_open'), remedy: say('page.open_new') });
    return session;
  }

  private setState(session: SessionTask, state: TrainState, error: LabProblem | null = null): void {
    session.state = state;
    this.outbox.add({ type: 'state', session: session.info.id, state, step: session.step, error });
    if (state !== 'running') this.outbox.flush(true);
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.turns.ask();
  }

  private tick(): void {
    this.scheduled = false;
    const now = performance.now();
    const busy = [...this.sessions.values()].filter((s) => waits(s) || (s.state === 'running' && s.due <= now));
    if (busy.length > 0) this.work(busy[this.turn++ % busy.length]!);
    this.outbox.flush();

    const running = [...this.sessions.values()].filter((s) => waits(s) || s.state === 'running');
    if (running.length === 0) {
      this.outbox.flush(true);
      return;
    }
    const wait = Math.min(...running.map((s) => (waits(s) ? 0 : s.due - performance.now())));
    if (wait <= 1) {
      this.schedule();
    } else {
      // Only where the speed is limited.
      this.outbox.flush(true);
      setTimeout(() => this.schedule(), Math.min(wait, 100));
    }
  }

  private work(session: SessionTask): void {
    if (session.midStep) this.trainSlice(session);
    else if (session.errands.length > 0) {
      if (session.errands[0]!.run()) session.errands.shift();
    } else if (session.jobs.length > 0) this.evaluateSlice(session, session.jobs[0]!);
    else this.trainSlice(session);
  }

  private trainSlice(session: SessionTask): void {
    const rate = session.stepsPerSecond;
    // Work that waits for the end of this step must not wait for another one.
    const free = session.errands.length === 0 && session.jobs.length === 0;
    let steps = free && session.state === 'running' && session.due <= performance.now() ? session.remaining : 0;
    if (steps > 0 && rate !== null && rate > 0) {
      const behind = Math.min(100, performance.now() - session.due);
      steps = Math.min(steps, 1 + Math.floor((behind * rate) / 1000));
    }
    const since = performance.now();
    const slice = this.runSlice(session, steps);
    if (slice === null) return;
    const now = performance.now();
    const limit = rate !== null && rate > 0 ? rate : null;
    if (limit !== null) session.due = Math.max(session.due + (1000 * slice.steps) / limit, now - 100);
    const stepsPerSecond = slice.trained ? session.speed.add(slice.steps, now - since, now) : null;
    if (stepsPerSecond === null) return;
    const images = (stepsPerSecond * session.info.train_count) / session.info.steps_per_epoch;
    const gflops = (images * session.info.flops_per_image) / 1e9;
    this.outbox.add({ type: 'speed', session: session.info.id, imagesPerSecond: images, gflops, limit });
  }

  /** Begins at most `steps` steps. Gives the number of steps that ended; null where training failed. */
  private runSlice(session: SessionTask, steps: number): { steps: number; trained: boolean } | null {
    try {
      const result = take(this.module.run(session.info.id, steps, slice));
      for (const event of result.events) this.outbox.add({ ...event, session: session.info.id } as unknown as LabEvent);
      this.outbox.addBatches(session.info.id, result.batches);
      session.step = result.step;
      session.midStep = result.mid_step;
      session.remaining -= result.begun;
      if (!result.more) this.setState(session, 'finished');
      else if (!session.midStep && session.state === 'paused') {
        // The step that pause() has waited for.
        if (result.batches.length > 0) this.setState(session, 'paused');
      } else if (!session.midStep && session.remaining <= 0) this.setState(session, 'paused');
      if (!session.midStep) for (const resolve of session.pausing.splice(0)) resolve();
      return { steps: result.batches.length / stepColumns.length, trained: result.trained };
    } catch (error) {
      session.midStep = false;
      this.setState(session, 'failed', asLabError(error, 'train').toJSON());
      for (const resolve of session.pausing.splice(0)) resolve();
      return null;
    }
  }

  private evaluateSlice(session: SessionTask, job: Job): void {
    const id = session.info.id;
    try {
      if (!job.begun) take(this.module.beginEvaluation(id, job.split, job.request.count ?? -1));
      job.begun = true;
      const { done, count, evaluation, predicted, probabilities } = take(this.module.evaluationSlice(id, slice));
      this.outbox.add({ type: 'evaluating', session: id, asked: true, done, count });
      if (!evaluation || !predicted || !probabilities) return;
      session.jobs.shift();
      job.resolve({ ...evaluation, predicted, probabilities: job.request.probabilities ? probabilities : null });
    } catch (error) {
      session.jobs.shift();
      job.reject(asLabError(error, 'evaluate'));
    }
  }
}

/** Whether there is work that the limit of speed does not hold back. */
const waits = (session: SessionTask): boolean => session.jobs.length > 0 || session.errands.length > 0 || session.midStep;
