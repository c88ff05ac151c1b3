import { html, type TemplateResult } from 'lit';
import { translate, type Lang } from '../../i18n/index.js';
import { fixed, plain } from '../../ui/numbers.js';
import '../../ui/chart-figure.js';
import '../../ui/grid.js';
import { speak, texFactor, texNumber as tex } from '../frame/ask.js';
import { lessonOf, wordsIn, type InLanguages, type Step } from '../frame/lesson-type.js';
import { drawLoss } from './charts.js';
import { firstSure, kindOf, lastStep, momentAt, starts, tellsApart, trained, type Moment } from './courses.js';
import { en } from './en.js';
import { es } from './es.js';
import { table, type Facts, type State } from './state.js';
import './view.js';

type Words = typeof en;
type Steps = { readonly [S in keyof Words['steps']]: Step<State, Facts, Words['steps'][S]> };

const words: InLanguages<Words> = { en, es };

const near = (value: number, wanted: number, by: number): boolean => Math.abs(value - wanted) <= by;

/** With one decimal. */
const rounded = (value: number): number => Math.round(10 * value) / 10;

const now = ({ course, state }: Facts): Moment => momentAt(course, state.steps);
const strongest = (values: readonly number[]): number => Math.max(...values);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Parameters of the network. */
const count = ({ course }: Facts): number => course.moments[0]!.kernel.length + course.moments[0]!.dense.length + 1;

/** How many of the random starts end well. */
const solvedBy = ({ all }: Facts): number => all.filter((course) => tellsApart(trained(course))).length;

const share = (of: number): 'all' | 'most' | 'few' => (of === starts ? 'all' : of > starts / 2 ? 'most' : 'few');

function products({ dense, bias }: Moment, pooled: readonly number[], lang: Lang): string {
  const terms = pooled.map((a, i) => `${tex(a, lang, 2)}\\cdot ${texFactor(dense[i]!, lang, 2)}`);
  return `${terms.join(' + ')} + ${texFactor(bias, lang, 2)}`;
}

const sigmoid = 'p = \\sigma(z) = \\frac{1}{1 + e^{-z}}';
const weighted = 'z = a_{11} w_{11} + a_{12} w_{12} + a_{21} w_{21} + a_{22} w_{22} + b';

const steps: Steps = {
  chain: {
    state: { show: 'chain', image: 'vertical', steps: 0 },
    covers: ['result'],
    controls: ['image'],
    lights: ['image'],
    predict: {
      by: 'choice',
      judge(answer, facts) {
        const { p } = now(facts).vertical;
        const truth = p < 1 / 3 ? 'low' : p > 2 / 3 ? 'high' : 'half';
        return answer === truth ? 'right' : 'sure';
      },
    },
    reveal: {},
    task: {
      by: 'number',
      judge(answer, facts) {
        const all = count(facts);
        if (answer === all) return 'right';
        if (answer === 9) return 'kernel';
        if (answer === all - 1) return 'bias';
        return answer > all ? 'maps' : 'other';
      },
    },
    why(facts, lang) {
      const { z, p, pooled } = now(facts).vertical;
      return [weighted, sigmoid, `z = ${products(now(facts), pooled, lang)} = ${tex(z, lang)}, \\qquad p = ${tex(p, lang)}`];
    },
    values: (facts) => ({ z: now(facts).vertical.z, p: now(facts).vertical.p }),
  },
  step: {
    state: { show: 'chain', image: 'training', steps: 0 },
    covers: [],
    controls: ['steps'],
    lights: ['steps'],
    predict: {
      by: 'choice',
      judge(answer, { course }) {
        const [before, after] = [momentAt(course, 0).training.p, momentAt(course, 1).training.p];
        if (answer === 'jump') return after > 0.9 ? 'right' : 'jump';
        if (answer === 'same') return 'still';
        return (answer === 'up') === after > before ? 'right' : 'wrong';
      },
    },
    reveal: { steps: 1, back: 'yes' },
    task: {
      by: 'number',
      judge(answer, { course }) {
        const { p } = momentAt(course, 0).training;
        if (near(answer, p - 1, 0.06)) return 'right';
        if (near(answer, 1 - p, 0.06)) return 'sign';
        return near(Math.abs(answer), -Math.log(p), 0.06) ? 'loss' : 'other';
      },
    },
    why: () => [
      'L = -\\,y \\log p - (1-y) \\log(1-p)',
      '\\frac{\\partial L}{\\partial z} = p - y',
      'w \\leftarrow w - \\eta\\, \\frac{\\partial L}{\\partial w}',
    ],
    values: ({ course }) => ({
      before: momentAt(course, 0).training.p,
      after: momentAt(course, 1).training.p,
    }),
  },
  training: {
    state: { show: 'chain', image: 'vertical', steps: 0 },
    covers: ['curve'],
    controls: ['steps', 'image'],
    lights: ['steps'],
    predict: { by: 'choice', judge: (answer, { course }) => (answer === kindOf(trained(course)) ? 'right' : 'other') },
    reveal: { steps: lastStep },
    task: {
      by: 'view',
      judge({ course, state }) {
        const first = firstSure(course);
        if (state.steps === first) return 'right';
        return tellsApart(momentAt(course, state.steps), 0.9) ? 'late' : 'early';
      },
    },
    why: ({ course }, lang) => ['L = -\\,y \\log p - (1-y) \\log(1-p)', `\\bar L = ${tex(course.loss.at(-1)!, lang, 4)}`],
    values(facts, say) {
      const { vertical, horizontal } = now(facts);
      return { steps: facts.state.steps, v: vertical.p, h: horizontal.p, learned: say(`learned_${kindOf(trained(facts.course))}`) };
    },
  },
  apart: {
    state: { show: 'pair', steps: lastStep },
    covers: ['maps', 'result'],
    controls: ['steps'],
    lights: ['steps'],
    predict: {
      by: 'choice',
      judge(answer, { course }) {
        const { vertical, horizontal } = trained(course);
        const ratio = strongest(horizontal.activated) / Math.max(1e-6, strongest(vertical.activated));
        const truth = ratio < 0.67 ? 'less' : ratio > 1.5 ? 'more' : 'same';
        return answer === truth ? 'right' : 'differs';
      },
    },
    reveal: {},
    task: {
      by: 'number',
      judge(answer, { course }) {
        const { vertical, horizontal } = trained(course);
        if (near(answer, horizontal.z, 0.35)) return 'right';
        if (near(answer, -horizontal.z, 0.35) || near(answer, vertical.z, 0.35)) return 'sign';
        return near(answer, sum(horizontal.pooled), 0.35) ? 'unweighted' : 'other';
      },
    },
    why({ course }, lang) {
      const last = trained(course);
      return [weighted, `z = ${products(last, last.horizontal.pooled, lang)} = ${tex(last.horizontal.z, lang, 2)}`];
    },
    values({ course }) {
      const { vertical, horizontal } = trained(course);
      return {
        v: rounded(strongest(vertical.activated)),
        h: rounded(strongest(horizontal.activated)),
        z: rounded(horizontal.z),
        p: horizontal.p,
      };
    },
  },
  starts: {
    state: { show: 'starts', steps: lastStep },
    covers: ['starts'],
    controls: ['starts'],
    lights: ['starts'],
    predict: {
      by: 'choice',
      judge(answer, facts) {
        const truth = share(solvedBy(facts));
        if (answer === truth) return 'right';
        return answer === 'all' || truth === 'few' ? 'high' : 'low';
      },
    },
    reveal: {},
    task: {
      by: 'view',
      judge({ course }) {
        const kind = kindOf(trained(course));
        return kind === 'horizontal' ? 'right' : kind;
      },
    },
    why: () => [
      '\\frac{\\partial L}{\\partial S} = \\frac{\\partial L}{\\partial A}\\cdot \\begin{cases} 1 & S > 0 \\\\ 0 & S \\le 0 \\end{cases}',
      '\\frac{\\partial L}{\\partial K(m,n)} = \\sum_{i,j} \\frac{\\partial L}{\\partial S(i,j)}\\, I(i+m,\\, j+n) = 0',
    ],
    values: (facts) => ({ count: solvedBy(facts), seed: facts.state.seed }),
  },
};

function describe(state: State, lang: Lang): string {
  const { view } = wordsIn(words, lang);
  return speak(state.show === 'starts' ? view.settingsStarts : view.settings, lang, { seed: state.seed, steps: state.steps });
}

/** The loss and the kernel that were seen, for the sheet. */
function drawRecord(record: unknown, lang: Lang): TemplateResult | null {
  const { seed, loss, kernel } = (record ?? {}) as Record<string, unknown>;
  const numbers = (value: unknown, most: number): value is number[] =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= most &&
    value.every((one) => typeof one === 'number' && Number.isFinite(one));
  if (typeof seed !== 'number' || !numbers(loss, 100) || !numbers(kernel, 9) || kernel.length !== 9) return null;
  const t = translate(lang);
  return html`<div class="record">
      <h3>${t('theKernel')}</h3>
      <lab-grid .values=${kernel} .rows=${3} .columns=${3} .cell=${40} .scale=${'signed'} .label=${t('theKernel')} .lang=${lang}></lab-grid>
    </div>
    <div class="record broad">
      ${drawLoss({
        loss,
        lang,
        heading: speak(wordsIn(words, lang).view.lossOf, lang, { seed: plain(seed, lang) }),
        summary: t('fromTo', { from: fixed(loss[0]!, lang, 4), to: fixed(loss.at(-1)!, lang, 4) }),
        height: 150,
      })}
    </div>`;
}

export const lesson = lessonOf<State, Facts, Words>({
  name: 'filter-learns',
  words,
  table,
  steps,
  tag: 'lab-view-filter',
  describe,
  drawRecord,
});
