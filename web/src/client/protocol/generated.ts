/** Generated from the engine's lists of fields by `./lab generate`: change those, not this file. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
import type { Message } from './sentence.js';

// ---- errors
export type EngineErrorCode = 'unknown_name' | 'wrong_type' | 'out_of_range' | 'shape_mismatch' | 'bad_file' | 'missing_data' | 'io' | 'checkpoint' | 'unsupported' | 'diverged';

// ---- what an experiment holds
export type Pair = number | [number, number];
export type Padding = number | [number, number] | [number, number, number, number] | 'valid' | 'same' | 'same_upper';
export type InitKind = 'kaiming_uniform' | 'kaiming_normal' | 'xavier_uniform' | 'xavier_normal' | 'normal' | 'uniform' | 'zeros' | 'ones' | 'identity' | 'whitening';
export interface InitSpec {
  /** the distribution */
  type?: InitKind;
  /** kaiming: negative slope of the following leaky ReLU; √5 gives ±1/√fan_in */
  a?: number;
  /** normal: standard deviation; uniform: half the range */
  scale?: number;
  /** scale what was drawn to this standard deviation; 0: leave it */
  deviation?: number;
  /** whitening: from how many training images */
  images?: number;
  /** whitening: added to the variances */
  eps?: number;
}
export type ActivationKind = 'relu' | 'relu6' | 'leaky_relu' | 'gelu' | 'silu' | 'hard_swish' | 'sigmoid' | 'hard_sigmoid' | 'tanh';
export interface Conv2dLayer {
  type: 'conv2d';
  /** number of filters; 0: as many as inputs */
  out_channels: number;
  /** height and width of the filters */
  kernel?: Pair;
  /** how far the window moves */
  stride?: Pair;
  /** zeros around the image: a number, [top, left, bottom, right], "same", "valid" or "same_upper" */
  padding?: Padding;
  /** distance between the taps of a filter */
  dilation?: Pair;
  /** independent groups of channels; 0: one group a channel (depthwise) */
  groups?: number;
  /** add a learned number to each output channel */
  bias?: boolean;
  /** how the weights start */
  init?: InitSpec;
  /** how the bias starts */
  bias_init?: InitSpec;
}
export interface DenseLayer {
  type: 'dense';
  /** number of outputs */
  out_features: number;
  /** add a learned number to each output */
  bias?: boolean;
  /** how the weights start */
  init?: InitSpec;
  /** how the bias starts */
  bias_init?: InitSpec;
}
export interface BatchNormLayer {
  type: 'batch_norm';
  /** share of the new batch in the running statistics */
  momentum?: number;
  /** added to the variance */
  eps?: number;
}
export interface ReluLayer {
  type: 'relu';
}
export interface Relu6Layer {
  type: 'relu6';
}
export interface LeakyReluLayer {
  type: 'leaky_relu';
  /** slope below zero */
  negative_slope?: number;
}
export interface GeluLayer {
  type: 'gelu';
}
export interface SiluLayer {
  type: 'silu';
}
export interface HardSwishLayer {
  type: 'hard_swish';
}
export interface SigmoidLayer {
  type: 'sigmoid';
}
export interface HardSigmoidLayer {
  type: 'hard_sigmoid';
}
export interface TanhLayer {
  type: 'tanh';
}
export interface SoftmaxLayer {
  type: 'softmax';
}
export interface ScaleLayer {
  type: 'scale';
  /** what everything is multiplied by */
  factor?: number;
}
export interface MaxPool2dLayer {
  type: 'max_pool2d';
  /** height and width of the window */
  kernel?: Pair;
  /** how far the window moves; 0: the kernel's size */
  stride?: Pair;
  /** padding around the image, which never wins */
  padding?: Padding;
  /** distance between the values of a window */
  dilation?: Pair;
}
export interface AvgPool2dLayer {
  type: 'avg_pool2d';
  /** height and width of the window */
  kernel?: Pair;
  /** how far the window moves; 0: the kernel's size */
  stride?: Pair;
  /** zeros around the image */
  padding?: Padding;
  /** whether padding counts in the mean */
  count_include_pad?: boolean;
}
export interface GlobalAvgPoolLayer {
  type: 'global_avg_pool';
}
export interface GlobalMaxPoolLayer {
  type: 'global_max_pool';
}
export interface DropoutLayer {
  type: 'dropout';
  /** share of values set to zero */
  p?: number;
}
export interface FlattenLayer {
  type: 'flatten';
}
export interface AddLayer {
  type: 'add';
}
export interface ConcatLayer {
  type: 'concat';
}
export interface ResizeLayer {
  type: 'resize';
  /** height and width that the images get */
  size: Pair;
  /** shrink by means over the pixels in between, so that nothing flickers */
  antialias?: boolean;
}
export type AnyLayer = Conv2dLayer | DenseLayer | BatchNormLayer | ReluLayer | Relu6Layer | LeakyReluLayer | GeluLayer | SiluLayer | HardSwishLayer | SigmoidLayer | HardSigmoidLayer | TanhLayer | SoftmaxLayer | ScaleLayer | MaxPool2dLayer | AvgPool2dLayer | GlobalAvgPoolLayer | GlobalMaxPoolLayer | DropoutLayer | FlattenLayer | AddLayer | ConcatLayer | ResizeLayer;
export type Reduction = 'mean' | 'sum';
export interface CrossEntropyLoss {
  type: 'cross_entropy';
  /** share of the target spread evenly over all classes */
  label_smoothing?: number;
  /** what gradients are of: the "mean" over a batch's images, or their "sum", as if the learning rate were multiplied, and L2 divided, by the batch */
  reduction?: Reduction;
}
export interface BinaryCrossEntropyLoss {
  type: 'binary_cross_entropy';
}
export interface MeanSquaredErrorLoss {
  type: 'mean_squared_error';
}
export type AnyLoss = CrossEntropyLoss | BinaryCrossEntropyLoss | MeanSquaredErrorLoss;
export interface SgdOptimizer {
  type: 'sgd';
  /** learning rate */
  lr?: number;
  /** share of the last step kept */
  momentum?: number;
  /** L2 penalty, added to the gradient */
  weight_decay?: number;
  /** look ahead along the momentum */
  nesterov?: boolean;
}
export interface AdamOptimizer {
  type: 'adam';
  /** learning rate */
  lr?: number;
  /** decay of the mean of gradients */
  beta1?: number;
  /** decay of the mean of squared gradients */
  beta2?: number;
  /** added to the denominator */
  eps?: number;
  /** L2 penalty, added to the gradient */
  weight_decay?: number;
}
export interface AdamwOptimizer {
  type: 'adamw';
  /** learning rate */
  lr?: number;
  /** decay of the mean of gradients */
  beta1?: number;
  /** decay of the mean of squared gradients */
  beta2?: number;
  /** added to the denominator */
  eps?: number;
  /** shrinks the weights by lr times this */
  weight_decay?: number;
}
export interface RmspropOptimizer {
  type: 'rmsprop';
  /** learning rate */
  lr?: number;
  /** decay of the mean of squared gradients */
  alpha?: number;
  /** added to the denominator */
  eps?: number;
  /** share of the last step kept */
  momentum?: number;
  /** L2 penalty, added to the gradient */
  weight_decay?: number;
}
export interface MuonOptimizer {
  type: 'muon';
  /** learning rate */
  lr?: number;
  /** share of the last step kept */
  momentum?: number;
  /** shrinks the weights by lr times this */
  weight_decay?: number;
  /** look ahead along the momentum */
  nesterov?: boolean;
  /** every so many steps scale a matrix of m rows to the norm √m; 0: never */
  norm_every?: number;
  /** by how much that number has grown at the end */
  norm_slowing?: number;
  /** iterations that make the update orthogonal */
  newton_steps?: number;
  /** factor on X in an iteration */
  a?: number;
  /** factor on X XᵀX */
  b?: number;
  /** factor on X XᵀX XᵀX */
  c?: number;
  /** the optimizer of biases and of groups that ask for it */
  other?: SgdOptimizer | AdamOptimizer | AdamwOptimizer | RmspropOptimizer | (SgdOptimizer | AdamOptimizer | AdamwOptimizer | RmspropOptimizer)['type'];
}
export type AnyOptimizer = SgdOptimizer | AdamOptimizer | AdamwOptimizer | RmspropOptimizer | MuonOptimizer;
export interface ParameterGroup {
  /** name pattern, "*" for any text */
  match: string;
  /** times the learning rate */
  lr_scale?: number;
  /** a learning rate instead of the optimizer's; -1 leaves it */
  lr?: number;
  /** instead of the optimizer's; -1 leaves it */
  weight_decay?: number;
  /** learn only in this first share of the training, the schedule squeezed into it */
  until?: number;
  /** false: leave these parameters as they are */
  trainable?: boolean;
  /** true: learn by the "other" of an optimizer that has one */
  other?: boolean;
}
export interface LookaheadSpec {
  /** steps from one pull to the next; 0: off */
  every?: number;
  /** share of the slow weights that stays at a pull, at the end */
  decay?: number;
  /** the share grows from 0 with this power of the progress; 0: constant */
  power?: number;
  /** share of the training before which slow and fast weights are equal */
  start?: number;
}
export interface ConstantSchedule {
  type: 'constant';
}
export interface StepSchedule {
  type: 'step';
  /** how often the rate drops, evenly over the training */
  drops?: number;
  /** factor of each drop */
  gamma?: number;
}
export interface CosineSchedule {
  type: 'cosine';
  /** factor at the end */
  floor?: number;
}
export interface LinearSchedule {
  type: 'linear';
  /** factor at the end */
  floor?: number;
}
export interface OneCycleSchedule {
  type: 'one_cycle';
  /** share of the training in which the rate rises */
  rise?: number;
  /** starts at the learning rate divided by this */
  div?: number;
  /** ends at the start divided by this */
  final_div?: number;
}
export type AnySchedule = ConstantSchedule | StepSchedule | CosineSchedule | LinearSchedule | OneCycleSchedule;
export type CropPadding = 'zero' | 'reflect';
export interface Augmentation {
  /** mirror left and right with probability 1/2 */
  horizontal_flip?: boolean;
  /** mirror half of the images in the first epoch, the other half in the second, and so on */
  alternating_flip?: boolean;
  /** pad by this many pixels and crop back at a random place: a shift of up to ±crop */
  crop?: number;
  /** what lies outside the image: "zero" or "reflect" */
  padding?: CropPadding;
  /** turn by up to ± this many degrees */
  rotation?: number;
  /** shift by up to ± this share of height and width */
  translation?: number;
  /** scale by a factor of 1 ± this */
  scaling?: number;
  /** add up to ± this share of the full range */
  brightness?: number;
  /** multiply the distance from the mean by 1 ± this */
  contrast?: number;
  /** blank a random square with this side, in pixels */
  cutout?: number;
}
export interface ResolutionSpec {
  /** the first epoch with this size, from 0 */
  epoch: number;
  /** height and width of the images */
  size: Pair;
}
export type EvalViews = 'none' | 'mirror' | 'translate';
export type FrozenFeatures = 'auto' | 'once' | 'every_step';
export interface TrainSpec {
  /** passes over the training images, with a fraction */
  epochs?: number;
  /** images a step */
  batch?: number;
  /** images at a time in evaluation */
  eval_batch?: number;
  /** test-time augmentation: average the logits of the image and its mirror image ("mirror"), also moved by a pixel ("translate") */
  eval_views?: EvalViews;
  /** of all random numbers: initial weights, order, augmentation, dropout */
  seed?: number;
  /** whether each epoch has an order of its own */
  shuffle?: boolean;
  /** leave out the last images of an epoch if they do not fill a batch */
  drop_last?: boolean;
  /** when to compute what frozen layers make of an image; auto: once where nothing changes images */
  frozen_features?: FrozenFeatures;
  /** batch norm's statistics are those of each of so many processes' images; 0: of the whole batch, by any number */
  local_statistics?: number;
  /** smaller training images in the first epochs: a list of {"epoch", "size"} */
  resolutions?: ResolutionSpec[];
}
export type FolderMeaning = 'auto' | 'classes' | 'splits' | 'deepest';
export type ValidationUse = 'auto' | 'test' | 'train' | 'unused';
export interface IdxDataset {
  type: 'idx';
}
export interface Cifar10BinaryDataset {
  type: 'cifar10-binary';
}
export interface LinesDataset {
  type: 'lines';
  /** training images */
  count?: number;
  /** height and width in pixels */
  size?: number;
  /** uniform noise from 0 to this, where a line is 1 */
  noise?: number;
  /** of the line, in pixels */
  thickness?: number;
  /** degrees of the lines of class "vertical" */
  vertical_angles?: number[];
  /** degrees of the lines of class "horizontal" */
  horizontal_angles?: number[];
  /** of the noise */
  seed?: number;
}
export interface FolderDataset {
  type: 'folder';
  /** height and width that every image is brought to, in pixels */
  size?: Pair;
  /** one channel instead of three */
  grey?: boolean;
  /** share of each class that is kept for testing */
  test_share?: number;
  /** of the split into training and test images */
  seed?: number;
  /** names of arrays: training images, their labels, and test images, their labels */
  arrays?: string[];
  /** which labels, where files have several: fine or coarse (CIFAR-100) */
  labels?: string;
  /** what the folders are: each a class, splits with classes in them, or the deepest each a class */
  layout?: FolderMeaning;
  /** what a validation split is: the test split (auto: where there is no other), training images, or unused */
  validation?: ValidationUse;
  /** leave out pictures that cannot be read; the run keeps their list */
  skip_bad?: boolean;
}
export type AnyDataset = IdxDataset | Cifar10BinaryDataset | LinesDataset | FolderDataset;

// ---- an experiment as a person writes it
export interface LayerSpec {
  type: string;
  /** what other layers call it */
  name?: string;
  /** names of its inputs; the layer before if not given */
  from?: string | string[];
  /** whether its parameters learn */
  trainable?: boolean;
  [option: string]: Json | undefined;
}
export interface OptimizerSpec {
  type: string;
  /** learning rate */
  lr?: number;
  /** L2 penalty, added to the gradient */
  weight_decay?: number;
  /** largest norm of all gradients together; 0: off */
  clip_norm?: number;
  /** largest size of one gradient; 0: off */
  clip_value?: number;
  /** decay of the moving average of the weights, with which the test set is evaluated; 0: off */
  average_decay?: number;
  [option: string]: Json | undefined;
}
export interface ScheduleSpec {
  type: string;
  /** share of the training in which the rate rises from zero */
  warmup?: number;
  [option: string]: Json | undefined;
}
export interface DataSpec {
  /** a data set: `data` lists them */
  name: string;
  /** use only so many training images; 0: all */
  train_limit?: number;
  /** use only so many test images; 0: all */
  test_limit?: number;
  /** replace the labels of this share of the training images by another class at random */
  label_noise?: number;
  /** thin out the training images class by class, so that the last class keeps this share of its own; 1: all */
  imbalance?: number;
  /** shuffle the pixels of every image by one fixed permutation */
  permute_pixels?: boolean;
  /** per channel, of pixels / 255, instead of the data set's */
  mean?: number[];
  /** per channel, of pixels / 255, instead of the data set's */
  std?: number[];
  [option: string]: Json | undefined;
}
export interface BaseSpec {
  /** a network that `list` names, a run, or a file of weights */
  file: string;
  /** the last layer that is taken; empty: as the network's card says */
  until?: string;
  /** whether its layers learn too */
  trainable?: boolean;
  /** their learning rate where they learn; -1: the optimizer's own */
  lr?: number;
  /** height and width that images get before it; 0: as they are */
  size?: Pair;
  /** shrink images by means over the pixels in between */
  antialias?: boolean;
  /** filled in: how many of the model's layers it has given */
  layers?: number;
  /** filled in: of the file */
  sha256?: string;
}
export interface ModelSpec {
  /** the layers, first to last; the last one gives the logits */
  layers: LayerSpec[];
}
export interface Experiment {
  /** what it is called */
  name: string;
  /** one line about it */
  title?: string;
  /** the images */
  dataset: DataSpec | string;
  /** a trained network before its own layers */
  base?: BaseSpec;
  /** the network */
  model: ModelSpec;
  /** what training makes small */
  loss?: AnyLoss | (AnyLoss)['type'];
  /** how the weights move */
  optimizer?: OptimizerSpec;
  /** how the learning rate changes */
  schedule?: ScheduleSpec;
  /** random changes to training images */
  augment?: Augmentation;
  /** length, batch and seed */
  train?: TrainSpec;
}

// ---- data
export type EngineSplit = 'train' | 'test' | 'input';
export interface ImageShape {
  /** rows of pixels */
  height: number;
  /** columns of pixels */
  width: number;
  /** 1 for grey, 3 for red, green, blue */
  channels: number;
}
export interface DatasetFile {
  /** the file's name, without a folder */
  name: string;
  /** the official address */
  url: string;
  /** 64 hexadecimal digits, as sha256sum prints them */
  sha256: string;
  /** the file's size */
  bytes: number;
}
export interface DatasetCard {
  /** what an experiment calls the data set */
  name: string;
  /** what a person calls it */
  title: string;
  /** who may use it for what */
  licence: string;
  /** the page or paper that it comes from */
  source: string;
  /** the reader: idx, cifar10-binary, lines or folder */
  format: (AnyDataset)['type'];
  /** the shape of one image */
  image: ImageShape;
  /** names in label order */
  classes: string[];
  /** per channel, of pixels / 255 */
  mean: number[];
  /** per channel, of pixels / 255 */
  stddev: number[];
  /** training images; 0: whatever the files hold */
  train_count: number;
  /** test images; 0: whatever the files hold */
  test_count: number;
  /** the official files */
  files: DatasetFile[];
  /** where the system's package puts the files */
  system_directory: string;
  /** the command that installs that package */
  install: string;
}

// ---- a look at data
export interface ClassFigures {
  /** images */
  count: number;
  /** of its pixels, per channel, from 0 to 255 */
  mean: number[];
  /** the standard deviation of the same */
  deviation: number[];
  /** per channel, the shares of its pixels with the values 0 to 3, 4 to 7, … */
  bars: number[][];
}
export interface FlawedClass {
  /** its images that remain */
  kept: number;
  /** of these, the ones with the label of another class */
  wrong: number;
  /** images with its label, whatever they show */
  labelled: number;
}
export interface Neighbour {
  /** its number */
  image: number;
  /** root mean square of the differences of their pixels, from 0 to 1 */
  distance: number;
}
export interface NearDuplicate {
  /** number of the test image */
  test: number;
  /** number of the training image that is nearest to it */
  train: number;
  /** root mean square of the differences of their pixels, from 0 to 1 */
  distance: number;
}

// ---- models
export type OutputKind = 'softmax' | 'sigmoid' | 'identity';
export interface LayerInfo {
  name: string;
  type: string;
  /** names of its inputs */
  from: string[];
  /** shape of one image; of the first input */
  input: number[];
  /** shape of one image */
  output: number[];
  /** learned numbers */
  parameters: number;
  /** forward, of one image */
  multiply_adds: number;
  /** as floats, of one image */
  output_bytes: number;
}
export interface ParameterInfo {
  name: string;
  shape: number[];
  /** learned; else a running statistic or optimizer state */
  parameter: boolean;
}
export interface ExperimentInfo {
  name: string;
  /** one line about it */
  title: string;
  dataset: string;
}
export type Severity = 'warn' | 'refuse';
export interface Concern {
  /** refuse: there is nothing to train */
  severity: Severity;
  /** a field of the experiment, or "dataset" */
  place: string;
  problem: Message;
  remedy: Message;
}
export interface Description {
  /** with every default filled in */
  experiment: Experiment;
  /** the shape of one image */
  input: ImageShape;
  /** names in label order */
  classes: string[];
  layers: LayerInfo[];
  /** what outlives a step */
  tensors: ParameterInfo[];
  /** learned numbers */
  parameters: number;
  /** forward, of one image */
  multiply_adds: number;
  /** of all layers together, of one image */
  output_bytes: number;
  /** of one image in a training step */
  training_multiply_adds: number;
  /** how the last layer's outputs become probabilities */
  output: OutputKind;
  /** what makes its figures mean little, whatever the images are */
  concerns: Concern[];
}
export interface Evaluation {
  /** mean over the images */
  loss: number;
  /** share of images whose highest output is their class */
  accuracy: number;
  /** share of images whose class is among the five highest outputs */
  top5: number;
  /** images */
  count: number;
  /** per true class; 0 for a class without images */
  class_accuracy: number[];
  /** [true class][predicted class] */
  confusion: number[][];
}

// ---- training
export interface TrainBegin {
  type: 'train_begin';
  /** more than 0 after a resume */
  step: number;
  total_steps: number;
  steps_per_epoch: number;
  epochs: number;
}
export interface EpochBegin {
  type: 'epoch_begin';
  epoch: number;
}
export interface BatchEnd {
  type: 'batch_end';
  /** the one that has just been done */
  step: number;
  epoch: number;
  /** images of this batch */
  count: number;
  /** mean over this batch, in training mode */
  loss: number;
  /** of this batch, in training mode */
  accuracy: number;
  learning_rate: number;
  /** 0 where the optimizer does not clip it */
  gradient_norm: number;
}
export interface EvalEnd {
  type: 'eval_end';
  epoch: number;
  /** mean over the images */
  loss: number;
  /** share of images whose highest output is their class */
  accuracy: number;
  /** share of images whose class is among the five highest outputs */
  top5: number;
  /** images */
  count: number;
  /** per true class; 0 for a class without images */
  class_accuracy: number[];
  /** [true class][predicted class] */
  confusion: number[][];
}
export interface EpochEnd {
  type: 'epoch_end';
  epoch: number;
  /** mean over the epoch, in training mode, while the weights moved */
  train_loss: number;
  train_accuracy: number;
  /** null without test images */
  test_loss: number | null;
  test_accuracy: number | null;
}
export interface TrainEnd {
  type: 'train_end';
  step: number;
}
export type TrainEvent = TrainBegin | EpochBegin | BatchEnd | EvalEnd | EpochEnd | TrainEnd;
/** The numbers of a step, in the order of a row. */
export const stepColumns = ['step', 'epoch', 'count', 'loss', 'accuracy', 'learning_rate', 'gradient_norm'] as const;
export type StepColumn = (typeof stepColumns)[number];
export interface UpdateSize {
  /** its name */
  parameter: string;
  /** Euclidean norm of its elements */
  weight: number;
  /** Euclidean norm of what the next step would add to them */
  update: number;
}
export interface SessionInfo {
  id: number;
  description: Description;
  card: DatasetCard;
  /** training images */
  train_count: number;
  /** test images that the session has */
  test_count: number;
  /** test images that there are: `loadTest` fetches the others */
  test_total: number;
  /** what the images add to those of the description */
  concerns: Concern[];
  steps_per_epoch: number;
  total_steps: number;
  /** done */
  step: number;
  /** of one training image, forward and backward */
  flops_per_image: number;
}
export interface OpCost {
  /** "conv2d_1"; "–" for loading, the loss and updates */
  layer: string;
  op: string;
  /** of a step, over all threads together */
  seconds: number;
  flops: number;
  /** of every operand once */
  bytes: number;
}
export interface Profile {
  /** that were measured; 0: none yet */
  steps: number;
  ops: OpCost[];
  /** of multiply-adds in registers, measured once in this worker */
  peak_gflops: number;
}

// ---- studies
export interface StudyVariant {
  /** what tables and charts call it */
  name: string;
  /** instead of the study's: a name or a file */
  experiment?: string;
  /** fields to change, as "optimizer.lr=0.01" */
  set?: string[];
}
export interface Study {
  /** what its folder is called */
  name: string;
  /** a line for people */
  title?: string;
  /** a name or a file */
  experiment: string;
  /** fields to change in every variant */
  set?: string[];
  /** besides those of "vary" */
  variants?: StudyVariant[];
  /** how often each variant is trained */
  seeds?: number;
}
export interface RunRecord {
  /** the folder, or what the page's shelf calls it */
  run: string;
  /** its name */
  experiment: string;
  title: string;
  finished: boolean;
  /** done */
  epochs: number;
  /** learned numbers */
  parameters: number;
  /** forward, of one image */
  multiply_adds: number;
  /** after the last whole epoch, as the next three */
  test_accuracy: number | null;
  test_loss: number | null;
  train_accuracy: number | null;
  train_loss: number | null;
  /** of training, over all sessions */
  seconds: number;
}
export interface StudyRecord {
  /** its place among the study's variants, from 0 */
  variant: number;
  seed: number;
  /** its loss is no number at the end */
  diverged: boolean;
  record: RunRecord;
}
export interface Spread {
  /** repeats */
  count: number;
  mean: number;
  /** standard deviation; null of a single repeat */
  deviation: number | null;
}
export interface PairedDifference {
  /** pairs of runs with the same seed */
  count: number;
  /** of the differences */
  mean: number;
  /** lower end of the 95 % interval; null of a single pair */
  low: number | null;
  /** its upper end */
  high: number | null;
  /** whether the interval leaves out 0 */
  is_clear: boolean;
}
export interface VariantResult {
  name: string;
  /** learned numbers */
  parameters: number;
  /** forward, of one image */
  multiply_adds: number;
  /** trainings whose loss is no number at the end */
  diverged: number;
  test_accuracy: Spread;
  train_accuracy: Spread;
  /** of training */
  seconds: Spread;
  /** of the test accuracy from the first variant's, seed by seed; null for the first */
  difference: PairedDifference | null;
}
export interface FieldDifference {
  /** as "model.layers.0.kernel" */
  path: string;
  /** one for each experiment; null: it has no such field */
  values: (string | null)[];
}

// ---- forms
export type FieldKind = 'integer' | 'number' | 'boolean' | 'text' | 'choice' | 'json';
export interface FieldInfo {
  name: string;
  /** of its help in other languages */
  key: string;
  help: string;
  kind: FieldKind;
  default: Json;
  required: boolean;
  min?: number;
  max?: number;
  /** of a "choice" */
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
