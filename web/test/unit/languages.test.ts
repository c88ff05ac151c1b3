import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  LabError,
  type Experiment,
  type Json,
  type LabEngine,
  type LabProblem,
  type LayerSpec,
  type Tensor,
} from '../../src/client/client.js';
import { parseManifest, readShard } from '../../src/client/shards.js';
import { problemIn, speaker } from '../../src/i18n/index.js';
import { startEngine } from './node-engine.js';

let lab: LabEngine;
beforeAll(async () => {
  ({ lab } = await startEngine());
});
afterAll(() => lab.close());

const layers = (...list: LayerSpec[]): Partial<Experiment> => ({ model: { layers: list } });
const conv = (more: Record<string, Json> = {}): LayerSpec => ({ type: 'conv2d', out_channels: 4, kernel: 3, ...more });
const dense: LayerSpec = { type: 'dense', out_features: 10 };
const odd = (value: unknown): Experiment => value as Experiment;

const card = {
  name: 'fashion-mnist',
  title: '',
  image: { height: 28, width: 28, channels: 1 },
  classes: Array.from('0123456789'),
  mean: [0.5],
  stddev: [0.5],
};

/** Experiments with one thing wrong each. */
const wrong: Record<string, unknown>[] = [
  layers(),
  layers({ type: 'conv3d' }),
  layers({ type: 'conv2d' }),
  layers(odd({}) as unknown as LayerSpec),
  layers(odd(3) as unknown as LayerSpec),
  layers(conv({ kernel: 0 }), dense),
  layers(conv({ kernel: 99 }), dense),
  layers(conv({ kernel: 9, dilation: 9 }), dense),
  layers(conv({ kernel: [1, 2, 3] }), dense),
  layers(conv({ kernel: 'big' }), dense),
  layers(conv({ kernel: 2.5 }), dense),
  layers(conv({ kernel: null }), dense),
  layers(conv({ padding: 'wide' }), dense),
  layers(conv({ padding: [1, 2, 3] }), dense),
  layers(conv({ padding: {} }), dense),
  layers(conv({ groups: 3 }), dense),
  layers(conv({ bias: 'yes' }), dense),
  layers(conv({ strid: 2 }), dense),
  layers(conv({ colour: 2 }), dense),
  layers(conv({ init: 'wonderful' }), dense),
  layers({ type: 'max_pool2d', kernel: 2, padding: 2 }, dense),
  layers({ type: 'max_pool2d', kernel: 40 }, dense),
  layers(conv(), { type: 'dropout', rate: 1.5 }, dense),
  layers(conv(), { type: 'dropout', rate: 'half' }, dense),
  layers(conv({ name: 'a' }), conv({ name: 'a' }), dense),
  layers(conv({ name: 'a' }), { type: 'add', from: ['a'] }, dense),
  layers(conv({ name: 'a' }), conv({ name: 'b' }), { type: 'add', from: ['a', 'b'] }, dense),
  layers(conv({ name: 'a' }), conv({ name: 'b' }), { type: 'concat', from: ['a', 'b'] }, dense),
  layers(conv({ name: 'a' }), { type: 'concat', from: ['a'] }, dense),
  layers(conv({ name: 'a' }), conv({ name: 'b' }), { type: 'relu', from: ['a', 'b'] }, dense),
  layers({ type: 'relu', from: ['nowhere'] }, dense),
  layers(conv()),
  layers({ type: 'dense', out_features: 7 }),
  layers({ type: 'flatten' }),
  layers({ ...dense, trainable: false }),
  layers({ ...dense, trainable: odd(1) as unknown as boolean }),
  { model: [] },
  { optimizer: { type: 'adams' } },
  { optimizer: { type: 'adam', lr: -1 } },
  { optimizer: { type: 'adam', lr: 'fast' } },
  { optimizer: { type: 'sgd', momentum: 2 } },
  { optimizer: { type: 'sgd', groups: [{ match: 'nothing.*' }] } },
  { optimizer: [] },
  { loss: 'mean' },
  { loss: { type: 'cross_entropy', label_smoothing: 3 } },
  { schedule: { type: 'cosine', warmup: 5 } },
  { schedule: 7 },
  { augment: { flip: 'sideways' } },
  { augment: { crop_mode: 'blue', crop: 2 } },
  { augment: { rotate: 999 } },
  { train: { epochs: 0 } },
  { train: { batch: -3 } },
  { train: { epochs: 'many' } },
  { name: 7 },
  { surprise: 1 },
];

/** No word that only English has. */
const english = /\b(the|is|has|have|give|use|does|not|with|its|which|that|lacks|choose|image|of)\b/;

/** A problem is said in Spanish from end to end. */
function spoken(problem: LabProblem): string {
  const sentence = problemIn('es', problem);
  // What it names (fields, options, words in quotes) stays as it is called.
  expect(sentence.replace(/«.*?»|".*?"/g, '')).not.toMatch(english);
  expect(sentence).not.toContain('{');
  return sentence;
}

async function problemFrom(work: Promise<unknown>): Promise<LabProblem> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(LabError);
  return (error as LabError).toJSON();
}

describe('in Spanish', () => {
  it('every wrong experiment is explained', async () => {
    const base: Experiment = { name: 'mine', dataset: 'fashion-mnist', model: { layers: [conv(), dense] } };
    for (const change of wrong) {
      const answer = await lab.validate(odd({ ...base, ...change }), card);
      expect(answer.ok, `nothing is wrong with ${JSON.stringify(change)}`).toBe(false);
      if (!answer.ok) spoken(answer.error);
    }
    spoken(await problemFrom(lab.experiment('cifar11')));
    spoken(await problemFrom(lab.experiment('zzz')));
  });

  it('what the convolution and the lines refuse is explained', async () => {
    const tensor = (...shape: number[]): Tensor => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });
    const [input, kernel] = [tensor(3, 3, 1), tensor(1, 3, 3, 1)];
    const requests = [
      { input, kernel: tensor(1, 5, 5, 1) },
      { input: tensor(3, 3), kernel },
      { input, kernel: tensor(1, 3, 3, 2) },
      { input, kernel, bias: [1, 2, 3] },
      { input, kernel, outputGradient: tensor(9, 9, 1) },
      { input: { shape: [3, 3, 1], data: new Float32Array(4) }, kernel },
      { input: { shape: [3, 0, 1], data: new Float32Array(0) }, kernel },
      { input: { shape: [1, 1, 1, 1, 1], data: new Float32Array(1) }, kernel },
      { input, kernel, pool: { type: 'max' as const, size: 5 } },
    ];
    for (const request of requests) spoken(await problemFrom(lab.convolution(request)));
    spoken(await problemFrom(lab.lines({ noise: -1 })));
    spoken(await problemFrom(lab.lines({ vertical_angles: [] })));
  });

  it('what a session refuses is explained', async () => {
    const session = await lab.open({ experiment: 'lines', data: { kind: 'lines' } });
    const broken = [
      new Uint8Array(3),
      new Uint8Array(64).fill(255),
      new TextEncoder().encode('\x02\0\0\0\0\0\0\0{}'),
      await session.weights(),
    ];
    for (const bytes of broken) spoken(await problemFrom(session.restore(bytes)));
    const other = await (await lab.open({ experiment: 'lines', data: { kind: 'lines', options: { seed: 3 } } })).checkpoint();
    spoken(await problemFrom(session.restore(other)));
    spoken(await problemFrom(session.tensors(['nothing.weight'])));
    spoken(await problemFrom(session.setTensor({ name: 'dense_1.weight', shape: [1], data: new Float32Array(1) })));
    spoken(await problemFrom(session.images('test', [99])));
    spoken(await problemFrom(session.predict({ pixels: new Uint8Array(0), count: 0 })));
    spoken(await problemFrom(session.restoreSnapshot(77)));
    await session.close();
    spoken(await problemFrom(lab.open({ experiment: 'fashion-cnn', data: { kind: 'shards', name: 'nowhere' } })));
  });

  it('what is wrong with the data beside the page is explained', async () => {
    const problem = async (work: () => unknown): Promise<LabProblem> => problemFrom((async () => work())());
    spoken(await problem(() => parseManifest('{', 'index.json')));
    spoken(await problem(() => parseManifest('{}', 'index.json')));
    const entry = { file: 'a.gz', sha256: '', bytes: 2, count: 1 };
    spoken(await problem(() => readShard(new Uint8Array(1), entry as never, card)));
    spoken(await problem(() => readShard(new Uint8Array(2), entry as never, card)));
  });

  it('a field of a form and an experiment are explained', async () => {
    const { layers: kinds, losses, optimizers, schedules, augment, train } = await lab.catalog();
    const fields = [...kinds, ...losses, ...optimizers, ...schedules].flatMap((spec) => spec.fields).concat(augment, train);
    const { help, title } = speaker('es');
    for (const field of fields) expect(help(field.key, field.help), `no Spanish for ${field.key}`).not.toBe(field.help);
    for (const each of await lab.experiments()) expect(title(each.name, each.title), `no Spanish for ${each.name}`).not.toBe(each.title);
    const missing = await lab.validate(odd({ name: 'a', dataset: 'lines', model: { layers: [{ type: 'conv2d' }] } }));
    expect(missing.ok ? '' : problemIn('es', missing.error)).toBe(
      'le falta el campo «out_channels»; ponlo: número de filtros; 0: tantos como entradas',
    );
  });
});
