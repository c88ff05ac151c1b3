import { html, type TemplateResult } from 'lit';
import type { Lang } from '../../i18n/index.js';
import { speak, texNumber } from '../frame/ask.js';
import { firstSeed } from '../frame/laid-training.js';
import { drawBySeed } from '../frame/by-seed.js';
import { lessonOf, wordsIn, type InLanguages, type Step } from '../frame/lesson-type.js';
import { extent, seeds } from './augment-study.js';
import { en } from './en.js';
import { es } from './es.js';
import { fall, gap, mean, rowNames, testChange } from './measures.js';
import { changeNames, table, type Asked, type Facts, type Kept, type State } from './state.js';
import './view.js';

type Words = typeof en;
type Steps = { readonly [S in keyof Words['steps']]: Step<State, Facts, Words['steps'][S]> };

const words: InLanguages<Words> = { en, es };

const near = (value: number, wanted: number, by: number): boolean => Math.abs(value - wanted) <= by;
const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));
/** Numbers are read from a table with one decimal each. */
const asRead = 0.11;

/** Places of an image that may be moved by so many pixels to each side. */
const placesOf = (crop: number): number => (2 * crop + 1) ** 2;
const formsOf = ({ crop, flip }: Pick<State, 'crop' | 'flip'>): number => placesOf(crop) * (flip === 'yes' ? 2 : 1);
/** What the first step asks about. */
const [predicted, wanted] = [{ crop: 3, flip: 'yes' } as const, 50];

const shareName = ({ own, count }: Kept): number => (own >= 0.8 * count ? 0 : own >= count / 3 ? 1 : 2);
const shares = ['nearly', 'half', 'few'];

/** Accuracy of a network of the first seed, in points. */
const judgedAt = (facts: Facts, variant: number, asked: Asked): number => 100 * (facts.judged[variant]?.[asked] ?? NaN);
/** The third network's place among the others, from 0. */
const placeOf = (facts: Facts, asked: Asked): number =>
  [0, 1].filter((variant) => judgedAt(facts, variant, asked) >= judgedAt(facts, 2, asked)).length;
const isAhead = (facts: Facts): boolean => placeOf(facts, facts.state.asked) === 0;

const steps: Steps = {
  forms: {
    state: { show: 'forms', ...predicted },
    covers: ['forms'],
    controls: ['crop', 'flip'],
    lights: ['crop', 'flip'],
    predict: {
      by: 'number',
      judge(answer) {
        const { crop } = predicted;
        if (answer === formsOf(predicted)) return 'right';
        if (answer === placesOf(crop)) return 'places';
        if (answer === 2 * (2 * crop + 1) || answer === 4 * (2 * crop + 1)) return 'line';
        return answer === 2 * (2 * crop) ** 2 || answer === 2 * crop ** 2 ? 'zero' : 'other';
      },
    },
    reveal: {},
    task: {
      by: 'view',
      judge({ state }) {
        const forms = formsOf(state);
        if (forms === wanted) return 'right';
        if (2 * forms === wanted) return 'half';
        return forms > wanted ? 'many' : 'few';
      },
    },
    why({ state }) {
      const flips = state.flip === 'yes' ? ' \\cdot 2' : '';
      return ["x' = T(x), \\qquad y' = y", `(2 \\cdot ${state.crop} + 1)^2${flips} = ${formsOf(state)}`];
    },
    values: ({ state }) => ({ forms: formsOf(state) }),
  },
  near: {
    state: { show: 'near', change: 'moved' },
    covers: ['near'],
    controls: ['change'],
    lights: ['change'],
    predict: {
      by: 'choice',
      judge(answer, { kept }) {
        const [at, truth] = [shares.indexOf(answer), shareName(kept!.moved)];
        return at === truth ? 'right' : at < truth ? 'high' : 'low';
      },
    },
    reveal: {},
    task: {
      by: 'view',
      judge({ kept, state }) {
        const most = Math.max(...changeNames.map((change) => kept![change].own));
        if (kept![state.change].own === most) return 'right';
        return state.change === 'mirrored' ? 'half' : 'other';
      },
    },
    why: () => ['d(a, b) = \\sqrt{\\frac1n \\sum_{j=1}^{n} (a_j - b_j)^2}, \\qquad d\\big(T(x), z\\big) < d\\big(T(x), x\\big)'],
    values: ({ kept, state }) => ({ own: kept!.moved.own, count: kept!.moved.count, keptNow: kept![state.change].own }),
  },
  race: {
    state: { show: 'race' },
    covers: ['race'],
    controls: ['curves'],
    lights: ['curves'],
    predict: {
      by: 'choice',
      judge(answer, facts) {
        const [plain, changed] = [0, 1].map((variant) => mean(facts, variant, 'train', 1)) as [number, number];
        return (answer === 'without') === plain >= changed ? 'right' : 'other';
      },
    },
    reveal: {},
    task: {
      by: 'number',
      judge(answer, facts) {
        const found = gap(facts, 0, 1);
        if (near(answer, found, asRead)) return 'right';
        if (near(answer, -found, asRead)) return 'sign';
        if (near(Math.abs(answer), Math.abs(gap(facts, 1, 1)), asRead)) return 'with';
        return near(Math.abs(answer), Math.abs(testChange(facts, 1)), asRead) ? 'tests' : 'other';
      },
    },
    why(facts, lang) {
      const row = (variant: number): string => {
        const [train, test] = [mean(facts, variant, 'train', 1), mean(facts, variant, 'test', 1)];
        return `${texNumber(train, lang, 1)} - ${texNumber(test, lang, 1)} = ${texNumber(gap(facts, variant, 1), lang, 1)}`;
      };
      return [`${row(0)}, \\qquad ${row(1)}`];
    },
    values(facts) {
      const loss = (variant: number): number =>
        rounded(facts.records.find((one) => one.variant === variant && one.seed === 1)?.record.test_loss ?? NaN, 3);
      return {
        trainWithout: rounded(mean(facts, 0, 'train', 1)),
        trainWith: rounded(mean(facts, 1, 'train', 1)),
        lossWithout: loss(0),
        lossWith: loss(1),
        gap: rounded(gap(facts, 0, 1)),
        gapWith: rounded(gap(facts, 1, 1)),
      };
    },
  },
  worth: {
    state: { show: 'worth' },
    covers: ['worth'],
    controls: ['seeds'],
    lights: ['seeds'],
    predict: {
      by: 'choice',
      judge(answer, facts) {
        const points = testChange(facts);
        return answer === (points > 1 ? 'up' : points < -1 ? 'down' : 'same') ? 'right' : 'other';
      },
    },
    reveal: {},
    task: {
      by: 'number',
      judge(answer, facts) {
        const [plain, changed] = [gap(facts, 0), gap(facts, 1)];
        const narrower = plain - changed;
        // Four numbers with one decimal each.
        if (near(answer, narrower, 0.21)) return 'right';
        if (near(answer, -narrower, 0.21)) return 'sign';
        if (near(answer, plain, asRead)) return 'without';
        if (near(answer, changed, asRead)) return 'with';
        return near(Math.abs(answer), Math.abs(testChange(facts)), asRead) ? 'tests' : 'other';
      },
    },
    why(facts, lang) {
      const part = (variant: number): string =>
        `(${texNumber(mean(facts, variant, 'train'), lang, 1)} - ${texNumber(mean(facts, variant, 'test'), lang, 1)})`;
      return [`${part(0)} - ${part(1)} = ${texNumber(gap(facts, 0) - gap(facts, 1), lang, 1)}`];
    },
    values(facts) {
      const found = facts.results[1]?.difference;
      return {
        change: rounded(testChange(facts)),
        low: rounded(100 * (found?.low ?? NaN)),
        high: rounded(100 * (found?.high ?? NaN)),
        meanGap: rounded(gap(facts, 0)),
        meanGapWith: rounded(gap(facts, 1)),
      };
    },
  },
  moved: {
    state: { show: 'moved' },
    covers: ['moved'],
    controls: ['asked'],
    lights: ['asked'],
    predict: {
      by: 'choice',
      judge: (answer, facts) => ((answer === 'without') === fall(facts, 0) >= fall(facts, 1) ? 'right' : 'other'),
    },
    reveal: { asked: 'moved' },
    task: {
      by: 'number',
      judge(answer, facts) {
        const found = fall(facts, 0);
        if (near(answer, found, asRead)) return 'right';
        if (near(answer, -found, asRead)) return 'sign';
        if (near(Math.abs(answer), Math.abs(fall(facts, 1)), asRead)) return 'with';
        return near(answer, judgedAt(facts, 0, 'moved'), asRead) ? 'left' : 'other';
      },
    },
    why: () => ['f\\big(T(x)\\big) = f(x)'],
    values: (facts) => ({
      asWithout: rounded(judgedAt(facts, 0, 'asTheyAre')),
      movedWithout: rounded(judgedAt(facts, 0, 'moved')),
      asWith: rounded(judgedAt(facts, 1, 'asTheyAre')),
      movedWith: rounded(judgedAt(facts, 1, 'moved')),
      fall: rounded(fall(facts, 0)),
    }),
  },
  wild: {
    state: { show: 'wild' },
    covers: ['wild'],
    controls: ['asked'],
    lights: ['asked'],
    predict: {
      by: 'choice',
      judge: (answer, facts) => (answer === ['first', 'second', 'third'][placeOf(facts, 'asTheyAre')] ? 'right' : 'other'),
    },
    reveal: {},
    task: {
      by: 'view',
      judge(facts) {
        if (isAhead(facts)) return 'right';
        return facts.state.asked === 'turned' ? 'other' : 'upright';
      },
    },
    why: () => ['\\min_\\theta\\; \\operatorname{E}_{x, y, T}\\, L\\big(f_\\theta(T(x)),\\, y\\big)'],
    values: (facts) => ({
      wildAs: rounded(judgedAt(facts, 2, 'asTheyAre')),
      asWithout: rounded(judgedAt(facts, 0, 'asTheyAre')),
      asWith: rounded(judgedAt(facts, 1, 'asTheyAre')),
      now: rounded(judgedAt(facts, 2, facts.state.asked)),
    }),
  },
};

function describe(state: State, lang: Lang): string {
  const { view } = wordsIn(words, lang);
  const { images, epochs } = extent;
  const { show, crop } = state;
  if (show === 'forms') return speak(view.set_forms, lang, { crop, flip: view[state.flip] });
  if (show === 'near') return view[`detail_${state.change}`];
  if (show === 'race') return speak(view.set_race, lang, { images, epochs, seed: firstSeed() });
  if (show === 'worth') return speak(view.set_worth, lang, { images, epochs, seeds });
  return speak(view.set_asked, lang, { asked: view[`asked_${state.asked}`] });
}

/** Accuracies that were seen, for the sheet. */
function drawRecord(record: unknown, lang: Lang): TemplateResult | null {
  const { view } = wordsIn(words, lang);
  const names = rowNames(view, lang);
  if (!Array.isArray(record) || record.length !== names.length) return null;
  const sound = record.every(
    (row: unknown) => Array.isArray(row) && row.length <= seeds && row.every((one) => typeof one === 'number' && Number.isFinite(one)),
  );
  if (!sound) return null;
  return html`<div class="wide" tabindex="0" role="group" aria-label=${view.bySeed}>
    ${drawBySeed({ names, rows: record as number[][], words: view, lang })}
  </div>`;
}

export const lesson = lessonOf<State, Facts, Words>({
  name: 'more-data',
  words,
  table,
  steps,
  tag: 'lab-view-more-data',
  names: { seeds: ({ shown }) => shown! },
  fixable: { measure: { control: 'curves', values: { accuracy: 'accuracy', loss: 'loss' } } },
  describe,
  drawRecord,
});
