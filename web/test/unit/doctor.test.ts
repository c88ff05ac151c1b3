import { describe, expect, test } from 'vitest';
import { diagnose, markAlive, ratioOf, saturatedCount, type Course, type Finding, type LayerHealth } from '../../src/inspect/doctor.js';
import { extentsOf, type DataSource, type Experiment, type ImageSet } from '../../src/client/client.js';
import { startEngine } from './node-engine.js';

const layer = (name: string, change: Partial<LayerHealth> = {}): LayerHealth => ({
  name,
  type: 'conv2d',
  units: null,
  dead: null,
  saturated: null,
  weight: null,
  gradient: null,
  update: null,
  ...change,
});
const healthy = [
  layer('conv2d_1', { weight: 2, gradient: 0.5, update: 0.002 }),
  layer('relu_1', { type: 'relu', units: 16, dead: 1 }),
  layer('dense_1', { type: 'dense', weight: 3, gradient: 1, update: 0.004 }),
];
const falling = Array.from({ length: 400 }, (_, i) => 2.3 * Math.exp(-i / 100));
const course = (change: Partial<Course> = {}): Course => ({
  loss: falling,
  gradient_norm: falling.map(() => 1),
  epochs: [],
  diverged: false,
  chanceLoss: Math.log(10),
  ...change,
});
const kinds = (findings: Finding[]): string[] => findings.map(({ kind }) => kind);
const find = (findings: Finding[], kind: string): Finding => findings.find((finding) => finding.kind === kind)!;

describe('the doctor on layers', () => {
  test('finds nothing in a healthy network', () => {
    expect(diagnose(healthy, { confidence: 0.9, accuracy: 0.85 }, course())).toEqual([
      { kind: 'healthy', severity: 'good', layers: [], values: { steps: 400 } },
    ]);
    expect(kinds(diagnose(healthy, null, course({ loss: [2.3, 2.2], gradient_norm: [1, 1] })))).toEqual(['young']);
  });

  test('counts dead units by channel over several calls', () => {
    const alive = new Uint8Array(3);
    // [2 images, 1 row, 2 columns, 3 channels]
    markAlive([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], 3, alive);
    expect([...alive]).toEqual([1, 0, 0]);
    markAlive([0, 0, 2], 3, alive);
    expect([...alive]).toEqual([1, 0, 1]);
  });

  test('names the layer whose units are dead, some or all', () => {
    const some = diagnose([...healthy, layer('relu_2', { type: 'relu', units: 32, dead: 8 })], null, course());
    expect(some).toEqual([{ kind: 'dead', severity: 'watch', layers: ['relu_2'], values: { dead: 8, units: 32, share: 0.25 } }]);
    const half = diagnose([layer('relu_2', { type: 'relu', units: 32, dead: 16 })], null, course());
    expect(half[0]).toMatchObject({ kind: 'dead', severity: 'bad' });
    const all = diagnose([layer('relu_2', { type: 'relu', units: 32, dead: 32 })], null, course());
    expect(all[0]).toMatchObject({ kind: 'deadAll', severity: 'bad', layers: ['relu_2'] });
  });

  test('finds gradients that die away, are missing or explode', () => {
    const vanishing = diagnose(
      [layer('a', { weight: 1, gradient: 1e-6 }), layer('b', { weight: 1, gradient: 0.02 }), layer('c', { weight: 1, gradient: 0.1 })],
      null,
      course(),
    );
    expect(find(vanishing, 'vanishing')).toMatchObject({ layers: ['a'], values: { ratio: expect.closeTo(1e-5, 9) } });
    const silent = diagnose([layer('a', { weight: 1, gradient: 0 }), layer('b', { weight: 1, gradient: 1 })], null, course());
    expect(find(silent, 'noGradient').layers).toEqual(['a']);
    expect(kinds(silent)).not.toContain('vanishing');
    const huge = diagnose([layer('a', { weight: 2, gradient: 500 })], null, course());
    expect(find(huge, 'exploding')).toMatchObject({ layers: ['a'], values: { norm: 500 } });
    const suddenly = course({ gradient_norm: [...Array<number>(360).fill(1), ...Array<number>(40).fill(80)] });
    expect(kinds(diagnose(healthy, null, suddenly))).toEqual(['exploding']);
  });

  test('weighs steps against weights', () => {
    expect(ratioOf(layer('a', { weight: 2, update: 0.002 }))).toBeCloseTo(1e-3, 12);
    expect(ratioOf(layer('a', { weight: 0, update: 1 }))).toBeNull();
    const long = diagnose([layer('a', { weight: 1, update: 0.03 }), layer('b', { weight: 1, update: 0.3 })], null, course());
    expect(long).toEqual([{ kind: 'updateLarge', severity: 'bad', layers: ['a', 'b'], values: { ratio: 0.3 } }]);
    const short = diagnose([layer('a', { weight: 1, update: 1e-7 })], null, course());
    expect(find(short, 'updateSmall')).toMatchObject({ severity: 'watch', layers: ['a'] });
  });

  test('finds flat ends and certainty without reason', () => {
    expect(saturatedCount([0.99, -0.98, 0.5, 0], 'tanh')).toBe(2);
    expect(saturatedCount([0.99, 0.01, 0.5, 0.9], 'sigmoid')).toBe(2);
    expect(find(diagnose([layer('tanh_1', { saturated: 0.8 })], null, course()), 'saturated').values).toEqual({ share: 0.8 });
    expect(kinds(diagnose(healthy, { confidence: 0.995, accuracy: 0.6 }, course()))).toEqual(['overconfident']);
  });
});

describe('the doctor on the course', () => {
  test('a loss that is no number, or rises', () => {
    expect(kinds(diagnose([], null, course({ diverged: true })))).toEqual(['diverged']);
    expect(kinds(diagnose([], null, course({ loss: [2, NaN] })))).toEqual(['diverged']);
    const rising = [...falling, ...Array.from({ length: 100 }, (_, i) => 0.5 + i / 50)];
    expect(kinds(diagnose([], null, course({ loss: rising })))).toEqual(['rising']);
  });

  test('a loss that stays at guessing, or has stopped falling', () => {
    const guessing = Array.from({ length: 300 }, (_, i) => 2.3 + 0.02 * Math.sin(i));
    expect(kinds(diagnose([], null, course({ loss: guessing })))).toEqual(['chance']);
    const stuck = [...falling.slice(0, 100), ...Array.from({ length: 1000 }, (_, i) => 0.9 + 0.01 * Math.sin(i))];
    expect(kinds(diagnose([], null, course({ loss: stuck })))).toEqual(['flat']);
    // Small already: nothing to complain of.
    const done = [...falling, ...Array<number>(1000).fill(0.02)];
    expect(kinds(diagnose([], null, course({ loss: done })))).toEqual(['healthy']);
  });

  test('learning by heart', () => {
    const epoch = (train_accuracy: number, test_accuracy: number, test_loss: number) => ({
      train_loss: 0.1,
      train_accuracy,
      test_accuracy,
      test_loss,
    });
    expect(kinds(diagnose([], null, course({ epochs: [epoch(0.99, 0.97, 0.1)] })))).toEqual(['healthy']);
    const gap = diagnose([], null, course({ epochs: [epoch(0.99, 0.75, 0.9)] }));
    expect(gap).toEqual([
      { kind: 'overfit', severity: 'bad', layers: [], values: { train: 0.99, test: 0.75, gap: expect.closeTo(0.24, 9) } },
    ]);
    const turned = [epoch(0.8, 0.8, 0.5), epoch(0.85, 0.82, 0.4), epoch(0.9, 0.84, 0.6)];
    expect(kinds(diagnose([], null, course({ epochs: turned })))).toEqual(['overfit']);
    // No test images: nothing to compare.
    expect(
      kinds(diagnose([], null, course({ epochs: [{ train_loss: 0, train_accuracy: 1, test_loss: null, test_accuracy: null }] }))),
    ).toEqual(['healthy']);
  });
});

describe('the length of the next step', () => {
  const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  const card = {
    name: 'own',
    title: '',
    image: { height: 6, width: 6, channels: 1 },
    classes: ['a', 'b', 'c'],
    mean: [0.5],
    stddev: [0.25],
  };
  const images = (): ImageSet => ({
    count: 12,
    shape: extentsOf(card.image),
    pixels: Uint8Array.from({ length: 12 * 36 }, (_, i) => (i * 37 + ((i * i) % 91)) % 256),
    labels: Int32Array.from({ length: 12 }, (_, i) => i % 3),
  });
  const source: DataSource = { kind: 'images', card, train: images(), test: images() };

  for (const optimizer of [
    { type: 'sgd', lr: 0.05 },
    { type: 'sgd', lr: 0.05, momentum: 0.9, nesterov: true, weight_decay: 0.01, clip_norm: 0.5 },
    { type: 'adam', lr: 0.01, weight_decay: 0.02 },
    { type: 'adamw', lr: 0.01, weight_decay: 0.1, groups: [{ match: 'conv2d_1.*', lr_scale: 0.5 }] },
    { type: 'rmsprop', lr: 0.01, momentum: 0.5, clip_value: 0.05 },
    { type: 'muon', groups: [{ match: 'dense_1.weight', lr: 0.1, until: 0.2 }] },
  ]) {
    test(JSON.stringify(optimizer), async () => {
      const { lab } = await startEngine();
      const experiment: Experiment = {
        name: 'own',
        dataset: 'own',
        model: {
          layers: [
            { type: 'conv2d', out_channels: 4, kernel: 3 },
            { type: 'tanh' },
            { type: 'flatten' },
            { type: 'dense', out_features: 3 },
          ],
        },
        loss: 'cross_entropy',
        optimizer,
        train: { epochs: 10, batch: 5 },
      };
      const session = await lab.open({ experiment, data: source, evaluate: 0 });
      for (const step of [0, 3]) {
        if (step) await session.steps(step);
        const before = await session.tensors();
        const updates = await session.updates();
        expect(await session.tensors()).toEqual(before);
        await session.steps(1);
        const after = new Map((await session.tensors()).map(({ name, data }) => [name, data]));
        expect(updates.map(({ parameter }) => parameter)).toEqual(['conv2d_1.weight', 'conv2d_1.bias', 'dense_1.weight', 'dense_1.bias']);
        for (const { parameter, weight, update } of updates) {
          const { data } = before.find(({ name }) => name === parameter)!;
          expect(weight).toBeCloseTo(norm(data), 5);
          expect(update).toBeCloseTo(norm(after.get(parameter)!.map((value, i) => value - data[i]!)), 5);
          expect(update).toBeGreaterThan(0);
        }
      }
      lab.close();
    });
  }
});
