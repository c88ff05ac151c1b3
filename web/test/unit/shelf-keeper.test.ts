// Without IndexedDB, as in Node: the shelf is in memory.
import { beforeEach, expect, it } from 'vitest';
import { emptyHistory } from '../../src/run/history.js';
import type { TrainRun } from '../../src/run/run.js';
import { ShelfKeeper } from '../../src/run/shelf-keeper.js';
import { shelf } from '../../src/run/shelf.js';

const card = { title: 'Lines' };

/** What the keeper sees of a run: a session, its step, and events. */
class FakeRun {
  session: unknown = null;
  keptAs: string | null = null;
  state = 'paused';
  experiment = {};
  evaluation = null;
  history = emptyHistory();
  private readonly listeners: (() => void)[] = [];

  get step(): number {
    return (this.session as { step: number } | null)?.step ?? 0;
  }
  listen(_type: string, listener: () => void): void {
    this.listeners.push(listener);
  }
  tell(): void {
    for (const listener of this.listeners) listener();
  }
  /** Opens a network of this name, so many steps after its start. */
  open(name: string, step: number, keptAs: string | null = null): void {
    const description = { experiment: { name }, parameters: 1, multiply_adds: 1 };
    const info = { description, card, steps_per_epoch: 1, total_steps: 10, train_count: 10 };
    this.session = { step, info, checkpoint: () => Promise.resolve(Uint8Array.of(step)) };
    this.keptAs = keptAs;
    this.history = emptyHistory();
    this.history.epochs.push({ step, epoch: step - 1, train_loss: 1, train_accuracy: 1, test_loss: null, test_accuracy: null } as never);
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const listed = async (): Promise<string[]> => (await shelf.list()).map(({ record }) => `${record.experiment} ${record.epochs}`).sort();

let run: FakeRun;
beforeEach(async () => {
  await shelf.remove((await shelf.list()).map(({ id }) => id));
  run = new FakeRun();
  new ShelfKeeper(run as unknown as TrainRun, {
    failed: (error) => {
      throw error;
    },
    noRoom: () => undefined,
  });
});

it('a run that goes on stays one run; one that begins anew is another', async () => {
  run.open('a', 1);
  run.tell();
  await settled();
  const { id } = (await shelf.list())[0]!;
  run.open('a', 3, id);
  run.tell();
  await settled();
  expect(await listed()).toEqual(['a 3']);
  // Reset, and trained anew for two epochs.
  (run.session as { step: number }).step = 2;
  run.tell();
  await settled();
  expect(await listed()).toEqual(['a 2', 'a 3']);
});

it('two runs that go on shortly after each other keep their own names', async () => {
  for (const name of ['a', 'b']) {
    run.open(name, 1);
    run.tell();
    await settled();
  }
  const ids = Object.fromEntries((await shelf.list()).map(({ id, record }) => [record.experiment, id])) as Record<string, string>;
  // The events of the first come when the second one is open.
  run.open('a', 2, ids['a']!);
  run.tell();
  run.open('b', 5, ids['b']!);
  run.tell();
  await settled();
  const byId = Object.fromEntries((await shelf.list()).map(({ id, record }) => [id, `${record.experiment} ${record.epochs}`]));
  expect(byId[ids['b']!]).toBe('b 5');
  expect(byId[ids['a']!]).toMatch(/^a /);
  expect(Object.keys(byId)).toHaveLength(2);
});
