import { expect, test } from 'vitest';
import type { CnnlabModule, Outcome, SliceOfEvaluation, SliceOfTraining } from '../../src/client/module.js';
import { Outbox } from '../../src/client/outbox.js';
import type { LabEvent, SessionInfo } from '../../src/client/protocol.js';
import { SpeedMeter } from '../../src/client/speed-meter.js';
import { Training } from '../../src/client/training.js';

/** So many slices make a step. */
const slicesOfStep = 5;

/** A module whose steps take several slices, and that writes down what happens in which order. */
class SlowModule {
  readonly log: string[] = [];
  step = 0;
  part = 0;
  evaluated = 0;

  run(_id: number, steps: number): Outcome<SliceOfTraining> {
    const begun = this.part === 0 && steps > 0 ? 1 : 0;
    if (begun) this.log.push(`begin ${this.step}`);
    if (begun || this.part > 0) this.part++;
    const batches: number[] = [];
    if (this.part === slicesOfStep) {
      this.part = 0;
      this.log.push(`end ${this.step}`);
      batches.push(this.step++, 0, 1, 0, 0.1, 1);
    }
    return {
      value: {
        more: true,
        trained: true,
        begun,
        mid_step: this.part > 0,
        step: this.step,
        batches: Float64Array.from(batches),
        events: [],
      },
    };
  }

  beginEvaluation(): Outcome<undefined> {
    this.log.push('evaluate');
    this.evaluated = 0;
    return { value: undefined };
  }

  evaluationSlice(): Outcome<SliceOfEvaluation> {
    this.evaluated++;
    if (this.evaluated < 3) return { value: { done: this.evaluated, count: 3 } };
    const evaluation = { loss: 1, accuracy: 1, top5: 1, count: 3, class_accuracy: [1], confusion: [[3]] };
    const probabilities = { shape: [3, 2], data: Float32Array.from([0, 1, 1, 0, 0, 1]) };
    return { value: { done: 3, count: 3, evaluation, predicted: Int32Array.from([1, 0, 1]), probabilities } };
  }
}

const info = {
  id: 1,
  step: 0,
  train_count: 64,
  steps_per_epoch: 1,
  flops_per_image: 1,
  description: { output: 'softmax' },
} as unknown as SessionInfo;

let due: (() => void) | null = null;

/** One turn of the event loop, in which the worker does a slice; then what waits for its promises. */
async function turn(): Promise<void> {
  const work = due;
  due = null;
  work?.();
  await new Promise((resolve) => setImmediate(resolve));
}

/** Takes turns until it is so. */
async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 100 && !done(); i++) await turn();
  expect(done()).toBe(true);
}

/** Takes turns until it is there. */
async function after<T>(promise: T | Promise<T>): Promise<T> {
  let there = false;
  const end = (): void => void (there = true);
  void Promise.resolve(promise).then(end, end);
  await until(() => there);
  return promise;
}

function begin(): { module: SlowModule; training: Training; events: LabEvent[] } {
  const module = new SlowModule();
  const events: LabEvent[] = [];
  const training = new Training(module as unknown as CnnlabModule, new Outbox((more) => events.push(...more), 0), (tick) => ({
    ask: () => (due = tick),
    stop: () => (due = null),
  }));
  training.add(info);
  return { module, training, events };
}

test('a pause is said at once and answered after the step under way; no other step begins', async () => {
  const { module, training, events } = begin();
  training.train(1, {});
  await until(() => module.step === 2 && module.part === 2);
  const paused = training.pause(1);
  expect(events.at(-1)).toMatchObject({ type: 'state', state: 'paused' });
  expect(module.part).toBe(2);
  expect(await after(paused)).toEqual({ step: 3 });
  for (let i = 0; i < 20; i++) await turn();
  expect(module.log.at(-1)).toBe('end 2');
});

test('what looks at weights waits for the step to end, and keeps nobody else waiting meanwhile', async () => {
  const { module, training, events } = begin();
  training.train(1, {});
  await until(() => module.part === 2);
  const looks = [1, 2].map((n) => training.settled(1, () => module.log.push(`look ${n}`)));
  expect(module.log).toEqual(['begin 0']);
  // Between its slices a call is heard: this one stops the training before the looking has begun.
  await turn();
  const paused = training.pause(1);
  expect(events.at(-1)).toMatchObject({ type: 'state', state: 'paused' });
  await after(Promise.all([...looks, paused]));
  expect(module.log).toEqual(['begin 0', 'end 0', 'look 1', 'look 2']);
  training.train(1, { steps: 1 });
  await until(() => module.step === 2);
  expect(module.log.slice(4)).toEqual(['begin 1', 'end 1']);
});

test('where no step is under way, looking happens at once; two who wait are served in two turns', async () => {
  const { module, training } = begin();
  expect(training.settled(1, () => 7)).toBe(7);
  training.train(1, {});
  await until(() => module.part === 4);
  let turns = 0;
  const seen: number[] = [];
  const looks = [1, 2].map(() => training.settled(1, () => seen.push(turns)));
  while (seen.length < 2 && turns < 20) {
    await turn();
    turns++;
  }
  await Promise.all(looks);
  expect(seen[1]).toBeGreaterThan(seen[0]!);
  expect(module.log.filter((line) => line.startsWith('begin'))).toHaveLength(1);
});

test('an evaluation tells how far it is, holds training up, and can be stopped', async () => {
  const { module, training, events } = begin();
  training.train(1, {});
  await until(() => module.part === 3);
  const result = await after(training.evaluate(1, {}));
  expect([...result.predicted]).toEqual([1, 0, 1]);
  expect(module.log).toEqual(['begin 0', 'end 0', 'evaluate']);
  const told = events.filter((event) => event.type === 'evaluating');
  expect(told.map(({ asked, done, count }) => [asked, done, count])).toEqual([
    [true, 1, 3],
    [true, 2, 3],
    [true, 3, 3],
  ]);
  const stopped = training.evaluate(1, {});
  training.stopEvaluations(1);
  await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
  await until(() => module.step === 3);
});

test('a jump to another state forgets the step under way and begins an evaluation anew', async () => {
  const { module, training } = begin();
  const result = training.evaluate(1, {});
  await until(() => module.evaluated === 1);
  expect(training.move(1, () => 40)).toEqual({ step: 40 });
  expect((await after(result)).count).toBe(3);
  expect(module.log).toEqual(['evaluate', 'evaluate']);
  expect(training.step(1)).toBe(40);
});

test('closing a session tells those who wait', async () => {
  const { module, training } = begin();
  training.train(1, {});
  await until(() => module.part === 2);
  const looking = training.settled(1, () => undefined);
  const evaluating = training.evaluate(1, {});
  training.remove(1);
  const told = await Promise.allSettled([looking, evaluating]);
  expect(told).toMatchObject([{ reason: { code: 'cancelled' } }, { reason: { code: 'cancelled' } }]);
  expect(() => training.pause(1)).toThrow(/not open/);
});

test('the speed is that of the slices that went to steps, over the last seconds', () => {
  const meter = new SpeedMeter();
  let at = 0;
  /** One slice of 10 ms with a step in it, after so much time that went to other things. */
  const slice = (other: number): number | null => meter.add(1, 10, (at += other + 10));
  // 100 steps a second, although three quarters of the time went to tests.
  const told = Array.from({ length: 100 }, () => slice(30)).filter((value) => value !== null);
  expect(told.length).toBeGreaterThanOrEqual(3);
  for (const value of told) expect(value).toBeCloseTo(100, 6);
  // A slower machine is told of gradually, and wholly after five seconds.
  const slow = Array.from({ length: 60 }, () => meter.add(1, 100, (at += 100))).filter((value) => value !== null);
  expect(slow[0]).toBeGreaterThan(12);
  expect(slow.at(-1)).toBeCloseTo(10, 6);
});
