import { LabError, type EvalEndEvent, type EvaluatingEvent, type LabProblem, type LabSession } from '../client/client.js';
import { say } from '../client/messages.js';
import { problemOf } from '../state/engine.js';
import type { DatedEvaluation, Verdicts } from './run-view.js';

/** Test images that are evaluated after each epoch: all would take a tab longer than a short epoch. */
export const testedAtEpochEnd = 1000;

/** Images that are asked for at once when only their labels are wanted. */
const labelsAtOnce = 1000;

/** What tests of a session have found. `told` hears of a new result, and of how far a test is. */
export class TestResults {
  evaluation: DatedEvaluation | null = null;
  verdicts: Verdicts | null = null;
  /** How far a test that was asked for is. */
  testing: Pick<EvaluatingEvent, 'done' | 'count'> | null = null;
  /** Why the test at the end of training could not be made. */
  untested: LabProblem | null = null;
  private session: LabSession | null = null;
  private readonly stops = new Set<() => void>();
  private readonly told: (what: 'evaluated' | 'testing') => void;
  private readonly labels = new WeakMap<LabSession, Int32Array>();

  constructor(told: (what: 'evaluated' | 'testing') => void) {
    this.told = told;
  }

  begin(session: LabSession, evaluation: DatedEvaluation | null): void {
    this.session = session;
    this.clear();
    this.testing = null;
    this.evaluation = evaluation;
  }

  end(): void {
    this.session = null;
  }

  /** The weights are of another step: no result is about them. */
  clear(): void {
    this.evaluation = this.verdicts = this.untested = null;
  }

  /** Test images that each epoch's end looks at, and all that there are. */
  get counts(): { epoch: number; all: number } {
    const all = this.session?.info.test_total ?? 0;
    return { epoch: Math.min(testedAtEpochEnd, all), all };
  }

  epochEnded(event: EvalEndEvent): void {
    this.evaluation = event;
    this.told('evaluated');
  }

  evaluating(event: EvaluatingEvent): void {
    if (!event.asked || !this.testing) return;
    this.testing = event;
    this.told('testing');
  }

  /**
   * Evaluates test images now; all by default. What is not here yet is fetched. Fails with
   * `cancelled` when it was stopped.
   */
  async evaluate(count?: number): Promise<void> {
    const { session } = this;
    if (!session) return;
    const wanted = Math.min(count ?? Infinity, this.counts.all);
    this.testing = { done: 0, count: wanted };
    this.told('testing');
    try {
      await this.untilStopped(this.evaluateNow(session, wanted));
    } finally {
      if (session === this.session) this.testing = null;
      this.told('testing');
    }
  }

  /**
   * Measures on all test images what training has come to, as the command line does. What goes wrong stands in
   * `untested`.
   */
  evaluateAll(): void {
    const { session } = this;
    this.untested = null;
    if (this.counts.all === 0) return;
    this.evaluate().catch((error: unknown) => {
      const stopped = error instanceof LabError && (error.code === 'cancelled' || error.code === 'closed');
      if (stopped || session !== this.session) return;
      this.untested = problemOf(error);
      this.told('testing');
    });
  }

  /** Whatever the test waits for: images on their way, or its own turn in the worker. */
  stop(): void {
    for (const stop of this.stops) stop();
    this.stops.clear();
    // One that it does not know any more has stopped.
    this.session?.stopEvaluations().catch(() => undefined);
  }

  /** Gives the work's result, or fails with `cancelled` as soon as the test is stopped. */
  private untilStopped<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(new LabError({ code: 'cancelled', place: 'session', problem: say('page.stopped'), remedy: null }));
      this.stops.add(stop);
      work.then(resolve, reject).finally(() => this.stops.delete(stop));
    });
  }

  private async evaluateNow(session: LabSession, wanted: number): Promise<void> {
    if (wanted > session.info.test_count) await session.loadTest();
    const tested = Math.min(wanted, session.info.test_count);
    const labels = await this.testLabels(session, tested);
    const result = await session.evaluate({ count: tested, probabilities: true });
    if (session !== this.session) return;
    const { predicted, probabilities, ...evaluation } = result;
    const { step } = session;
    this.evaluation = { ...evaluation, step };
    this.verdicts = { step, count: result.count, labels: labels.subarray(0, result.count), predicted, probabilities: probabilities! };
    this.told('evaluated');
  }

  /** The classes of the first so many test images, which a session never changes. */
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
}
