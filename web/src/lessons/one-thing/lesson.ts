import { html, type TemplateResult } from 'lit';
import type { Lang } from '../../i18n/index.js';
import { speak, texNumber } from '../frame/ask.js';
import { firstSeed } from '../frame/laid-training.js';
import { drawBySeed } from '../frame/by-seed.js';
import type { Network } from '../frame/lesson-study.js';
import { lessonOf, wordsIn, type InLanguages, type Step } from '../frame/lesson-type.js';
import { accuracies } from '../frame/records.js';
import { en } from './en.js';
import { es } from './es.js';
import { extent } from './kernel-study.js';
import { kernels, table, type Facts, type State } from './state.js';
import './view.js';

type Words = typeof en;
type Steps = { readonly [S in keyof Words['steps']]: Step<State, Facts, Words['steps'][S]> };

const words: InLanguages<Words> = { en, es };

const near = (value: number, wanted: number, by: number): boolean => Math.abs(value - wanted) <= by;
/** With one decimal. */
const rounded = (value: number): number => Math.round(10 * value) / 10;

const firstLayer = ({ layers }: Network): number => layers[0]!.parameters;
const ratio = (networks: readonly Network[], of: 'parameters' | 'multiplyAdds'): number => networks[2]![of] / networks[0]![of];

/** How many times as wide as the first network's kernels those of another one are. */
const larger = (network: 1 | 2): number => Number(kernels[network]) / Number(kernels[0]);

/** Place of the best network with a seed, by its test accuracy. */
function winner(facts: Facts, seed: number): number {
  const all = kernels.map((_, i) => accuracies(facts.records, i)[seed] ?? 0);
  return all.indexOf(Math.max(...all));
}

const winners = (facts: Facts): string[] => [0, 1, 2].map((seed) => facts.networks[winner(facts, seed)]!.name);
const range = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/** 7×7 against 3×3. */
const difference = ({ results }: Facts): { mean: number; low: number; high: number; clear: boolean } => {
  const found = results[2]?.difference;
  return { mean: found?.mean ?? NaN, low: found?.low ?? NaN, high: found?.high ?? NaN, clear: found?.is_clear ?? false };
};

const interval = (facts: Facts): { low: number; high: number } => {
  const { low, high } = difference(facts);
  return { low: rounded(100 * low), high: rounded(100 * high) };
};

const steps: Steps = {
  networks: {
    state: { show: 'networks' },
    covers: ['larger'],
    controls: ['kernel'],
    lights: ['kernel'],
    predict: {
      by: 'number',
      judge(answer, { networks }) {
        const [three, five] = [firstLayer(networks[0]!), firstLayer(networks[1]!)];
        if (answer === five) return 'right';
        const biases = networks[0]!.layers[0]!.output.at(-1)!;
        if (answer === five - biases) return 'nobias';
        if (near(answer, three * larger(1), 1) || near(answer, (three - biases) * larger(1) + biases, 1)) return 'side';
        return near(answer, three * larger(1) ** 2, 1) ? 'scaled' : 'other';
      },
    },
    reveal: {},
    task: {
      by: 'number',
      judge(answer, { networks }) {
        const wanted = ratio(networks, 'multiplyAdds');
        if (near(answer, wanted, 0.08)) return 'right';
        if (near(answer, larger(2), 0.05)) return 'side';
        if (near(answer, ratio(networks, 'parameters'), 0.06)) return 'parameters';
        return near(answer, 1 / wanted, 0.02) ? 'inverse' : 'other';
      },
    },
    why: () => ['F\\,(C K^2 + 1)', 'H\\,W\\,F\\,C\\,K^2'],
    values: ({ networks }) => ({ ratio: rounded(ratio(networks, 'multiplyAdds')) }),
  },
  race: {
    state: { show: 'race' },
    covers: ['race'],
    controls: ['curves'],
    lights: ['curves'],
    predict: { by: 'choice', judge: (answer, facts) => (answer === kernels[winner(facts, 0)] ? 'right' : 'other') },
    reveal: {},
    task: {
      by: 'choice',
      judge(answer, { first }) {
        // One seed has no spread, so the engine calls no difference of it clear.
        if (answer === (first.some(({ difference: found }) => found?.is_clear) ? 'winner' : 'nothing')) return 'right';
        return answer === 'winner' ? 'winner' : answer === 'always' ? 'always' : 'shy';
      },
    },
    why: () => ['a_{v,s} = \\mu_v + \\varepsilon_{v,s}'],
    values(facts) {
      const all = kernels.map((_, i) => accuracies(facts.records, i)[0] ?? NaN);
      return { best: facts.networks[winner(facts, 0)]!.name, accuracy: rounded(100 * Math.max(...all)), gap: rounded(100 * range(all)) };
    },
  },
  seeds: {
    state: { show: 'seeds', seeds: 3 },
    covers: ['seeds'],
    controls: ['seeds'],
    lights: ['seeds'],
    predict: {
      by: 'choice',
      judge: (answer, facts) => ((answer === 'yes') === (new Set(winners(facts)).size === 1) ? 'right' : 'other'),
    },
    reveal: {},
    task: {
      by: 'number',
      judge(answer, { records }) {
        const mine = accuracies(records, 0);
        if (near(answer, 100 * range(mine), 0.11)) return 'right';
        if (near(answer, 100 * deviation(mine), 0.06)) return 'deviation';
        const means = kernels.map((_, i) => accuracies(records, i).reduce((sum, value) => sum + value, 0) / 3);
        return near(answer, 100 * range(means), 0.06) ? 'between' : 'other';
      },
    },
    why: () => ['\\bar a = \\frac1n \\sum_s a_s, \\qquad s_a = \\sqrt{\\frac{1}{n-1} \\sum_s (a_s - \\bar a)^2}'],
    values: (facts) => ({ winners: winners(facts).join(', '), spread: rounded(100 * range(accuracies(facts.records, 0))) }),
  },
  verdict: {
    state: { show: 'verdict', seeds: 3 },
    covers: ['verdict'],
    controls: ['seeds'],
    lights: ['seeds'],
    predict: {
      by: 'choice',
      judge(answer, facts) {
        const { clear } = difference(facts);
        if ((answer === 'clear') === clear) return 'right';
        return clear ? 'shy' : 'bold';
      },
    },
    reveal: {},
    task: {
      by: 'choice',
      judge(answer, facts) {
        const { clear, mean } = difference(facts);
        const truth = clear ? (mean > 0 ? 'better' : 'worse') : 'open';
        if (answer === truth) return 'right';
        if (answer === 'same') return 'same';
        if (answer === 'open') return 'shy';
        return clear ? 'direction' : 'bold';
      },
    },
    why(facts, lang) {
      const { mean, low, high } = difference(facts);
      const points = (value: number): string => texNumber(100 * value, lang, 1);
      return [
        `\\bar d \\pm t_{${texNumber(0.975, lang)};\\,n-1}\\, \\frac{s_d}{\\sqrt{n}}`,
        `${points(mean)} \\pm ${points((high - low) / 2)} = [\\,${points(low)};\\; ${points(high)}\\,]`,
      ];
    },
    values: interval,
  },
};

function describe(state: State, lang: Lang): string {
  const { images, epochs } = extent;
  if (state.show === 'networks') return `${state.kernel}×${state.kernel}`;
  const { view } = wordsIn(words, lang);
  const shown = state.show === 'race' ? 1 : state.seeds;
  const first = firstSeed();
  return speak(shown === 1 ? view.settings : view.settingsTo, lang, { images, epochs, first, last: first + shown - 1 });
}

/** The accuracies that were seen, for the sheet. */
function drawRecord(record: unknown, lang: Lang): TemplateResult | null {
  if (!Array.isArray(record) || record.length !== kernels.length) return null;
  const sound = record.every(
    (row: unknown) => Array.isArray(row) && row.length <= 3 && row.every((one) => typeof one === 'number' && Number.isFinite(one)),
  );
  if (!sound) return null;
  const names = kernels.map((kernel) => `${kernel}×${kernel}`);
  const { view } = wordsIn(words, lang);
  return html`<div class="wide" tabindex="0" role="group" aria-label=${view.bySeed}>
    ${drawBySeed({ names, rows: record as number[][], words: view, lang })}
  </div>`;
}

export const lesson = lessonOf<State, Facts, Words>({
  name: 'one-thing',
  words,
  table,
  steps,
  tag: 'lab-view-one-thing',
  names: { seeds: ({ shown }) => shown! },
  fixable: {
    measure: { control: 'curves', values: { accuracy: 'accuracy', loss: 'loss' } },
    kernel: { control: 'kernel', values: Object.fromEntries(kernels.map((kernel) => [kernel, `${kernel}×${kernel}`])) },
  },
  describe,
  drawRecord,
});
