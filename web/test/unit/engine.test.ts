import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  LabError,
  type BatchesEvent,
  type EventOf,
  type Experiment,
  type ImageSet,
  type LabEngine,
  type Tensor,
} from '../../src/client/client.js';
import { startEngine } from './node-engine.js';

const program = fileURLToPath(new URL('../../../build/release/cnnlab', import.meta.url));
const run = promisify(execFile);

const image = (rows: number[][]): Tensor => ({ shape: [rows.length, rows[0]!.length, 1], data: Float32Array.from(rows.flat()) });
const rowsOf = ({ shape, data }: Tensor): number[][] =>
  Array.from({ length: shape[0]! }, (_, y) => [...data.subarray(y * shape[1]!, (y + 1) * shape[1]!)]);

/** Losses by step of everything that a session does. */
function losses(events: BatchesEvent[]): number[] {
  return events.flatMap((event) => [...event.loss]);
}

describe('the module in Node', () => {
  let lab: LabEngine;
  beforeAll(async () => ({ lab } = await startEngine()));
  afterAll(() => lab?.close());

  test('lists experiments and explains their fields', async () => {
    const names = (await lab.experiments()).map(({ name }) => name);
    expect(names).toContain('lines');
    expect(names).toContain('fashion-cnn');
    const catalog = await lab.catalog();
    const conv = catalog.layers.find(({ type }) => type === 'conv2d')!;
    expect(conv.fields.find(({ name }) => name === 'kernel')).toMatchObject({ kind: 'integer', default: 3, min: 1 });
    await expect(lab.experiment('fashion-cn')).rejects.toMatchObject({ code: 'unknown_name' });
  });

  test('validates networks and names the layer that is wrong', async () => {
    const good = await lab.validate('cifar10-simple');
    expect(good).toMatchObject({ ok: true, description: { parameters: 545098, output: 'softmax' } });
    const experiment = await lab.experiment('fashion-cnn');
    experiment.model.layers[3]!.kernel = 99;
    experiment.model.layers[3]!.padding = 'valid';
    expect(await lab.validate(experiment)).toMatchObject({ ok: false, layer: 3, error: { code: 'shape_mismatch' } });
    experiment.model.layers[0]!['stirde'] = 2;
    expect(await lab.validate(experiment)).toMatchObject({ ok: false, layer: 0, error: { code: 'unknown_name' } });
  });

  test('convolution gives the numbers of the course, forward', async () => {
    const result = await lab.convolution({
      input: image([
        [10, 10, 10, 0, 0],
        [10, 10, 10, 0, 0],
        [10, 10, 10, 0, 0],
        [0, 0, 0, 10, 10],
        [0, 0, 0, 10, 10],
      ]),
      kernel: { shape: [1, 3, 3, 1], data: Float32Array.from([1, 0, -1, 1, 0, -1, 1, 0, -1]) },
      padding: 1,
      activation: 'relu',
      pool: { type: 'max', size: 2 },
    });
    expect(rowsOf(result.map)).toEqual([
      [-20, 0, 20, 20, 0],
      [-30, 0, 30, 30, 0],
      [-20, 0, 10, 10, 10],
      [-10, 0, -10, -10, 20],
      [0, 0, -20, -20, 20],
    ]);
    expect(rowsOf(result.pooled)).toEqual([
      [0, 30],
      [0, 10],
    ]);
    expect(result.winners!.shape).toEqual([2, 2, 1]);
  });

  test('convolution backward agrees with finite differences', async () => {
    const random = (count: number, seed: number): Float32Array =>
      Float32Array.from({ length: count }, (_, i) => Math.sin(seed + 12.9898 * i) * 2);
    const input: Tensor = { shape: [5, 4, 2], data: random(40, 1) };
    const kernel: Tensor = { shape: [3, 3, 2, 2], data: random(36, 2) };
    const base = { stride: 1, padding: 1, bias: [0.1, -0.2, 0.3], activation: 'tanh', pool: { type: 'avg', size: 2 } } as const;
    const forward = async (x: Tensor, w: Tensor): Promise<number> =>
      (await lab.convolution({ ...base, input: x, kernel: w, bias: [...base.bias] })).pooled.data.reduce((a, b) => a + b, 0);
    const { gradients } = await lab.convolution({ ...base, input, kernel, bias: [...base.bias] });
    const nudged = (tensor: Tensor, i: number, by: number): Tensor => ({
      shape: tensor.shape,
      data: tensor.data.map((v, j) => (i === j ? v + by : v)),
    });
    for (const i of [0, 7, 21, 35]) {
      const slope = ((await forward(input, nudged(kernel, i, 0.01))) - (await forward(input, nudged(kernel, i, -0.01)))) / 0.02;
      expect(gradients.kernel.data[i]).toBeCloseTo(slope, 2);
      const slopeX = ((await forward(nudged(input, i, 0.01), kernel)) - (await forward(nudged(input, i, -0.01), kernel))) / 0.02;
      expect(gradients.input.data[i]).toBeCloseTo(slopeX, 2);
    }
  });

  test('a window that does not fit says so', async () => {
    const tiny = image([
      [1, 2],
      [3, 4],
    ]);
    await expect(lab.convolution({ input: tiny, kernel: { shape: [1, 3, 3, 1], data: new Float32Array(9) } })).rejects.toMatchObject({
      code: 'shape_mismatch',
      place: 'kernel',
    });
  });

  test('lines train to the figures of the course', async () => {
    const session = await lab.open({ experiment: 'lines' });
    const ends: EventOf<'epoch_end'>[] = [];
    const batches: BatchesEvent[] = [];
    session.on('epoch_end', (event) => ends.push(event));
    session.on('batches', (event) => batches.push(event));
    await session.steps(Infinity);
    expect(session.state).toBe('finished');
    expect(ends.length).toBe(50);
    expect(losses(batches).length).toBe(5000);
    // The course's own figures hang on its random numbers; ours must learn as well.
    expect(ends[9]!.train_loss).toBeLessThan(0.6);
    expect(ends[49]!.train_loss).toBeLessThan(0.02);
    expect(ends[49]!.test_accuracy).toBe(1);
    const { data } = await session.predict({ split: 'test', indices: [0, 1] });
    expect(data[0]).toBeGreaterThan(0.98);
    expect(data[1]).toBeLessThan(0.02);
    await session.close();
    await expect(session.pause()).rejects.toMatchObject({ code: 'closed' });
  });

  test('the same seed gives the same losses, after reset, checkpoint and snapshot too', async () => {
    const session = await lab.open({ experiment: 'lines' });
    const batches: BatchesEvent[] = [];
    session.on('batches', (event) => batches.push(event));
    await session.steps(300);
    const first = losses(batches.splice(0));
    await session.reset();
    expect(session.step).toBe(0);
    await session.steps(150);
    const kept = await session.snapshot();
    const file = await session.checkpoint();
    await session.steps(150);
    expect(losses(batches.splice(0))).toEqual(first);
    await session.restoreSnapshot(kept.id);
    expect(session.step).toBe(150);
    await session.steps(150);
    expect(losses(batches.splice(0))).toEqual(first.slice(150));
    const other = await lab.open({ experiment: 'lines', checkpoint: file });
    other.on('batches', (event) => batches.push(event));
    await other.steps(150);
    expect(losses(batches.splice(0))).toEqual(first.slice(150));
    await expect(other.restore(new Uint8Array(10))).rejects.toMatchObject({ code: 'bad_file' });
    await other.close();
    await session.close();
  });

  test('pause, learning rate and going on act on the next step', async () => {
    const experiment = await lab.experiment('lines');
    experiment.train = { ...experiment.train, epochs: 100000 };
    const session = await lab.open({ experiment, evaluate: 0 });
    const begun = new Promise<void>((resolve) => session.on('batches', () => resolve()));
    await session.train();
    await begun;
    const { step } = await session.pause();
    expect(step).toBeGreaterThan(0);
    expect(session.state).toBe('paused');
    for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done));
    expect(session.step).toBe(step);
    const rates: number[] = [];
    session.on('batches', (event) => rates.push(...event.learning_rate));
    await session.setLearningRateScale(0.5);
    await session.steps(3);
    expect(rates).toHaveLength(3);
    expect(rates[0]).toBeCloseTo(0.005, 6);
    await session.close();
  });

  test('taps show activations and gradients and change nothing', async () => {
    const session = await lab.open({ experiment: tinyCnn(), data: synthetic(96, 32) });
    await session.steps(2);
    const before = await session.checkpoint();
    const tap = await session.tap({ images: { split: 'train', indices: [0, 3, 5] }, gradients: true });
    expect(tap.activations['conv2d_1']!.shape).toEqual([3, 8, 8, 4]);
    expect(tap.gradients['conv2d_1']!.shape).toEqual([3, 8, 8, 4]);
    expect(tap.gradients['conv2d_1.weight']!.shape).toEqual([4, 3, 3, 1]);
    expect(tap.gradients['conv2d_1.weight']!.data.some((value) => value !== 0)).toBe(true);
    expect(tap.probabilities.shape).toEqual([3, 3]);
    expect(await session.checkpoint()).toEqual(before);
    await expect(session.tap({ images: { split: 'train', indices: [0] }, layers: ['conv2d_9'] })).rejects.toMatchObject({
      code: 'unknown_name',
    });
    await session.close();
  });

  test('asked again, a network answers with the weights that it has by then', async () => {
    const data = synthetic(96, 32);
    const session = await lab.open({ experiment: tinyCnn(), data });
    const images = { split: 'test' as const, indices: [0, 3, 5] };
    const ask = async (which: typeof session): Promise<Float32Array> => (await which.predict(images)).data;
    const first = await ask(session);
    expect(await ask(session)).toEqual(first);
    await session.steps(20);
    const trained = await ask(session);
    expect(trained).not.toEqual(first);
    const file = await session.checkpoint();
    const other = await lab.open({ experiment: tinyCnn(), data: synthetic(96, 32), checkpoint: file });
    expect(await ask(other)).toEqual(trained);
    const one = await session.predict({ split: 'test', indices: [3] });
    const wanted = trained.slice(3, 6);
    one.data.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 5));
    await session.reset();
    expect(await ask(session)).toEqual(first);
    await other.close();
    await session.close();
  });

  test('a network whose base has no weights here is refused, not begun with random ones', async () => {
    const experiment = { ...tinyCnn(), base: { file: 'mobilenet', layers: 1 } };
    const data = synthetic(96, 32);
    await expect(lab.open({ experiment, data })).rejects.toMatchObject({ code: 'missing_data', place: 'base.file' });
    const plain = await lab.open({ experiment: tinyCnn(), data });
    const again = await lab.open({ experiment, data, checkpoint: await plain.checkpoint() }).catch((error: unknown) => error);
    expect(again).toMatchObject({ place: expect.stringContaining('checkpoint') as string });
    await plain.close();
  });

  test('the model file says which images it is for, as the command line reads it', async () => {
    const session = await lab.open({ experiment: tinyCnn(), data: synthetic(96, 32) });
    const bytes = Buffer.from(await session.weights());
    const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString()) as {
      __metadata__?: Record<string, string>;
    };
    const said = header.__metadata__;
    expect(said?.['format']).toBe('cnnlab-model-1');
    expect(JSON.parse(said!['card']!)).toMatchObject({
      name: 'tiny',
      classes: ['class 0', 'class 1', 'class 2'],
      mean: [0.3],
      stddev: [0.3],
    });
    expect(JSON.parse(said!['experiment']!)).toMatchObject({ name: 'tiny' });
    await session.close();
  });

  test('evaluation in slices counts every image once', async () => {
    const session = await lab.open({ experiment: tinyCnn(), data: synthetic(96, 70) });
    const result = await session.evaluate({ split: 'test', probabilities: true });
    expect(result.count).toBe(70);
    expect(result.confusion.flat().reduce((a, b) => a + b, 0)).toBe(70);
    expect(result.predicted).toHaveLength(70);
    expect(result.probabilities!.shape).toEqual([70, 3]);
    const train = await session.evaluate({ split: 'train', count: 50 });
    expect(train.count).toBe(50);
    await session.close();
  });

  test('a diverging training fails with a sentence and the session lives on', async () => {
    // Each step multiplies the error, until it is no number.
    const experiment: Experiment = {
      ...tinyCnn(),
      model: { layers: [{ type: 'flatten' }, { type: 'dense', out_features: 3 }] },
      loss: 'mean_squared_error',
      optimizer: { type: 'sgd', lr: 1e6 },
      train: { epochs: 100, batch: 32 },
    };
    const session = await lab.open({ experiment, data: synthetic(96, 32) });
    await expect(session.steps(100)).rejects.toMatchObject({ code: 'diverged' });
    expect(session.state).toBe('failed');
    await session.reset();
    await session.close();
  });

  test('loses what the command line loses, to 1e-3', { timeout: 600_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cnnlab-'));
    try {
      const data = syntheticImages(64 * 6, 64, 28, 10);
      await writeIdx(folder, data.train, data.test);
      // Crop, flip and dropout must agree too. No noise as images: batch norm would amplify the
      // last bits of a sum beyond 1e-3.
      // The mean is said, because the program sees that these are no pictures of clothes and would take their own.
      const dataset = { name: 'fashion-mnist', mean: [0.286], std: [0.353] };
      const experiment: Experiment = { ...(await lab.experiment('cifar10-simple')), dataset };
      experiment.train = { ...experiment.train, epochs: 1, batch: 32 };
      const file = join(folder, 'experiment.json');
      await writeFile(file, JSON.stringify(experiment));
      await run(program, ['train', file, '--data', folder, '--run', join(folder, 'run'), '--threads', '1']);
      const native = (await readFile(join(folder, 'run', 'metrics.jsonl'), 'utf8'))
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter((line) => typeof line['loss'] === 'number' && 'step' in line)
        .map((line) => line['loss'] as number);
      const described = await lab.validate(experiment);
      if (!described.ok) throw new LabError(described.error);
      const session = await lab.open({
        experiment,
        data: {
          kind: 'images',
          card: {
            name: 'fashion-mnist',
            title: 'x',
            image: { height: 28, width: 28, channels: 1 },
            classes: data.classes,
            mean: [0.286],
            stddev: [0.353],
          },
          ...data,
        },
      });
      const batches: BatchesEvent[] = [];
      session.on('batches', (event) => batches.push(event));
      await session.steps(10);
      const ours = losses(batches);
      expect(native.length).toBeGreaterThan(0);
      ours.forEach((loss, step) => expect(Math.abs(loss - native[step]!)).toBeLessThan(1e-3));
      await session.close();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

function tinyCnn(): Experiment {
  return {
    name: 'tiny',
    dataset: 'folder',
    model: {
      layers: [
        { type: 'conv2d', out_channels: 4, kernel: 3, padding: 'same' },
        { type: 'batch_norm' },
        { type: 'relu' },
        { type: 'max_pool2d', kernel: 2 },
        { type: 'dropout', p: 0.3 },
        { type: 'flatten' },
        { type: 'dense', out_features: 3 },
      ],
    },
    loss: 'cross_entropy',
    optimizer: { type: 'adam', lr: 0.01 },
    train: { epochs: 1, batch: 32 },
  };
}

function syntheticImages(
  train: number,
  test: number,
  size: number,
  classes: number,
): { train: ImageSet; test: ImageSet; classes: string[] } {
  let state = 1;
  const random = (): number => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
  const make = (count: number): ImageSet => {
    const set: ImageSet = { count, shape: [size, size, 1], pixels: new Uint8Array(count * size * size), labels: new Int32Array(count) };
    for (let n = 0; n < count; ++n) {
      const label = n % classes;
      set.labels[n] = label;
      for (let p = 0; p < size * size; ++p) set.pixels[n * size * size + p] = Math.floor(random() * 80) + (p % classes === label ? 150 : 0);
    }
    return set;
  };
  return { train: make(train), test: make(test), classes: Array.from({ length: classes }, (_, i) => `class ${i}`) };
}

function synthetic(train: number, test: number) {
  const { classes, ...images } = syntheticImages(train, test, 8, 3);
  return {
    kind: 'images' as const,
    card: { name: 'tiny', title: 'Tiny', image: { height: 8, width: 8, channels: 1 }, classes, mean: [0.3], stddev: [0.3] },
    ...images,
  };
}

async function writeIdx(folder: string, train: ImageSet, test: ImageSet): Promise<void> {
  for (const [name, set] of [
    ['train', train],
    ['t10k', test],
  ] as const) {
    const head = Buffer.alloc(16);
    head.writeUInt32BE(0x803, 0);
    [set.count, set.shape[0], set.shape[1]].forEach((extent, i) => head.writeUInt32BE(extent, 4 + 4 * i));
    await writeFile(join(folder, `${name}-images-idx3-ubyte`), Buffer.concat([head, set.pixels]));
    const labels = Buffer.alloc(8);
    labels.writeUInt32BE(0x801, 0);
    labels.writeUInt32BE(set.count, 4);
    await writeFile(join(folder, `${name}-labels-idx1-ubyte`), Buffer.concat([labels, Uint8Array.from(set.labels)]));
  }
}
