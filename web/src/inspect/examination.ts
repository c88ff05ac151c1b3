import type { LabSession, TapResult, Tensor } from '../client/client.js';
import type { MeasuredView } from '../run/run-view.js';
import { classShares, rowOf, topAnswers } from './answers.js';
import { markAlive, saturatedCount, type LayerHealth, type SampleAnswers } from './doctor.js';

/** Training images that are examined, and how many at a time: the worker has other work in between. */
const sampleSize = 64;
const atOnce = 8;

export interface Examination {
  step: number;
  sample: number;
  layers: LayerHealth[];
  answers: SampleAnswers;
  /** Learning rate of the next step. */
  rate: number;
}

const stopsAtZero = new Set(['relu', 'relu6']);
const hasFlatEnds = new Set(['sigmoid', 'tanh']);

/** The gradient of a sample is the mean of its parts' gradients. */
function addTo(sums: Map<string, Float32Array>, name: string, { data }: Tensor, weight: number): void {
  let sum = sums.get(name);
  if (!sum) sums.set(name, (sum = new Float32Array(data.length)));
  for (let i = 0; i < data.length; i++) sum[i] = sum[i]! + weight * data[i]!;
}

function norm(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

/** Lets other tasks of the page go first. */
const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/**
 * Measures activations and gradients of training images, weights, and the optimizer's state. `told` gets the progress.
 * Gives null when `stopped` says so.
 */
export async function examine(
  run: Pick<MeasuredView, 'history' | 'rateScale'>,
  session: LabSession,
  told: (done: number, of: number) => void,
  stopped: () => boolean,
): Promise<Examination | null> {
  const { description, train_count } = session.info;
  const sample = Math.min(sampleSize, train_count);
  const watched = description.layers.filter(({ type }) => stopsAtZero.has(type) || hasFlatEnds.has(type));
  const alive = new Map<string, Uint8Array>();
  const flat = new Map<string, { count: number; of: number }>();
  const gradients = new Map<string, Float32Array>();
  const labels = (
    await session.images(
      'train',
      Array.from({ length: sample }, (_, i) => i),
    )
  ).labels;
  let [confidence, right] = [0, 0];

  for (let from = 0; from < sample; from += atOnce) {
    const indices = Array.from({ length: Math.min(atOnce, sample - from) }, (_, i) => from + i);
    const names = watched.length > 0 ? watched.map(({ name }) => name) : [description.layers.at(-1)!.name];
    const tap: TapResult = await session.tap({ images: { split: 'train', indices }, layers: names, gradients: true });
    if (stopped()) return null;
    for (const { name, type, output } of watched) {
      const { data } = tap.activations[name]!;
      if (stopsAtZero.has(type)) {
        const channels = output.at(-1)!;
        const marks = alive.get(name) ?? new Uint8Array(channels);
        alive.set(name, marks);
        markAlive(data, channels, marks);
      } else {
        const sum = flat.get(name) ?? { count: 0, of: 0 };
        flat.set(name, { count: sum.count + saturatedCount(data, type as 'sigmoid' | 'tanh'), of: sum.of + data.length });
      }
      await breathe();
    }
    for (const { name, parameter } of description.tensors) {
      const gradient = parameter ? tap.gradients[name] : undefined;
      if (gradient) addTo(gradients, name, gradient, indices.length / sample);
    }
    indices.forEach((index, i) => {
      const row = rowOf(tap.probabilities, i);
      const best = topAnswers(row, 1)[0]!;
      confidence += classShares(row)[best.class]! / sample;
      if (best.class === labels[index]) right++;
    });
    told(from + indices.length, sample);
    await breathe();
  }

  // Learning rate of the last step; before the first, of the first.
  const rate = run.history.learning_rate.at(-1) ?? (description.experiment.optimizer?.lr ?? 0) * run.rateScale;
  const updates = await session.updates();
  if (stopped()) return null;
  const layers: LayerHealth[] = [];
  for (const { name, type } of description.layers) {
    const health: LayerHealth = { name, type, units: null, dead: null, saturated: null, weight: null, gradient: null, update: null };
    const marks = alive.get(name);
    if (marks) {
      health.units = marks.length;
      health.dead = marks.reduce((sum, mark) => sum + (mark ? 0 : 1), 0);
    }
    const ends = flat.get(name);
    if (ends) health.saturated = ends.count / ends.of;
    const parameter = `${name}.weight`;
    const gradient = gradients.get(parameter);
    // A batch norm's scales start at 1 and stay near it: ratios of theirs say nothing.
    const moved = updates.find((update) => update.parameter === parameter);
    if (gradient && moved && (type === 'conv2d' || type === 'dense')) {
      health.weight = moved.weight;
      health.gradient = norm(gradient);
      health.update = moved.update;
    }
    layers.push(health);
  }
  return { step: session.step, sample, layers, answers: { confidence, accuracy: right / sample }, rate };
}
