import type { Augmentation, DataCard, ImageSet, LabEngine, LabProblem } from '../../client/client.js';
import { toolsAt, type Tools } from '../../files/tools.js';
import { problemOf } from '../../state/engine.js';
import { dataHere } from '../frame/data-here.js';
import { oncePerEngine } from '../frame/once.js';
import { changeNames, changes, type Change, type Kept } from './state.js';

export const extent = { data: 'fashion-mnist', images: 1000, changed: 24, draws: 2, shown: 6, forms: 3 } as const;

/** Of all random draws. */
const seed = 1;

const numbers = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);
const copyOf = (set: ImageSet): [Uint8Array, Int32Array] => [set.pixels.slice(), set.labels.slice()];

/** The worker's look at these training and test images. */
async function lookAt(tools: Tools, card: DataCard, train: ImageSet, test?: ImageSet): Promise<number> {
  const id = await tools.call('lookNew', [card, train.count, test?.count ?? 0]);
  for (const [split, set] of [
    ['train', train],
    ['test', test],
  ] as const) {
    if (!set) continue;
    const [pixels, labels] = copyOf(set);
    await tools.call('lookAdd', [id, split, pixels, labels], [pixels.buffer, labels.buffer]);
  }
  return id;
}

/** Images as training may see them, by the engine. */
export async function changedBy(
  engine: LabEngine,
  card: DataCard,
  images: ImageSet,
  augments: readonly Augmentation[],
): Promise<ImageSet[]> {
  const tools = toolsAt(engine.engineUrl);
  const id = await lookAt(tools, card, images);
  const drawn = await Promise.all(augments.map((augment) => tools.call('lookAugmented', [id, augment, numbers(images.count), 1, seed])));
  await tools.call('lookDrop', [id]);
  return drawn;
}

interface Read {
  tools: Tools;
  card: DataCard;
  images: ImageSet;
  /** The worker's look at them. */
  look: number;
}

/** Changed images, and what is nearest to them, once for the whole page. Event: `changed`. */
export class Draws extends EventTarget {
  /** The first training images. */
  originals: ImageSet | null = null;
  problem: LabProblem | null = null;
  /** Of each change, with those whose nearest training image is their own original. */
  readonly near = new Map<Change, { pictures: ImageSet; isOwn: boolean[] }>();
  private readonly forms = new Map<string, ImageSet>();
  private reading: Promise<Read> | null = null;

  constructor(private readonly engine: LabEngine) {
    super();
  }

  get kept(): Record<Change, Kept> | null {
    if (this.near.size < changeNames.length) return null;
    const all = [...this.near].map(([change, { isOwn }]) => [change, { count: isOwn.length, own: isOwn.filter(Boolean).length }] as const);
    return Object.fromEntries(all) as Record<Change, Kept>;
  }

  formsOf(augment: Augmentation): ImageSet | null {
    return this.forms.get(JSON.stringify(augment)) ?? null;
  }

  /** Draws the forms of the first images; what has been drawn is not drawn again. */
  findForms(augment: Augmentation): Promise<void> {
    return this.find(async ({ tools, look }) => {
      const key = JSON.stringify(augment);
      if (!this.forms.has(key))
        this.forms.set(key, await tools.call('lookAugmented', [look, augment, numbers(extent.shown), extent.forms, seed]));
    });
  }

  /** Draws changed images of all kinds, and looks for the training image that is nearest to each. */
  findNear(): Promise<void> {
    return this.find(async ({ tools, look, card, images }) => {
      for (const change of changeNames) {
        if (this.near.has(change)) continue;
        const pictures = await tools.call('lookAugmented', [look, changes[change], numbers(extent.changed), extent.draws, seed]);
        const id = await lookAt(tools, card, images, pictures);
        const found = await Promise.all([...numbers(pictures.count)].map((i) => tools.call('lookNeighbours', [id, 'test', i, 1])));
        await tools.call('lookDrop', [id]);
        const isOwn = found.map(({ neighbours }, i) => neighbours[0]!.image === Math.floor(i / extent.draws));
        this.near.set(change, { pictures, isOwn });
        this.tell();
      }
    });
  }

  private async find(work: (read: Read) => Promise<void>): Promise<void> {
    try {
      this.reading ??= this.read();
      this.reading.catch(() => (this.reading = null));
      await work(await this.reading);
      this.problem = null;
    } catch (error) {
      this.problem = problemOf(error);
    }
    this.tell();
  }

  private async read(): Promise<Read> {
    const { engine } = this;
    const { card } = await dataHere(engine, extent.data);
    const images = await engine.images(extent.data, 'train', [...numbers(extent.images)]);
    const tools = toolsAt(engine.engineUrl);
    this.originals = images;
    return { tools, card, images, look: await lookAt(tools, card, images) };
  }

  private tell(): void {
    this.dispatchEvent(new Event('changed'));
  }
}

export const drawsOf = oncePerEngine((engine) => new Draws(engine));
