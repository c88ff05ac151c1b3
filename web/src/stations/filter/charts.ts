import type uPlot from 'uplot';
import type { Series } from '../../ui/chart.js';
import { angles, epochs, type Curve, type Tuning } from './learner.js';

export const wholeRun: [number, number] = [0, epochs];
export const unitRange: [number, number] = [0, 1.05];
export const halfTurn: [number, number] = [0, 180];

// A chart is rebuilt when its series change, so equal words give the same object.
const kept = new Map<string, Series[]>();
function once(key: string, make: () => Series[]): Series[] {
  let found = kept.get(key);
  if (!found) kept.set(key, (found = make()));
  return found;
}

export const lossSeries = (label: string, earlier: string, ghosts: number): Series[] =>
  once(`loss ${label} ${ghosts}`, () => [
    ...Array.from({ length: ghosts }, () => ({ label: earlier, colour: '--lab-mark', width: 1, faint: true, named: false, read: false })),
    { label, colour: '--lab-accent', width: 2 },
  ]);

/** Gives what it gave last while it is called with the same objects: a chart draws anew what is not the same. */
function sameFor<Of extends unknown[], Result>(make: (...of: Of) => Result): (...of: Of) => Result {
  let last: { of: Of; result: Result } | null = null;
  return (...of) => {
    if (!last || of.some((one, i) => one !== last!.of[i])) last = { of, result: make(...of) };
    return last.result;
  };
}

/** Loss by epoch; earlier runs first. A station keeps its own, as there may be several in a page. */
export const makeLossData = (): ((curve: Curve, ghosts: readonly Curve[]) => uPlot.AlignedData) => sameFor(lossData);

function lossData(curve: Curve, ghosts: readonly Curve[]): uPlot.AlignedData {
  const all = [...ghosts, curve];
  const rows = all.reduce((most, [at]) => Math.max(most, at.length), 0);
  return [Array.from({ length: rows }, (_, i) => i + 1), ...all.map(([, loss]) => Array.from({ length: rows }, (_, i) => loss[i] ?? null))];
}

export const tuningSeries = (answer: string, response: string): Series[] =>
  once(`tuning ${answer} ${response}`, () => [
    { label: answer, colour: '--lab-accent', width: 2.5 },
    { label: response, colour: '--lab-positive', width: 1.5, dash: [5, 4] },
  ]);

/** The answer, and the response as a share of its largest value. */
export const makeTuningData = (): ((tuning: Tuning | null) => uPlot.AlignedData) => sameFor(tuningData);

function tuningData(tuning: Tuning | null): uPlot.AlignedData {
  if (!tuning) return [angles, angles.map(() => null), angles.map(() => null)];
  const most = Math.max(1e-6, ...tuning.response);
  return [angles, tuning.answer, tuning.response.map((value) => value / most)];
}

/** Angles at which the answer passes one half: where the network changes its mind. */
export function turns(answer: readonly number[]): number[] {
  const found: number[] = [];
  for (let i = 1; i < answer.length; i++) {
    const [before, after] = [answer[i - 1]! - 0.5, answer[i]! - 0.5];
    if (before < 0 !== after < 0) found.push(angles[i - 1]! + (angles[i]! - angles[i - 1]!) * (before / (before - after)));
  }
  return found;
}
