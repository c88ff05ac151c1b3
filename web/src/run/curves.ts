import type uPlot from 'uplot';
import type { Series } from '../ui/chart.js';
import type { History } from './history.js';

export type Measure = 'loss' | 'accuracy';

/** Points across a chart; a screen shows no more. */
const points = 500;

/** Running mean of the last steps, or of all while there are fewer. */
function smoothed(values: readonly number[], window: number): Float64Array {
  const out = new Float64Array(values.length);
  const keep = 1 - 1 / window;
  let sum = 0;
  let weight = 0;
  for (let i = 0; i < values.length; i++) {
    sum = sum * keep + values[i]!;
    weight = weight * keep + 1;
    out[i] = sum / weight;
  }
  return out;
}

/**
 * Columns of a chart over epochs: training and test curve of each ghost, then raw training, smoothed training, and
 * test. Steps are gathered in buckets; ends of epochs have rows of their own.
 */
export function curveData(history: History, ghosts: readonly History[], measure: Measure, stepsPerEpoch: number): uPlot.AlignedData {
  const all = [...ghosts, history];
  const last = all.reduce((most, { step }) => Math.max(most, step.at(-1) ?? 0), 0);
  const bucket = Math.max(1, Math.ceil(last / points));
  const window = Math.min(200, Math.max(10, stepsPerEpoch / 8));
  const factor = measure === 'accuracy' ? 100 : 1;
  const rows = new Set<number>();
  for (const { step, epochs } of all) {
    for (const at of step) if (at % bucket === 0) rows.add(at);
    const end = step.at(-1);
    if (end !== undefined) rows.add(end);
    for (const epoch of epochs) rows.add(epoch.step);
  }
  const steps = [...rows].sort((a, b) => a - b);
  const place = new Map(steps.map((step, i) => [step, i]));
  const empty = (): (number | null)[] => new Array<number | null>(steps.length).fill(null);

  const train = ({ step, [measure]: values }: History, smooth: boolean): (number | null)[] => {
    const column = empty();
    const source = smooth ? smoothed(values, window) : values;
    let sum = 0;
    let count = 0;
    step.forEach((at, i) => {
      sum += source[i]!;
      count++;
      const row = at % bucket === 0 || i === step.length - 1 ? place.get(at) : undefined;
      if (row === undefined) return;
      column[row] = (smooth ? source[i]! : sum / count) * factor;
      sum = count = 0;
    });
    return column;
  };
  const test = ({ epochs }: History): (number | null)[] => {
    const column = empty();
    for (const epoch of epochs) {
      const value = measure === 'loss' ? epoch.test_loss : epoch.test_accuracy;
      if (value !== null) column[place.get(epoch.step)!] = value * factor;
    }
    return column;
  };

  return [
    steps.map((step) => step / stepsPerEpoch),
    ...ghosts.flatMap((ghost) => [train(ghost, true), test(ghost)]),
    train(history, false),
    train(history, true),
    test(history),
  ];
}

/** The lines that go with the columns. */
export function curveSeries(ghosts: number, words: { train: string; test: string; earlier: string }): Series[] {
  const ghost = (label: string, width: number, faint: boolean): Series => ({
    label: `${words.earlier}, ${label}`,
    colour: '--lab-mark',
    width,
    faint,
    named: false,
    read: false,
  });
  return [
    ...Array.from({ length: ghosts }, () => [ghost(words.train, 1, true), ghost(words.test, 2, false)]).flat(),
    { label: words.train, colour: '--lab-accent', width: 1, faint: true, named: false, read: false },
    { label: words.train, colour: '--lab-accent', width: 1.25 },
    { label: words.test, colour: '--lab-positive', width: 2.75, dots: true },
  ];
}
