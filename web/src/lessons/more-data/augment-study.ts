import type { DataCard, ImageSet, LabEngine, StudyRecord, Tensor, VariantResult } from '../../client/client.js';
import type { StudyPlan } from '../../client/module.js';
import { starter } from '../../design/starter.js';
import { toolsAt } from '../../files/tools.js';
import { planOf } from '../../stations/study/small-studies.js';
import type { Racer } from '../../stations/study/study-run.js';
import { dataHere } from '../frame/data-here.js';
import { epochsOr, firstSeed, imagesOr } from '../frame/laid-training.js';
import { LessonStudy } from '../frame/lesson-study.js';
import { oncePerEngine } from '../frame/once.js';
import { changedBy } from './draws.js';
import { asked, askedNames, variants, type Asked, type Judged } from './state.js';

export const seeds = 3;
export const extent = {
  data: 'fashion-mnist',
  get images() {
    return imagesOr(300);
  },
  tests: 500,
  seeds,
  get firstSeed() {
    return firstSeed();
  },
  get epochs() {
    return epochsOr(16);
  },
} as const;
/** Test images that the networks are asked about as they are and changed. */
export const asks = 300;

const planned = ({ classes }: DataCard): StudyPlan =>
  planOf(
    'augmentation',
    variants.map(([name, augment]) => ({ name, experiment: { ...starter(extent.data, classes.length), name, augment } })),
  );

/** Share of images whose most probable class is their label. */
export function accuracyOf({ shape, data }: Tensor, labels: ArrayLike<number>): number {
  const [count = 0, classes = 1] = shape;
  let right = 0;
  for (let i = 0; i < count; i++) {
    const row = data.subarray(i * classes, (i + 1) * classes);
    if (row.indexOf(Math.max(...row)) === labels[i]) right++;
  }
  return right / Math.max(1, count);
}

/** The page's first network without augmentation, with it, and with images turned by any angle. */
class AugmentStudy extends LessonStudy {
  results: VariantResult[] = [];
  /** The networks of the first seed, by variant. */
  judged: Judged[] = [];
  /** What they are asked about. */
  sets: Record<Asked, ImageSet> | null = null;
  private tests: Promise<Record<Asked, ImageSet>> | null = null;

  constructor(engine: LabEngine) {
    super(engine, planned, extent);
  }

  private async changedTests(): Promise<Record<Asked, ImageSet>> {
    const { card } = await dataHere(this.engine, extent.data);
    const indices = Array.from({ length: asks }, (_, i) => i);
    const images = await this.engine.images(extent.data, 'test', indices);
    const sets = await changedBy(
      this.engine,
      card,
      images,
      askedNames.map((name) => asked[name]),
    );
    return Object.fromEntries(askedNames.map((name, i) => [name, sets[i]!])) as Record<Asked, ImageSet>;
  }

  protected override async examine({ seed, variant, session }: Racer): Promise<void> {
    if (seed !== 1 || !session) return;
    this.tests ??= this.changedTests();
    this.tests.catch(() => (this.tests = null));
    const sets = (this.sets = await this.tests);
    const found = {} as Record<Asked, number>;
    for (const name of askedNames) {
      const { pixels, count, labels } = sets[name];
      found[name] = accuracyOf(await session.predict({ pixels, count }), labels);
    }
    this.judged[variant] = found;
  }

  protected override more(): Judged[] {
    return this.judged;
  }
  protected override takeMore(more: unknown): void {
    this.judged = more as Judged[];
  }

  protected override async trained({ study }: StudyPlan, records: readonly StudyRecord[]): Promise<void> {
    this.sets ??= await this.changedTests();
    this.results = await toolsAt(this.engine.engineUrl).call('studyResults', [study, records]);
  }
}

export const studyOf = oncePerEngine((engine) => new AugmentStudy(engine));
export type { AugmentStudy };
