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
import { messageTurns, type Turns } from './turns.js';

/** Short enough that a message waits less than a frame or two. */
const slice = 12;

/** An evaluation that somebody has asked for; training waits for it. */
interface Job {
  request: EvaluateRequest;
  split: SplitName;
  begun: boolean;
  resolve(result: EvaluateResult): void;
  reject(error: LabError): void;
}

/** What reads or writes weights, and so has to wait for the end of a step. */
interface Errand {
  /** Goes on with it for a slice; true when it is done. */
  run(): boolean;
  reject(error: LabError): void;
}

interface SessionTask {
  info: SessionInfo;
  state: TrainState;
  step: number;
  /** Steps that may still be begun. */
  remaining: number;
  /** A step is under way: its weights are half updated, do not read them. */
  midStep: boolean;
  /** Those who wait for its end after a pause. */
  pausing: (() => void)[];
  errands: Errand[];
  jobs: Job[];
  stepsPerSecond: number | null;
  /** When the next step is due, where the speed is limited. */
  due: number;
  speed: { since: number; steps: number };
}

const cancelled = (problem: Message): LabError => new LabError({ code: 'cancelled', place: 'session', problem, remedy: null });

/**
 * Trains the worker's sessions in slices and sends itself a message after each, so that calls get in between, and so that a tab in the
 * background, whose timers are slowed down, trains on. What looks at weights is done when no step is under way, one thing a turn.
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

  /** For tests: lets the process end. */
  stop(): void {
    this.turns.stop();
  }

  /** A session that the module has just opened. */
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
      speed: { since: 0, steps: 0 },
    });
  }

  remove(id: number): void {
    const session = this.session(id);
    this.sessions.delete(id);
    for (const waiting of [...session.jobs, ...session.errands]) waiting.reject(cancelled(say('page.session_closed')));
    for (const resolve of session.pausing) resolve();
  }

  /** As the worker knows it; throws where it is not open. */
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
    session.speed = { since: performance.now(), steps: 0 };
    this.setState(session, 'running');
    this.schedule();
  }

  /** No further step is begun; resolves after the one under way. */
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

  /** Ends the evaluations that were asked for; whoever asked is told that they were. */
  stopEvaluations(id: number): void {
    for (const job of this.session(id).jobs.splice(0)) job.reject(cancelled(say('page.stopped')));
  }

  /** Does what looks at the weights as soon as no step is under way, in the order of asking. */
  settled<T>(id: number, work: () => T): T | Promise<T> {
    const session = this.session(id);
    if (!session.midStep && session.errands.length === 0) return work();
    return this.inSlices(id, () => ({ value: work() }));
  }

  /** The same for what takes longer: `go` is called with the milliseconds of a slice until it gives a value. Training waits meanwhile. */
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

  /** Goes to another state, whose step `restore` gives: a step under way is forgotten, an evaluation begins anew. */
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
    // Where nobody waits to see what the step under way leads to, it need not end.
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
      // Only where a person has asked for a slow speed.
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
    // Who waits for the end of a step waits for no second one.
    const free = session.errands.length === 0 && session.jobs.length === 0;
    let steps = free && session.state === 'running' && session.due <= performance.now() ? session.remaining : 0;
    if (steps > 0 && rate !== null && rate > 0) {
      const behind = Math.min(100, performance.now() - session.due);
      steps = Math.min(steps, 1 + Math.floor((behind * rate) / 1000));
    }
    const done = this.runSlice(session, steps);
    if (done === null) return;
    const now = performance.now();
    if (rate !== null && rate > 0) session.due = Math.max(session.due + (1000 * done) / rate, now - 100);
    session.speed.steps += done;
    const seconds = (now - session.speed.since) / 1000;
    if (seconds >= 1) {
      const images = (session.speed.steps * session.info.train_count) / session.info.steps_per_epoch / seconds;
      this.outbox.add({
        type: 'speed',
        session: session.info.id,
        imagesPerSecond: images,
        gflops: (images * session.info.flops_per_image) / 1e9,
      });
      session.speed = { since: now, steps: 0 };
    }
  }

  /** Begins at most `steps` steps. How many were finished; null where training failed. */
  private runSlice(session: SessionTask, steps: number): number | null {
    try {
      const result = take(this.module.run(session.info.id, steps, slice));
      for (const event of result.events) this.outbox.add({ ...event, session: session.info.id } as unknown as LabEvent);
      this.outbox.addBatches(session.info.id, result.batches);
      session.step = result.step;
      session.midStep = result.mid_step;
      session.remaining -= result.begun;
      if (!result.more) this.setState(session, 'finished');
      else if (!session.midStep && session.state === 'paused') {
        // The step that a pause has waited for.
        if (result.batches.length > 0) this.setState(session, 'paused');
      } else if (!session.midStep && session.remaining <= 0) this.setState(session, 'paused');
      if (!session.midStep) for (const resolve of session.pausing.splice(0)) resolve();
      return result.batches.length / stepColumns.length;
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

/** Whether there is something to do that does not wait for the speed that a person has asked for. */
const waits = (session: SessionTask): boolean => session.jobs.length > 0 || session.errands.length > 0 || session.midStep;
