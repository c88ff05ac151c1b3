import {
  LabError,
  type BatchesEvent,
  type DataSource,
  type Experiment,
  type LabEngine,
  type LabProblem,
  type LabSession,
  type RunRecord,
  type StudyRecord,
} from '../../client/client.js';
import type { StudyPlan } from '../../client/module.js';
import { courseOf, emptyCourse, type Course } from '../../run/course.js';
import { addSteps, emptyHistory, type History } from '../../run/history.js';
import { sent } from '../../run/sent-data.js';
import { firstImages, ownFields, type OwnImages } from '../../files/own-images.js';
import { problemOf } from '../../state/engine.js';

/** How much of a study is trained here: a tab has less time than a night. */
export interface StudyExtent {
  data: string;
  images: number;
  tests: number;
  epochs: number;
  seeds: number;
  /** Images of one's own, in place of those beside the page. */
  own?: OwnImages;
  /** Default: 1. Others follow it. */
  firstSeed?: number;
}

/** One network of a study, trained with one seed. */
export interface Racer {
  variant: number;
  name: string;
  seed: number;
  session: LabSession | null;
  experiment: Experiment;
  history: History;
  /** Images a second, without tests and pauses. */
  speed: number | null;
  problem: LabProblem | null;
}

export type StudyState = 'ready' | 'opening' | 'running' | 'paused' | 'done';

/** Networks wait for each other so many times an epoch. */
const lapsPerEpoch = 20;

/** The study's experiment as it is trained here, with one of its seeds, from 1. */
export function trainedExperiment(experiment: Experiment, extent: StudyExtent, seed: number): Experiment {
  const { data, images, tests, epochs, own, firstSeed = 1 } = extent;
  const fields = { ...(typeof experiment.dataset === 'string' ? {} : experiment.dataset), ...(own ? ownFields(own) : {}) };
  return {
    ...experiment,
    dataset: { ...fields, name: data, train_limit: images, test_limit: tests } as Experiment['dataset'],
    train: { ...experiment.train, epochs, seed: firstSeed + seed - 1 },
  };
}

/**
 * Trains the variants of a study side by side and step by step, so that each has seen as many images as the others;
 * one seed after the other. A seed gives all of them the same order of images and, where shapes agree, the same initial
 * weights. Events: `changed`, and `kept` with a racer that has come to its end.
 */
export class StudyRun extends EventTarget {
  readonly plan: StudyPlan;
  readonly extent: StudyExtent;
  state: StudyState = 'ready';
  /** What went wrong with the whole. */
  problem: LabProblem | null = null;
  /** Those of the seed under way, or of the last one. */
  racers: Racer[] = [];
  records: StudyRecord[] = [];
  private readonly engine: LabEngine;
  private over = false;
  private resume: (() => void) | null = null;
  private waiting: Promise<void> | null = null;

  private readonly examine: (racer: Racer) => Promise<void>;

  /** `examine` asks a network that has come to its end what it has become; then its memory is freed. */
  constructor(engine: LabEngine, plan: StudyPlan, extent: StudyExtent, examine: (racer: Racer) => Promise<void> = async () => undefined) {
    super();
    this.engine = engine;
    this.plan = plan;
    this.extent = extent;
    this.examine = examine;
  }

  get seed(): number {
    return this.racers[0]?.seed ?? 1;
  }

  /** Share of all trainings that is done. */
  get progress(): number {
    const { length } = this.plan.experiments;
    const steps = this.racers.map(({ session }) => (session ? session.step / session.info.total_steps : 0));
    const now =
      this.state === 'done' ? this.extent.seeds : this.seed - 1 + steps.reduce((sum, share) => sum + share, 0) / Math.max(1, length);
    return now / this.extent.seeds;
  }

  course(racer: Racer): Course {
    if (!racer.session) return emptyCourse();
    return courseOf(racer.history, racer.session.info.steps_per_epoch, this.extent.epochs);
  }

  /** Trains all; ends when they are done, stopped, or nothing works. */
  async train(): Promise<void> {
    try {
      for (let seed = 1; seed <= this.extent.seeds && !this.over; seed++) await this.trainSeed(seed);
      if (!this.over) this.enter('done');
    } catch (error) {
      this.problem = problemOf(error);
      if (!this.over) this.enter('done');
    } finally {
      await this.leave();
    }
  }

  /** While networks are being built, it takes effect as soon as they are. */
  async pause(): Promise<void> {
    if ((this.state !== 'running' && this.state !== 'opening') || this.waiting) return;
    this.waiting = new Promise((resolve) => (this.resume = resolve));
    if (this.state === 'opening') return;
    this.enter('paused');
    await Promise.all(this.racers.map(({ session }) => session?.pause()));
  }

  go(): void {
    if (this.state !== 'paused' && this.state !== 'opening') return;
    this.waiting = null;
    this.resume?.();
    if (this.state === 'paused') this.enter('running');
  }

  /** Ends it; what has not come to its end is lost. */
  stop(): void {
    this.over = true;
    this.waiting = null;
    this.resume?.();
    for (const { session } of this.racers) session?.pause().catch(() => undefined);
  }

  private enter(state: StudyState): void {
    this.state = state;
    this.dispatchEvent(new Event('changed'));
  }

  private async trainSeed(seed: number): Promise<void> {
    await this.leave();
    const { plan, extent } = this;
    this.enter('opening');
    this.racers = plan.experiments.map((experiment, variant) => ({
      variant,
      name: plan.study.variants?.[variant]?.name ?? String(variant),
      seed,
      session: null,
      experiment: trainedExperiment(experiment, extent, seed),
      history: emptyHistory(),
      speed: null,
      problem: null,
    }));
    for (const racer of this.racers) {
      if (this.over) return;
      await this.open(racer);
    }
    if (this.racers.every(({ session }) => !session)) throw new LabError(this.racers[0]!.problem!);
    if (this.over) return;
    this.enter(this.waiting ? 'paused' : 'running');
    const laps = extent.epochs * lapsPerEpoch;
    for (let lap = 1; lap <= laps && !this.over; lap++) await Promise.all(this.racers.map((racer) => this.run(racer, lap / laps)));
    if (this.over) return;
    for (const racer of this.racers) {
      const diverged = racer.problem?.code === 'diverged';
      if (!racer.session || (racer.problem && !diverged)) continue;
      this.records.push({ variant: racer.variant, seed, diverged, record: this.recordOf(racer) });
      if (!diverged) await this.examine(racer);
      this.dispatchEvent(new CustomEvent<Racer>('kept', { detail: racer }));
    }
    // The comparison takes records variant by variant.
    this.records = this.records.sort((a, b) => a.variant - b.variant || a.seed - b.seed);
    this.dispatchEvent(new Event('changed'));
  }

  private async source(): Promise<DataSource> {
    const { data, images, tests, own } = this.extent;
    if (!own) return { kind: 'shards', name: data, train: images, test: tests };
    const [train, test] = await Promise.all([firstImages(this.engine, own.train, images), firstImages(this.engine, own.test, tests)]);
    return { kind: 'images', card: own.card, train, test };
  }

  private async open(racer: Racer): Promise<void> {
    try {
      const { data, transfer } = await sent(await this.source());
      const session = await this.engine.open({ experiment: racer.experiment, data }, transfer);
      racer.session = session;
      racer.experiment = session.info.description.experiment;
      const began = performance.now();
      session.on('batches', (event: BatchesEvent) => {
        addSteps(racer.history, event, (performance.now() - began) / 1000);
        this.dispatchEvent(new Event('changed'));
      });
      session.on('eval_end', (event) => racer.history.evaluations.push(event));
      session.on('epoch_end', (event) => {
        racer.history.epochs.push(event);
        this.dispatchEvent(new Event('changed'));
      });
      session.on(
        'speed',
        ({ imagesPerSecond }) => (racer.speed = racer.speed === null ? imagesPerSecond : 0.5 * (racer.speed + imagesPerSecond)),
      );
    } catch (error) {
      racer.problem = problemOf(error);
    }
  }

  /** Trains one network up to a share of its training. One that fails drops out. */
  private async run(racer: Racer, share: number): Promise<void> {
    const { session } = racer;
    if (!session || racer.problem) return;
    try {
      const last = share === 1;
      const until = Math.round(session.info.total_steps * share);
      while (!this.over && session.state !== 'finished' && (last || session.step < until)) {
        await this.waiting;
        if (this.over) return;
        // The test after the last step belongs to the training: it ends by itself.
        await session.steps(last ? 1e9 : until - session.step);
      }
    } catch (error) {
      racer.problem = problemOf(error);
    }
  }

  recordOf(racer: Racer): RunRecord {
    const { info, step, state } = racer.session!;
    // What a network was right about before it diverged says nothing of where it has come to.
    const epoch = racer.problem?.code === 'diverged' ? undefined : racer.history.epochs.at(-1);
    const images = (step * info.train_count) / info.steps_per_epoch;
    const wall = (racer.history.seconds.at(-1) ?? 0) / this.racers.length;
    return {
      run: `${this.plan.study.name}/${racer.name}-${racer.seed}`,
      experiment: racer.experiment.name,
      title: racer.experiment.title ?? '',
      finished: state === 'finished',
      epochs: step / info.steps_per_epoch,
      parameters: info.description.parameters,
      multiply_adds: info.description.multiply_adds,
      test_accuracy: epoch?.test_accuracy ?? null,
      test_loss: epoch?.test_loss ?? null,
      train_accuracy: epoch?.train_accuracy ?? null,
      train_loss: epoch?.train_loss ?? null,
      seconds: racer.speed === null ? wall : images / racer.speed,
    };
  }

  private async leave(): Promise<void> {
    for (const { session } of this.racers) await session?.close().catch(() => undefined);
  }
}
