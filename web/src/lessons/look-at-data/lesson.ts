import type { TemplateResult } from 'lit';
import { classIn, type Lang } from '../../i18n/index.js';
import { speak, texNumber } from '../frame/ask.js';
import { lessonOf, wordsIn, type InLanguages, type Step } from '../frame/lesson-type.js';
import { drawConfusion, isConfusion, namesOf } from '../frame/confusion.js';
import { en } from './en.js';
import { es } from './es.js';
import { accuracy, apart, expected, neighbours, pairsOf, percentOf, split, sum, voteOf } from './measures.js';
import { extent } from './sample.js';
import { table, type Facts, type State } from './state.js';
import './view.js';

type Words = typeof en;
type Steps = { readonly [S in keyof Words['steps']]: Step<State, Facts, Words['steps'][S]> };

const words: InLanguages<Words> = { en, es };

const near = (value: number, wanted: number, by: number): boolean => Math.abs(value - wanted) <= by;
const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));

/** The class that most of the training images that are left have. */
const frequent = ({ kept }: Facts): number => kept.indexOf(Math.max(...kept));
/** Per cent of images of a class. */
const shareOf = (counts: readonly number[], c: number): number => (100 * counts[c]!) / sum(counts);

/** Pairs of classes that the prediction offers, by its options. */
const offered = Object.keys(en.steps.means.predict.options);
function distanceOf({ distances }: Facts, option: string): number {
  const [a, b] = option.split('-').map(Number) as [number, number];
  return distances[a]![b]!;
}

const frequency = ({ train }: Facts): string => {
  const [least, most] = [Math.min(...train), Math.max(...train)];
  if (least === most) return 'exact';
  return most < 2 * least ? 'nearly' : 'far';
};

/** The share of right nearest neighbours, as the prediction's options have it. */
const shares = ['tenth', 'half', 'most', 'nearly'] as const;
function shareName({ votes }: Facts): number {
  const right = accuracy(votes, 1);
  return right < 0.3 ? 0 : right < 0.62 ? 1 : right < 0.92 ? 2 : 3;
}

/** The share of test images that are near-duplicates, as the prediction's options have it. */
const copiesNames = ['none', 'few', 'some', 'many'] as const;
function copiesName({ copies, state }: Facts): number {
  const { all, near: found } = split(copies, state.limit);
  const share = found.count / all.count;
  return share === 0 ? 0 : share < 0.03 ? 1 : share <= 0.125 ? 2 : 3;
}

/** Per cent of wrong labels in the last prediction. */
const noisy = 20;
/** Wrong labels that the last question asks about: the control does not have them. */
const asked = 0.3;
const percentRight = ({ votes }: Facts): number => 100 * accuracy(votes, 1);
const answer = ({ votes, names }: Facts): number => 100 * expected(accuracy(votes, 1), asked, names.length);

const steps: Steps = {
  counts: {
    state: { show: 'counts' },
    covers: ['counts'],
    controls: ['imbalance'],
    lights: ['imbalance'],
    predict: { by: 'choice', judge: (given, facts) => (given === frequency(facts) ? 'right' : 'other') },
    reveal: {},
    task: {
      state: { imbalance: 10 },
      by: 'number',
      judge(given, facts) {
        const { kept, train, test, names } = facts;
        const c = frequent(facts);
        if (near(given, shareOf(kept, c), 0.11)) return 'right';
        if (near(given, 100 / names.length, 0.01)) return 'even';
        if (near(given, shareOf(train, c), 0.11)) return 'before';
        if (near(given, shareOf(test, c), 0.11)) return 'test';
        return given === kept[c] || given === test[c] ? 'count' : 'other';
      },
    },
    why(facts, lang) {
      const { kept } = facts;
      const c = frequent(facts);
      return [
        'a_0 = \\frac{\\max_c n_c}{\\sum_c n_c}',
        `\\frac{${texNumber(kept[c]!, lang)}}{${texNumber(sum(kept), lang)}} = ${texNumber(shareOf(kept, c) / 100, lang)}`,
      ];
    },
    values: (facts) => ({
      least: Math.min(...facts.train),
      most: Math.max(...facts.train),
      share: rounded(shareOf(facts.kept, frequent(facts))),
    }),
  },
  means: {
    state: { show: 'means' },
    covers: ['distances'],
    controls: ['kind'],
    lights: ['kind'],
    predict: {
      by: 'choice',
      judge: (given, facts) => (offered.every((one) => distanceOf(facts, given) <= distanceOf(facts, one)) ? 'right' : 'other'),
    },
    reveal: {},
    task: {
      by: 'view',
      judge(facts) {
        const { kind } = facts.state;
        const farthest = Math.max(...facts.distances.map((_, c) => apart(facts, c)));
        if (apart(facts, kind) === farthest) return 'right';
        const { a, b } = pairsOf(facts)[0]!;
        return kind === a || kind === b ? 'pair' : 'other';
      },
    },
    why(facts, lang) {
      const { distance } = pairsOf(facts)[0]!;
      return [
        '\\bar x_c = \\frac{1}{n_c} \\sum_{i:\\, y_i = c} x_i, \\qquad d(a, b) = \\frac{1}{255} \\sqrt{\\frac{1}{n} \\sum_{j=1}^{n} (a_j - b_j)^2}',
        `\\min_{b \\neq c}\\, d(\\bar x_b, \\bar x_c) = ${texNumber(distance, lang)}`,
      ];
    },
    values(facts) {
      const { names, state } = facts;
      const all = pairsOf(facts);
      const { a, b, distance } = all[0]!;
      return {
        first: names[a]!,
        second: names[b]!,
        distance: rounded(distance, 3),
        next: rounded(all[1]!.distance, 3),
        name: names[state.kind]!,
        apart: rounded(apart(facts, state.kind), 3),
      };
    },
  },
  neighbours: {
    state: { show: 'neighbours' },
    covers: ['neighbours'],
    controls: ['image'],
    lights: ['image'],
    predict: {
      by: 'choice',
      judge(given, facts) {
        const [at, wanted] = [shares.findIndex((one) => one === given), shareName(facts)];
        return at === wanted ? 'right' : at < wanted ? 'low' : 'high';
      },
    },
    reveal: {},
    task: {
      by: 'view',
      judge({ state, chosen }) {
        if (state.of === 'train' || !chosen) return 'training';
        if (chosen.near[0] !== chosen.label) return 'right';
        return voteOf(chosen, neighbours) === chosen.label ? 'same' : 'majority';
      },
    },
    why: () => ['\\hat y(x) = y_{i^*}, \\qquad i^* = \\arg\\min_i\\, d(x, x_i)'],
    values: (facts) => ({
      share: rounded(percentRight(facts)),
      name: facts.names[facts.chosen?.label ?? 0]!,
      taken: facts.names[facts.chosen?.near[0] ?? 0]!,
    }),
  },
  copies: {
    state: { show: 'copies' },
    covers: ['copies'],
    controls: ['limit'],
    lights: ['limit'],
    predict: {
      by: 'choice',
      judge(given, facts) {
        const [at, wanted] = [copiesNames.findIndex((one) => one === given), copiesName(facts)];
        return at === wanted ? 'right' : at < wanted ? 'low' : 'high';
      },
    },
    reveal: {},
    task: {
      by: 'number',
      judge(given, { copies, state }) {
        const { all, near: found, others } = split(copies, state.limit);
        const is = (value: number): boolean => near(given, value, 0.051);
        if (is(percentOf(others))) return 'right';
        if (is(percentOf(all))) return 'all';
        if (is(percentOf(found))) return 'near';
        if (is((100 * others.right) / all.count)) return 'whole';
        return given === others.right || given === others.count ? 'count' : 'other';
      },
    },
    why({ copies, state }, lang) {
      const { all, near: found, others } = split(copies, state.limit);
      return [
        "a = \\frac{r - r'}{n - n'}",
        `\\frac{${all.right} - ${found.right}}{${all.count} - ${found.count}} = ${texNumber(percentOf(others) / 100, lang)}`,
      ];
    },
    values(facts) {
      const { copies, state, train } = facts;
      const { all, near: found, others } = split(copies, state.limit);
      return {
        tests: all.count,
        train: sum(train),
        limit: state.limit,
        found: found.count,
        share: rounded((100 * found.count) / all.count),
        nearest: rounded(copies[0]!.distance, 3),
        answer: rounded(percentOf(others)),
        all: rounded(percentOf(all)),
      };
    },
  },
  noise: {
    state: { show: 'noise', noise: noisy },
    covers: ['measured'],
    controls: ['noise'],
    lights: ['noise'],
    predict: {
      by: 'number',
      judge(given) {
        if (near(given, 100 - noisy, 0.01)) return 'right';
        if (given === 100) return 'hundred';
        return given === noisy ? 'noise' : 'other';
      },
    },
    reveal: {},
    task: {
      by: 'number',
      judge(given, facts) {
        const right = percentRight(facts);
        if (near(given, answer(facts), 1)) return 'right';
        if (near(given, right - 100 * asked, 0.6)) return 'difference';
        if (near(given, right, 0.6)) return 'clean';
        return near(given, 100 * (1 - asked), 0.6) ? 'best' : 'other';
      },
    },
    why(facts, lang) {
      const right = texNumber(percentRight(facts) / 100, lang);
      const [p, q] = [texNumber(asked, lang), texNumber(1 - asked, lang)];
      return [
        'a\\,(1 - p) + (1 - a)\\,\\frac{p}{C - 1}',
        '1 - p',
        `${right} \\cdot ${q} + (1 - ${right}) \\cdot \\frac{${p}}{${facts.names.length - 1}} = ${texNumber(answer(facts) / 100, lang)}`,
      ];
    },
    values: (facts) => ({ best: 100 - noisy, share: rounded(percentRight(facts)), answer: rounded(answer(facts)) }),
  },
};

const namesIn = (classes: readonly string[], lang: Lang): string[] =>
  classes.map((_, c) => classIn(lang, { name: extent.data, classes }, c));

function describe({ show, of, imbalance, kind, at, limit, noise }: State, lang: Lang, record?: unknown): string {
  const { view } = wordsIn(words, lang);
  const said = show === 'neighbours' ? view[`set_${of}`] : view[`set_${show}`];
  // A link may have left the record out.
  const name = namesIn(namesOf(record), lang)[kind] ?? speak(view.set_kind, lang, { kind: kind + 1 });
  return speak(said, lang, { imbalance, name, at, limit, noise });
}

function drawRecord(record: unknown, lang: Lang): TemplateResult | null {
  if (!isConfusion(record)) return null;
  const { view } = wordsIn(words, lang);
  const said = (n: number): string => speak(view.confusion, lang, { n });
  return drawConfusion({ counts: record.counts, names: namesIn(record.classes, lang), said, lang });
}

export const lesson = lessonOf<State, Facts, Words>({
  name: 'look-at-data',
  words,
  table,
  steps,
  tag: 'lab-view-look',
  describe,
  drawRecord,
});
