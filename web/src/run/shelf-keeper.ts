import type { LabSession, RunRecord } from '../client/client.js';
import { courseOf } from './course.js';
import type { TrainRun } from './run.js';
import { historyUntil } from './history.js';
import { newId, shelf, type KeptRun } from './shelf.js';

interface Told {
  /** A run could not be kept. */
  failed(error: unknown): void;
  /** A run is kept without its weights, as the browser has no room for them. */
  noRoom(): void;
}

/** Puts a station's run on the shelf, from its first whole epoch on: at each epoch's end, at a pause and at the end. */
export class ShelfKeeper {
  private readonly run: TrainRun;
  /** What each training is called on the shelf. */
  private readonly ids = new WeakMap<LabSession, string>();
  /** The training at the last look, and its steps; fewer than then: it has begun anew. */
  private session: LabSession | null = null;
  private step = 0;
  /** What was kept last. */
  private kept = '';
  /** The step whose checkpoint was kept last. */
  private left = -1;
  /** One after the other, so that what is kept last is the newest. */
  private turn: Promise<void> = Promise.resolve();
  private readonly told: Told;

  constructor(run: TrainRun, told: Told) {
    this.run = run;
    this.told = told;
    const look = (): void => {
      const { session, step } = run;
      if (!session) return;
      const isOther = session !== this.session;
      if (isOther || step < this.step) this.left = -1;
      if (!isOther && step < this.step) this.ids.set(session, newId());
      this.session = session;
      this.step = step;
      this.turn = this.turn.then(() => this.keep()).catch(told.failed);
    };
    for (const type of ['opened', 'stepped', 'state', 'evaluated'] as const) run.listen(type, look);
  }

  /** A run that goes on with one of the shelf takes its place; any other is a new one. */
  private idOf(session: LabSession): string {
    const id = this.ids.get(session) ?? this.run.keptAs ?? newId();
    this.ids.set(session, id);
    return id;
  }

  private async keep(): Promise<void> {
    const { session, history, experiment, state, evaluation } = this.run;
    const epoch = history.epochs.at(-1);
    if (!session || !experiment || !epoch) return;
    const { info, step } = session;
    const id = this.idOf(session);
    // The test of all images at the end counts, where there was one.
    const whole = state === 'finished' && evaluation?.step === step ? evaluation : null;
    const mark = `${id} ${epoch.step} ${state === 'running' ? '' : step} ${whole?.count ?? 0}`;
    if (mark === this.kept) return;
    this.kept = mark;
    const { description, card, steps_per_epoch: stepsPerEpoch } = info;
    const record: RunRecord = {
      run: id,
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
    if ((await shelf.put(run, weights)).noRoom && weights) this.told.noRoom();
  }
}
