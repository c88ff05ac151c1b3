import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { EventOf, Experiment, LabEngine, LabEvent, LabEventType, SessionInfo } from '../../src/client/client.js';
import { LabError } from '../../src/client/client.js';
import { say } from '../../src/client/messages.js';
import { TrainRun } from '../../src/run/run.js';

/** A session of 100 steps an epoch that does what it is told to at once. */
class FakeSession {
  step = 0;
  snapshots = new Map<number, number>();
  wrong: LabError | null = null;
  readonly info = {
    id: 1,
    description: {
      experiment: { name: 'x' },
      layers: [{ name: 'conv2d_1', type: 'conv2d' }],
      tensors: [{ name: 'conv2d_1.weight', shape: [2, 3, 3, 1] }],
    },
    card: { name: 'lines', image: { height: 5, width: 5, channels: 1 }, classes: ['a', 'b'] },
    steps_per_epoch: 100,
    total_steps: 1000,
    step: 0,
    test_count: 3,
    test_total: 3,
  } as unknown as SessionInfo;
  private nextId = 1;
  private readonly listeners = new Map<string, ((event: LabEvent) => void)[]>();

  on<T extends LabEventType>(type: T, listener: (event: EventOf<T>) => void): () => void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener as (event: LabEvent) => void]);
    return () => this.listeners.delete(type);
  }
  say(event: LabEvent): void {
    for (const listener of this.listeners.get(event.type) ?? []) listener(event);
  }
  /** Trains to a step, as one message. */
  async goTo(step: number): Promise<void> {
    const steps = Float64Array.from({ length: step - this.step }, (_, i) => this.step + i);
    const flat = steps.map(() => 1);
    this.step = step;
    const columns = { step: steps, epoch: flat, count: flat, loss: flat, accuracy: flat, learning_rate: flat, gradient_norm: flat };
    this.say({ type: 'batches', session: 1, ...columns });
    await new Promise((resolve) => setTimeout(resolve));
  }
  snapshot(): Promise<object> {
    const id = this.nextId++;
    this.snapshots.set(id, this.step);
    return Promise.resolve({ id, step: this.step, bytes: 1 });
  }
  restoreSnapshot(id: number): Promise<object> {
    this.step = this.snapshots.get(id)!;
    return Promise.resolve({ step: this.step });
  }
  dropSnapshot(id: number): Promise<void> {
    expect(this.snapshots.delete(id)).toBe(true);
    return Promise.resolve();
  }
  tensors(): Promise<object[]> {
    return Promise.resolve([{ name: 'conv2d_1.weight', shape: [2, 3, 3, 1], data: new Float32Array(18) }]);
  }
  setTensor = vi.fn(() => Promise.resolve());
  reset(): Promise<object> {
    this.step = 0;
    return Promise.resolve({ step: 0 });
  }
  images(_: string, indices: number[]): Promise<object> {
    return Promise.resolve({ labels: Int32Array.from(indices, (i) => i % 2) });
  }
  evaluate(): Promise<object> {
    if (this.wrong) return Promise.reject(this.wrong);
    const probabilities = { shape: [3, 2], data: new Float32Array(6) };
    return Promise.resolve({ loss: 0.5, accuracy: 2 / 3, count: 3, predicted: Int32Array.of(0, 1, 1), probabilities });
  }
  loadTest = (): Promise<object> => Promise.resolve({ test_count: 3 });
  stopEvaluations = (): Promise<void> => Promise.resolve();
  pause = (): Promise<object> => Promise.resolve({ step: this.step });
  close = (): Promise<void> => Promise.resolve();
}

let session: FakeSession;
let run: TrainRun;

beforeEach(async () => {
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw));
  session = new FakeSession();
  run = new TrainRun({ open: () => Promise.resolve(session) } as unknown as LabEngine);
  await run.open({ name: 'x' } as Experiment, { kind: 'lines' });
});

const keptSteps = (): number[] => run.kept.map(({ step }) => step);

test('frozen weights that came with a saved run outlive a reset', async () => {
  await run.reset();
  expect(session.setTensor).not.toHaveBeenCalled();
  const { description } = session.info;
  description.experiment = { ...description.experiment, base: { file: 'other', layers: 1 } };
  description.tensors = [{ ...description.tensors[0]!, name: 'base.conv2d_1.weight' }];
  await run.open({ name: 'x' } as Experiment, { kind: 'lines' }, new Uint8Array());
  await run.reset();
  expect(session.setTensor).toHaveBeenCalledTimes(1);
  // The worker has a base that was given, and does it itself.
  await run.open({ name: 'x' } as Experiment, { kind: 'lines' }, undefined, undefined, { weights: new Uint8Array() });
  await run.reset();
  expect(session.setTensor).toHaveBeenCalledTimes(1);
});

test('another network on the same images keeps the curves of the one before, unless an epoch has other steps', async () => {
  await session.goTo(10);
  const { ghosts } = run.asGhosts;
  expect(ghosts).toHaveLength(1);
  await run.open({ name: 'y' } as Experiment, { kind: 'lines' }, undefined, run.asGhosts);
  expect(run.ghosts).toEqual(ghosts);
  expect(run.history.step).toEqual([]);
  // Nothing was trained since: there is no curve more.
  expect(run.asGhosts.ghosts).toHaveLength(1);
  session = new FakeSession();
  Object.assign(session, { info: { ...session.info, steps_per_epoch: session.info.steps_per_epoch / 2 } });
  await run.open({ name: 'z' } as Experiment, { kind: 'lines' }, undefined, run.asGhosts);
  expect(run.ghosts).toEqual([]);
});

describe('the time machine', () => {
  test('keeps the first state, and one every eighth of an epoch', async () => {
    for (const step of [10, 20, 30, 40]) await session.goTo(step);
    expect(keptSteps()).toEqual([0, 20, 40]);
  });

  test('thins automatic states out when there are too many; those of a person and the first stay', async () => {
    await session.goTo(5);
    await run.keep();
    for (let step = 13; step < 13 * 40; step += 13) await session.goTo(step);
    expect(keptSteps().slice(0, 2)).toEqual([0, 5]);
    expect(run.kept.length).toBeLessThanOrEqual(26);
    expect(session.snapshots.size).toBe(run.kept.length);
  });

  test('a jump back leaves a ghost and goes on as a branch', async () => {
    await session.goTo(20);
    await session.goTo(40);
    await run.jump(run.kept[1]!.id);
    expect(run.step).toBe(20);
    expect(run.history.step.at(-1)).toBe(20);
    expect(run.ghosts.map(({ step }) => step.at(-1))).toEqual([40]);
    await session.goTo(25);
    expect(run.history.step).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
  });

  test('a jump forth along the same course leaves no second one', async () => {
    await session.goTo(20);
    await run.jump(run.kept[0]!.id);
    await run.jump(run.kept[1]!.id);
    expect(run.ghosts.length).toBe(1);
    expect(run.step).toBe(20);
  });

  test('a reset forgets kept states and leaves a ghost', async () => {
    await session.goTo(20);
    await run.reset();
    expect(keptSteps()).toEqual([0]);
    expect(session.snapshots.size).toBe(1);
    expect(run.history.step).toEqual([]);
    expect(run.ghosts.length).toBe(1);
  });
});

describe('tests', () => {
  test('give verdicts of the step at which they were made', async () => {
    await session.goTo(7);
    await run.evaluate();
    expect(run.verdicts).toMatchObject({ step: 7, count: 3, labels: Int32Array.of(0, 1, 0), predicted: Int32Array.of(0, 1, 1) });
    expect(run.evaluation).toMatchObject({ step: 7, count: 3 });
    expect(run.testing).toBeNull();
  });

  test('at the end of training are told why they failed, unless they were stopped', async () => {
    session.wrong = new LabError({ code: 'offline', place: 'x', problem: say('data.not_fetched'), remedy: null });
    run.testAtEnd();
    await vi.waitFor(() => expect(run.testing).toBeNull());
    expect(run.untested?.code).toBe('offline');
    session.wrong = new LabError({ code: 'cancelled', place: 'x', problem: say('page.stopped'), remedy: null });
    run.testAtEnd();
    await vi.waitFor(() => expect(run.testing).toBeNull());
    expect(run.untested).toBeNull();
  });

  test('can be stopped while images are on their way that never come', async () => {
    session.info.test_total = 10_000;
    session.loadTest = () => new Promise(() => undefined);
    run.testAtEnd();
    expect(run.testing).toEqual({ done: 0, count: 10_000 });
    run.stopTesting();
    await vi.waitFor(() => expect(run.testing).toBeNull());
    expect(run.untested).toBeNull();
    const asked = run.evaluate();
    run.stopTesting();
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  });
});

test('the focus stays where the new network has the same layer and image', async () => {
  run.look({ layer: 'conv2d_1', image: { index: 2 } });
  await run.open({ name: 'y' } as Experiment, { kind: 'lines' });
  expect(run.focus).toEqual({ layer: 'conv2d_1', image: { index: 2 } });
  run.look({ layer: 'dense_9', image: { index: 3 } });
  await run.open({ name: 'z' } as Experiment, { kind: 'lines' });
  expect(run.focus).toEqual({ layer: 'conv2d_1', image: { index: 0 } });
});
