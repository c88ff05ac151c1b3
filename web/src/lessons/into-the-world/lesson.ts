import { html, type TemplateResult } from 'lit';
import type { Lang } from '../../i18n/index.js';
import { figures, percent } from '../../ui/numbers.js';
import { speak, texNumber } from '../frame/ask.js';
import { lessonOf, wordsIn, type InLanguages, type Step } from '../frame/lesson-type.js';
import { en } from './en.js';
import { es } from './es.js';
import {
  aim,
  filePosition,
  firstWeight,
  labPosition,
  leastRest,
  logitsOf,
  lost,
  lowestThreshold,
  mostLost,
  normOf,
  numberBytes,
  numbersIn,
  ranked,
  rest,
  type Place,
} from './measures.js';
import { images, lookedAt } from './network.js';
import { tensorNamed, weightBytes } from './onnx-file.js';
import { feeds, imageOf, offers, table, thresholds, type Facts, type State } from './state.js';
import './view.js';

type Words = typeof en;
type Steps = { readonly [S in keyof Words['steps']]: Step<State, Facts, Words['steps'][S]> };

const words: InLanguages<Words> = { en, es };

const near = (value: number, wanted: number, by: number): boolean => Math.abs(value - wanted) <= by;
const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));
const millionths = (value: number): number => rounded(1e6 * value);
const points = (share: number): number => rounded(100 * share);

/** The weight that is asked about. */
const asked: Place = [2, 1, 2, 5];
/** Logits that are less apart are equal up to rounding. */
const tolerance = 1e-3;
/** Points of accuracy that count as some, and as much. */
const [some, much] = [2, 20];

/** Numbers that batch norm keeps and does not learn. */
const running = ({ made }: Facts): number => numbersIn(made.plain) - made.learned;
/** Shape of the looked-at weights in the file. */
const shapeOf = ({ made }: Facts): number[] => tensorNamed(made.plain, `${lookedAt}.weight`).shape;
/** Maps with batch norm. */
const norms = (facts: Facts): number => running(facts) / 2;

/** The largest and the second largest logit of the image that is shown. */
function best({ made, measured, state }: Facts): [first: number, second: number] {
  const logits = logitsOf(measured!.other, imageOf(measured!, state), made.card.classes.length);
  const [first, second] = ranked(logits);
  return [logits[first!]!, logits[second!]!];
}

const pixelBytes = ({ measured }: Facts): number => measured!.images.pixels.length / measured!.images.count;

const steps: Steps = {
  file: {
    state: { show: 'file' },
    covers: ['sizes'],
    controls: ['format'],
    lights: ['format'],
    predict: {
      by: 'number',
      judge(answer, facts) {
        const all = facts.made.learned + running(facts);
        if (answer === numberBytes * all) return 'right';
        if (answer === numberBytes * facts.made.learned) return 'learned';
        if (answer === all) return 'count';
        return answer === 8 * numberBytes * all ? 'bits' : 'other';
      },
    },
    reveal: {},
    task: {
      by: 'view',
      judge({ made, state: { format } }) {
        if (rest(made, format) === leastRest(made)) return 'right';
        return format === 'onnx' ? 'graph' : 'more';
      },
    },
    why(facts, lang) {
      const { made } = facts;
      const number = (value: number): string => texNumber(value, lang);
      return [`4\\,(P + 2C) = 4\\,(${number(made.learned)} + 2 \\cdot ${norms(facts)}) = ${number(weightBytes(made.plain))}`];
    },
    values: (facts) => ({
      train: images(),
      learned: facts.made.learned,
      running: running(facts),
      weights: weightBytes(facts.made.plain),
      rest: rest(facts.made, facts.state.format),
    }),
  },
  layout: {
    state: { show: 'layout' },
    covers: ['order'],
    controls: ['order'],
    lights: ['order'],
    predict: {
      by: 'choice',
      judge(answer, facts) {
        if (answer === shapeOf(facts).join('x')) return 'right';
        return answer === facts.made.weights.shape.join('x') ? 'lab' : 'other';
      },
    },
    reveal: { order: 'file' },
    task: {
      by: 'number',
      judge(answer, facts) {
        const shape = shapeOf(facts);
        const right = filePosition(shape, asked);
        if (answer === right) return 'right';
        if (answer === labPosition(facts.made.weights.shape, asked)) return 'lab';
        if (answer === right + 1) return 'one';
        return answer === filePosition(shape, [0, asked[1], asked[2], asked[3]]) ? 'filter' : 'other';
      },
    },
    why: () => [
      '((k \\cdot H + i) \\cdot W + j) \\cdot C + c',
      '((k \\cdot C + c) \\cdot H + i) \\cdot W + j',
      '(c \\cdot H + i) \\cdot W + j',
    ],
    values(facts) {
      const shape = shapeOf(facts);
      const [filter, row, column, channel] = asked;
      return {
        filters: shape[0]!,
        channels: shape[1]!,
        shape: shape.join('×'),
        each: shape[1]! * shape[2]! * shape[3]!,
        f: filter,
        r: row,
        c: column,
        ch: channel,
        before: filter - 1,
        lab: labPosition(facts.made.weights.shape, asked),
        file: filePosition(shape, asked),
        trained: points(facts.measured!.accuracies.trained),
        unordered: points(facts.measured!.unordered),
      };
    },
  },
  fold: {
    state: { show: 'fold', map: 3 },
    covers: ['fold'],
    controls: ['fold', 'map'],
    lights: ['fold'],
    predict: {
      by: 'number',
      judge(answer, facts) {
        const maps = norms(facts);
        if (answer === numbersIn(facts.made.plain) - numbersIn(facts.made.folded)) return 'right';
        if (answer === 2 * maps) return 'two';
        return answer === maps ? 'one' : 'other';
      },
    },
    reveal: { fold: 'yes' },
    task: {
      by: 'number',
      judge(answer, { made, state }) {
        const { factor, gamma, variance, epsilon } = normOf(made.plain, state.map);
        const as = (wanted: number): boolean => near(answer, wanted, Math.max(0.001, 0.01 * Math.abs(wanted)));
        if (as(factor)) return 'right';
        if (as(gamma / (variance + epsilon))) return 'variance';
        if (as(1 / factor)) return 'inverse';
        return as(1 / Math.sqrt(variance + epsilon)) ? 'root' : 'other';
      },
    },
    why: () => [
      '\\gamma\\, \\frac{w * x + b - \\mu}{\\sqrt{\\sigma^2 + \\epsilon}} + \\beta',
      "g = \\frac{\\gamma}{\\sqrt{\\sigma^2 + \\epsilon}}, \\qquad w' = g\\,w, \\qquad b' = g\\,(b - \\mu) + \\beta",
    ],
    values(facts) {
      const { made, measured, state } = facts;
      const { factor } = normOf(made.plain, state.map);
      return {
        maps: norms(facts),
        less: numbersIn(made.plain) - numbersIn(made.folded),
        tests: measured!.images.count,
        apart: millionths(measured!.apartFolded),
        map: state.map,
        factor: rounded(factor, 3),
        before: rounded(firstWeight(made.plain, state.map), 4),
        after: rounded(firstWeight(made.folded, state.map), 4),
      };
    },
  },
  runtime: {
    state: { show: 'runtime' },
    covers: ['runtime'],
    controls: ['image'],
    lights: ['image'],
    predict: {
      by: 'choice',
      judge: (answer, { measured }) => {
        const { apart: far } = measured!;
        return answer === (far === 0 ? 'same' : far < tolerance ? 'nearly' : 'differ') ? 'right' : 'other';
      },
    },
    reveal: {},
    task: {
      by: 'number',
      judge(answer, facts) {
        const [first, second] = best(facts);
        const odds = Math.exp(first - second);
        if (near(answer, odds, Math.max(0.06, 0.02 * odds))) return 'right';
        if (near(answer, first - second, 0.06)) return 'difference';
        if (near(answer, first / second, 0.06)) return 'ratio';
        return near(answer, 1 / odds, 0.06) ? 'inverse' : 'other';
      },
    },
    why: () => ['p_k = \\frac{e^{z_k}}{\\sum_l e^{z_l}}', '\\frac{p_1}{p_2} = \\frac{e^{z_1}}{e^{z_2}} = e^{z_1 - z_2}'],
    values(facts) {
      const { measured, state } = facts;
      const [first, second] = best(facts);
      return {
        tests: measured!.images.count,
        apart: millionths(measured!.apart),
        n: imageOf(measured!, state) + 1,
        gap: rounded(first - second, 3),
        odds: rounded(Math.exp(first - second)),
      };
    },
  },
  pixels: {
    state: { show: 'pixels' },
    covers: ['pixels'],
    controls: ['feed'],
    lights: ['feed'],
    predict: {
      by: 'choice',
      judge(answer, { measured }) {
        const gone = lost(measured!, 'bytes');
        return answer === (gone > much ? 'much' : gone > some ? 'some' : 'same') ? 'right' : 'other';
      },
    },
    reveal: { feed: 'bytes' },
    task: {
      by: 'view',
      judge({ measured, state }) {
        if (state.feed === 'trained') return 'trained';
        return lost(measured!, state.feed) === mostLost(measured!) ? 'right' : 'less';
      },
    },
    why: ({ made }, lang) => [
      `x = \\frac{p / 255 - \\mu}{\\sigma} = \\frac{p / 255 - ${texNumber(made.card.mean[0]!, lang)}}{${texNumber(made.card.stddev[0]!, lang)}}`,
    ],
    values: ({ made, measured, state }) => ({
      mean: made.card.mean[0]!,
      deviation: made.card.stddev[0]!,
      trained: points(measured!.accuracies.trained),
      bytes: points(measured!.accuracies.bytes),
      bytesLost: rounded(lost(measured!, 'bytes')),
      now: points(measured!.accuracies[state.feed]),
      lost: rounded(lost(measured!, state.feed)),
    }),
  },
  answer: {
    state: { show: 'answer' },
    covers: ['answer'],
    controls: ['threshold', 'image'],
    lights: ['threshold'],
    predict: {
      by: 'choice',
      judge(answer, facts) {
        const times = facts.measured!.jsonBytes / pixelBytes(facts);
        return answer === (times < 3 ? 'two' : times < 6 ? 'four' : 'more') ? 'right' : 'other';
      },
    },
    reveal: {},
    task: {
      by: 'view',
      judge({ measured, state }) {
        const wanted = lowestThreshold(measured!);
        if (state.threshold === wanted) return 'right';
        return state.threshold < wanted ? 'low' : 'high';
      },
    },
    why({ measured, state }, lang) {
      const { images, answered } = measured!;
      const { share, right } = answered[state.threshold]!;
      const given = Math.round(share * images.count);
      const ratio = (above: string, below: string, part: number, of: number, value: number): string =>
        `\\frac{${above}}{${below}} = \\frac{${part}}{${of}} = ${texNumber(value, lang)}`;
      const asked = ratio('A', 'N', given, images.count, share);
      return [given === 0 ? asked : `${asked}, \\qquad ${ratio('R', 'A', Math.round(right * given), given, right)}`];
    },
    values(facts) {
      const { measured, state } = facts;
      const { images, answered } = measured!;
      const now = answered[state.threshold]!;
      const [height, width] = images.shape;
      return {
        height,
        width,
        pixels: pixelBytes(facts),
        json: facts.measured!.jsonBytes,
        wrong: points(1 - answered[0]!.right),
        half: points(1 - aim(measured!)),
        share: points(now.share),
        right: points(now.right),
        wrongNow: points(1 - now.right),
      };
    },
  },
};

function describe(state: State, lang: Lang): string {
  const view: Readonly<Record<string, string>> = wordsIn(words, lang).view;
  const { show } = state;
  return speak(view[`set_${show}`]!, lang, {
    format: view[state.format]!,
    order: view[state.order]!,
    fold: view[`fold_${state.fold}`]!,
    map: state.map,
    image: state.image + 1,
    feed: view[`feed_${state.feed}`]!,
    least: thresholds[state.threshold]!,
  });
}

/** Right answers by how pixels were given, for the sheet. */
function drawRecord(record: unknown, lang: Lang): TemplateResult | null {
  if (!Array.isArray(record) || record.length !== feeds.length + 1) return null;
  if (!record.every((one: unknown) => typeof one === 'number' && Number.isFinite(one))) return null;
  const view: Readonly<Record<string, string>> = wordsIn(words, lang).view;
  const [distance, ...shares] = record as number[];
  return html`<div class="wide" tabindex="0" role="group" aria-label=${view['feeds']}>
    <table>
      <caption>
        ${view['feeds']} (${view['difference']}: ${figures(distance!, lang, 2)})
      </caption>
      <tbody>
        ${feeds.map(
          (feed, i) =>
            html`<tr>
              <th scope="row">${view[`feed_${feed}`]}</th>
              <td>${percent(shares[i]!, lang)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

export const lesson = lessonOf<State, Facts, Words>({
  name: 'into-the-world',
  words,
  table,
  steps,
  tag: 'lab-view-world',
  fixable: { image: { control: 'image', values: Object.fromEntries(Array.from({ length: offers }, (_, i) => [i, String(i + 1)])) } },
  describe,
  drawRecord,
});
