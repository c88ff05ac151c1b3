import { expect, test } from 'vitest';
import { requireFeatures } from '../../src/client/features.js';
import { asLabError, buffersOf, placeOf } from '../../src/client/outcome.js';
import {
  LabEngine,
  LabError,
  LabSession,
  protocolVersion,
  type FromWorker,
  type Message,
  type SessionInfo,
  type ToWorker,
  type WorkerLike,
} from '../../src/client/client.js';

class FakeWorker implements WorkerLike {
  onmessage: ((event: { data: FromWorker }) => void) | null = null;
  onerror: ((event: { message?: string }) => void) | null = null;
  onmessageerror: (() => void) | null = null;
  readonly sent: ToWorker[] = [];
  postMessage(message: ToWorker): void {
    this.sent.push(message);
    if (message.kind === 'start') queueMicrotask(() => this.say({ kind: 'ready', protocol: protocolVersion, backend: 'fake' }));
  }
  terminate(): void {}
  say(message: FromWorker): void {
    this.onmessage?.({ data: message });
  }
}

async function start(): Promise<{ lab: LabEngine; worker: FakeWorker }> {
  const worker = new FakeWorker();
  return { lab: await LabEngine.start({ engineUrl: 'http://a/engine/', dataUrl: 'http://a/data/', worker: () => worker }), worker };
}

test('the worker is told absolute addresses', async () => {
  const { worker } = await start();
  expect(worker.sent[0]).toEqual({ kind: 'start', engineUrl: 'http://a/engine/', dataUrl: 'http://a/data/' });
});

const word = (english: string): Message => ({ id: 'a', args: {}, english });

test('replies find their calls in any order, errors are typed', async () => {
  const { lab, worker } = await start();
  const first = lab.experiment('lines');
  const second = lab.experiment('nonsense');
  const [a, b] = worker.sent.slice(1) as { id: number }[];
  worker.say({
    kind: 'reply',
    id: b!.id,
    ok: false,
    error: { code: 'unknown_name', place: 'experiment', problem: word('is not known'), remedy: word('try lines') },
  });
  worker.say({ kind: 'reply', id: a!.id, ok: true, value: { name: 'lines' } });
  await expect(first).resolves.toEqual({ name: 'lines' });
  await expect(second).rejects.toBeInstanceOf(LabError);
  await expect(second).rejects.toMatchObject({ code: 'unknown_name', message: 'experiment: is not known; try lines' });
});

test('a worker that dies fails every call, also later ones', async () => {
  const { lab, worker } = await start();
  const call = lab.experiments();
  worker.onerror?.({ message: 'boom' });
  await expect(call).rejects.toMatchObject({ code: 'internal' });
  await expect(lab.experiments()).rejects.toMatchObject({ code: 'internal' });
});

test('a failing listener does not silence the others', async () => {
  const { lab, worker } = await start();
  const heard: string[] = [];
  const error = console.error;
  console.error = () => undefined;
  lab.on('loading', () => {
    throw new Error('mistake');
  });
  lab.on('loading', (event) => heard.push(event.type));
  worker.say({ kind: 'events', events: [{ type: 'loading', name: 'x', bytes: 0, totalBytes: 1, trainLoaded: 0, testLoaded: 0 }] });
  console.error = error;
  expect(heard).toEqual(['loading']);
});

test('without SIMD or WebAssembly there is a typed error', () => {
  const { WebAssembly: real } = globalThis;
  const set = (value: unknown): void =>
    void Object.defineProperty(globalThis, 'WebAssembly', { value, configurable: true, writable: true });
  try {
    set({ validate: () => false });
    expect(requireFeatures).toThrowError(expect.objectContaining({ code: 'no_simd' }) as Error);
    set(undefined);
    expect(requireFeatures).toThrowError(expect.objectContaining({ code: 'no_webassembly' }) as Error);
  } finally {
    set(real);
  }
  expect(requireFeatures).not.toThrow();
});

test('places name the layer and the field', () => {
  expect(placeOf('model.layers[3] (conv2d).kernel')).toEqual({ layer: 3, field: 'kernel' });
  expect(placeOf('model.layers[0].kernel')).toEqual({ layer: 0, field: 'kernel' });
  expect(placeOf('model.layers[12] (dense)')).toEqual({ layer: 12, field: null });
  expect(placeOf('optimizer.lr')).toEqual({ layer: null, field: 'optimizer.lr' });
});

test('buffers of a reply are found once', () => {
  const data = new Float32Array(3);
  expect(buffersOf({ a: { data }, b: [{ data }], c: 'x', d: null })).toEqual([data.buffer]);
});

test('memory that runs out has its own code', () => {
  expect(asLabError(new RangeError('Array buffer allocation failed'), 'open').code).toBe('out_of_memory');
  expect(asLabError(new TypeError('x'), 'open').code).toBe('internal');
});

test('a session knows how many test images it has after they were loaded', async () => {
  const info = { id: 1, step: 0, test_count: 1000, test_total: 10_000 } as unknown as SessionInfo;
  const session = new LabSession(info, () => Promise.resolve({ test_count: 10_000 }));
  await session.loadTest();
  expect(session.info.test_count).toBe(10_000);
});

test('an engine that is closed before it is ready keeps nobody waiting', async () => {
  const silent: WorkerLike = { onmessage: null, onerror: null, postMessage: () => undefined, terminate: () => undefined };
  const lab = LabEngine.begin({ engineUrl: 'http://localhost/e/', dataUrl: 'http://localhost/d/', worker: () => silent });
  const asked = lab.catalog();
  lab.close();
  await expect(lab.ready).rejects.toMatchObject({ code: 'closed' });
  await expect(asked).rejects.toMatchObject({ code: 'closed' });
});

test('an answer that cannot be handed over fails every call', async () => {
  const { lab, worker } = await start();
  const asked = lab.catalog();
  worker.onmessageerror?.();
  await expect(asked).rejects.toMatchObject({ code: 'internal', problem: { id: 'page.answer_lost' } });
});
