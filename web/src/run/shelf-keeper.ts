import type { RunRecord } from '../client/client.js';
import { courseOf } from './course.js';
import type { TrainRun } from './run.js';
import { historyUntil } from './history.js';
import { newId, shelf, type KeptRun } from './shelf.js';

/** Puts a station's run on the shelf, from its first whole epoch on: at each epoch's end, at a pause and at the end. */
export class ShelfKeeper {
  private readonly run: TrainRun;
  private id = newId();
  /** Steps at the last look; fewer than then: the run has begun anew. */
  private step = 0;
  /** What was kept last. */
  private kept = '';
  /** The step whose checkpoint was kept last. */
  private left = -1;
  /** The run of the shelf that the next one to be opened goes on with. */
  private next: string | null = null;
  /** One after the other, so that what is kept last is the newest. */
  private turn: Promise<void> = Promise.resolve();

  /** `failed` hears why a run could not be kept. */
  constructor(run: TrainRun, failed: (error: unknown) => void) {
    this.run = run;
    const anew = (): void => {
      this.id = this.next ?? newId();
      this.next = null;
      this.step = 0;
      this.left = -1;
    };
    const look = (): void => {
      if (run.step < this.step) anew();
      this.step = run.step;
      this.turn = this.turn.then(() => this.keep()).catch(failed);
    };
    run.listen('opened', anew);
    for (const type of ['stepped', 'state', 'evaluated'] as const) run.listen(type, look);
  }

  /** The run that will be opened goes on with this one of the shelf, and takes its place; null: it is a new one. */
  goOn(id: string | null): void {
    this.next = id;
  }

  private async keep(): Promise<void> {
    const { session, history, experiment, state, evaluation } = this.run;
    const epoch = history.epochs.at(-1);
    if (!session || !experiment || !epoch) return;
    const { info, step } = session;
    // The test of all images at the end counts, where there was one.
    const whole = state === 'finished' && evaluation?.step === step ? evaluation : null;
    const mark = `${this.id} ${epoch.step} ${state === 'running' ? '' : step} ${whole?.count ?? 0}`;
    if (mark === this.kept) return;
    this.kept = mark;
    const { description, card, steps_per_epoch: stepsPerEpoch } = info;
    const record: RunRecord = {
      run: this.id,
      experiment: description.experiment.name,
      title: description.experiment.title ?? '',
      finished: state === 'finished',
      epochs: step / stepsPerEpoch,
      parameters: description.parameters,
      multiply_adds: description.multiply_adds,
      test_accuracy: whole?.accuracy ?? epoch.test_accuracy,
      test_loss: whole?.loss ?? epoch.test_loss,
      train_accuracy: epoch.train_accuracy,
      train_loss: epoch.train_loss,
      seconds: history.seconds.at(-1) ?? 0,
    };
    const { id } = this;
    // What it goes on from, where it rests.
    const rests = state !== 'running' && this.left !== step;
    if (rests) this.left = step;
    const checkpoint = rests ? await session.checkpoint() : null;
    const weights = checkpoint ? { checkpoint, history: historyUntil(history, session.step) } : undefined;
    const run: KeptRun = {
      id,
      when: Date.now(),
      from: 'train',
      experiment: description.experiment,
      data: card.title,
      images: info.train_count,
      record,
      course: courseOf(history, stepsPerEpoch, info.total_steps / stepsPerEpoch),
    };
    await shelf.put(run, weights);
  }
}
