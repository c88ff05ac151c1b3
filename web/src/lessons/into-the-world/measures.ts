import { numbersOf, tensorNamed, weightBytes, type OnnxFile } from './onnx-file.js';
import { feeds, formats, type Answered, type Feed, type Format, type Made, type Measured } from './state.js';

/** Bytes of a number in these files. */
export const numberBytes = 4;

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);

/** Numbers in a file. */
export const numbersIn = (file: OnnxFile): number => weightBytes(file) / numberBytes;

/** Bytes that are not weights. */
export const rest = ({ sizes, plain }: Pick<Made, 'sizes' | 'plain'>, format: Format): number => sizes[format] - weightBytes(plain);

export const leastRest = (made: Pick<Made, 'sizes' | 'plain'>): number => Math.min(...formats.map((format) => rest(made, format)));

/** A weight by its filter, row, column and channel, from 0. */
export type Place = readonly [filter: number, row: number, column: number, channel: number];

/** Where it stands in the lab, whose convolutions are [filter, row, column, channel]. */
export function labPosition([, rows, columns, channels]: readonly number[], [filter, row, column, channel]: Place): number {
  return ((filter * rows! + row) * columns! + column) * channels! + channel;
}

/** Where it stands in a file, whose convolutions are [filter, channel, row, column]. */
export function filePosition([, channels, rows, columns]: readonly number[], [filter, row, column, channel]: Place): number {
  return ((filter * channels! + channel) * rows! + row) * columns! + column;
}

/** The place of a position, in the lab or in a file. */
export function placeOf(shape: readonly number[], position: number, order: 'lab' | 'file'): Place {
  const [, second, third, fourth] = shape as [number, number, number, number];
  const [last, rest] = [position % fourth, Math.floor(position / fourth)];
  const [middle, left] = [rest % third, Math.floor(rest / third)];
  const [first, filter] = [left % second, Math.floor(left / second)];
  return order === 'lab' ? [filter, first, middle, last] : [filter, middle, last, first];
}

/** Batch norm of one map, from 1, of the first convolution. */
export interface Norm {
  gamma: number;
  beta: number;
  mean: number;
  variance: number;
  epsilon: number;
  /** What the weights of this map are multiplied by when batch norm is taken into them. */
  factor: number;
}

export function normOf(file: OnnxFile, map: number): Norm {
  const node = file.nodes.find(({ op }) => op === 'BatchNormalization')!;
  const [gamma, beta, mean, variance] = node.inputs.slice(1).map((name) => numbersOf(tensorNamed(file, name))[map - 1]!) as [
    number,
    number,
    number,
    number,
  ];
  const epsilon = node.attributes['epsilon'] as number;
  return { gamma, beta, mean, variance, epsilon, factor: gamma / Math.sqrt(variance + epsilon) };
}

/** The first weight of a map, from 1, of the first convolution. */
export function firstWeight(file: OnnxFile, map: number): number {
  const tensor = tensorNamed(file, file.nodes.find(({ op }) => op === 'Conv')!.inputs[1]!);
  const numbers = numbersOf(tensor);
  return numbers[((map - 1) * numbers.length) / tensor.shape[0]!]!;
}

/** The largest difference between two lists of numbers. */
export const apart = (one: ArrayLike<number>, other: ArrayLike<number>): number =>
  Array.from(one).reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0);

/** One image's logits. */
export const logitsOf = (all: Float32Array, image: number, classes: number): Float32Array =>
  all.subarray(image * classes, (image + 1) * classes);

/** Classes from the most probable on. */
export const ranked = (logits: ArrayLike<number>): number[] =>
  Array.from(logits, (_, i) => i).sort((a, b) => logits[b]! - logits[a]! || a - b);

export function softmax(logits: ArrayLike<number>): number[] {
  const most = Math.max(...Array.from(logits));
  const powers = Array.from(logits, (value) => Math.exp(value - most));
  return powers.map((power) => power / sum(powers));
}

/** Share of the images whose largest logit is of their class. */
export function accuracy(logits: Float32Array, labels: ArrayLike<number>, classes: number): number {
  const right = Array.from(labels).filter((label, i) => ranked(logitsOf(logits, i, classes))[0] === label);
  return right.length / labels.length;
}

/** In points, how much is lost by giving pixels so. */
export const lost = ({ accuracies }: Pick<Measured, 'accuracies'>, feed: Feed): number => 100 * (accuracies.trained - accuracies[feed]);

export const mostLost = (measured: Pick<Measured, 'accuracies'>): number => Math.max(...feeds.map((feed) => lost(measured, feed)));

/** What comes of answering only where the probability reaches so many per cent. */
export function answeredFrom(logits: Float32Array, labels: ArrayLike<number>, classes: number, least: number): Answered {
  const kept = Array.from(labels).flatMap((label, i) => {
    const row = logitsOf(logits, i, classes);
    const [best] = ranked(row);
    return softmax(row)[best!]! >= least / 100 ? [best === label] : [];
  });
  return { share: kept.length / labels.length, right: kept.length === 0 ? 1 : kept.filter(Boolean).length / kept.length };
}

type Answers = Pick<Measured, 'answered'>;

/** The share of right answers that a service is to reach: half of the errors are gone. */
export const aim = ({ answered }: Answers): number => (1 + answered[0]!.right) / 2;

/** The place of the lowest threshold that reaches the aim; of the one that comes nearest where none does. */
export function lowestThreshold(measured: Answers): number {
  const shares = measured.answered.map(({ right }) => right);
  const reached = shares.findIndex((share) => share >= aim(measured));
  return reached >= 0 ? reached : shares.indexOf(Math.max(...shares));
}

/** An image whose two best classes are near each other says more than one that is sure. */
export function offeredOf(lab: Measured['lab'], classes: number, count: number): number[] {
  const gaps = Array.from({ length: lab.length / classes }, (_, i) => {
    const logits = logitsOf(lab, i, classes);
    const [best, second] = ranked(logits);
    return { i, gap: logits[best!]! - logits[second!]! };
  });
  const near = gaps.filter(({ gap }) => gap > 0.3 && gap < 3);
  return [...near, ...gaps.filter((one) => !near.includes(one))].slice(0, count).map(({ i }) => i);
}
