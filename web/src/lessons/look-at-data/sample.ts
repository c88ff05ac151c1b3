import { LabError, type FlawedClass, type ImageSet, type LabEngine, type LabProblem } from '../../client/client.js';
import type { DuplicatesLook } from '../../client/module.js';
import { toolsAt } from '../../files/tools.js';
import { problemOf } from '../../state/engine.js';
import type { ImagePlace } from '../../stations/data/class-list.js';
import { DataLook } from '../../stations/data/look.js';
import type { Near } from '../../stations/data/neighbours.js';
import { sourceOf } from '../../stations/data/source.js';
import { Library } from '../../stations/train/library.js';
import { dataHere } from '../frame/data-here.js';
import { oncePerEngine } from '../frame/once.js';
import { distancesOf } from './distances.js';
import { neighbours } from './measures.js';
import type { Nearest } from './state.js';

export const extent = { data: 'fashion-mnist', train: 2000, voted: 300, offered: 24 } as const;

/** Searches that are asked for at once: a few milliseconds each. */
const together = 10;

/** The data station's look at few images, once for the whole page. Event: `changed`. */
export class Sample extends EventTarget {
  look: DataLook | null = null;
  distances: number[][] = [];
  /** Test images to choose from. */
  offered: ImageSet | null = null;
  votes: Nearest[] = [];
  /** Each test image with the training image nearest to it. */
  nearest: DuplicatesLook | null = null;
  problem: LabProblem | null = null;
  /** By the imbalance in per cent. */
  readonly flawed = new Map<number, FlawedClass[]>();
  /** Labels of the voted test images, by the per cent of them that are wrong. */
  readonly given = new Map<number, readonly number[]>();
  private readonly nears = new Map<string, Near>();
  private reading: Promise<void> | null = null;
  private voting: Promise<void> | null = null;
  private pairing: Promise<DuplicatesLook> | null = null;

  constructor(private readonly engine: LabEngine) {
    super();
  }

  get isVoted(): boolean {
    return this.votes.length === extent.voted;
  }

  near({ split, index }: ImagePlace): Near | null {
    return this.nears.get(`${split} ${index}`) ?? null;
  }

  /** Reads the images, once. What has failed can be tried again. */
  read(): Promise<void> {
    this.reading ??= this.begin().catch((error: unknown) => {
      this.reading = null;
      throw error;
    });
    return this.reading;
  }

  private async begin(): Promise<void> {
    const library = new Library(this.engine);
    await library.prepareData();
    await dataHere(this.engine, extent.data);
    const source = await sourceOf(library, extent.data, extent.train);
    const tools = toolsAt(this.engine.engineUrl);
    const look = new DataLook(source, tools, () => this.tell());
    await look.begin();
    if (look.problem) throw new LabError(look.problem);
    const first = Int32Array.from({ length: extent.offered }, (_, i) => i);
    this.offered = await look.images('test', first);
    this.distances = await distancesOf(tools, source.card, look.classes!.train.means);
    this.look = look;
    this.tell();
  }

  /** Finds what the view asks for; what is known already is not asked for again. */
  async find(work: (look: DataLook) => Promise<void>): Promise<void> {
    try {
      await this.read();
      await work(this.look!);
      this.problem = null;
    } catch (error) {
      this.problem = problemOf(error);
    }
    this.tell();
  }

  findFlawed(imbalance: number): Promise<void> {
    return this.find(async (look) => {
      if (!this.flawed.has(imbalance)) this.flawed.set(imbalance, await look.flawed({ noise: 0, imbalance: imbalance / 100 }));
    });
  }

  findGiven(noise: number): Promise<void> {
    return this.find(async (look) => {
      if (!this.given.has(noise)) this.given.set(noise, [...(await look.mislabelled('test', extent.voted, noise / 100))]);
    });
  }

  findNear(place: ImagePlace): Promise<void> {
    return this.find(async (look) => {
      if (this.near(place)) return;
      const { split, index } = place;
      const [image, nearest] = await Promise.all([look.image(split, index), look.neighbours(split, index, neighbours)]);
      this.nears.set(`${split} ${index}`, { place, image, nearest });
    });
  }

  findCopies(): Promise<void> {
    return this.find(async (look) => {
      this.pairing ??= look.nearestOfAll().finally(() => (this.pairing = null));
      this.nearest ??= await this.pairing;
    });
  }

  findVotes(): Promise<void> {
    return this.find((look) => {
      this.voting ??= this.vote(look).finally(() => (this.voting = null));
      return this.voting;
    });
  }

  private async vote(look: DataLook): Promise<void> {
    while (!this.isVoted) {
      const first = this.votes.length;
      const indices = Int32Array.from({ length: Math.min(together, extent.voted - first) }, (_, i) => first + i);
      const { labels } = await look.images('test', indices);
      const found = await Promise.all([...indices].map((index) => look.neighbours('test', index, neighbours)));
      this.votes = [...this.votes, ...found.map(({ images }, i): Nearest => ({ label: labels[i]!, near: [...images.labels] }))];
      this.tell();
    }
  }

  private tell(): void {
    this.dispatchEvent(new Event('changed'));
  }
}

export const sampleOf = oncePerEngine((engine) => new Sample(engine));
