/** What calls take and give. What the engine knows is spelled as in its files; it comes from `generated.ts`. */
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
import type { LabProblem } from './errors.js';

/** Row-major numbers: [H, W, C] for one image, [N, H, W, C] for several, [Cout, Kh, Kw, Cin] for a convolution's weights. */
export interface Tensor {
  shape: number[];
  data: Float32Array;
}

export interface NamedTensor extends Tensor {
  name: string;
}

/** The answer to "is this a network?": what it is, or what is wrong with it and in which layer (0-based; null: not in a layer). */
export type Validation =
  { ok: true; description: Description } | { ok: false; error: LabProblem; layer: number | null; field: string | null };

/** What is known of a data set before its images are read; a page's own images need no more than these. */
export type DataCard = Pick<DatasetCard, 'name' | 'title' | 'image' | 'classes' | 'mean' | 'stddev'> & Partial<DatasetCard>;

/** [height, width, channels] */
export type Extents = [number, number, number];
export const extentsOf = ({ height, width, channels }: ImageShape): Extents => [height, width, channels];

/** Images of one split, count × height × width × channels bytes, and their classes. */
export interface ImageSet {
  count: number;
  shape: Extents;
  pixels: Uint8Array;
  labels: Int32Array;
}

export type SplitName = Exclude<EngineSplit, 'input'>;

/** What can be asked of the data set "lines". */
export type LinesOptions = Omit<LinesDataset, 'type'>;

export interface Lines {
  card: DataCard;
  train: ImageSet;
  test: ImageSet;
  /** A network sees pixel / unit: the byte that stands for 1. */
  unit: number;
}

export interface DatasetInfo {
  name: string;
  card: DataCard;
  /** Images that can be loaded. */
  train: number;
  test: number;
  /** Images that are here already. */
  trainLoaded: number;
  testLoaded: number;
}

/** Whose images a session trains on. */
export type DataSource =
  | { kind: 'lines'; options?: LinesOptions }
  /** Shards that lie beside the page; what is not loaded yet is fetched first. Counts default to everything. */
  | { kind: 'shards'; name: string; train?: number; test?: number }
  | { kind: 'images'; card: DataCard; train: ImageSet; test: ImageSet };

export interface ConvolutionRequest {
  /** [H, W, C]; a plain H×W image has C = 1. */
  input: Tensor;
  /** [K, Kh, Kw, C] */
  kernel: Tensor;
  bias?: number[];
  stride?: number;
  /** Zeros on each side: a number, or [top, left, bottom, right]. */
  padding?: number | [number, number, number, number];
  dilation?: number;
  /** What follows the convolution. */
  activation?: 'none' | ActivationKind;
  pool?: { type: 'none' | 'max' | 'avg'; size?: number; stride?: number };
  /** The gradient that arrives at the last output; all ones if left out. */
  outputGradient?: Tensor;
}

export interface ConvolutionResult {
  /** [Ho, Wo, K] after the convolution, the activation and the pooling; equal to the stage before where one is left out. */
  map: Tensor;
  activated: Tensor;
  pooled: Tensor;
  /** For each pooled value the place of the winner in its window, i · size + j; null without max pooling. */
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
  /** The first so many images; all by default. */
  count?: number;
  /** Also the probabilities of every image, [count, outputs]. */
  probabilities?: boolean;
}

export interface EvaluateResult extends Evaluation {
  /** Most probable class of each image. */
  predicted: Int32Array;
  probabilities: Tensor | null;
}

/** Images of the session's own data, or pixels (bytes [H, W, C], of the session's size). */
export type ImageChoice = { split: SplitName; indices: number[] } | { pixels: Uint8Array; count: number };

export interface TapRequest {
  images: ImageChoice;
  /** Names of layers ("conv2d_1"), or "input". All layers by default. */
  layers?: string[];
  /** Also the loss's gradient with respect to each layer's output, and to the parameters. Needs labels. */
  gradients?: boolean;
  /** Classes of pixels; taken from the split otherwise. */
  labels?: number[];
}

export interface TapResult {
  /** [N, H, W, C] or [N, C] by layer, as evaluation computes them. */
  activations: Record<string, Tensor>;
  /**
   * The loss's gradient by layer, and by parameter ("conv2d_1.weight"): of these images as one training batch, without augmentation and
   * dropout; batch norm uses the batch's statistics. Layers that pass no gradient are missing.
   */
  gradients: Record<string, Tensor>;
  probabilities: Tensor;
}

export interface SessionRequest {
  experiment: Experiment | string;
  data?: DataSource;
  /** A checkpoint to start from. */
  checkpoint?: Uint8Array;
  /** Images of the test split that each epoch's end evaluates; all by default, 0: none. */
  evaluate?: number;
}

export interface TrainRequest {
  /** Stop after so many further steps; to the end by default. */
  steps?: number;
  /** At most so many steps a second, so that one can watch. */
  stepsPerSecond?: number;
}

export type TrainState = 'running' | 'paused' | 'finished' | 'failed';

export interface Snapshot {
  id: number;
  step: number;
  bytes: number;
}
