import { LabError, type DataCard, type LabEngine, type LabProblem, type LayerInfo, type StudyRecord } from '../../client/client.js';
import { say } from '../../client/messages.js';
import type { StudyPlan } from '../../client/module.js';
import type { NamedCourse } from '../../run/overlay-figure.js';
import { problemOf } from '../../state/engine.js';
import { smallPlan, type SmallStudy } from '../../stations/study/small-studies.js';
import { StudyRun, trainedExperiment, type Racer, type StudyExtent } from '../../stations/study/study-run.js';

/** One of the networks that are compared, before anything is trained. */
export interface Network {
  name: string;
  parameters: number;
  multiplyAdds: number;
  layers: LayerInfo[];
}

/** Why a network dropped out; one that diverged has come to its end. */
const problemOfRacers = (run: StudyRun): LabProblem | null =>
  run.racers.find(({ problem }) => problem && problem.code !== 'diverged')?.problem ?? null;

/** A small study of the study station, on few images, once for the whole page. Event: `changed`. */
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
    private readonly kind: SmallStudy,
    private readonly extent: StudyExtent,
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
    const run = (this.run = new StudyRun(this.engine, this.plan, this.extent));
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

  /** What is made of the records when all are there. */
  protected async trained(_plan: StudyPlan, _records: readonly StudyRecord[]): Promise<void> {}

  protected tell(): void {
    this.dispatchEvent(new Event('changed'));
  }

  private async makePlan(): Promise<void> {
    const { kind, extent } = this;
    const data = (await this.engine.datasets()).find(({ name }) => name === extent.data);
    if (!data)
      throw new LabError({
        code: 'missing_data',
        place: extent.data,
        problem: say('data.not_here'),
        remedy: say('data.choose_or_prepare'),
      });
    const plan = smallPlan(kind, extent.data, data.card, (key) => key);
    this.networks = await Promise.all(
      plan.experiments.map((experiment, i) => this.networkOf(plan.study.variants?.[i]?.name ?? '', experiment, data.card)),
    );
    this.plan = plan;
    this.tell();
  }

  private async networkOf(name: string, experiment: StudyPlan['experiments'][number], card: DataCard): Promise<Network> {
    const checked = await this.engine.validate(trainedExperiment(experiment, this.extent, 1), card);
    if (!checked.ok) throw new LabError(checked.error);
    const { parameters, multiply_adds: multiplyAdds, layers } = checked.description;
    return { name, parameters, multiplyAdds, layers };
  }
}
