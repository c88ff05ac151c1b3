import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { CnnlabModule, ModuleFactory, Outcome } from '../../src/client/module.js';

const take = <T>(outcome: Outcome<T>): T => {
  if ('value' in outcome) return outcome.value;
  throw new Error('error' in outcome ? outcome.error.problem.english : outcome.failed);
};

async function load(preset: string, file: string, threads: number): Promise<CnnlabModule> {
  const path = fileURLToPath(new URL(`../../../build/${preset}/web/bindings/${file}`, import.meta.url));
  const { default: create } = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as { default: ModuleFactory };
  const module = await create({ threads });
  module.setThreads(threads);
  return module;
}

/** Losses of so many steps of "lines" in batches of 16, two sessions in turn. */
function losses(module: CnnlabModule, steps: number): number[] {
  const experiment = take(module.experiment('lines'));
  experiment.train = { ...experiment.train, batch: 16 };
  const sessions = [1, 2].map(() => take(module.open(JSON.stringify(experiment), 0, 0, null, '')));
  const found: number[] = [];
  for (let step = 0; step < steps; step++) {
    for (const { id } of sessions) {
      let slice = take(module.run(id, 1, 0));
      while (slice.mid_step) slice = take(module.run(id, 0, 0));
      found.push(slice.batches[2]!);
    }
  }
  for (const { id } of sessions) take(module.close(id));
  return found;
}

test('the module with threads gives the same bits, in parts of steps, for sessions that share the threads', async () => {
  const one = await load('wasm', 'cnnlab.js', 1);
  const two = await load('wasm-threads', 'cnnlab-threads.js', 2);
  expect(one.backend()).toContain('1 thread');
  expect(two.backend()).toContain('2 threads');
  const expected = losses(one, 20);
  expect(expected).toHaveLength(40);
  expect(losses(two, 20)).toEqual(expected);
});
