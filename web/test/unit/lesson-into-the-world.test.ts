import { expect, it } from 'vitest';
import type { DataCard } from '../../src/client/client.js';
import type { Outcome } from '../../src/client/module.js';
import { take } from '../../src/client/outcome.js';
import { exportModel } from '../../src/files/export-model.js';
import type { Tools } from '../../src/files/tools.js';
import { fed, requestOf, seen } from '../../src/lessons/into-the-world/feeds.js';
import { lesson } from '../../src/lessons/into-the-world/lesson.js';
import {
  accuracy,
  aim,
  answeredFrom,
  apart,
  filePosition,
  labPosition,
  logitsOf,
  lowestThreshold,
  normOf,
  numbersIn,
  offeredOf,
  placeOf,
  ranked,
  softmax,
} from '../../src/lessons/into-the-world/measures.js';
import { experiment, lastLayer, lookedAt } from '../../src/lessons/into-the-world/network.js';
import { numbersOf, readOnnx, tensorNamed } from '../../src/lessons/into-the-world/onnx-file.js';
import { Runtime } from '../../src/lessons/into-the-world/runtime.js';
import {
  feeds,
  formats,
  table,
  type Facts,
  type Feed,
  type Format,
  type Measured,
  type State,
} from '../../src/lessons/into-the-world/state.js';
import { defaults } from '../../src/state/properties.js';
import { describeSteps, type Case, type Cases } from './lesson-steps.js';
import { loadNetworksModule, startEngine } from './node-engine.js';

const card: DataCard = {
  name: 'fashion-mnist',
  title: 'Fashion-MNIST',
  image: { height: 28, width: 28, channels: 1 },
  classes: Array.from({ length: 10 }, (_, i) => `class ${i}`),
  mean: [0.286],
  stddev: [0.353],
};
const count = 60;
const images = {
  count,
  shape: [28, 28, 1] as [number, number, number],
  // Bars whose place is the class.
  pixels: Uint8Array.from({ length: count * 784 }, (_, i) => {
    const [image, column] = [Math.floor(i / 784), i % 28];
    return Math.floor(column / 2.8) === image % 10 ? 255 - (image % 7) * 20 : (i * 7919) % 50;
  }),
  labels: Int32Array.from({ length: count }, (_, i) => i % 10),
};

/** The lesson's network, trained on these images by the real engine, and its files. */
const module = (await loadNetworksModule()) as unknown as Record<string, (...args: unknown[]) => Outcome<unknown>>;
const tools = { call: async (name: string, args: unknown[]) => take(module[name]!(...args)) } as unknown as Tools;
const { lab } = await startEngine();
const own = { ...experiment(10), dataset: { name: 'own' }, train: { epochs: 5, batch: 16, seed: 1 } };
const session = await lab.open({ experiment: own, data: { kind: 'images', card: { ...card, name: 'own' }, train: images, test: images } });
await session.steps(1e9);
const all = Array.from({ length: count }, (_, i) => i);
const logits = (await session.tap({ images: { split: 'test', indices: all }, layers: [lastLayer] })).activations[lastLayer]!.data;
const [weights] = await session.tensors([`${lookedAt}.weight`]);
const { parameters } = session.info.description;
const model = await session.weights();
const bytes = {} as Record<Format, Uint8Array<ArrayBuffer>>;
for (const format of formats) ({ bytes: bytes[format] } = await exportModel(tools, model, format, 'net'));
const plain = readOnnx(bytes.onnx);
const folded = readOnnx(await tools.call('exportOnnx', [model, true]));
const sizes = { onnx: bytes.onnx.length, pth: bytes.pth.length, safetensors: bytes.safetensors.length };
const made: Facts['made'] = { card, learned: parameters, sizes, bytes, plain, folded, weights: weights! };

const usualAccuracies: Record<Feed, number> = { trained: 0.8, unit: 0.7, bytes: 0.3, inverted: 0.1, turned: 0.4, small: 0.75 };
const rows = Float32Array.from({ length: count * 10 }, (_, i) => (i % 10 === 4 ? 3 : i % 10 === 2 ? 2 : -1));
const answered = [0.8, 0.82, 0.85, 0.88, 0.91, 0.95, 0.97, 1].map((right, i) => ({ share: 1 - 0.1 * i, right }));
const usual: Measured = {
  images,
  lab: rows,
  other: rows,
  folded: rows,
  accuracies: usualAccuracies,
  unordered: 0.15,
  apart: 2e-6,
  apartFolded: 3e-6,
  answered,
  offered: [3, 5, 6, 7, 8, 9],
  jsonBytes: 15_000,
};

function facts(step: string, state: Partial<State> = {}, measured: Partial<Measured> = {}): Facts {
  const { state: initial, reveal, task } = lesson.steps[step]!;
  const s = { ...defaults(table), ...initial, ...reveal, ...task.state, ...state } as State;
  return { state: s, made, measured: { ...usual, ...measured } };
}
const viewed = (step: string, state: Partial<State>, measured?: Partial<Measured>): Case<Facts> => ['', facts(step, state, measured)];
const feedsAre = (bytes: number): Facts => facts('pixels', {}, { accuracies: { ...usualAccuracies, bytes } });
const norm = normOf(plain, 3);

const predictions: Cases<Facts> = {
  file: { right: [[36_776]], learned: [[36_584]], count: [[9194]], bits: [[294_208]], other: [[9146], [5]] },
  layout: { right: [['16x8x3x3']], lab: [['16x3x3x8']], other: [['3x3x8x16'], ['8x16x3x3']] },
  fold: { right: [[96]], two: [[48]], one: [[24]], other: [[0], [9194]] },
  runtime: {
    right: [['nearly'], ['same', facts('runtime', {}, { apart: 0 })], ['differ', facts('runtime', {}, { apart: 0.01 })]],
    other: [['same'], ['differ']],
  },
  pixels: { right: [['much'], ['some', feedsAre(0.7)], ['same', feedsAre(0.79)]], other: [['same'], ['some']] },
  answer: {
    right: [['more'], ['two', facts('answer', {}, { jsonBytes: 1600 })], ['four', facts('answer', {}, { jsonBytes: 3200 })]],
    other: [['two'], ['four']],
  },
};

const tasks: Cases<Facts> = {
  file: {
    right: [viewed('file', { format: 'safetensors' })],
    graph: [viewed('file', { format: 'onnx' })],
    more: [viewed('file', { format: 'pth' })],
  },
  layout: { right: [[194]], lab: [[189]], one: [[195]], filter: [[50]], other: [[0], [7]] },
  fold: {
    right: [[Number(norm.factor.toFixed(3))]],
    variance: [[norm.gamma / (norm.variance + norm.epsilon)]],
    inverse: [[1 / norm.factor]],
    root: [[1 / Math.sqrt(norm.variance + norm.epsilon), withGamma(2)]],
    other: [[100]],
  },
  runtime: { right: [[2.7], [2.72]], difference: [[1]], ratio: [[1.5]], inverse: [[0.37]], other: [[10]] },
  pixels: {
    right: [viewed('pixels', { feed: 'inverted' })],
    trained: [viewed('pixels', { feed: 'trained' })],
    less: [viewed('pixels', { feed: 'bytes' })],
  },
  answer: {
    right: [
      viewed('answer', { threshold: 4 }),
      viewed('answer', { threshold: 7 }, { answered: answered.map((one, i) => ({ ...one, right: 0.5 + 0.01 * i })) }),
    ],
    low: [viewed('answer', { threshold: 0 }), viewed('answer', { threshold: 3 })],
    high: [viewed('answer', { threshold: 5 })],
  },
};

/** The facts with another γ of the map that is asked about: in a network that has hardly learned it is 1. */
function withGamma(gamma: number): Facts {
  const name = plain.nodes.find(({ op }) => op === 'BatchNormalization')!.inputs[1]!;
  const numbers = numbersOf(tensorNamed(plain, name)).map(() => gamma);
  const tensors = plain.tensors.map((one) => (one.name === name ? { ...one, bytes: new Uint8Array(numbers.buffer) } : one));
  return { ...facts('fold'), made: { ...made, plain: { ...plain, tensors } } };
}

describeSteps(lesson, facts, predictions, tasks);

it('the other runtime gives the logits of the engine, up to rounding, from both files', () => {
  const input = fed('trained', images, all, card);
  for (const file of [plain, folded]) {
    const { shape, data } = new Runtime(file).run(input);
    expect(shape).toEqual([count, 10]);
    expect(apart(data, logits)).toBeGreaterThan(0);
    expect(apart(data, logits)).toBeLessThan(1e-3);
  }
  expect(accuracy(logits, images.labels, 10)).toBeGreaterThan(0.9);
});

it('every weight stands in the file where the lesson says', () => {
  const tensor = tensorNamed(plain, `${lookedAt}.weight`);
  const inFile = numbersOf(tensor);
  for (const position of inFile.keys()) {
    const place = placeOf(weights!.shape, position, 'lab');
    expect(labPosition(weights!.shape, place)).toBe(position);
    expect(placeOf(tensor.shape, filePosition(tensor.shape, place), 'file')).toEqual(place);
    expect(inFile[filePosition(tensor.shape, place)]).toBe(weights!.data[position]);
  }
  expect(numbersIn(plain) - numbersIn(folded)).toBe(96);
  expect(folded.nodes.map(({ op }) => op)).toEqual(['Conv', 'Relu', 'MaxPool', 'Conv', 'Relu', 'MaxPool', 'Flatten', 'Gemm']);
});

it('each mistake changes what the network gets', () => {
  const plainly = fed('trained', images, [3], card).data;
  for (const feed of feeds) {
    const { shape, data } = fed(feed, images, [3], card);
    expect(shape).toEqual([1, 1, 28, 28]);
    if (feed !== 'trained') expect(apart(data, plainly)).toBeGreaterThan(0.1);
  }
  const turned = fed('turned', images, [3], card).data;
  expect(turned[5]).toBe(plainly[5 * 28]);
  expect(seen('inverted', images, 3)[0]).toBe(255 - images.pixels[3 * 784]!);
  expect((JSON.parse(requestOf(images, 3, card)) as { image: number[] }).image).toEqual([...plainly]);
  expect(() => fed('trained', { ...images, shape: [28, 28, 3] }, [0], card)).toThrow('colour');
});

it('answers only where it is sure', () => {
  const four = Float32Array.of(0, 2, 1, 0, 0, 0.1, 5, 0);
  expect(ranked(four.subarray(4, 6))).toEqual([1, 0]);
  expect(softmax([0, Math.log(3)])[1]).toBeCloseTo(0.75);
  expect(answeredFrom(four, [1, 0, 0, 0], 2, 0)).toEqual({ share: 1, right: 0.75 });
  expect(answeredFrom(four, [1, 0, 0, 0], 2, 80)).toEqual({ share: 0.5, right: 1 });
  expect(aim(usual)).toBeCloseTo(0.9);
  expect(lowestThreshold(usual)).toBe(4);
  expect(offeredOf(four, 2, 2)).toEqual([0, 1]);
  expect([...logitsOf(four, 3, 2)]).toEqual([5, 0]);
});

it('writes the shares of its formula with the numbers of the view', () => {
  const { why } = lesson.steps['answer']!;
  const many = { images: { ...images, count: 200 } };
  expect(why(facts('answer', { threshold: 3 }, many), 'es')).toEqual([
    '\\frac{A}{N} = \\frac{140}{200} = 0{,}7, \\qquad \\frac{R}{A} = \\frac{123}{140} = 0{,}88',
  ]);
  const none = { ...many, answered: answered.map(() => ({ share: 0, right: 1 })) };
  expect(why(facts('answer', { threshold: 3 }, none), 'en')).toEqual(['\\frac{A}{N} = \\frac{0}{200} = 0']);
});

it('draws what a sheet holds, and nothing of what it should not', () => {
  expect(lesson.drawRecord!([2e-6, ...feeds.map(() => 0.5)], 'en')).not.toBe(null);
  for (const bad of [null, {}, [1, 2], [2e-6, ...feeds.map(() => 'x')]]) expect(lesson.drawRecord!(bad, 'en')).toBe(null);
  const said = (state: Partial<State>): string => lesson.describe({ ...defaults(table), ...state }, 'en');
  expect(said({ show: 'fold', fold: 'yes', map: 3 })).toBe('batch norm: folded; map 3');
  expect(said({ show: 'pixels', feed: 'bytes' })).toBe('pixels: bytes, 0 to 255');
  expect(said({ show: 'answer', threshold: 3 })).toBe('answers from 70%');
});
