import type { LabEngine, StudyRecord, VariantResult } from '../../client/client.js';
import type { StudyPlan } from '../../client/module.js';
import { toolsAt } from '../../files/tools.js';
import { epochsOr, firstSeed, imagesOr } from '../frame/laid-training.js';
import { LessonStudy } from '../frame/lesson-study.js';
import { oncePerEngine } from '../frame/once.js';

export const seeds = 3;
export const extent = {
  data: 'fashion-mnist',
  get images() {
    return imagesOr(500);
  },
  tests: 1000,
  seeds,
  get firstSeed() {
    return firstSeed();
  },
  get epochs() {
    return epochsOr(2);
  },
} as const;

/** The study station's comparison of kernels. */
export class KernelStudy extends LessonStudy {
  /** What one seed comes to, two, and three. */
  results: VariantResult[][] = [];

  constructor(engine: LabEngine) {
    super(engine, 'kernels', extent);
  }

  /** What the first seed comes to, as soon as its networks are trained. */
  first: VariantResult[] = [];

  protected override async seeded({ study }: StudyPlan, records: readonly StudyRecord[]): Promise<void> {
    if (this.first.length === 0) this.first = await toolsAt(this.engine.engineUrl).call('studyResults', [study, records]);
  }

  protected override async trained({ study }: StudyPlan, records: readonly StudyRecord[]): Promise<void> {
    const tools = toolsAt(this.engine.engineUrl);
    const upTo = (count: number): StudyRecord[] => records.filter(({ seed }) => seed <= count);
    this.results = await Promise.all(Array.from({ length: seeds }, (_, i) => tools.call('studyResults', [study, upTo(i + 1)])));
  }
}

export const studyOf = oncePerEngine((engine) => new KernelStudy(engine));
