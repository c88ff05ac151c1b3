import type { Lang } from '../../i18n/index.js';
import { forwardTerms, inputTerms, outputs, type Term } from '../../stations/convolution/arithmetic.js';
import { courseImage } from '../../stations/convolution/presets.js';
import { Scene } from '../../stations/convolution/scene.js';
import { table, type State } from '../../stations/convolution/state.js';
import { speak } from '../frame/ask.js';
import { lessonOf, wordsIn, type InLanguages, type Step } from '../frame/lesson-type.js';
import { en } from './en.js';
import { es } from './es.js';
import './view.js';

type Words = typeof en;
type Steps = { readonly [S in keyof Words['steps']]: Step<State, Scene, Words['steps'][S]> };

const words: InLanguages<Words> = { en, es };

const sum = (terms: readonly Term[]): number => terms.reduce((total, { left, right }) => total + left * right, 0);
const nonzero = (values: readonly number[]): number => values.filter((value) => value !== 0).length;

/** TeX of a sum of products; of those with a zero gradient, none. */
const products = (terms: readonly Term[]): string =>
  terms
    .filter(({ left }) => left !== 0)
    .map(({ left, right }) => `${number(left)}\\cdot ${right < 0 ? `(${number(right)})` : number(right)}`)
    .join(' + ') || '0';

const number = (value: number): string => String(Number(value.toFixed(3)));

/** TeX of the size of a map. */
function sizeOf({ geometry: { image, kernel, padding, stride, rows } }: Scene): string {
  return `\\left\\lfloor \\frac{${image.rows} + 2\\cdot ${padding} - ${kernel.rows}}{${stride}} \\right\\rfloor + 1 = ${rows}`;
}

const sizeFormula = '\\left\\lfloor \\frac{I + 2p - K}{s} \\right\\rfloor + 1';

/** The map's values in the window of a pooled number, after ReLU or before. */
function poolWindow(scene: Scene, index: number, of: 'map' | 'activated'): number[] {
  const { top, left, height, width } = scene.poolWindow(index);
  const { values, columns } = scene.at(of);
  return Array.from({ length: height * width }, (_, k) => values[(top + Math.floor(k / width)) * columns + left + (k % width)]!);
}

const mean = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) / values.length;

/** Cells of pooling's windows at which ReLU lets the gradient through. */
const openCells = (scene: Scene): number =>
  scene
    .at('pooled')
    .values.flatMap((_, i) => poolWindow(scene, i, 'map'))
    .filter((value) => value > 0).length;

const plainMap: Partial<State> = { padding: 0, activation: 'none', pool: 'none', stage: 'map' };
const centre = 4;
/** The pixel at row 2, column 2, and what it should get. */
const pixel = 6;
const wanted = 6;

/** Five rows of 1 0 0 0 −1. */
const wideKernel = { rows: 5, columns: 5, values: Array.from({ length: 25 }, (_, i) => (i % 5 === 0 ? 1 : i % 5 === 4 ? -1 : 0)) };

const steps: Steps = {
  products: {
    state: { ...plainMap, at: 1 },
    covers: ['map', 'sum'],
    controls: ['image'],
    lights: ['image'],
    predict: {
      by: 'number',
      judge(answer, scene) {
        const rows = forwardTerms(scene.geometry, 1);
        const total = sum(rows.flat());
        if (answer === total) return 'right';
        if (answer === -total) return 'sign';
        if (rows.some((row) => sum(row) === answer)) return 'row';
        return answer === rows.flat().reduce((all, { left }) => all + left, 0) ? 'unweighted' : 'other';
      },
    },
    reveal: {},
    task: {
      by: 'view',
      state: { at: centre },
      judge(scene) {
        const value = scene.at('map').values[centre]!;
        if (value === -30) return 'right';
        if (value === 0) return 'zero';
        if (value > 0) return 'sign';
        return value < -30 ? 'strong' : 'weak';
      },
    },
    why(scene) {
      const at = Math.max(0, scene.state.at);
      const rows = forwardTerms(scene.geometry, at);
      return [
        'S(i,j) = \\sum_{m=1}^{3}\\sum_{n=1}^{3} I(i+m-1,\\; j+n-1)\\, K(m,n)',
        `${rows.map((row) => number(sum(row))).join(' + ')} = ${number(sum(rows.flat()))}`,
      ];
    },
    values(scene) {
      const [row, column] = scene.rowAndColumn({ matrix: 'map', index: Math.max(0, scene.state.at) });
      return { value: scene.at('map').values[centre]!, row: row + 1, column: column + 1 };
    },
  },
  padding: {
    state: { ...plainMap, at: 4 },
    covers: [],
    controls: ['padding'],
    lights: ['padding'],
    predict: {
      by: 'number',
      judge(answer, { image, kernel }) {
        if (answer === outputs(image.rows, kernel.rows, 1, 1)) return 'right';
        if (answer === outputs(image.rows, kernel.rows, 1, 0)) return 'valid';
        return answer === image.rows + 2 ? 'padded' : 'other';
      },
    },
    reveal: { padding: 1, at: 0 },
    task: {
      by: 'view',
      state: { padding: 0, kernel: 'own', weights: wideKernel, at: 0 },
      judge({ geometry: { rows, image, padding } }) {
        if (rows === image.rows) return 'right';
        if (padding === 0) return 'valid';
        return rows < image.rows ? 'small' : 'large';
      },
    },
    why: (scene) => [sizeFormula, sizeOf(scene), 'p = \\frac{K - 1}{2}'],
    values: ({ geometry }) => ({ rows: geometry.rows }),
  },
  stride: {
    state: { ...plainMap, padding: 1, at: 0 },
    covers: [],
    controls: ['stride', 'padding'],
    lights: ['stride', 'padding'],
    predict: {
      by: 'number',
      judge(answer, { image, kernel }) {
        const all = outputs(image.columns, kernel.columns, 1, 1);
        if (answer === outputs(image.columns, kernel.columns, 2, 1)) return 'right';
        if (answer === all / 2 || answer === Math.floor(all / 2)) return 'half';
        return answer === all ? 'all' : 'other';
      },
    },
    reveal: { stride: 2, at: 1 },
    task: {
      by: 'view',
      state: { stride: 1, padding: 1, at: 0 },
      judge({ geometry: { rows } }) {
        if (rows === 2) return 'right';
        return rows > 2 ? 'large' : 'small';
      },
    },
    why: (scene) => [sizeFormula, sizeOf(scene)],
    values: ({ geometry: { image, kernel, padding, stride, rows } }) => ({
      rows,
      left: image.rows + 2 * padding - kernel.rows - (rows - 1) * stride,
    }),
  },
  pooling: {
    state: { stage: 'pooled', at: 0 },
    covers: ['activated', 'pooled', 'sum'],
    controls: ['pool'],
    lights: ['pool'],
    predict: {
      by: 'number',
      judge(answer, scene) {
        const before = poolWindow(scene, 0, 'map');
        if (answer === Math.max(...poolWindow(scene, 0, 'activated'))) return 'right';
        if (answer === mean(before)) return 'mean';
        return Math.abs(answer) === Math.max(...before.map(Math.abs)) ? 'size' : 'other';
      },
    },
    reveal: {},
    task: {
      by: 'number',
      judge(answer, scene) {
        const after = poolWindow(scene, 3, 'activated');
        if (answer === mean(after)) return 'right';
        if (answer === Math.max(...after)) return 'max';
        if (answer === mean(poolWindow(scene, 3, 'map'))) return 'norelu';
        return answer === 4 * mean(after) ? 'sum' : 'other';
      },
    },
    why(scene) {
      const after = poolWindow(scene, 3, 'activated').map(number);
      return [
        'P_{\\max} = \\max(A_{11}, A_{12}, A_{21}, A_{22}), \\qquad P_{\\text{avg}} = \\tfrac14 (A_{11} + A_{12} + A_{21} + A_{22})',
        `\\max(${after.join(',\\, ')}) = ${Math.max(...after.map(Number))}, \\qquad \\tfrac14 (${after.join(' + ')}) = ${number(mean(after.map(Number)))}`,
      ];
    },
  },
  relu: {
    state: { way: 'backward', to: 'image', at: 6 },
    covers: ['activatedGradient', 'mapGradient', 'input', 'sum'],
    controls: ['pool'],
    lights: ['pool'],
    predict: {
      by: 'number',
      judge(answer, scene) {
        if (answer === nonzero(scene.mapGradient.values)) return 'right';
        if (answer === nonzero(scene.activatedGradient.values)) return 'winners';
        return answer === 4 * scene.at('pooled').values.length ? 'all' : 'other';
      },
    },
    // A winner that ReLU stops.
    reveal: { gradient: 'map', at: 0 },
    task: {
      by: 'number',
      judge(answer, scene) {
        if (answer === openCells(scene)) return 'right';
        if (answer === 4 * scene.at('pooled').values.length) return 'all';
        return answer === 2 || answer === 4 ? 'winners' : 'other';
      },
    },
    why: () => [
      '\\frac{\\partial L}{\\partial S} = \\frac{\\partial L}{\\partial A}\\cdot \\begin{cases} 1 & S > 0 \\\\ 0 & S \\le 0 \\end{cases}',
      '\\frac{\\partial P_{\\max}}{\\partial A_k} = \\begin{cases} 1 & A_k = P_{\\max} \\\\ 0 & A_k < P_{\\max} \\end{cases} \\qquad \\frac{\\partial P_{\\text{avg}}}{\\partial A_k} = \\tfrac14',
    ],
    values: (scene) => ({ open: openCells(scene) }),
  },
  turned: {
    state: { way: 'backward', to: 'image', at: pixel },
    covers: ['input', 'sum', 'kernel'],
    controls: ['arriving'],
    lights: ['arriving'],
    predict: {
      by: 'number',
      judge(answer, scene) {
        const { geometry } = scene;
        const gradient = scene.mapGradient.values;
        const { terms } = inputTerms(geometry, gradient, pixel);
        const turned = { ...geometry, kernel: { ...geometry.kernel, values: [...geometry.kernel.values].reverse() } };
        if (answer === sum(terms)) return 'right';
        if (answer === sum(inputTerms(turned, gradient, pixel).terms)) return 'unturned';
        if (answer === 0) return 'zero';
        return terms.some(({ left, right }) => left !== 0 && Math.abs(left * right) === Math.abs(answer)) ? 'single' : 'other';
      },
    },
    reveal: {},
    task: {
      by: 'view',
      judge(scene) {
        const value = scene.at('input').values[pixel]!;
        if (value === wanted) return 'right';
        const stopped = scene.arriving.values.some((given, i) => given !== 1 && !poolWindow(scene, i, 'map').some((of) => of > 0));
        if (stopped) return 'stopped';
        if (value < 0) return 'sign';
        return value < wanted ? 'less' : 'more';
      },
    },
    why(scene) {
      const { terms } = inputTerms(scene.geometry, scene.mapGradient.values, pixel);
      return [
        '\\frac{\\partial L}{\\partial I(y,x)} = \\sum_{i,j} \\frac{\\partial L}{\\partial S(i,j)}\\, K(y+p-s\\,i,\\; x+p-s\\,j)',
        `${products(terms)} = ${number(sum(terms))}`,
      ];
    },
    values: (scene) => ({ value: scene.at('input').values[pixel]! }),
  },
};

/** "stride 2, padding 1, max pooling" */
function describe(state: State, lang: Lang): string {
  const say = (key: keyof Words['view'], values: Record<string, number | string> = {}): string =>
    speak(wordsIn(words, lang).view[key], lang, values);
  const { kernel, image, arriving } = new Scene(state, null, null);
  const changed = image.values.filter((value, i) => value !== courseImage.values[i]).length;
  return [
    say('settings', { stride: state.stride, padding: state.padding }),
    ...(kernel.rows === 3 ? [] : [say('kernelSize', { size: kernel.rows })]),
    ...(state.pool === 'none' ? [] : [say(state.pool)]),
    ...(changed > 0 ? [say('pixels', { n: changed })] : []),
    ...(arriving.values.some((value) => value !== 1) ? [say('arriving', { values: arriving.values.map(number).join(' ') })] : []),
  ].join(', ');
}

export const lesson = lessonOf<State, Scene, Words>({
  name: 'by-hand',
  words,
  table,
  steps,
  tag: 'lab-view-by-hand',
  describe,
  names: { pool: (_, t) => t('pooling') },
});
