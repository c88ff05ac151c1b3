import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DataCard, type Experiment, type ImageSet, type LabEngine, type LabSession } from '../../src/client/client.js';
import { problemIn } from '../../src/i18n/index.js';
import { startEngine } from './node-engine.js';

const side = 4;
const card: DataCard = {
  name: 'folder',
  title: 'Mine',
  image: { height: side, width: side, channels: 1 },
  classes: ['cat', 'dog', 'emu'],
  mean: [0.5],
  stddev: [0.25],
};
const network = {
  name: 'trial',
  dataset: 'folder',
  train: { batch: 2 },
  model: { layers: [{ type: 'flatten' }, { type: 'dense', out_features: 3 }] },
} as unknown as Experiment;
const images = (labels: number[], first: number): ImageSet => ({
  count: labels.length,
  shape: [side, side, 1],
  pixels: Uint8Array.from({ length: labels.length * side * side }, (_, i) => first + Math.floor(i / (side * side))),
  labels: Int32Array.from(labels),
});

// What there is to be said is tested in tests/engine/concerns_test.cpp.
describe('before a training begins', () => {
  let lab: LabEngine;
  beforeAll(async () => ({ lab } = await startEngine()));
  afterAll(() => lab?.close());

  const open = (train: ImageSet, tests = images([0, 1, 2], 100), experiment = network): Promise<LabSession> =>
    lab.open({ experiment, data: { kind: 'images', card, train, test: tests } });

  test('a design whose figures would mislead says so', async () => {
    expect(await lab.validate(network, card)).toMatchObject({ ok: true, description: { concerns: [] } });
    const experiment = structuredClone(network);
    experiment.model.layers.push({ type: 'softmax' });
    const verdict = await lab.validate(experiment, card);
    expect(verdict).toMatchObject({ ok: true, description: { concerns: [{ severity: 'warn', place: 'model.layers[2] (softmax)' }] } });
    if (!verdict.ok) return;
    expect(problemIn('en', verdict.description.concerns[0]!)).toMatch(/cross_entropy takes logits.*; remove the layer/);
    expect(problemIn('es', verdict.description.concerns[0]!)).toMatch(/cross_entropy toma logits.*; quita la capa/);
  });

  test('a design that can learn nothing is refused', async () => {
    const experiment = { ...network, optimizer: { type: 'sgd', lr: 0 } };
    const refused = { code: 'out_of_range', place: 'optimizer.lr' };
    expect(await lab.validate(experiment, card)).toMatchObject({ ok: false, field: 'optimizer.lr', error: refused });
    await expect(open(images([0, 1, 2], 0), undefined, experiment)).rejects.toMatchObject(refused);
  });

  test('images have their say', async () => {
    expect((await open(images([0, 1, 2], 0))).info.concerns).toEqual([]);
    const gap = await open(images([0, 1, 0, 1], 0));
    expect(gap.info.concerns.map((concern) => problemIn('en', concern))).toEqual([expect.stringMatching(/^no training image is of emu; /)]);
    await expect(open(images([1, 1, 1], 0))).rejects.toMatchObject({ place: 'dataset', message: expect.stringContaining('dog') });
  });
});
