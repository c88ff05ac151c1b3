// Without IndexedDB, as in Node: the shelf is in memory and says so.
import { beforeEach, expect, it } from 'vitest';
import { emptyCourse } from '../../src/run/course.js';
import { emptyHistory } from '../../src/run/history.js';
import { crowdedOut, mostRuns, newId, shelf, sizeOf, type KeptRun } from '../../src/run/shelf.js';

const kept = (id: string, when: number): KeptRun => ({
  id,
  when,
  from: 'study',
  experiment: { name: 'x', dataset: 'lines', model: { layers: [] } },
  data: 'Lines',
  images: 100,
  record: {
    run: id,
    experiment: 'x',
    title: '',
    finished: true,
    epochs: 1,
    parameters: 14,
    multiply_adds: 81,
    test_accuracy: null,
    test_loss: null,
    train_accuracy: 1,
    train_loss: 0,
    seconds: 1,
  },
  course: emptyCourse(),
});

beforeEach(async () => shelf.remove((await shelf.list()).map(({ id }) => id)));

it('lists the newest first, replaces by id, and tells of changes', async () => {
  let changes = 0;
  const count = (): void => void changes++;
  shelf.addEventListener('changed', count);
  await shelf.put(kept('a', 1));
  await shelf.put(kept('b', 2));
  await shelf.put(kept('a', 3));
  shelf.removeEventListener('changed', count);
  expect((await shelf.list()).map(({ id, when }) => [id, when])).toEqual([
    ['a', 3],
    ['b', 2],
  ]);
  expect(changes).toBe(3);
  expect(shelf.lasting).toBe(false);
  expect(sizeOf(kept('a', 3))).toBeGreaterThan(300);
});

it('lets the oldest go when it is full', async () => {
  for (let i = 0; i <= mostRuns; i++) await shelf.put(kept(String(i), i));
  const ids = (await shelf.list()).map(({ id }) => id);
  expect(ids).toHaveLength(mostRuns);
  expect(ids).not.toContain('0');
});

it('keeps what a run goes on from, until it is removed or has to make room', async () => {
  const history = emptyHistory();
  await shelf.put(kept('a', 1), { checkpoint: new Uint8Array(1000), history });
  expect((await shelf.find('a'))?.weights.checkpoint).toHaveLength(1000);
  expect((await shelf.list())[0]?.weights).toBe(1000);
  expect(sizeOf((await shelf.list())[0]!)).toBeGreaterThan(1300);
  // Its figures change, its checkpoint stays.
  await shelf.put(kept('a', 2));
  expect((await shelf.list())[0]?.weights).toBe(1000);
  await shelf.remove(['a']);
  expect(await shelf.find('a')).toBeNull();
  await shelf.put(kept('a', 3));
  expect((await shelf.list())[0]?.weights).toBe(0);
  // The newest keep theirs.
  const runs = [1, 2, 3, 4].map((when) => ({ ...kept(String(when), when), weights: when === 2 ? 0 : 40 }));
  expect(crowdedOut(runs, 100).map(({ id }) => id)).toEqual(['1']);
  expect(crowdedOut(runs, 120)).toEqual([]);
});

it('names runs apart', () => {
  expect(new Set(Array.from({ length: 1000 }, newId)).size).toBe(1000);
});
