import type { EpochEnd } from '../client/client.js';

/** Measurements at one layer; null: does not apply. */
export interface LayerHealth {
  name: string;
  type: string;
  /** Channels or units of an activation, and how many were zero for every image of the sample. */
  units: number | null;
  dead: number | null;
  /** Share of outputs at the flat ends of a sigmoid or tanh. */
  saturated: number | null;
  /** Norms of the weights, of their gradient, and of the next step. */
  weight: number | null;
  gradient: number | null;
  update: number | null;
}

/** The network's answers to the sample. */
export interface SampleAnswers {
  /** Mean of the highest probability. */
  confidence: number;
  accuracy: number;
}

export interface Course {
  /** By step, oldest first. */
  loss: readonly number[];
  gradient_norm: readonly number[];
  epochs: readonly Pick<EpochEnd, 'train_loss' | 'train_accuracy' | 'test_loss' | 'test_accuracy'>[];
  /** Whether training stopped because the loss was no longer a number. */
  diverged: boolean;
  /** Loss of a network that knows nothing: ln(classes). */
  chanceLoss: number;
}

export type FindingKind =
  | 'diverged'
  | 'rising'
  | 'deadAll'
  | 'dead'
  | 'noGradient'
  | 'vanishing'
  | 'exploding'
  | 'updateLarge'
  | 'updateSmall'
  | 'saturated'
  | 'overconfident'
  | 'flat'
  | 'chance'
  | 'overfit'
  | 'overfitLoss'
  | 'healthy'
  | 'young';

export interface Finding {
  kind: FindingKind;
  severity: 'bad' | 'watch' | 'good';
  /** Layers with this finding, from the input on. */
  layers: string[];
  /** Numbers in the sentence, by name. */
  values: Record<string, number>;
}

/**
 * A healthy step moves weights by a thousandth of their size. Ten times more or a hundred times less is worth a look.
 */
export const healthyUpdate = { low: 1e-5, usual: 1e-3, high: 2e-2, tooHigh: 1e-1 };

export const ratioOf = (layer: LayerHealth): number | null =>
  layer.update !== null && layer.weight !== null && layer.weight > 0 ? layer.update / layer.weight : null;

/**
 * Marks units that are not zero in some image: outputs [N, …, C], one unit for each channel. `alive` collects over
 * several calls.
 */
export function markAlive(outputs: ArrayLike<number>, channels: number, alive: Uint8Array): void {
  for (let i = 0; i < outputs.length; i++) if (outputs[i]! !== 0) alive[i % channels] = 1;
}

/**
 * Saturated: outputs of a sigmoid within 3 % of 0 or 1, of a tanh within 3 % of ±1. The slope there is
 * under an eighth of its maximum.
 */
export function saturatedCount(outputs: ArrayLike<number>, type: 'sigmoid' | 'tanh'): number {
  let count = 0;
  for (let i = 0; i < outputs.length; i++) {
    const y = outputs[i]!;
    if (type === 'tanh' ? Math.abs(y) > 0.97 : y < 0.03 || y > 0.97) count++;
  }
  return count;
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Means of a column over so many equal parts of the course. */
function windows(values: readonly number[], count: number): number[] {
  const size = Math.floor(values.length / count);
  return size === 0
    ? []
    : Array.from({ length: count }, (_, i) =>
        mean(values.slice(values.length - (count - i) * size, values.length - (count - i - 1) * size)),
      );
}

function layerFindings(layers: readonly LayerHealth[]): Finding[] {
  const found: Finding[] = [];
  const names = (some: readonly LayerHealth[]): string[] => some.map((layer) => layer.name);

  for (const layer of layers) {
    if (layer.units === null || layer.dead === null || layer.units === 0) continue;
    const share = layer.dead / layer.units;
    if (share === 1) found.push({ kind: 'deadAll', severity: 'bad', layers: [layer.name], values: { units: layer.units } });
    else if (share >= 0.1)
      found.push({
        kind: 'dead',
        severity: share >= 0.4 ? 'bad' : 'watch',
        layers: [layer.name],
        values: { dead: layer.dead, units: layer.units, share },
      });
  }

  const learning = layers.filter((layer) => layer.gradient !== null);
  const silent = learning.filter((layer) => layer.gradient === 0);
  if (silent.length > 0) found.push({ kind: 'noGradient', severity: 'bad', layers: names(silent), values: {} });
  const felt = learning.filter((layer) => layer.gradient! > 0 && Number.isFinite(layer.gradient));
  if (felt.length >= 2) {
    // Near the loss the gradient has the size that the loss gives it. Far from there it may have vanished or exploded.
    const last = felt.at(-1)!;
    const weak = felt.filter((layer) => layer.gradient! < 1e-3 * last.gradient!);
    if (weak.length > 0)
      found.push({
        kind: 'vanishing',
        severity: 'bad',
        layers: names(weak),
        values: { ratio: Math.min(...weak.map((layer) => layer.gradient!)) / last.gradient! },
      });
  }
  const huge = learning.filter(
    (layer) => !Number.isFinite(layer.gradient) || (layer.gradient! > 100 && layer.gradient! > 10 * (layer.weight ?? 0)),
  );
  if (huge.length > 0)
    found.push({
      kind: 'exploding',
      severity: 'bad',
      layers: names(huge),
      values: { norm: Math.max(...huge.map((layer) => layer.gradient!)) },
    });

  const ratios = layers.flatMap((layer) => {
    const ratio = ratioOf(layer);
    return ratio === null ? [] : [{ layer, ratio }];
  });
  const large = ratios.filter(({ ratio }) => ratio > healthyUpdate.high);
  if (large.length > 0) {
    const ratio = Math.max(...large.map((item) => item.ratio));
    found.push({
      kind: 'updateLarge',
      severity: ratio > healthyUpdate.tooHigh ? 'bad' : 'watch',
      layers: names(large.map((item) => item.layer)),
      values: { ratio },
    });
  }
  const small = ratios.filter(({ ratio }) => ratio > 0 && ratio < healthyUpdate.low);
  if (small.length > 0)
    found.push({
      kind: 'updateSmall',
      severity: 'watch',
      layers: names(small.map((item) => item.layer)),
      values: { ratio: Math.min(...small.map((item) => item.ratio)) },
    });

  const flatEnds = layers.filter((layer) => (layer.saturated ?? 0) > 0.5);
  if (flatEnds.length > 0)
    found.push({
      kind: 'saturated',
      severity: 'watch',
      layers: names(flatEnds),
      values: { share: Math.max(...flatEnds.map((layer) => layer.saturated!)) },
    });
  return found;
}

function courseFindings(course: Course): Finding[] {
  const { loss, epochs } = course;
  const latest = loss.at(-1);
  if (course.diverged || (latest !== undefined && !Number.isFinite(latest)))
    return [{ kind: 'diverged', severity: 'bad', layers: [], values: {} }];
  const found: Finding[] = [];
  // Batches differ, so single losses say little; means of a tenth of the course do.
  const course10 = loss.length >= 100 ? windows(loss, 10) : [];
  if (course10.length > 0) {
    const now = course10.at(-1)!;
    const lowest = Math.min(...course10);
    const recent = windows(loss.slice(-1000), 5);
    if (now > 1.4 * lowest && now > 0.1 * course.chanceLoss)
      found.push({ kind: 'rising', severity: 'bad', layers: [], values: { now, lowest } });
    else if (Math.abs(now - course.chanceLoss) < 0.03 * course.chanceLoss && lowest > 0.95 * course.chanceLoss)
      found.push({ kind: 'chance', severity: 'bad', layers: [], values: { now, chance: course.chanceLoss } });
    else if (recent.length === 5 && recent[4]! > 0.99 * recent[0]! && now > 0.15 * course.chanceLoss)
      found.push({ kind: 'flat', severity: 'watch', layers: [], values: { now, before: recent[0]! } });
  }
  const gradient = course.gradient_norm.length >= 100 ? windows(course.gradient_norm, 10) : [];
  if (gradient.length > 0 && gradient.at(-1)! > 50 * gradient[4]! && gradient.at(-1)! > 10)
    found.push({ kind: 'exploding', severity: 'bad', layers: [], values: { norm: gradient.at(-1)! } });
  const epoch = epochs.at(-1);
  if (epoch && epoch.test_accuracy !== null && epoch.test_loss !== null) {
    const gap = epoch.train_accuracy - epoch.test_accuracy;
    const best = Math.min(...epochs.map((item) => item.test_loss ?? Infinity));
    if (gap > 0.1 || (epochs.length >= 3 && epoch.test_loss > 1.15 * best && gap > 0.03))
      found.push({
        kind: 'overfit',
        severity: gap > 0.2 ? 'bad' : 'watch',
        layers: [],
        values: { train: epoch.train_accuracy, test: epoch.test_accuracy, gap },
      });
    else {
      const turn = turningPoint(epochs);
      if (turn) found.push({ kind: 'overfitLoss', severity: 'watch', layers: [], values: turn });
    }
  }
  return found;
}

/**
 * Where the test loss was at its best, if it has risen since while the training loss fell on. The last two epochs
 * count together, as one alone trembles.
 */
function turningPoint(epochs: Course['epochs']): Record<string, number> | null {
  const tests = epochs.map(({ test_loss }) => test_loss ?? Infinity);
  const best = tests.indexOf(Math.min(...tests));
  const [last, before, then] = [epochs.at(-1), epochs.at(-2), epochs[best]];
  if (!last || !before || !then || epochs.length - 1 - best < 2) return null;
  const now = mean(tests.slice(-2));
  const risen = now > 1.03 * tests[best]! && (last.train_loss + before.train_loss) / 2 < 0.95 * then.train_loss;
  return risen ? { epoch: best + 1, best: tests[best]!, now, before: then.train_loss, trainLoss: last.train_loss } : null;
}

const order: Record<Finding['severity'], number> = { bad: 0, watch: 1, good: 2 };

/** Finds what is wrong, the gravest first. */
export function diagnose(layers: readonly LayerHealth[], answers: SampleAnswers | null, course: Course): Finding[] {
  const found = [...courseFindings(course), ...layerFindings(layers)];
  if (answers && answers.confidence > 0.97 && answers.confidence - answers.accuracy > 0.2)
    found.push({ kind: 'overconfident', severity: 'watch', layers: [], values: { ...answers } });
  if (found.length === 0)
    found.push({
      kind: course.loss.length < 100 ? 'young' : 'healthy',
      severity: 'good',
      layers: [],
      values: { steps: course.loss.length },
    });
  return found.sort((a, b) => order[a.severity] - order[b.severity]);
}
