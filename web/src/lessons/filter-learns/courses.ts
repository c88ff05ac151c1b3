import type { Experiment, LabEngine, LabSession, TapResult } from '../../client/client.js';

/** Networks that differ in their random start alone. */
export const starts = 10;
/** Steps after which a network is looked at. */
export const moments = [0, 1, 10, 100, 500, 1000, 2000, 5000] as const;
export const lastStep = 5000;

/** One image on its way through the network. */
export interface Passage {
  /** 5×5, from 0 to 1. */
  image: number[];
  /** 3×3, before and after ReLU. */
  map: number[];
  activated: number[];
  /** 2×2 */
  pooled: number[];
  /** Before the sigmoid, and after it. */
  z: number;
  p: number;
}

/** A network after some steps. */
export interface Moment {
  steps: number;
  kernel: number[];
  dense: number[];
  bias: number;
  vertical: Passage;
  horizontal: Passage;
  /** The first training image, a vertical line with noise: its target is 1. */
  training: Passage;
  /** Gradients of its loss. */
  back: { kernel: number[]; dense: number[]; pooled: number[]; map: number[] };
}

export interface Course {
  seed: number;
  moments: Moment[];
  /** Mean loss by epoch. */
  loss: number[];
}

/** What a filter answers to: one of the lines, both, or none, as ReLU cuts all that it gives. */
export type FilterKind = 'vertical' | 'horizontal' | 'both' | 'dead';

const strongest = ({ activated }: Passage): number => Math.max(...activated);

export function kindOf({ vertical, horizontal }: Moment): FilterKind {
  const [v, h] = [strongest(vertical), strongest(horizontal)];
  const most = Math.max(v, h);
  if (most < 0.05) return 'dead';
  if (h < most / 4) return 'vertical';
  return v < most / 4 ? 'horizontal' : 'both';
}

/** Whether the network gives both clean lines their class, and how sure it has to be. */
export const tellsApart = ({ vertical, horizontal }: Moment, sure = 0.5): boolean => vertical.p > sure && horizontal.p < 1 - sure;

export const momentAt = ({ moments: all }: Course, steps: number): Moment => all.findLast((moment) => moment.steps <= steps) ?? all[0]!;
export const trained = ({ moments: all }: Course): Moment => all.at(-1)!;
/** The first of the moments at which it is sure of both lines. */
export const firstSure = ({ moments: all }: Course): number => all.find((moment) => tellsApart(moment, 0.9))?.steps ?? NaN;

const layerNames = (session: LabSession): { conv: string; relu: string; pool: string; dense: string } => {
  const named = (type: string): string => session.info.description.layers.find((layer) => layer.type === type)!.name;
  return { conv: named('conv2d'), relu: named('relu'), pool: named('max_pool2d'), dense: named('dense') };
};

function passageOf(tap: TapResult, names: ReturnType<typeof layerNames>, index: number, image: number[]): Passage {
  const part = (name: string, size: number): number[] => Array.from(tap.activations[name]!.data.subarray(index * size, (index + 1) * size));
  const p = tap.probabilities.data[index]!;
  return { image, map: part(names.conv, 9), activated: part(names.relu, 9), pooled: part(names.pool, 4), z: Math.log(p / (1 - p)), p };
}

/** Asks the network for its numbers and for what it makes of three images. */
async function look(session: LabSession, images: { clean: number[][]; training: number[] }): Promise<Moment> {
  const names = layerNames(session);
  const [tensors, clean, training] = await Promise.all([
    session.tensors(),
    session.tap({ images: { split: 'test', indices: [0, 1] } }),
    session.tap({ images: { split: 'train', indices: [0] }, gradients: true }),
  ]);
  const tensor = (name: string): number[] => Array.from(tensors.find((one) => one.name === name)!.data);
  const gradient = (name: string): number[] => Array.from(training.gradients[name]?.data ?? []);
  return {
    steps: session.step,
    kernel: tensor(`${names.conv}.weight`),
    dense: tensor(`${names.dense}.weight`),
    bias: tensor(`${names.dense}.bias`)[0]!,
    vertical: passageOf(clean, names, 0, images.clean[0]!),
    horizontal: passageOf(clean, names, 1, images.clean[1]!),
    training: passageOf(training, names, 0, images.training),
    back: {
      kernel: gradient(`${names.conv}.weight`),
      dense: gradient(`${names.dense}.weight`),
      pooled: gradient(names.pool),
      map: gradient(names.conv),
    },
  };
}

/** Trains a network from its random start to the end, and looks at it on the way. */
async function train(engine: LabEngine, seed: number): Promise<Course> {
  const [experiment, lines] = await Promise.all([engine.experiment('lines'), engine.lines()]);
  const imageOf = (pixels: Uint8Array, index: number): number[] =>
    Array.from(pixels.subarray(25 * index, 25 * (index + 1)), (byte) => byte / lines.unit);
  const images = { clean: [0, 1].map((i) => imageOf(lines.test.pixels, i)), training: imageOf(lines.train.pixels, 0) };
  const session = await engine.open({
    experiment: { ...experiment, train: { ...experiment.train, seed } } as Experiment,
    data: { kind: 'lines' },
  });
  try {
    const loss: number[] = [];
    session.on('epoch_end', (event) => loss.push(event.train_loss));
    const seen: Moment[] = [];
    for (const steps of moments) {
      if (steps > session.step) await session.steps(steps - session.step);
      seen.push(await look(session, images));
    }
    return { seed, moments: seen, loss };
  } finally {
    await session.close();
  }
}

/** The courses of the networks; each is trained once. */
export class Courses {
  private readonly asked = new Map<number, Promise<Course>>();

  constructor(private readonly engine: LabEngine) {}

  of(seed: number): Promise<Course> {
    let course = this.asked.get(seed);
    if (!course) {
      course = train(this.engine, seed);
      this.asked.set(seed, course);
      // What has failed can be asked for again.
      course.catch(() => this.asked.delete(seed));
    }
    return course;
  }
}
