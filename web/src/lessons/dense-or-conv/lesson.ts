import { html, type TemplateResult } from 'lit';
import { translate, type Lang } from '../../i18n/index.js';
import { speak, texNumber } from '../frame/ask.js';
import { firstSeed } from '../frame/laid-training.js';
import { drawBySeed } from '../frame/by-seed.js';
import { lessonOf, wordsIn, type InLanguages, type Step } from '../frame/lesson-type.js';
import { accuracies } from '../frame/records.js';
import { en } from './en.js';
import { es } from './es.js';
import { cellsMoved, change, isMoved, others, placeAt, type Other } from './moved.js';
import { extent, seeds, variants } from './shuffle-study.js';
import { names, table, type Facts, type State } from './state.js';
import './view.js';

type Words = typeof en;
type Steps = { readonly [S in keyof Words['steps']]: Step<State, Facts, Words['steps'][S]> };

const words: InLanguages<Words> = { en, es };

const near = (value: number, wanted: number, by: number): boolean => Math.abs(value - wanted) <= by;
/** With one decimal. */
const rounded = (value: number): number => Math.round(10 * value) / 10;
const percentOf = (share: number): number => Math.round(100 * share);

/** How far the image is moved where a step shows it first. */
const [moved, aside] = [3, 4];
/** Who falls by more points loses by the shuffle. */
const loss = 2;

const totals = ({ networks }: Facts): { dense: number; conv: number } => ({
  dense: networks[variants.dense]!.parameters,
  conv: networks[variants.conv]!.parameters,
});

/** Of the dense network's first layer. */
function firstDense({ networks }: Facts): { inputs: number; units: number; parameters: number } {
  const layer = networks[variants.dense]!.layers.find(({ type }) => type === 'dense')!;
  const units = layer.output.at(-1)!;
  return { inputs: layer.parameters / units - 1, units, parameters: layer.parameters };
}

/** The same on images of twice the side. */
const ofLarge = (facts: Facts, bias = 1): number => {
  const { inputs, units } = firstDense(facts);
  return units * (4 * inputs + bias);
};

/** Accuracies of the first seed, in points. */
const first = ({ records }: Facts, variant: number): number => 100 * (accuracies(records, variant)[0] ?? NaN);
const ahead = (facts: Facts): 'dense' | 'conv' => (first(facts, variants.conv) >= first(facts, variants.dense) ? 'conv' : 'dense');
/** By which the two networks differ. */
const gap = (facts: Facts): number => Math.abs(first(facts, variants.conv) - first(facts, variants.dense));

function mean({ records }: Facts, variant: number): number {
  const all = accuracies(records, variant);
  return (100 * all.reduce((sum, value) => sum + value, 0)) / all.length;
}

/** What the shuffle costs, in points. */
const falls = (facts: Facts): { dense: number; conv: number } => ({
  dense: mean(facts, variants.dense) - mean(facts, variants.denseShuffled),
  conv: mean(facts, variants.conv) - mean(facts, variants.convShuffled),
});

function loser(facts: Facts): string {
  const { dense, conv } = falls(facts);
  if (dense > loss) return conv > loss ? 'both' : 'dense';
  return conv > loss ? 'conv' : 'none';
}

/** What becomes of the convolution's map when the image is moved. */
function fate({ moved: found }: Facts): string {
  const [from, to] = [placeAt(found!, 0).map, placeAt(found!, moved).map];
  if (isMoved(from, to, moved)) return 'moves';
  return isMoved(from, to, 0) ? 'stays' : 'else';
}

/** How much the dense layer's values and the maps' averages change, as shares. */
function changes({ moved: found }: Facts, shift: number): { dense: number; averages: number } {
  const [from, to] = [placeAt(found!, 0), placeAt(found!, shift)];
  return { dense: change(from.dense.values, to.dense.values), averages: change(from.averages, to.averages) };
}

/** Who changes by a smaller share stays as it is. */
const kept = 0.01;

/** How much the averages change by what is no move, as shares. */
function otherChanges({ moved: found }: Facts): Record<Other, number> {
  const { averages } = placeAt(found!, 0);
  const shares = others.map((other) => [other, change(averages, found!.others[other].averages)] as const);
  return Object.fromEntries(shares) as Record<Other, number>;
}

/** The change besides a move that leaves the averages as they are. */
function harmless(facts: Facts): Other | 'none' {
  const shares = otherChanges(facts);
  const least = others.reduce((best, one) => (shares[one] < shares[best] ? one : best));
  return shares[least] < kept ? least : 'none';
}

const steps: Steps = {
  parameters: {
    state: { show: 'networks' },
    covers: ['numbers'],
    controls: ['network'],
    lights: ['network'],
    predict: {
      by: 'choice',
      judge(answer, facts) {
        const { dense, conv } = totals(facts);
        const truth = dense === conv ? 'same' : dense > conv ? 'dense' : 'conv';
        return answer === truth ? 'right' : 'other';
      },
    },
    reveal: {},
    task: {
      by: 'number',
      judge(answer, facts) {
        const { inputs, units, parameters } = firstDense(facts);
        if (answer === ofLarge(facts)) return 'right';
        if (answer === ofLarge(facts, 0)) return 'nobias';
        if (answer === 4 * parameters) return 'scaled';
        if (answer === 2 * parameters || answer === units * (2 * inputs + 1)) return 'side';
        return answer === parameters ? 'same' : 'other';
      },
    },
    why(facts, lang) {
      const { inputs, units, parameters } = firstDense(facts);
      const n = (value: number): string => texNumber(value, lang);
      const conv = facts.networks[variants.conv]!.layers.find(({ type }) => type === 'conv2d')!;
      const maps = conv.output.at(-1)!;
      return [
        `M\\,(N + 1) = ${n(units)} \\cdot (${n(inputs)} + 1) = ${n(parameters)}`,
        `F\\,(C K^2 + 1) = ${n(maps)} \\cdot (${n(conv.parameters / maps - 1)} + 1) = ${n(conv.parameters)}`,
      ];
    },
    values: (facts) => ({ ...totals(facts), ...firstDense(facts), large: ofLarge(facts), pixels: 4 * firstDense(facts).inputs }),
  },
  race: {
    state: { show: 'race' },
    covers: ['race'],
    controls: ['curves'],
    lights: ['curves'],
    predict: { by: 'choice', judge: (answer, facts) => (answer === ahead(facts) ? 'right' : 'other') },
    reveal: {},
    task: {
      by: 'number',
      judge(answer, facts) {
        const wanted = Math.round((gap(facts) / 100) * extent.tests);
        if (answer === wanted) return 'right';
        if (answer === -wanted) return 'inverse';
        return near(answer, gap(facts), 0.06) ? 'points' : 'other';
      },
    },
    why: () => ['d_s = a_{\\mathrm{conv},\\,s} - a_{\\mathrm{dense},\\,s}'],
    values: (facts, say) => ({
      best: say(ahead(facts)),
      accuracy: rounded(Math.max(first(facts, variants.conv), first(facts, variants.dense))),
      gap: rounded(gap(facts)),
      more: Math.round((gap(facts) / 100) * extent.tests),
      tests: extent.tests,
    }),
  },
  shuffled: {
    state: { show: 'shuffled', pixels: 'shuffled' },
    covers: ['shuffled'],
    controls: ['pixels'],
    lights: ['pixels'],
    predict: { by: 'choice', judge: (answer, facts) => (answer === loser(facts) ? 'right' : 'other') },
    reveal: {},
    task: {
      by: 'number',
      judge(answer, facts) {
        const { dense, conv } = falls(facts);
        if (near(answer, conv, 0.11)) return 'right';
        if (near(answer, -conv, 0.11)) return 'sign';
        if (near(answer, dense, 0.11)) return 'dense';
        return near(answer, mean(facts, variants.convShuffled), 0.11) ? 'left' : 'other';
      },
    },
    why: () => ['W(Px) = (WP)\\,x', '(x * k)_i = \\sum_d k_d\\, x_{i+d}'],
    values(facts) {
      const { dense, conv } = falls(facts);
      return { loss, dense: rounded(dense), conv: rounded(conv) };
    },
  },
  shift: {
    state: { show: 'shift', shift: 0 },
    covers: ['maps'],
    controls: ['shift'],
    lights: ['shift'],
    predict: {
      by: 'choice',
      judge(answer, facts) {
        if (answer === fate(facts)) return 'right';
        return answer === 'stays' ? 'stays' : 'else';
      },
    },
    reveal: { shift: moved },
    task: {
      by: 'view',
      judge({ state, moved: found }) {
        const cells = cellsMoved(found!, state.shift);
        if (cells === 1) return 'right';
        if (cells === null) return 'between';
        return cells === 0 ? 'still' : 'far';
      },
      state: { shift: 0 },
    },
    why: () => ['(T_s x) * k = T_s (x * k)', 'W\\,(T_s x) \\neq T_s\\,(W x)'],
    values: (facts) => ({ moved, change: percentOf(changes(facts, moved).dense) }),
  },
  place: {
    state: { show: 'place', shift: 0 },
    covers: ['averages'],
    controls: ['aside', 'other'],
    lights: ['aside', 'other'],
    predict: {
      by: 'choice',
      judge: (answer, facts) => ((answer === 'no') === changes(facts, aside).averages < kept ? 'right' : 'other'),
    },
    reveal: { shift: aside },
    task: {
      by: 'choice',
      judge(answer, facts) {
        if (answer === harmless(facts)) return 'right';
        return others.find((other) => other === answer) ?? 'none';
      },
    },
    why: () => ['\\frac1n \\sum_i \\big((T_s x) * k\\big)_i = \\frac1n \\sum_i (x * k)_i'],
    values(facts) {
      const { averages, dense } = changes(facts, aside);
      const shares = otherChanges(facts);
      const [mirrored, turned, mixed] = others.map((other) => percentOf(shares[other])) as [number, number, number];
      return { averages: percentOf(averages), dense: percentOf(dense), aside, mirrored, turned, mixed };
    },
  },
};

function describe(state: State, lang: Lang): string {
  const { view } = wordsIn(words, lang);
  const { images, epochs } = extent;
  if (state.show === 'networks') return translate(lang)(names[variants[state.network]]!);
  if (state.show === 'place' && state.other !== 'none') return view[state.other];
  if (state.show === 'shift' || state.show === 'place') return speak(view.movedBy, lang, { shift: state.shift });
  const first = firstSeed();
  if (state.show === 'race') return speak(view.settings, lang, { images, epochs, first });
  return speak(view.settingsTo, lang, { images, epochs, first, last: first + seeds - 1 });
}

/** The accuracies that were seen, for the sheet. */
function drawRecord(record: unknown, lang: Lang): TemplateResult | null {
  if (!Array.isArray(record) || record.length !== names.length) return null;
  const sound = record.every(
    (row: unknown) => Array.isArray(row) && row.length <= seeds && row.every((one) => typeof one === 'number' && Number.isFinite(one)),
  );
  if (!sound) return null;
  const { view } = wordsIn(words, lang);
  return html`<div class="wide" tabindex="0" role="group" aria-label=${view.bySeed}>
    ${drawBySeed({ names: names.map((name) => translate(lang)(name)), rows: record as number[][], words: view, lang })}
  </div>`;
}

export const lesson = lessonOf<State, Facts, Words>({
  name: 'dense-or-conv',
  words,
  table,
  steps,
  tag: 'lab-view-dense-or-conv',
  names: { aside: ({ shift }) => shift! },
  fixable: {
    measure: { control: 'curves', values: { accuracy: 'accuracy', loss: 'loss' } },
    network: { control: 'network', values: { dense: 'dense', conv: 'conv' } },
  },
  describe,
  drawRecord,
});
