import type { DataCard, Experiment, LabEngine, LayerSpec } from '../../client/client.js';
import { epochsOr } from '../frame/laid-training.js';
import { networkOf, type Network } from '../frame/lesson-study.js';
import type { Shoulders, Sized } from './state.js';

/** How a head is trained, and a network from the beginning with it. */
export const training = {
  get epochs(): number {
    return epochsOr(30);
  },
  batch: 16,
};
export const seeds = 3;
/** Training and test images of each class. */
export const images = { train: 20, test: 30 } as const;
/** Classes that the lesson's own network learns first, and those that are new to it. */
export const known = [1, 2, 5, 7, 8] as const;
export const fresh = [0, 3, 4, 6, 9] as const;
/** Images among which those of a class are looked for. */
export const looked = { train: 2000, test: 500 } as const;

/** The sizes of images that are compared, and more to look at. */
export const sizesOf = {
  mobilenet: { low: 32, high: 96, all: [32, 64, 96, 128, 160, 224], least: 9 },
  own: { low: 14, high: 28, all: [8, 14, 20, 28, 40, 56], least: 25 },
} as const;
export type Kind = keyof typeof sizesOf;

const conv = (channels: number): LayerSpec => ({ type: 'conv2d', out_channels: channels, kernel: 3, padding: 'same' });
const pool: LayerSpec = { type: 'max_pool2d', kernel: 2 };

/** A small network up to the mean over places: what the lesson trains itself. */
export const ownLayers = (): LayerSpec[] => [
  conv(12),
  { type: 'relu' },
  pool,
  conv(24),
  { type: 'relu' },
  pool,
  conv(48),
  { type: 'relu' },
  { type: 'global_avg_pool' },
];
/** The last of its layers that is kept. */
export const ownUntil = 'global_avg_pool_1';

export const dense = (classes: number): LayerSpec => ({ type: 'dense', out_features: classes });

export function cardFor(side: number, channels: number, classes: readonly string[]): DataCard {
  const half = Array.from({ length: channels }, () => 0.5);
  return {
    name: 'own',
    title: classes.join(', '),
    image: { height: side, width: side, channels },
    classes: [...classes],
    mean: half,
    stddev: half.map((value) => value / 2),
  };
}

/** How the lesson's own network learns first. */
export const baseTraining = { epochs: 6, batch: 32, seed: 1 } as const;
export const optimizer = { type: 'adam', lr: 0.003 } as const;

export const experimentWith = (name: string, layers: LayerSpec[], more: Partial<Experiment> = {}): Experiment => ({
  name,
  title: name,
  dataset: { name: 'own' },
  model: { layers },
  loss: 'cross_entropy',
  optimizer,
  ...more,
});

/** Height and width of the last map that a network makes. */
function mapOf({ layers }: Network): [number, number] {
  const last = layers.findLast(({ output }) => output.length === 3)!.output;
  return [last[0]!, last[1]!];
}

/** Asks the engine what these layers make of images of each size. */
export async function shouldersOf(engine: LabEngine, kind: Kind, title: string, layers: LayerSpec[], channels: number): Promise<Shoulders> {
  const { all, least } = sizesOf[kind];
  const described = await Promise.all(
    all.map(async (side): Promise<[Sized, Network]> => {
      const card = cardFor(side, channels, ['a', 'b']);
      const network = await networkOf(engine, title, experimentWith('shoulders', [...layers, dense(2)]), card);
      return [{ side, map: mapOf(network) }, network];
    }),
  );
  const network = described[0]![1];
  const head = network.layers.at(-1)!;
  return {
    title,
    sizes: described.map(([sized]) => sized),
    features: head.input[0]!,
    parameters: network.parameters - head.parameters,
    least,
  };
}
