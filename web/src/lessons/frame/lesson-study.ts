import {
  LabError,
  type DataCard,
  type Experiment,
  type LabEngine,
  type LabProblem,
  type LayerInfo,
  type StudyRecord,
} from '../../client/client.js';
import type { StudyPlan } from '../../client/module.js';
import type { NamedCourse } from '../../run/overlay-figure.js';
import { problemOf } from '../../state/engine.js';
import { smallPlan, type SmallStudy } from '../../stations/study/small-studies.js';
import { StudyRun, trainedExperiment, type Racer, type StudyExtent } from '../../stations/study/study-run.js';
import { dataHere } from './data-here.js';
import { RunKeeper } from './kept-runs.js';

/** One of the networks that are compared, before anything is trained. */
export interface Network {
  name: string;
  parameters: number;
  multiplyAdds: number;
  layers: LayerInfo[];
}

/** Asks the engine what a network is. Throws LabError. */
export async function networkOf(engine: LabEngine, name: string, experiment: Experiment, card: DataCard): Promise<Network> {
  const checked = await engine.validate(experiment, card);
  if (!checked.ok) throw new LabError(checked.error);
  const { parameters, multiply_adds: multiplyAdds, layers } = checked.description;
  return { name, parameters, multiplyAdds, layers };
}

/** Why a network dropped out; one that diverged has come to its end. */
const problemOfRacers = (run: StudyRun): LabProblem | null =>
  run.racers.find(({ problem }) => problem && problem.code !== 'diverged')?.problem ?? null;

/** What is compared: a study of the study station, or one that the lesson makes for these images. */
export type Planned = SmallStudy | ((card: DataCard) => StudyPlan);

/** A small study on few images, once for the whole page. Event: `changed`. */
export class LessonStudy extends EventTarget {
  networks: Network[] = [];
  /** Courses of the first seed. */
  courses: NamedCourse[] = [];
  problem: LabProblem | null = null;
  protected plan: StudyPlan | null = null;
  private run: StudyRun | null = null;
  /** Records of an earlier visit. */
  private kept: readonly StudyRecord[] | null = null;
  private planning: Promise<void> | null = null;
  private training: Promise<void> | null = null;

  constructor(
    protected readonly engine: LabEngine,
    private readonly planned: Planned,
    readonly extent: StudyExtent,
    private readonly keeper = new RunKeeper(),
  ) {
    super();
  }

  get records(): readonly StudyRecord[] {
    return this.kept ?? this.run?.records ?? [];
  }

  /** Share of all trainings that is done. */
  get progress(): number {
    return this.kept ? 1 : (this.run?.progress ?? 0);
  }

  /** Finds out what is compared. */
  prepare(): Promise<void> {
    this.planning ??= this.makePlan().catch((error: unknown) => {
      this.planning = null;
      this.problem = problemOf(error);
      this.tell();
    });
    return this.planning;
  }

  /** Trains all, once. `problem` says what has failed; the next call tries that again. */
  train(): Promise<void> {
    this.training ??= this.begin().then(() => {
      if (this.problem) this.training = null;
    });
    return this.training;
  }

  private async begin(): Promise<void> {
    this.problem = null;
    await this.prepare();
    const { plan } = this;
    if (!plan) return;
    if (!this.run && this.recall(plan)) {
      if (!(await this.finish(plan, this.records))) this.kept = null;
      return;
    }
    const run = (this.run = new StudyRun(this.engine, plan, this.extent, (racer) => this.examine(racer)));
    this.courses = [];
    // A comparison needs all of its networks: where one fails, the others need not go on.
    let failed: LabProblem | null = null;
    const fail = (error: unknown): void => {
      failed ??= problemOf(error);
    };
    run.addEventListener('changed', () => {
      failed ??= problemOfRacers(run);
      if (failed) run.stop();
      this.tell();
    });
    run.addEventListener('kept', (event) => {
      const racer = (event as CustomEvent<Racer>).detail;
      if (racer.seed !== 1) return;
      this.courses = [...this.courses, { name: racer.name, course: run.course(racer) }];
      if (this.courses.length === plan.experiments.length) this.seeded(plan, run.records).then(() => this.tell(), fail);
    });
    await run.train();
    this.problem = run.problem ?? failed ?? problemOfRacers(run);
    if (this.problem) return this.tell();
    if (!(await this.finish(plan, run.records))) return;
    this.keeper.save(plan.study.name, this.made(plan), {
      figures: { records: run.records, more: this.more() },
      courses: this.courses,
    });
  }

  /** False: what is made of the records has failed, and `problem` says why. */
  private async finish(plan: StudyPlan, records: readonly StudyRecord[]): Promise<boolean> {
    try {
      await this.seeded(
        plan,
        records.filter(({ seed }) => seed === 1),
      );
      await this.trained(plan, records);
    } catch (error) {
      this.problem = problemOf(error);
    }
    this.tell();
    return this.problem === null;
  }

  /** What decides how the networks come out. */
  private made({ experiments }: StudyPlan): unknown {
    return [experiments, this.extent];
  }

  /** Takes what an earlier visit has trained, if it is the same. */
  private recall(plan: StudyPlan): boolean {
    const found = this.keeper.load<{ records: StudyRecord[]; more: unknown }>(plan.study.name, this.made(plan));
    if (!found) return false;
    this.takeMore(found.figures.more);
    this.kept = found.figures.records;
    this.courses = [...found.courses];
    this.tell();
    return true;
  }

  pause(): void {
    this.run?.pause().catch(() => undefined);
  }
  go(): void {
    this.run?.go();
  }

  /** Asks a trained network what it has become, before its memory is freed. */
  protected async examine(_racer: Racer): Promise<void> {}

  /** What is made of the records of the first seed. */
  protected async seeded(_plan: StudyPlan, _records: readonly StudyRecord[]): Promise<void> {}

  /** What else is kept beside the records, as JSON; and what is done with it after a reload. */
  protected more(): unknown {
    return null;
  }
  protected takeMore(_more: unknown): void {}

  /** What is made of the records when all are there. */
  protected async trained(_plan: StudyPlan, _records: readonly StudyRecord[]): Promise<void> {}

  protected tell(): void {
    this.dispatchEvent(new Event('changed'));
  }

  private async makePlan(): Promise<void> {
    const { planned, extent } = this;
    const data = await dataHere(this.engine, extent.data);
    const plan = typeof planned === 'string' ? smallPlan(planned, extent.data, data.card, (key) => key) : planned(data.card);
    this.networks = await Promise.all(
      plan.experiments.map((experiment, i) =>
        networkOf(this.engine, plan.study.variants?.[i]?.name ?? '', trainedExperiment(experiment, extent, 1), data.card),
      ),
    );
    this.plan = plan;
    this.tell();
  }
}
