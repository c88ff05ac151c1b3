import {
  LabError,
  type DataCard,
  type LabEngine,
  type LabProblem,
  type LayerInfo,
  type StudyRecord,
  type VariantResult,
} from '../../client/client.js';
import { say } from '../../client/messages.js';
import type { StudyPlan } from '../../client/module.js';
import { toolsAt } from '../../files/tools.js';
import type { NamedCourse } from '../../run/overlay-figure.js';
import { problemOf } from '../../state/engine.js';
import { smallPlan } from '../../stations/study/small-studies.js';
import { StudyRun, trainedExperiment, type Racer } from '../../stations/study/study-run.js';

export const seeds = 3;
export const extent = { data: 'fashion-mnist', images: 500, tests: 1000, epochs: 2, seeds } as const;

/** One of the networks that are compared, before anything is trained. */
export interface Network {
  name: string;
  parameters: number;
  multiplyAdds: number;
  layers: LayerInfo[];
}

/** The study station's comparison of kernels, on few images, once for the whole page. Event: `changed`. */
export class KernelStudy extends EventTarget {
  networks: Network[] = [];
  /** What one seed comes to, two, and three. */
  results: VariantResult[][] = [];
  /** Courses of the first seed. */
  courses: NamedCourse[] = [];
  problem: LabProblem | null = null;
  private plan: StudyPlan | null = null;
  private run: StudyRun | null = null;
  private planning: Promise<void> | null = null;

  constructor(private readonly engine: LabEngine) {
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
    if (!this.plan || (this.run && !this.run.problem)) return;
    const run = (this.run = new StudyRun(this.engine, this.plan, extent));
    this.problem = null;
    run.addEventListener('changed', () => this.tell());
    run.addEventListener('kept', (event) => {
      const racer = (event as CustomEvent<Racer>).detail;
      if (racer.seed === 1) this.courses = [...this.courses, { name: racer.name, course: run.course(racer) }];
    });
    await run.train();
    this.problem = run.problem;
    if (!this.problem) this.results = await this.compare(this.plan, run.records);
    this.tell();
  }

  pause(): void {
    this.run?.pause().catch(() => undefined);
  }
  go(): void {
    this.run?.go();
  }

  private compare({ study }: StudyPlan, records: readonly StudyRecord[]): Promise<VariantResult[][]> {
    const tools = toolsAt(this.engine.engineUrl);
    const upTo = (count: number): StudyRecord[] => records.filter(({ seed }) => seed <= count);
    return Promise.all(Array.from({ length: seeds }, (_, i) => tools.call('studyResults', [study, upTo(i + 1)])));
  }

  private tell(): void {
    this.dispatchEvent(new Event('changed'));
  }

  private async makePlan(): Promise<void> {
    const data = (await this.engine.datasets()).find(({ name }) => name === extent.data);
    if (!data)
      throw new LabError({
        code: 'missing_data',
        place: extent.data,
        problem: say('data.not_here'),
        remedy: say('data.choose_or_prepare'),
      });
    const plan = smallPlan('kernels', extent.data, data.card, (key) => key);
    this.networks = await Promise.all(
      plan.experiments.map((experiment, i) => this.networkOf(plan.study.variants?.[i]?.name ?? '', experiment, data.card)),
    );
    this.plan = plan;
    this.tell();
  }

  private async networkOf(name: string, experiment: StudyPlan['experiments'][number], card: DataCard): Promise<Network> {
    const checked = await this.engine.validate(trainedExperiment(experiment, extent, 1), card);
    if (!checked.ok) throw new LabError(checked.error);
    const { parameters, multiply_adds: multiplyAdds, layers } = checked.description;
    return { name, parameters, multiplyAdds, layers };
  }
}

const studies = new WeakMap<LabEngine, KernelStudy>();

export function studyOf(engine: LabEngine): KernelStudy {
  let found = studies.get(engine);
  if (!found) studies.set(engine, (found = new KernelStudy(engine)));
  return found;
}
