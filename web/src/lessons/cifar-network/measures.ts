import type { LayerInfo } from '../../client/client.js';
import type { Network } from '../frame/lesson-study.js';
import type { Facts } from './state.js';

/** Numbers that the last layer is given. */
export const flattened = ({ layers }: Network): number => layers.find(({ type }) => type === 'flatten')?.output[0] ?? NaN;

/** The number of blocks with which fewest numbers are learned. */
export function fewest({ stacks }: Pick<Facts, 'stacks'>): number {
  const all = stacks.map(({ parameters }) => parameters);
  return all.indexOf(Math.min(...all)) + 1;
}

/** How many numbers more the second network learns than the first. */
export const largerBy = ([first, second]: readonly Network[]): number => (second?.parameters ?? NaN) - (first?.parameters ?? NaN);

/** Learned numbers of the convolution that the shortcut leads past. */
export const convParameters = ({ layers }: Network): number => layers.filter(({ type }) => type === 'conv2d')[1]?.parameters ?? NaN;

/** The layers of a graph, its first convolution and its last layer. */
export function ends({ graphs }: Pick<Facts, 'graphs'>, which: 0 | 1): [layers: readonly LayerInfo[], first: string, last: string] {
  const { layers } = graphs[which]!;
  return [layers, layers[0]!.name, layers.at(-1)!.name];
}

type Raced = Pick<Facts, 'records'>;

const recordOf = ({ records }: Raced, variant: number): Raced['records'][number] | undefined =>
  records.find((one) => one.variant === variant);

/** On test images at the end, from 0 to 1; of a network that has diverged: none. */
export const accuracyOf = (facts: Raced, variant: number): number => recordOf(facts, variant)?.record.test_accuracy ?? 0;
/** The last epoch's mean loss on training images; of a network that has diverged: without bound. */
export const lossOf = (facts: Raced, variant: number): number => recordOf(facts, variant)?.record.train_loss ?? Infinity;

/** By how many points one network is ahead of another on test images. */
export const gain = (facts: Raced, variant: number, before: number): number =>
  100 * (accuracyOf(facts, variant) - accuracyOf(facts, before));

/** Right so much more often than a network that guesses that it is no chance. */
export const learns = (facts: Pick<Facts, 'records' | 'card'>, variant: number): boolean =>
  accuracyOf(facts, variant) > 1.7 / facts.card.classes.length;

/** By epoch, from the first. */
export const testLosses = ({ courses }: Pick<Facts, 'courses'>, variant: number): number[] =>
  courses[variant]?.course.tests.map(({ loss }) => Number(loss.toFixed(3))) ?? [];

/** The epoch, from 1, with the smallest of these. */
export const best = (losses: readonly number[]): number => losses.indexOf(Math.min(...losses)) + 1;

/** A change of the loss that is more than its jitter. */
const jitter = 0.05;

/** What the test loss does after its smallest value. */
export function afterBest(facts: Pick<Facts, 'courses'>, variant: number): 'falls' | 'stays' | 'rises' {
  const losses = testLosses(facts, variant);
  const [lowest, last] = [Math.min(...losses), losses.at(-1) ?? NaN];
  if (last > lowest * (1 + jitter)) return 'rises';
  return best(losses) === losses.length ? 'falls' : 'stays';
}
