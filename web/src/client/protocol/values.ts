/** What calls take and give. */
import type { LabProblem } from './errors.js';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Row-major numbers: [H, W, C] for one image, [N, H, W, C] for several, [Cout, Kh, Kw, Cin] for a convolution's weights. */
export interface Tensor {
  shape: number[];
  data: Float32Array;
}

export interface NamedTensor extends Tensor {
  name: string;
}

/** An experiment as engine/experiments/*.json has it; only what the page reads is typed. */
export interface Experiment {
  name: string;
  title?: string;
  dataset: string | { name: string; [option: string]: Json };
  model: { layers: LayerSpec[] };
  loss?: string | { type: string; [option: string]: Json };
  optimizer?: { type: string; lr?: number; [option: string]: Json | undefined };
  schedule?: Json;
  augment?: { [option: string]: Json };
  train?: { epochs?: number; batch?: number; eval_batch?: number; seed?: number; shuffle?: boolean };
}

export interface LayerSpec {
  type: string;
  name?: string;
  from?: string | string[];
  trainable?: boolean;
  [option: string]: Json | undefined;
}

export interface ExperimentInfo {
  name: string;
  title: string;
  dataset: string;
}

/** A layer as compiled. Shapes are those of one image. */
export interface LayerInfo {
  name: string;
  type: string;
  from: string[];
  input: number[];
  output: number[];
  parameters: number;
  /** Forward, for one image. */
  multiplyAdds: number;
}

export interface ParameterInfo {
  name: string;
  shape: number[];
  /** True for what is learned; false for running statistics and the optimizer's memory. */
  parameter: boolean;
}

export interface Description {
  /** The experiment with every default filled in. */
  experiment: Experiment;
  layers: LayerInfo[];
  tensors: ParameterInfo[];
  parameters: number;
  multiplyAdds: number;
  /** How the last layer's outputs become probabilities. */
  output: 'softmax' | 'sigmoid' | 'identity';
}

/** The answer to "is this a network?": what it is, or what is wrong with it and in which layer (0-based; null: not in a layer). */
export type Validation =
  { ok: true; description: Description } | { ok: false; error: LabProblem; layer: number | null; field: string | null };

/** One field of a layer, optimizer, loss, …: what a form needs. */
export interface FieldInfo {
  name: string;
  /** "conv2d.kernel": its help has this key in other languages. */
  key: string;
  help: string;
  kind: 'integer' | 'number' | 'boolean' | 'text' | 'choice' | 'json';
  default: Json;
  required: boolean;
  min?: number;
  max?: number;
  choices?: string[];
}

export interface SpecInfo {
  type: string;
  fields: FieldInfo[];
}

export interface Catalog {
  layers: SpecInfo[];
  losses: SpecInfo[];
  optimizers: SpecInfo[];
  schedules: SpecInfo[];
  datasets: SpecInfo[];
  augment: FieldInfo[];
  train: FieldInfo[];
}

export interface DataCard {
  name: string;
  title: string;
  /** [height, width, channels] */
  image: [number, number, number];
  classes: string[];
  mean: number[];
  std: number[];
  licence?: string;
  source?: string;
}

/** Images of one split, count × height × width × channels bytes, and their classes. */
export interface ImageSet {
  count: number;
  /** [height, width, channels] */
  shape: [number, number, number];
  pixels: Uint8Array;
  labels: Int32Array;
}

export type SplitName = 'train' | 'test';

export interface LinesOptions {
  count?: number;
  size?: number;
  noise?: number;
  thickness?: number;
  vertical_angles?: number[];
  horizontal_angles?: number[];
  seed?: number;
}

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
  activation?: 'none' | 'relu' | 'relu6' | 'leaky_relu' | 'gelu' | 'silu' | 'sigmoid' | 'tanh';
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

export interface Evaluation {
  loss: number;
  accuracy: number;
  top5: number;
  count: number;
  classAccuracy: number[];
  /** [true class][predicted class] */
  confusion: number[][];
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

export interface SessionInfo {
  id: number;
  description: Description;
  card: DataCard;
  trainCount: number;
  /** Test images that the session has, */
  testCount: number;
  /** and that there are: `loadTest` fetches the others. */
  testTotal: number;
  stepsPerEpoch: number;
  totalSteps: number;
  step: number;
  /** Floating-point operations of one training image: forward and backward. */
  flopsPerImage: number;
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

/** What one op of a training step costs: seconds of a step, over all threads together; bytes of every operand once. */
export interface OpCost {
  /** "conv2d_1"; "–" for loading, the loss and updates. */
  layer: string;
  op: string;
  seconds: number;
  flops: number;
  bytes: number;
}

/** How far the next training step would move a parameter: Euclidean norms, measured. */
export interface UpdateSize {
  parameter: string;
  /** Of the parameter, */
  weight: number;
  /** and of what the step would add to it. */
  update: number;
}

export interface Profile {
  /** Steps that were measured; 0: none yet. */
  steps: number;
  ops: OpCost[];
  /** Of multiply-adds in registers, measured once in this worker. */
  peakGflops: number;
}
