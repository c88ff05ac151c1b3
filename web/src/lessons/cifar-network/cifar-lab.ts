import type { DatasetInfo, LabEngine, LabProblem } from '../../client/client.js';
import { problemOf } from '../../state/engine.js';
import type { Racer } from '../../stations/study/study-run.js';
import { epochsOr, firstSeed, imagesOr } from '../frame/laid-training.js';
import { dataHere } from '../frame/data-here.js';
import { LessonStudy, networkOf, type Network } from '../frame/lesson-study.js';
import { oncePerEngine } from '../frame/once.js';
import { experimentOf, extents, forked, planFor, stack } from './networks.js';
import { mostBlocks, races, type Race } from './state.js';

export const wanted = 'cifar10';
/** What is taken where CIFAR-10 is not here. */
const instead = 'fashion-mnist';

/** What else than figures the networks of a comparison came to. */
interface More {
  largest: number;
  confusion: number[][];
}

/**
 * A comparison of one seed, the largest gradient that was met where gradients are clipped, and what the last of its
 * networks took for what in its last test.
 */
export class RaceStudy extends LessonStudy {
  largest = 0;
  confusion: number[][] = [];

  constructor(engine: LabEngine, race: Race, data: string) {
    const { images, epochs, tests } = extents[race];
    const laid = { images: imagesOr(images), epochs: epochsOr(epochs), firstSeed: firstSeed() };
    super(engine, (card) => planFor(race, card), { ...laid, tests, data, seeds: 1 });
  }

  protected override more(): More {
    const { largest, confusion } = this;
    return { largest, confusion };
  }
  protected override takeMore(more: unknown): void {
    ({ largest: this.largest, confusion: this.confusion } = more as More);
  }

  protected override async examine({ history, variant }: Racer): Promise<void> {
    if (variant === this.networks.length - 1) this.confusion = history.evaluations.at(-1)?.confusion ?? [];
    this.largest = history.gradient_norm.reduce((most, norm) => Math.max(most, norm), this.largest);
  }
}

/** All that the lesson builds and trains, once for the whole page. Event: `changed`. */
export class CifarLab extends EventTarget {
  data: DatasetInfo | null = null;
  stacks: Network[] = [];
  graphs: Network[] = [];
  studies: Record<Race, RaceStudy> | null = null;
  private failed: LabProblem | null = null;
  private preparing: Promise<void> | null = null;
  private training: Promise<void> = Promise.resolve();

  constructor(private readonly engine: LabEngine) {
    super();
  }

  /** What went wrong with the networks, or with this comparison. */
  problem(race: Race | null): LabProblem | null {
    return this.failed ?? (race ? (this.studies?.[race].problem ?? null) : null);
  }

  /** Finds out on which images, and what the networks are. What has failed can be tried again. */
  prepare(): Promise<void> {
    this.preparing ??= this.begin().catch((error: unknown) => {
      this.preparing = null;
      this.failed = problemOf(error);
      this.tell();
    });
    return this.preparing;
  }

  private async begin(): Promise<void> {
    const { engine } = this;
    this.failed = null;
    const data = await dataHere(engine, wanted, instead);
    const { card, name } = data;
    const known = { ...card, name };
    const describe = (title: string, layers: ReturnType<typeof stack>): Promise<Network> =>
      networkOf(engine, title, experimentOf(known, title, layers), card);
    this.stacks = await Promise.all(Array.from({ length: mostBlocks }, (_, i) => describe(`blocks-${i + 1}`, stack(known, i + 1))));
    this.graphs = await Promise.all([false, true].map((shortcut) => describe('graph', forked(known, shortcut))));
    this.studies = Object.fromEntries(races.map((race) => [race, new RaceStudy(engine, race, name)])) as Record<Race, RaceStudy>;
    for (const study of Object.values(this.studies)) study.addEventListener('changed', () => this.tell());
    this.data = data;
    this.tell();
  }

  /** Trains a comparison, and after it the one that the next step shows. */
  train(race: Race): Promise<void> {
    const order = races.slice(races.indexOf(race), races.indexOf(race) + 2);
    this.training = this.training.then(async () => {
      await this.prepare();
      for (const one of order) {
        const study = this.studies?.[one];
        if (study && !study.problem) await study.train();
      }
    });
    return this.training;
  }

  /** A comparison that has failed may be tried again. */
  forgive(): void {
    for (const study of Object.values(this.studies ?? {})) study.problem = null;
  }

  pause(): void {
    for (const study of Object.values(this.studies ?? {})) study.pause();
  }
  go(): void {
    for (const study of Object.values(this.studies ?? {})) study.go();
  }

  private tell(): void {
    this.dispatchEvent(new Event('changed'));
  }
}

export const labOf = oncePerEngine((engine) => new CifarLab(engine));
