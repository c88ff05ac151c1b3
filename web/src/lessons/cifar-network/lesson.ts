import { html, nothing, type TemplateResult } from 'lit';
import { classIn, type Lang } from '../../i18n/index.js';
import '../../run/overlay-figure.js';
import type { NamedCourse } from '../../run/overlay-figure.js';
import { percent } from '../../ui/numbers.js';
import { speak, texNumber } from '../frame/ask.js';
import { drawConfusion, isConfusion, type KeptConfusion } from '../frame/confusion.js';
import { epochsOr, firstSeed, imagesOr } from '../frame/laid-training.js';
import { lessonOf, wordsIn, type InLanguages, type Step } from '../frame/lesson-type.js';
import { en } from './en.js';
import { es } from './es.js';
import { between } from './graph.js';
import {
  accuracyOf,
  afterBest,
  best,
  convParameters,
  ends,
  flattened,
  fewest,
  gain,
  largerBy,
  learns,
  lossOf,
  testLosses,
} from './measures.js';
import { clipNorm, extents, rates } from './networks.js';
import { table, type Facts, type State } from './state.js';
import './view.js';

type Words = typeof en;
type Steps = { readonly [S in keyof Words['steps']]: Step<State, Facts, Words['steps'][S]> };

const words: InLanguages<Words> = { en, es };

const near = (value: number, wanted: number, by: number): boolean => Math.abs(value - wanted) <= by;
const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));
/** Numbers are read from a table with one decimal each. */
const asRead = 0.11;

/** Blocks that the first step asks about. */
const asked = 2;

/** Layers between the ends on the way through all convolutions, past no layer. */
const longWay = ({ graphs }: Facts): number => graphs[1]!.layers.length - 2;

/** Names of the comparisons' networks by variant, as the options of the predictions have them. */
const optimizers = ['sgd', 'momentum', 'rmsprop', 'adam'];
const slowest = (facts: Facts): string => {
  const losses = optimizers.map((_, variant) => lossOf(facts, variant));
  return optimizers[losses.indexOf(Math.max(...losses))]!;
};

const steps: Steps = {
  shapes: {
    state: { show: 'shapes', blocks: asked },
    covers: ['shapes'],
    controls: ['blocks'],
    lights: ['blocks'],
    predict: {
      by: 'number',
      judge(answer, { stacks, card }) {
        const { height, width } = card.image;
        const [right, channels] = [flattened(stacks[asked - 1]!), 8 * 2 ** (asked - 1)];
        if (answer === right) return 'right';
        if (answer === height * width * channels) return 'unpooled';
        if (answer === (height / 2) * (width / 2) * channels) return 'once';
        return answer === right / channels ? 'place' : 'other';
      },
    },
    reveal: {},
    task: {
      by: 'view',
      judge(facts) {
        const [now, wanted] = [facts.state.blocks, fewest(facts)];
        if (now === wanted) return 'right';
        return now < wanted ? 'less' : 'more';
      },
    },
    why(facts, lang) {
      const network = facts.stacks[facts.state.blocks - 1]!;
      const conv = network.layers.findLast(({ type }) => type === 'conv2d')!;
      const [channels, filters] = [conv.input[2]!, conv.output[2]!];
      const dense = network.layers.at(-1)!;
      const number = (value: number): string => texNumber(value, lang);
      return [
        '\\left\\lfloor \\frac{H}{2} \\right\\rfloor \\times \\left\\lfloor \\frac{W}{2} \\right\\rfloor \\times C',
        `F\\,(C K^2 + 1) = ${filters}\\,(${channels} \\cdot 9 + 1) = ${number(conv.parameters)}`,
        `M\\,(N + 1) = ${dense.output[0]}\\,(${number(flattened(network))} + 1) = ${number(dense.parameters)}`,
      ];
    },
    values(facts) {
      const { height, width, channels } = facts.card.image;
      const network = facts.stacks[facts.state.blocks - 1]!;
      const dense = network.layers.at(-1)!.parameters;
      return {
        height,
        width,
        channels,
        flat: flattened(facts.stacks[asked - 1]!),
        parameters: network.parameters,
        dense,
        conv: network.parameters - dense,
      };
    },
  },
  graph: {
    state: { show: 'graph', shortcut: 'yes' },
    covers: ['graph'],
    controls: ['shortcut'],
    lights: ['shortcut'],
    predict: {
      by: 'number',
      judge(answer, facts) {
        const [extra, one] = [largerBy(facts.graphs), convParameters(facts.graphs[0]!)];
        if (answer === extra) return 'right';
        if (answer === one) return 'one';
        return answer === 2 * one ? 'two' : 'other';
      },
    },
    reveal: {},
    task: {
      by: 'number',
      judge(answer, facts) {
        const [long, short] = [longWay(facts), between(...ends(facts, 1)) ?? NaN];
        if (answer === short) return 'right';
        if (answer === long || answer === between(...ends(facts, 0))) return 'long';
        return answer === short + 1 || answer === short + 2 ? 'ends' : 'other';
      },
    },
    why: () => ['y = x + F(x), \\qquad \\frac{\\partial y}{\\partial x} = 1 + \\frac{\\partial F}{\\partial x}'],
    values(facts) {
      const way = ends(facts, 1);
      return {
        extra: largerBy(facts.graphs),
        long: longWay(facts),
        short: between(...way) ?? NaN,
        first: way[1],
        last: way[2],
        channels: 16,
      };
    },
  },
  optimizers: {
    state: { show: 'optimizers' },
    covers: ['optimizers'],
    controls: ['curves'],
    lights: ['curves'],
    predict: { by: 'choice', judge: (answer, facts) => (answer === slowest(facts) ? 'right' : 'other') },
    reveal: {},
    task: {
      by: 'number',
      judge(answer, facts) {
        const found = gain(facts, 1, 0);
        if (near(answer, found, asRead)) return 'right';
        if (near(answer, -found, asRead)) return 'sign';
        if (near(Math.abs(answer), Math.abs(gain(facts, 3, 0)), asRead)) return 'adam';
        return near(answer, 100 * accuracyOf(facts, 1), asRead) ? 'level' : 'other';
      },
    },
    why: () => [
      '\\theta \\leftarrow \\theta - \\eta\\, g',
      'v \\leftarrow \\mu v + g, \\qquad \\theta \\leftarrow \\theta - \\eta\\, v',
      's \\leftarrow \\beta s + (1 - \\beta)\\, g^2, \\qquad \\theta \\leftarrow \\theta - \\eta\\, \\frac{g}{\\sqrt{s} + \\epsilon}',
    ],
    values: (facts) => ({
      ...rates,
      slow: rounded(Math.max(...optimizers.map((_, variant) => lossOf(facts, variant))), 3),
      quick: rounded(Math.min(...optimizers.map((_, variant) => lossOf(facts, variant))), 3),
      gain: rounded(gain(facts, 1, 0)),
    }),
  },
  norm: {
    state: { show: 'norm' },
    covers: ['norm'],
    controls: ['curves'],
    lights: ['curves'],
    predict: {
      by: 'choice',
      judge: (answer, facts) => ((answer === 'norm') === lossOf(facts, 1) < lossOf(facts, 0) ? 'right' : 'other'),
    },
    reveal: {},
    task: {
      by: 'number',
      judge(answer, facts) {
        const found = largerBy(facts.networks);
        if (answer === found) return 'right';
        if (answer === found / 2) return 'half';
        if (answer === 2 * found) return 'running';
        return answer === found / 2 / 3 || answer === 2 * 3 || answer === 2 ? 'layers' : 'other';
      },
    },
    why: () => ['\\hat x = \\frac{x - \\mu_c}{\\sqrt{\\sigma_c^2 + \\epsilon}}, \\qquad y = \\gamma_c\\, \\hat x + \\beta_c'],
    values: (facts) => ({
      lossPlain: rounded(lossOf(facts, 0), 3),
      lossNorm: rounded(lossOf(facts, 1), 3),
      testPlain: rounded(100 * accuracyOf(facts, 0)),
      testNorm: rounded(100 * accuracyOf(facts, 1)),
      extra: largerBy(facts.networks),
      half: largerBy(facts.networks) / 2,
    }),
  },
  clipping: {
    state: { show: 'clipping' },
    covers: ['clipping'],
    controls: ['curves'],
    lights: ['curves'],
    predict: {
      by: 'choice',
      judge(answer, facts) {
        const [free, clipped] = [learns(facts, 0), learns(facts, 1)];
        return answer === (free ? (clipped ? 'both' : 'free') : clipped ? 'clipped' : 'neither') ? 'right' : 'other';
      },
    },
    reveal: {},
    task: {
      by: 'number',
      judge(answer, { largest }) {
        const factor = largest / clipNorm;
        if (near(answer, factor, Math.max(0.02 * factor, 0.06))) return 'right';
        if (near(answer, largest, Math.max(0.02 * largest, 0.02))) return 'norm';
        if (near(answer, clipNorm / largest, 0.005)) return 'inverse';
        return near(answer, largest - clipNorm, 0.06) ? 'difference' : 'other';
      },
    },
    why(facts, lang) {
      return [
        'g \\leftarrow g \\cdot \\min\\Big(1,\\; \\frac{c}{\\lVert g \\rVert}\\Big)',
        `\\frac{${texNumber(clipNorm, lang)}}{${texNumber(facts.largest, lang, 2)}} = ${texNumber(clipNorm / facts.largest, lang, 3)}`,
      ];
    },
    values: (facts) => ({
      chance: rounded(100 / facts.card.classes.length),
      free: rounded(100 * accuracyOf(facts, 0)),
      clipped: rounded(100 * accuracyOf(facts, 1)),
      limit: clipNorm,
      factor: rounded(facts.largest / clipNorm),
    }),
  },
  dropout: {
    state: { show: 'dropout' },
    covers: ['dropout'],
    controls: ['curves'],
    lights: ['curves'],
    predict: { by: 'choice', judge: (answer, facts) => (answer === afterBest(facts, 0) ? 'right' : 'other') },
    reveal: {},
    task: {
      by: 'number',
      judge(answer, facts) {
        const losses = testLosses(facts, 0);
        const lowest = best(losses);
        if (answer === lowest) return 'right';
        if (answer === losses.length) return 'last';
        if (answer === best(testLosses(facts, 1))) return 'dropout';
        return near(answer, lowest, 2) ? 'near' : 'other';
      },
    },
    why: () => ['\\tilde h_i = \\frac{m_i}{1 - p}\\, h_i, \\qquad P(m_i = 0) = p'],
    values(facts) {
      const losses = [0, 1].map((variant) => testLosses(facts, variant)) as [number[], number[]];
      const [plain] = losses;
      const gap = (variant: number): number =>
        rounded(100 * ((facts.records[variant]?.record.train_accuracy ?? NaN) - accuracyOf(facts, variant)));
      return {
        lowest: rounded(Math.min(...plain), 3),
        at: best(plain),
        end: rounded(plain.at(-1) ?? NaN, 3),
        endDropout: rounded(losses[1].at(-1) ?? NaN, 3),
        gap: gap(0),
        gapDropout: gap(1),
      };
    },
  },
};

function describe(state: State, lang: Lang): string {
  const { view } = wordsIn(words, lang);
  const { show } = state;
  if (show === 'shapes') return speak(view.set_shapes, lang, { blocks: state.blocks });
  if (show === 'graph') return speak(view.set_graph, lang, { shortcut: view[`shortcut_${state.shortcut}`] });
  const { images, epochs } = extents[show];
  return speak(view.set_race, lang, { images: imagesOr(images), epochs: epochsOr(epochs), seed: firstSeed() });
}

interface Kept {
  data: string;
  rows: [name: string, train: number | null, test: number | null][];
  /** Test losses of each network, one an epoch, where the step is about curves. */
  tests?: (number | null)[][];
  /** What the last network took for what, in the same step. `name`: the data. */
  confusion?: KeptConfusion & { name: string };
}

const isShare = (value: unknown): boolean => value === null || (typeof value === 'number' && Number.isFinite(value));
const isKept = (value: unknown): value is Kept => {
  const { data, rows, tests = [], confusion } = (value ?? {}) as Partial<Kept>;
  return (
    typeof data === 'string' &&
    data.length <= 40 &&
    Array.isArray(rows) &&
    rows.length <= optimizers.length &&
    rows.every((row) => Array.isArray(row) && row.length === 3 && row[0] in en.view && isShare(row[1]) && isShare(row[2])) &&
    Array.isArray(tests) &&
    tests.length <= rows.length &&
    tests.every((losses) => Array.isArray(losses) && losses.length <= 100 && losses.every(isShare)) &&
    (confusion === undefined || (rows.length > 0 && isConfusion(confusion) && typeof confusion.name === 'string'))
  );
};

// A chart draws anew what is not the same object.
const drawn = new WeakMap<Kept, NamedCourse[]>();

/** The test losses as runs over each other. */
function runsOf(kept: Kept, names: readonly string[]): NamedCourse[] {
  const runs = (kept.tests ?? []).map((losses, i) => {
    const tests = losses.map((loss, epoch) => ({ at: epoch + 1, loss: loss ?? NaN, accuracy: NaN }));
    return { name: names[i]!, course: { at: [], loss: [], accuracy: [], tests } };
  });
  const before = drawn.get(kept);
  if (before && before.every(({ name }, i) => name === names[i])) return before;
  drawn.set(kept, runs);
  return runs;
}

/** The networks of a comparison, as they came out, for the sheet. */
function drawRecord(record: unknown, lang: Lang): TemplateResult | null {
  if (!isKept(record)) return null;
  const view: Readonly<Record<string, string>> = wordsIn(words, lang).view;
  const share = (value: number | null): string => (value === null ? '–' : percent(value, lang));
  return html`<div
      class="wide"
      tabindex="0"
      role="group"
      aria-label="${view['ends']}: ${record.rows.map(([name]) => view[name]).join(', ')}"
    >
      <table>
        <caption>
          ${view['ends']}, ${record.data}
        </caption>
        <thead>
          <tr>
            <th scope="col">${view['network']}</th>
            <th scope="col">${view['onTrain']}</th>
            <th scope="col">${view['onTest']}</th>
          </tr>
        </thead>
        <tbody>
          ${record.rows.map(
            ([name, train, test]) =>
              html`<tr>
                <th scope="row">${view[name]}</th>
                <td>${share(train)}</td>
                <td>${share(test)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${
      record.tests
        ? html`<div class="broad">
            <lab-overlay
              .runs=${runsOf(
                record,
                record.rows.map(([name]) => view[name]!),
              )}
              .measure=${'loss'}
              .height=${160}
              .lang=${lang}
            ></lab-overlay>
          </div>`
        : nothing
    }
    ${record.confusion ? drawTaken(record.confusion, record.rows.at(-1)![0], lang) : nothing}`;
}

/** What the last network took for what. */
function drawTaken({ name, classes, counts }: NonNullable<Kept['confusion']>, network: string, lang: Lang): TemplateResult {
  const view: Readonly<Record<string, string>> = wordsIn(words, lang).view;
  const names = classes.map((_, c) => classIn(lang, { name, classes }, c));
  const said = (n: number): string => speak(view['taken'] ?? '', lang, { network: view[network] ?? '', n });
  return drawConfusion({ counts, names, said, lang });
}

export const lesson = lessonOf<State, Facts, Words>({
  name: 'cifar-network',
  words,
  table,
  steps,
  tag: 'lab-view-cifar',
  fixable: { measure: { control: 'curves', values: { accuracy: 'accuracy', loss: 'loss' } } },
  describe,
  drawRecord,
});
