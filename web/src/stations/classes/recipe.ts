import type { BaseFile, DataCard, Experiment, Extents, LayerSpec } from '../../client/client.js';
import type { Cut } from '../../files/base-file.js';

/** Side of the pictures that are kept. */
export const side = 128;
export const pictureShape: Extents = [side, side, 3];
/** Side of the pictures that a network learns from the beginning. */
const scratchSide = 64;

/** A trained network to begin with. */
export interface Base {
  /** What the experiment calls it. */
  name: string;
  /** For people. */
  title: string;
  file: BaseFile;
  sha256: string;
  /** What it takes. */
  shape: Extents;
  cut: Cut;
}

/** What is trained on which pictures. */
export interface Recipe {
  experiment: Experiment;
  card: DataCard;
  file: BaseFile | null;
}

/** Passes over so few pictures that the head sees each often enough, and over many that it takes seconds. */
const epochsFor = (images: number, seen: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, Math.round(seen / Math.max(1, images))));

const batchOf = (images: number, most: number): number => Math.max(1, Math.min(most, images));

/** A small network that learns from the beginning: three convolutions, each of half the width. */
function scratch(classes: number): LayerSpec[] {
  const block = (channels: number): LayerSpec[] => [
    { type: 'conv2d', out_channels: channels, kernel: 3, stride: 2, padding: 1 },
    { type: 'batch_norm' },
    { type: 'relu' },
  ];
  return [...block(16), ...block(32), ...block(64), { type: 'global_avg_pool' }, { type: 'dense', out_features: classes }];
}

/** How these classes are learned from so many images, with a trained network before the last layer or without one. */
export function recipeOf(base: Base | null, classes: readonly string[], images: number): Recipe {
  const shape: Extents = base ? base.shape : [scratchSide, scratchSide, 3];
  const [height, width, channels] = shape;
  const size = height === width ? height : [height, width];
  const half = Array.from({ length: channels }, () => 0.5);
  const quarter = half.map((value) => value / 2);
  const dataset: Exclude<Experiment['dataset'], string> = { name: 'folder', size, grey: channels === 1, test_share: 0 };
  const common = { name: 'own-classes', title: classes.join(', ').slice(0, 120), loss: 'cross_entropy' } as const;
  const experiment: Experiment = base
    ? {
        ...common,
        dataset,
        base: { file: base.name, until: base.cut.until, sha256: base.sha256 },
        model: { layers: [...base.cut.bridge, { type: 'dense', out_features: classes.length }] },
        optimizer: { type: 'adam', lr: 0.005 },
        train: { epochs: epochsFor(images, 5000, 10, 60), batch: batchOf(images, 16) },
      }
    : {
        ...common,
        dataset: { ...dataset, mean: half, std: quarter },
        model: { layers: scratch(classes.length) },
        optimizer: { type: 'adam', lr: 0.003 },
        train: { epochs: epochsFor(images, 4000, 6, 40), batch: batchOf(images, 16) },
      };
  const card: DataCard = {
    name: 'folder',
    title: common.title,
    image: { height, width, channels },
    classes: [...classes],
    mean: half,
    stddev: quarter,
  };
  return { experiment, card, file: base?.file ?? null };
}
