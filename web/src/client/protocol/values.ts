/** Parameters and results of calls. */
import type {
  ActivationKind,
  DatasetCard,
  Description,
  EngineSplit,
  Evaluation,
  Experiment,
  ImageShape,
  LinesDataset,
} from './generated.js';
import type { LabProblem, Message } from './errors.js';

/**
 * Row-major numbers: [H, W, C] for one image, [N, H, W, C] for several, [Cout, Kh, Kw, Cin] for a convolution's
 * weights.
 */
export interface Tensor {
  shape: number[];
  data: Float32Array;
}

export interface NamedTensor extends Tensor {
  name: string;
}

/** The result of a check: what the network is, or what is wrong and in which layer (0-based; null: not in a layer). */
export type Validation =
  { ok: true; description: Description } | { ok: false; error: LabProblem; layer: number | null; field: string | null };

/** What is known of a data set before its images are read; a page's own images need no more than these. */
export type DataCard = Pick<DatasetCard, 'name' | 'title' | 'image' | 'classes' | 'mean' | 'stddev'> & Partial<DatasetCard>;

/** [height, width, channels] */
export type Extents = [number, number, number];
export const extentsOf = ({ height, width, channels }: ImageShape): Extents => [height, width, channels];

/** Images of one split as count × height × width × channels bytes, and their classes. */
export interface ImageSet {
  count: number;
  shape: Extents;
  pixels: Uint8Array;
  labels: Int32Array;
}

/** Files that were given and are not used; a path that ends in "/" is a folder of so many. */
export interface UnusedFiles {
  path: string;
  files: number;
  reason: Message;
}

/** How a reader has understood what it was given. */
export interface DataReport {
  notes: Message[];
  unused: UnusedFiles[];
}

export type SplitName = Exclude<EngineSplit, 'input'>;

/** What can be asked of the data set "lines". */
export type LinesOptions = Omit<LinesDataset, 'type'>;

export interface Lines {
  card: DataCard;
  train: ImageSet;
  test: ImageSet;
  /** The byte that stands for 1: a network sees pixel / unit. */
  unit: number;
}

export interface DatasetInfo {
  name: string;
  card: DataCard;
  /** Images that can be loaded. */
  train: number;
  test: number;
  /** Images that are loaded already. */
  trainLoaded: number;
  testLoaded: number;
}

/** The images that a session trains on. */
export type DataSource =
  | { kind: 'lines'; options?: LinesOptions }
  /** Shards beside the page. Those that are not loaded yet are fetched first. Counts default to all. */
  | { kind: 'shards'; name: string; train?: number; test?: number }
  | { kind: 'images'; card: DataCard; train: ImageSet; test: ImageSet };

export interface ConvolutionRequest {
  /** [H, W, C]; a plain H×W image has C = 1. */
  input: Tensor;
  /** [K, Kh, Kw, C] */
  kernel: Tensor;
  bias?: number[];
  stride?: number;
  /** Zeros on each side: one number, or [top, left, bottom, right]. */
  padding?: number | [number, number, number, number];
  dilation?: number;
  /** The layer after the convolution. */
  activation?: 'none' | ActivationKind;
  pool?: { type: 'none' | 'max' | 'avg'; size?: number; stride?: number };
  /** The gradient with respect to the last output; default: all ones. */
  outputGradient?: Tensor;
}

export interface ConvolutionResult {
  /** [Ho, Wo, K] after the convolution, the activation and the pooling. A stage that is left out gives its input. */
  map: Tensor;
  activated: Tensor;
  pooled: Tensor;
  /** For each pooled value the index of the largest in its window, i · size + j; null without max pooling. */
  winners: Tensor | null;
  gradients: {
    pooled: Tensor;
    activated: Tensor;
    map: Tensor;
    input: Tensor;
    kernel: Tensor;
    bias: Tensor;
  };
}

export interface EvaluateRequest {
  split?: SplitName;
  /** Evaluate only the first so many images; default: all. */
  count?: number;
  /** Also give the probabilities of every image, [count, outputs]. */
  probabilities?: boolean;
}

export interface EvaluateResult extends Evaluation {
  /** Most probable class of each image. */
  predicted: Int32Array;
  probabilities: Tensor | null;
}

/** Images of the session's data, or pixels (bytes [H, W, C] of the session's size). */
export type ImageChoice = { split: SplitName; indices: number[] } | { pixels: Uint8Array; count: number };

export interface TapRequest {
  images: ImageChoice;
  /** Names of layers ("conv2d_1"), or "input"; default: all layers. */
  layers?: string[];
  /** Also give the gradient of the loss with respect to each layer's output and each parameter. Needs labels. */
  gradients?: boolean;
  /** Classes, where the images are pixels; those of a split are known. */
  labels?: number[];
}

export interface TapResult {
  /** By layer, [N, H, W, C] or [N, C], computed as in an evaluation. */
  activations: Record<string, Tensor>;
  /**
   * The gradient of the loss by layer, and by parameter ("conv2d_1.weight"). The images are one training batch, without
   * augmentation and dropout; batch norm uses the batch's statistics. Layers without a gradient are missing.
   */
  gradients: Record<string, Tensor>;
  probabilities: Tensor;
}

export interface ExplainRequest {
  images: ImageChoice;
  /** The output that is explained, for each image: a class's number, or 0 where the network has one output. */
  outputs: number[];
  /** The layer whose map Grad-CAM reads; without one there is no map. */
  layer?: string;
}

/** Where a network looks, as it evaluates. engine/model/explain.hpp has the formulas. */
export interface Explanation {
  /** Grad-CAM: what speaks for the output at each place of the layer's map, [N, h, w], 0 or more. */
  map: Tensor | null;
  /** How much each pixel changes the output, [N, H, W]. */
  saliency: Tensor;
}

/** A trained network as files. */
export interface BaseFile {
  /** safetensors */
  weights: Uint8Array;
  /** The network's card as JSON; not needed for a model of ours, which has its network inside. */
  network?: string;
}

export interface SessionRequest {
  experiment: Experiment | string;
  data?: DataSource;
  /** A checkpoint to start from. */
  checkpoint?: Uint8Array;
  /** The trained network before the experiment's own layers (its field `base`); not needed beside a checkpoint. */
  base?: BaseFile;
  /** Test images to evaluate at the end of each epoch; default: all; 0: none. */
  evaluate?: number;
}

export interface TrainRequest {
  /** Stop after so many further steps; default: train to the end. */
  steps?: number;
  /** Limit of steps a second, so that one can watch. */
  stepsPerSecond?: number;
}

export type TrainState = 'running' | 'paused' | 'finished' | 'failed';

export interface Snapshot {
  id: number;
  step: number;
  bytes: number;
}
