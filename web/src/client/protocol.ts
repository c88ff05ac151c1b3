/**
 * What the page and the engine's worker say to each other. Calls have replies; events are a stream of their own, merged in the
 * worker to at most one message a frame. All pixels are rows of [height, width, channels], all tensors row-major.
 */

// ---- errors ----------------------------------------------------------------------------------------

export type ErrorCode =
  // the engine's own
  | 'unknown_name'
  | 'wrong_type'
  | 'out_of_range'
  | 'shape_mismatch'
  | 'bad_file'
  | 'missing_data'
  | 'io'
  | 'checkpoint'
  | 'unsupported'
  | 'diverged'
  // the browser's
  | 'no_webassembly'
  | 'no_simd'
  | 'no_worker'
  | 'load_failed'
  | 'out_of_memory'
  | 'corrupt_shard'
  | 'offline'
  | 'cancelled'
  | 'closed'
  | 'internal';

/** What went wrong, where, and what to do about it. `place` names a field ("model.layers[3].kernel"), a file or a call. */
export interface LabProblem {
  code: ErrorCode;
  place: string;
  problem: string;
  remedy: string;
}

export class LabError extends Error implements LabProblem {
  override readonly name = 'LabError';
  readonly code: ErrorCode;
  readonly place: string;
  readonly problem: string;
  readonly remedy: string;

  constructor(problem: LabProblem) {
    super((problem.place ? `${problem.place}: ` : '') + problem.problem + (problem.remedy ? `; ${problem.remedy}` : ''));
    this.code = problem.code;
    this.place = problem.place;
    this.problem = problem.problem;
    this.remedy = problem.remedy;
  }

  toJSON(): LabProblem {
    return { code: this.code, place: this.place, problem: this.problem, remedy: this.remedy };
  }
}

// ---- values ----------------------------------------------------------------------------------------

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

export interface Profile {
  /** Steps that were measured; 0: none yet. */
  steps: number;
  ops: OpCost[];
  /** Of multiply-adds in registers, measured once in this worker. */
  peakGflops: number;
}

// ---- calls -----------------------------------------------------------------------------------------

/** Every call of the worker, as if it were a function. Session calls take the session's id first. */
export interface Calls {
  experiments(): ExperimentInfo[];
  experiment(name: string): Experiment;
  catalog(): Catalog;
  validate(experiment: Experiment | string, card?: DataCard): Validation;
  lines(options: LinesOptions): Lines;
  convolution(request: ConvolutionRequest): ConvolutionResult;

  datasets(): DatasetInfo[];
  /** Fetches shards until so many images are here (all by default). Sends `loading` events. */
  load(name: string, train?: number, test?: number): DatasetInfo;
  images(name: string, split: SplitName, indices: number[]): ImageSet;

  open(request: SessionRequest): SessionInfo;
  close(session: number): void;
  train(session: number, request: TrainRequest): void;
  pause(session: number): { step: number };
  /** Sends `evaluating` events. */
  evaluate(session: number, request: EvaluateRequest): EvaluateResult;
  /** Ends the evaluations that were asked for; their calls fail with `cancelled`. */
  stopEvaluations(session: number): void;
  /** Fetches the test images that the session does not have yet. An epoch's end evaluates as many as before. */
  loadTest(session: number): { testCount: number };
  predict(session: number, images: ImageChoice): Tensor;
  sessionImages(session: number, split: SplitName, indices: number[]): ImageSet;
  tensors(session: number, names?: string[]): NamedTensor[];
  setTensor(session: number, tensor: NamedTensor): void;
  tap(session: number, request: TapRequest): TapResult;
  setLearningRateScale(session: number, scale: number): void;
  setSpeed(session: number, stepsPerSecond: number | null): void;
  checkpoint(session: number): Uint8Array;
  restore(session: number, checkpoint: Uint8Array): { step: number };
  weights(session: number): Uint8Array;
  reset(session: number): { step: number };
  /** Keeps the state in the worker, to come back to: the time machine. */
  snapshot(session: number): Snapshot;
  snapshots(session: number): Snapshot[];
  restoreSnapshot(session: number, id: number): { step: number };
  dropSnapshot(session: number, id: number): void;
  /** Measures each op of the steps from now on; the clock costs a little itself. */
  setProfiling(session: number, on: boolean): void;
  /** Measures the machine's multiply-adds the first time, for half a second. */
  profile(session: number): Profile;
}

export type CallName = keyof Calls;

// ---- events ----------------------------------------------------------------------------------------

/** Steps done since the last message, a column a quantity, oldest first. */
export interface BatchesEvent {
  type: 'batches';
  session: number;
  step: Float64Array;
  epoch: Float64Array;
  loss: Float64Array;
  accuracy: Float64Array;
  learningRate: Float64Array;
  gradientNorm: Float64Array;
}

export interface TrainBeginEvent {
  type: 'train_begin';
  session: number;
  step: number;
  totalSteps: number;
  stepsPerEpoch: number;
  epochs: number;
}

export interface EpochBeginEvent {
  type: 'epoch_begin';
  session: number;
  epoch: number;
}

/** An evaluation goes on in slices: how far it is. */
export interface EvaluatingEvent {
  type: 'evaluating';
  session: number;
  /** By `evaluate`; otherwise it is the one at an epoch's end. */
  asked: boolean;
  done: number;
  count: number;
}

export interface EvalEndEvent {
  type: 'eval_end';
  session: number;
  epoch: number;
  step: number;
  evaluation: Evaluation;
}

export interface EpochEndEvent {
  type: 'epoch_end';
  session: number;
  epoch: number;
  step: number;
  trainLoss: number;
  trainAccuracy: number;
  /** null where no test images are evaluated */
  testLoss: number | null;
  testAccuracy: number | null;
}

export interface TrainEndEvent {
  type: 'train_end';
  session: number;
  step: number;
}

export interface StateEvent {
  type: 'state';
  session: number;
  state: TrainState;
  step: number;
  error: LabProblem | null;
}

/** About once a second while training. */
export interface SpeedEvent {
  type: 'speed';
  session: number;
  imagesPerSecond: number;
  gflops: number;
}

export interface LoadingEvent {
  type: 'loading';
  name: string;
  /** Compressed bytes that have arrived, and all that this load fetches. */
  bytes: number;
  totalBytes: number;
  trainLoaded: number;
  testLoaded: number;
}

export type LabEvent =
  | BatchesEvent
  | TrainBeginEvent
  | EpochBeginEvent
  | EvaluatingEvent
  | EvalEndEvent
  | EpochEndEvent
  | TrainEndEvent
  | StateEvent
  | SpeedEvent
  | LoadingEvent;

export type LabEventType = LabEvent['type'];
export type EventOf<T extends LabEventType> = Extract<LabEvent, { type: T }>;

// ---- messages --------------------------------------------------------------------------------------

export interface StartMessage {
  kind: 'start';
  /** Where the module and the data lie; absolute addresses. */
  engineUrl: string;
  dataUrl: string;
  /** One less than the processor has by default; 1 where the page is not isolated. */
  threads?: number;
  /** Relaxed SIMD: where the browser has it by default. */
  relaxed?: boolean;
}

export interface CallMessage<K extends CallName = CallName> {
  kind: 'call';
  id: number;
  name: K;
  args: Parameters<Calls[K]>;
}

export type ToWorker = StartMessage | CallMessage;

export interface ReadyMessage {
  kind: 'ready';
  /** "cpu (wasm, 1 thread)" */
  backend: string;
}

export interface FailedMessage {
  kind: 'failed';
  error: LabProblem;
}

export type ReplyMessage =
  { kind: 'reply'; id: number; ok: true; value: unknown } | { kind: 'reply'; id: number; ok: false; error: LabProblem };

export interface EventsMessage {
  kind: 'events';
  events: LabEvent[];
}

export type FromWorker = ReadyMessage | FailedMessage | ReplyMessage | EventsMessage;
