import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Experiment, LabEngine } from '../../src/client/client.js';
import { cured, cures, type Cure } from '../../src/design/cures.js';
import { starter } from '../../src/design/starter.js';
import { startEngine } from './node-engine.js';

const card = {
  name: 'fashion-mnist',
  title: '',
  image: { height: 28, width: 28, channels: 1 },
  classes: Array.from('0123456789'),
  mean: [0.5],
  stddev: [0.5],
};
let lab: LabEngine;
let design: Experiment;
beforeAll(async () => {
  ({ lab } = await startEngine());
  design = starter('fashion-mnist', card.classes.length);
});
afterAll(() => lab.close());

/** The experiment with all defaults, as a run has it. */
async function trained(experiment: Experiment): Promise<Experiment> {
  const verdict = await lab.validate(experiment, card);
  if (!verdict.ok) throw new Error(JSON.stringify(verdict.error));
  return verdict.description.experiment as unknown as Experiment;
}

it.each(cures)('%s is a change that the engine takes, and is offered once', async (cure) => {
  const full = await trained(design);
  const next = cured(design, full, cure)!;
  expect(next).not.toBeNull();
  expect(next).not.toEqual(design);
  await trained(next);
  expect(cured(next, full, cure)).toBeNull();
});

it('each does what it says', async () => {
  const full = await trained(design);
  const take = (cure: Cure): Experiment => cured(design, full, cure)!;
  const { lr } = full.optimizer as { lr: number };
  expect(take('lowerRate').optimizer).toMatchObject({ lr: expect.closeTo(lr / 10) as number });
  expect(take('higherRate').optimizer).toMatchObject({ lr: expect.closeTo(lr * 10) as number });
  expect(take('clip').optimizer).toMatchObject({ clip_norm: 1 });
  expect(take('decay').optimizer).toMatchObject({ weight_decay: 0.0005 });
  expect(take('augment').augment).toEqual({ horizontal_flip: true, crop: 2 });
  expect(
    take('dropout')
      .model.layers.map(({ type }) => type)
      .slice(-2),
  ).toEqual(['dropout', 'dense']);
});

it('what a network has is not offered', async () => {
  const full = await trained({
    ...design,
    optimizer: { type: 'adam', clip_norm: 2, weight_decay: 0.1 },
    augment: { crop: 4 },
  } as Experiment);
  for (const cure of ['clip', 'decay', 'augment'] as const) expect(cured(full, full, cure)).toBeNull();
});
