import { expect, test } from 'vitest';
import { mergeBatches, Outbox } from '../../src/client/outbox.js';
import { stepColumns, type LabEvent, type StepColumn } from '../../src/client/protocol.js';

const row = (values: Partial<Record<StepColumn, number>>): Float64Array => Float64Array.from(stepColumns, (name) => values[name] ?? 1);

test('slices become columns', () => {
  const event = mergeBatches(7, [
    row({ step: 0, epoch: 0, loss: 1.5, gradient_norm: 2 }),
    Float64Array.from([
      ...row({ step: 1, epoch: 0, loss: 1.25, gradient_norm: 3 }),
      ...row({ step: 2, epoch: 1, loss: 1, gradient_norm: 4 }),
    ]),
  ]);
  expect(event.session).toBe(7);
  expect([...event.step]).toEqual([0, 1, 2]);
  expect([...event.epoch]).toEqual([0, 0, 1]);
  expect([...event.loss]).toEqual([1.5, 1.25, 1]);
  expect([...event.gradient_norm]).toEqual([2, 3, 4]);
});

test('at most one message a frame, and nothing is lost', () => {
  let now = 0;
  const posted: LabEvent[][] = [];
  const outbox = new Outbox(
    (events) => posted.push(events),
    16,
    () => now,
  );
  for (let step = 0; step < 100; ++step, now += 2) {
    outbox.addBatches(1, row({ step }));
    outbox.flush();
  }
  outbox.flush(true);
  expect(posted.length).toBeLessThanOrEqual(200 / 16 + 2);
  const steps = posted.flat().flatMap((event) => (event.type === 'batches' ? [...event.step] : []));
  expect(steps).toEqual(Array.from({ length: 100 }, (_, i) => i));
});

test('only the latest progress is kept, by data set and session', () => {
  const posted: LabEvent[][] = [];
  const outbox = new Outbox((events) => posted.push(events));
  for (const name of ['a', 'b', 'a']) outbox.add({ type: 'loading', name, bytes: 1, totalBytes: 2, trainLoaded: 0, testLoaded: 0 });
  for (const session of [1, 2, 1]) outbox.add({ type: 'evaluating', asked: false, session, done: 1, count: 2 });
  outbox.flush(true);
  expect(posted[0]!.map((event) => event.type)).toEqual(['loading', 'loading', 'evaluating', 'evaluating']);
  outbox.flush(true);
  expect(posted.length).toBe(1);
});

test('an epoch begins before its steps and ends after them', () => {
  const posted: LabEvent[][] = [];
  const outbox = new Outbox((events) => posted.push(events));
  outbox.addBatches(1, row({ step: 0 }));
  outbox.add({ type: 'train_end', session: 1, step: 1 });
  outbox.add({ type: 'epoch_begin', session: 1, step: 0, epoch: 0 });
  outbox.flush(true);
  expect(posted[0]!.map((event) => event.type)).toEqual(['epoch_begin', 'batches', 'train_end']);
});
