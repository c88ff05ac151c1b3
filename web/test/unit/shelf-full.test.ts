// A database with little room. It tells of that as browsers do: at the transaction's end, when each request was fine.
import { beforeEach, expect, it, vi } from 'vitest';
import { emptyCourse } from '../../src/run/course.js';
import { emptyHistory } from '../../src/run/history.js';
import type { KeptRun } from '../../src/run/shelf.js';

type Row = { id: string; checkpoint?: Uint8Array };

const tables: Record<string, Map<string, Row>> = { runs: new Map(), weights: new Map() };
let room = 0;

const answered = <T>(result: T) => {
  const request = { result, onsuccess: () => undefined };
  queueMicrotask(() => request.onsuccess());
  return request;
};

function transaction(name: string) {
  const rows = tables[name]!;
  const change = { error: null as DOMException | null, oncomplete: () => undefined, onabort: () => undefined, objectStore: () => store };
  const end = (isFine: boolean): void => {
    if (!isFine) change.error = new DOMException('no room', 'QuotaExceededError');
    setTimeout(() => (isFine ? change.oncomplete() : change.onabort()));
  };
  const store = {
    getAll: () => answered([...rows.values()]),
    get: (id: string) => answered(rows.get(id)),
    put: (row: Row) => {
      const fits = (row.checkpoint?.length ?? 0) <= room;
      if (fits) rows.set(row.id, row);
      end(fits);
      return answered(row.id);
    },
    delete: (id: string) => {
      rows.delete(id);
      return answered(undefined);
    },
  };
  return change;
}

vi.stubGlobal('indexedDB', { open: () => answered({ transaction }) });
const { shelf } = await import('../../src/run/shelf.js');

const kept = (id: string, when: number): KeptRun => ({
  id,
  when,
  from: 'train',
  experiment: { name: 'x', dataset: 'lines', model: { layers: [] } },
  data: 'Lines',
  images: 100,
  record: { run: id, experiment: 'x' } as KeptRun['record'],
  course: emptyCourse(),
});
const weights = (bytes: number) => ({ checkpoint: new Uint8Array(bytes), history: emptyHistory() });
const only = async (): Promise<KeptRun> => (await shelf.list())[0]!;

beforeEach(async () => {
  room = 1000;
  await shelf.remove((await shelf.list()).map(({ id }) => id));
});

it('a run whose weights have no room is kept without them, and says so', async () => {
  expect(await shelf.put(kept('a', 1), weights(2000))).toMatchObject({ weights: 0, noRoom: true });
  expect(await only()).toMatchObject({ id: 'a', weights: 0, noRoom: true });
  expect(await shelf.find('a')).toBeNull();
  // Its next figures do not forget it; weights that have room do.
  await shelf.put(kept('a', 2));
  expect(await only()).toMatchObject({ when: 2, weights: 0, noRoom: true });
  await shelf.put(kept('a', 3), weights(500));
  expect((await only()).weights).toBe(500);
  expect((await only()).noRoom).toBeUndefined();
});

it('weights of an earlier step do not stay with later figures', async () => {
  await shelf.put(kept('a', 1), weights(500));
  expect((await shelf.find('a'))?.weights.checkpoint).toHaveLength(500);
  await shelf.put(kept('a', 2), weights(1500));
  expect(await shelf.find('a')).toBeNull();
  expect(await only()).toMatchObject({ when: 2, weights: 0, noRoom: true });
});

it('where not even the run has room, that is an error', async () => {
  room = -1;
  await expect(shelf.put(kept('a', 1))).rejects.toThrow('no room');
});
