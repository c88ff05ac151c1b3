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
  private planning: Promise<void> | null = null;

  constructor(
    protected readonly engine: LabEngine,
    private readonly planned: Planned,
    readonly extent: StudyExtent,
  ) {
    super();
  }

  get records(): readonly StudyRecord[] {
    return this.run?.records ?? [];
  }

  /** Share of all trainings that is done. */
  get progress(): number {
    return this.run?.progress ?? 0;
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

  /** Trains all, once. What has failed can be tried again. */
  async train(): Promise<void> {
    await this.prepare();
    if (!this.plan || (this.run && !this.problem)) return;
    const run = (this.run = new StudyRun(this.engine, this.plan, this.extent, (racer) => this.examine(racer)));
    this.problem = null;
    this.courses = [];
    // A comparison needs all of its networks: where one fails, the others need not go on.
    let failed: LabProblem | null = null;
    run.addEventListener('changed', () => {
      failed ??= problemOfRacers(run);
      if (failed) run.stop();
      this.tell();
    });
    run.addEventListener('kept', (event) => {
      const racer = (event as CustomEvent<Racer>).detail;
      if (racer.seed === 1) this.courses = [...this.courses, { name: racer.name, course: run.course(racer) }];
    });
    await run.train();
    this.problem = run.problem ?? failed ?? problemOfRacers(run);
    if (!this.problem) await this.trained(this.plan, run.records);
    this.tell();
  }

  pause(): void {
    this.run?.pause().catch(() => undefined);
  }
  go(): void {
    this.run?.go();
  }

  /** Asks a trained network what it has become, before its memory is freed. */
  protected async examine(_racer: Racer): Promise<void> {}

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
