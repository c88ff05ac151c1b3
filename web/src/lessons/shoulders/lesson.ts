import { html, type TemplateResult } from 'lit';
import type { Lang } from '../../i18n/index.js';
import { speak, texNumber } from '../frame/ask.js';
import { drawBySeed } from '../frame/by-seed.js';
import { lessonOf, wordsIn, type InLanguages, type Step } from '../frame/lesson-type.js';
import { en } from './en.js';
import { es } from './es.js';
import { enough, headOf, heldOut, lead, mean, places, shareOf } from './measures.js';
import { fresh, images, seeds, training } from './networks.js';
import { entrants, table, type Facts, type State } from './state.js';
import './view.js';

type Words = typeof en;
type Steps = { readonly [S in keyof Words['steps']]: Step<State, Facts, Words['steps'][S]> };

const words: InLanguages<Words> = { en, es };

const near = (value: number, wanted: number, by: number): boolean => Math.abs(value - wanted) <= by;
const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));
/** Means are read from a table with one decimal each. */
const asRead = 0.11;

/** The smallest size on offer that is compared later too. */
const small = (facts: Facts): number => facts.shoulders.sizes.find(({ side }) => side >= facts.low)!.side;
/** Points that count as some, and as much. */
const [some, much] = [5, 20];
/** What the last step's prediction asks about. */
const gathered = { classes: 4, pictures: 20 } as const;

const steps: Steps = {
  sizes: {
    state: { show: 'sizes' },
    covers: ['sizes'],
    controls: ['size'],
    lights: ['size'],
    predict: {
      by: 'number',
      judge(answer, facts) {
        const side = small(facts);
        const right = places(facts.shoulders, side);
        if (answer === right) return 'right';
        if (answer === Math.sqrt(right)) return 'side';
        if (answer === side ** 2) return 'image';
        return answer > right ? 'large' : 'other';
      },
    },
    reveal: {},
    task: {
      by: 'view',
      judge({ state, shoulders }) {
        const wanted = enough(shoulders);
        if (state.size === wanted) return 'right';
        return state.size < wanted ? 'small' : 'large';
      },
    },
    why: (facts) => {
      const { sizes } = facts.shoulders;
      const { side, map } = sizes[Math.min(facts.state.size, sizes.length - 1)]!;
      return ['\\left\\lceil \\frac{H}{2^k} \\right\\rceil', `${side} \\to ${map[0]}`];
    },
    values(facts) {
      const { shoulders, state } = facts;
      const now = shoulders.sizes[Math.min(state.size, shoulders.sizes.length - 1)]!;
      return {
        small: small(facts),
        places: places(shoulders, small(facts)),
        now: places(shoulders, now.side),
        least: shoulders.least,
        side: now.side,
      };
    },
  },
  head: {
    state: { show: 'head', classes: fresh.length },
    covers: ['head'],
    controls: ['classes'],
    lights: ['classes'],
    predict: {
      by: 'number',
      judge(answer, { shoulders }) {
        const right = headOf(shoulders, fresh.length);
        if (answer === right) return 'right';
        if (answer === right - fresh.length) return 'nobias';
        return answer >= shoulders.parameters ? 'all' : 'other';
      },
    },
    reveal: {},
    task: {
      by: 'number',
      state: { classes: 10 },
      judge(answer, { shoulders, state }) {
        const right = shareOf(shoulders, state.classes);
        if (near(answer, right, 0.06)) return 'right';
        if (near(answer, right / 100, 0.001)) return 'share';
        if (near(answer, 100 - right, 0.06)) return 'rest';
        return near(answer, (100 * headOf(shoulders, state.classes)) / shoulders.parameters, 0.06) ? 'frozen' : 'other';
      },
    },
    why: ({ shoulders, state }, lang) => [
      '\\theta = (\\theta_{\\text{pre}},\\, \\theta_{\\text{new}}), \\qquad \\theta_{\\text{new}} \\leftarrow \\theta_{\\text{new}} - \\eta\\, \\frac{\\partial L}{\\partial \\theta_{\\text{new}}}',
      `${state.classes}\\,(${shoulders.features} + 1) = ${texNumber(headOf(shoulders, state.classes), lang)}`,
    ],
    values: ({ shoulders, state }) => ({
      features: shoulders.features,
      fresh: fresh.length,
      head: headOf(shoulders, fresh.length),
      frozen: shoulders.parameters,
      share: rounded(shareOf(shoulders, state.classes)),
      epochs: training.epochs,
    }),
  },
  shoulders: {
    state: { show: 'shoulders' },
    covers: ['shoulders'],
    controls: ['curves'],
    lights: ['curves'],
    predict: {
      by: 'choice',
      judge: (answer, facts) => ((answer === 'high') === lead(facts, 'high', 'scratch') > 0 ? 'right' : 'other'),
    },
    reveal: {},
    task: {
      by: 'number',
      judge(answer, facts) {
        const right = lead(facts, 'high', 'scratch');
        if (near(answer, right, asRead)) return 'right';
        if (near(answer, -right, asRead)) return 'sign';
        return near(answer, mean(facts, 'high'), asRead) ? 'level' : 'other';
      },
    },
    why: (facts, lang) => [
      `${texNumber(mean(facts, 'high'), lang, 1)} - ${texNumber(mean(facts, 'scratch'), lang, 1)} = ${texNumber(lead(facts, 'high', 'scratch'), lang, 1)}`,
    ],
    values: (facts) => ({
      each: images.train,
      seeds,
      scratch: rounded(mean(facts, 'scratch')),
      high: rounded(mean(facts, 'high')),
      lead: rounded(lead(facts, 'high', 'scratch')),
      secondsScratch: rounded(facts.results?.scratch.seconds ?? NaN, 1),
      secondsHigh: rounded(facts.results?.high.seconds ?? NaN, 1),
    }),
  },
  pixels: {
    state: { show: 'pixels' },
    covers: ['pixels'],
    controls: ['curves'],
    lights: ['curves'],
    predict: {
      by: 'choice',
      judge(answer, facts) {
        const points = lead(facts, 'high', 'low');
        return answer === (points > much ? 'much' : points > some ? 'some' : 'none') ? 'right' : 'other';
      },
    },
    reveal: {},
    task: {
      by: 'number',
      judge(answer, facts) {
        const chance = 100 / facts.classes;
        const right = mean(facts, 'low') - chance;
        if (near(answer, right, asRead)) return 'right';
        if (near(answer, mean(facts, 'low'), asRead)) return 'level';
        return near(answer, lead(facts, 'high', 'low'), asRead) ? 'gap' : 'other';
      },
    },
    why: (facts, lang) => [
      `\\bar f_c = \\frac{1}{H W} \\sum_{i,j} f_c(i, j), \\qquad H W = ${texNumber(places(facts.compared, facts.low), lang)}\\;\\to\\;${texNumber(places(facts.compared, facts.high), lang)}`,
    ],
    values: (facts) => ({
      small: facts.low,
      large: facts.high,
      low: rounded(mean(facts, 'low')),
      high: rounded(mean(facts, 'high')),
      chance: rounded(100 / facts.classes),
      above: rounded(mean(facts, 'low') - 100 / facts.classes),
    }),
  },
  own: {
    state: { show: 'own', ...gathered },
    covers: ['own'],
    controls: ['classes', 'pictures'],
    lights: ['classes', 'pictures'],
    predict: {
      by: 'number',
      judge(answer) {
        const { classes, pictures } = gathered;
        const right = heldOut(classes, pictures);
        if (answer === right) return 'right';
        if (answer === right / classes) return 'one';
        return answer === classes * pictures - right ? 'learned' : 'other';
      },
    },
    reveal: {},
    task: {
      by: 'number',
      state: { classes: 3, pictures: 10 },
      judge(answer, { state }) {
        const held = heldOut(state.classes, state.pictures);
        const all = state.classes * state.pictures;
        if (near(answer, 100 / held, 0.11)) return 'right';
        if (near(answer, 100 / all, 0.11) || near(answer, 100 / (all - held), 0.11)) return 'all';
        return answer === held ? 'count' : 'other';
      },
    },
    why: ({ state }, lang) => {
      const held = heldOut(state.classes, state.pictures);
      return [`\\frac{100}{n} = \\frac{100}{${held}} = ${texNumber(100 / held, lang, 1)}`];
    },
    values: ({ state }) => ({
      ...gathered,
      held: heldOut(gathered.classes, gathered.pictures),
      now: heldOut(state.classes, state.pictures),
      points: rounded(100 / heldOut(state.classes, state.pictures)),
    }),
  },
};

function describe(state: State, lang: Lang, record?: unknown): string {
  const { view } = wordsIn(words, lang);
  const { show, classes, pictures, size } = state;
  if (show === 'sizes') {
    // A link may have left the record out.
    const side: unknown = Array.isArray(record) ? record[size] : null;
    return typeof side === 'number' ? speak(view.set_side, lang, { side }) : speak(view.set_sizes, lang, { size: size + 1 });
  }
  if (show === 'head') return speak(view.set_head, lang, { classes });
  if (show === 'own') return speak(view.set_own, lang, { classes, pictures });
  return speak(view.set_compared, lang, { images: images.train, epochs: training.epochs, seeds });
}

/** Accuracies by network and seed, for the sheet. */
function drawRecord(record: unknown, lang: Lang): TemplateResult | null {
  if (!Array.isArray(record) || record.length !== entrants.length) return null;
  const sound = record.every(
    (row: unknown) => Array.isArray(row) && row.length <= seeds && row.every((one) => typeof one === 'number' && Number.isFinite(one)),
  );
  if (!sound) return null;
  const { view } = wordsIn(words, lang);
  const names = entrants.map((name) => view[`kept_${name}`]);
  return html`<div class="wide" tabindex="0" role="group" aria-label=${view.bySeed}>
    ${drawBySeed({ names, rows: record as number[][], words: view, lang })}
  </div>`;
}

export const lesson = lessonOf<State, Facts, Words>({
  name: 'shoulders',
  words,
  table,
  steps,
  tag: 'lab-view-shoulders',
  fixable: { measure: { control: 'curves', values: { accuracy: 'accuracy', loss: 'loss' } } },
  describe,
  drawRecord,
});
