import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import type { CnnlabModule, ModuleFactory, Outcome, SliceOfTraining } from '../../src/client/module.js';
import { stepColumns } from '../../src/client/protocol.js';

const take = <T>(outcome: Outcome<T>): T => {
  if ('value' in outcome) return outcome.value;
  throw new Error('error' in outcome ? `${outcome.error.place}: ${outcome.error.problem.english}` : outcome.failed);
};

let module: CnnlabModule;
beforeAll(async () => {
  const path = fileURLToPath(new URL('../../../build/wasm/web/bindings/cnnlab.js', import.meta.url));
  const { default: create } = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as { default: ModuleFactory };
  module = await create();
});

const side = 8;
const splits = { train: 20, test: 10 };

/** Images of so many classes, each bright in rows of its own. */
function imagesOf(classes: number): number {
  const card = {
    name: 'own',
    title: 'own',
    image: { height: side, width: side, channels: 1 },
    classes: [] as string[],
    mean: [0.5],
    stddev: [0.5],
  };
  for (let i = 0; i < classes; i++) card.classes.push(`class ${i}`);
  const id = take(module.imagesNew(JSON.stringify(card)));
  for (const [split, count] of Object.entries(splits)) {
    const pixels = new Uint8Array(count * side * side).map((_, i) => {
      const image = Math.floor(i / (side * side));
      const row = Math.floor((i % (side * side)) / side);
      return row % classes === image % classes ? 200 - image : (i * 7 + image) % 60;
    });
    take(
      module.imagesAdd(
        id,
        split,
        pixels,
        Int32Array.from({ length: count }, (_, i) => i % classes),
      ),
    );
  }
  return id;
}

const rest = {
  loss: 'cross_entropy',
  optimizer: { type: 'adam', lr: 0.01 },
  train: { epochs: 3, batch: 5, seed: 4 },
};
const first = {
  name: 'first',
  dataset: { name: 'own' },
  model: {
    layers: [
      { type: 'conv2d', name: 'conv', out_channels: 6, kernel: 3 },
      'batch_norm',
      'relu',
      'flatten',
      { type: 'dense', out_features: 2 },
    ],
  },
  ...rest,
};
const second = (frozenFeatures: string): string =>
  JSON.stringify({
    name: 'second',
    dataset: { name: 'own' },
    base: { file: 'first', until: 'relu_1' },
    model: { layers: ['flatten', { type: 'dense', out_features: 3 }] },
    ...rest,
    train: { ...rest.train, frozen_features: frozenFeatures },
  });

interface Course {
  losses: number[];
  accuracies: (number | null)[];
  features: { done: number; count: number }[];
}
/** Trains to the end, or so many steps. */
function train(id: number, steps = 1000): Course {
  const course: Course = { losses: [], accuracies: [], features: [] };
  const add = (slice: SliceOfTraining): SliceOfTraining => {
    for (let row = 0; row < slice.batches.length; row += stepColumns.length)
      course.losses.push(slice.batches[row + stepColumns.indexOf('loss')]!);
    for (const event of slice.events) {
      if (event.type === 'features') course.features.push(event);
      if (event.type === 'epoch_end') course.accuracies.push(event.test_accuracy);
    }
    return slice;
  };
  const until = course.losses.length + steps;
  while (course.losses.length < until) {
    let slice = add(take(module.run(id, 1, 0)));
    while (slice.mid_step) slice = add(take(module.run(id, 0, 0)));
    if (!slice.more) break;
  }
  return course;
}

test('a trained network before a new head: its features are computed once, and the head learns the same from them', () => {
  const two = imagesOf(2);
  const three = imagesOf(3);
  const one = take(module.open(JSON.stringify(first), two, -1, null, ''));
  expect(train(one.id).losses).toHaveLength(12);
  const weights = take(module.weights(one.id));

  const opened = (frozenFeatures: string): number => take(module.open(second(frozenFeatures), three, -1, weights, '')).id;
  const once = opened('auto');
  const base = ['base.conv.weight', 'base.batch_norm_1.running_mean'];
  const before = take(module.tensors(once, base));
  const course = train(once, 5);
  expect(course.features.at(-1)).toMatchObject({ done: 30, count: 30 });
  expect(course.features[0]!.done).toBeLessThan(30);
  const checkpoint = take(module.checkpoint(once));
  const after = train(once);
  expect(after.features).toHaveLength(0);
  expect(take(module.tensors(once, base))).toEqual(before);

  const everyStep = opened('every_step');
  const other = train(everyStep);
  expect(other.features).toHaveLength(0);
  expect(other.losses).toHaveLength(12);
  [...course.losses, ...after.losses].forEach((loss, i) => expect(loss).toBeCloseTo(other.losses[i]!, 5));
  expect([...course.accuracies, ...after.accuracies]).toEqual(other.accuracies);
  expect(other.accuracies.at(-1)).toBeGreaterThan(0.6);

  // A state that is opened again brings its base's weights with it.
  take(module.restore(once, checkpoint));
  const again = train(once);
  expect(again.losses).toEqual(after.losses);
  expect(again.features.at(-1)).toMatchObject({ done: 30, count: 30 });
  // From the beginning the same losses come again.
  take(module.reset(once));
  expect(train(once, 5).losses).toEqual(course.losses);
  for (const id of [one.id, once, everyStep]) take(module.close(id));
});

test('what is missing or does not fit is named', () => {
  const three = imagesOf(3);
  expect(() => take(module.open(second('auto'), three, -1, null, ''))).toThrow('base.file: has not been put before the network');
  expect(() => take(module.open(second('auto'), three, -1, new Uint8Array(5), ''))).toThrow('first: ');
  const one = take(module.open(JSON.stringify(first), imagesOf(2), -1, null, ''));
  const weights = take(module.weights(one.id));
  const card = JSON.stringify({ layers: [{ type: 'conv2d', name: 'other', out_channels: 6, kernel: 3 }] });
  expect(() => take(module.open(second('auto'), three, -1, weights, card))).toThrow('base.until: has no layer "relu_1"');
  take(module.close(one.id));
});
