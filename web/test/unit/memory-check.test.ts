import { expect, test } from 'vitest';
import { checkMemory } from '../../src/client/memory-check.js';
import { LabError, type Description } from '../../src/client/client.js';
import { startEngine } from './node-engine.js';

const layers = [
  { name: 'conv2d_1', parameters: 1000, output_bytes: 3e6 },
  { name: 'dense_1', parameters: 600e6, output_bytes: 40 },
];
const described = (batch: number, parameters: number): Description =>
  ({ experiment: { train: { batch } }, layers, parameters, output_bytes: 3e6 }) as unknown as Description;

function refusal(description: Description): [place: string, words: string] | null {
  try {
    checkMemory(description);
    return null;
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return [error.place, `${error.problem.english}; ${error.remedy!.english}`];
  }
}

test('what fits is let through', () => {
  expect(refusal(described(64, 1000))).toBeNull();
});

test('weights that no page can hold are refused, with the layer that has most of them', () => {
  expect(refusal(described(1, 600e6))).toEqual([
    'model',
    'this takes at least 4.8 GB of memory, and a page has 3.9 GB; make dense_1 smaller: it has most of the weights',
  ]);
});

test('a batch that no page can hold is refused, with the layer whose output is largest', () => {
  const [place, words] = refusal(described(4096, 1000))!;
  expect(place).toBe('train.batch');
  expect(words).toMatch(/^this takes at least 6\.1 GB.*smaller batch than 4096.*conv2d_1 has the largest output$/);
});

test('a session is refused before it is opened', async () => {
  const { lab } = await startEngine();
  const experiment = await lab.experiment('lines');
  experiment.model.layers.splice(-1, 0, { type: 'dense', out_features: 60_000 }, { type: 'dense', out_features: 60_000 });
  await expect(lab.open({ experiment })).rejects.toMatchObject({ code: 'out_of_memory', place: 'model' });
  lab.close();
});
