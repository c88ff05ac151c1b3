// Without IndexedDB, as in Node: the shelf is in memory and says so.
import { beforeEach, expect, it } from 'vitest';
import { emptyCourse } from '../../src/run/course.js';
import { mostRuns, newId, shelf, sizeOf, type KeptRun } from '../../src/run/shelf.js';

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

it('names runs apart', () => {
  expect(new Set(Array.from({ length: 1000 }, newId)).size).toBe(1000);
});
