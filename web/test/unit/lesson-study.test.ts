import { expect, test } from 'vitest';
import { LabError, type LabEngine } from '../../src/client/client.js';
import type { StudyPlan } from '../../src/client/module.js';
import { starter } from '../../src/design/starter.js';
import { LessonStudy } from '../../src/lessons/frame/lesson-study.js';
import { RunKeeper } from '../../src/lessons/frame/kept-runs.js';
import type { Drawer } from '../../src/lessons/frame/progress.js';
import { planOf } from '../../src/stations/study/small-studies.js';
import type { Racer } from '../../src/stations/study/study-run.js';

const extent = { data: 'clothes', images: 10, tests: 5, epochs: 1, seeds: 2 };
const card = {
  name: 'clothes',
  title: 'clothes',
  image: { height: 28, width: 28, channels: 1 },
  classes: ['a', 'b'],
  mean: [0.5],
  stddev: [0.5],
};

/** An engine that trains in no time. Its openings of a network with this number, from 0, fail. */
function engineThatFails(...failing: number[]): { engine: LabEngine; opened: () => number; closed: () => number } {
  let opened = 0;
  let closed = 0;
  const session = (): object => ({
    step: 0,
    state: 'paused',
    info: {
      id: opened,
      card,
      total_steps: 1,
      train_count: 10,
      steps_per_epoch: 1,
      description: { parameters: 3, multiply_adds: 4, experiment: { name: 'net', title: 'net' } },
    },
    on: () => () => undefined,
    steps(this: { step: number; state: string }) {
      this.step = 1;
      this.state = 'finished';
      return Promise.resolve();
    },
    pause: () => Promise.resolve(),
    close: () => Promise.resolve(void closed++),
  });
  const engine = {
    datasets: () => Promise.resolve([{ name: 'clothes', card, train: 10, test: 5, trainLoaded: 10, testLoaded: 5 }]),
    validate: () => Promise.resolve({ ok: true, description: { parameters: 3, multiply_adds: 4, layers: [] } }),
    open: () =>
      failing.includes(opened++)
        ? Promise.reject(new LabError({ code: 'internal', place: 'memory', problem: 'none is left', remedy: null } as never))
        : Promise.resolve(session()),
  };
  return { engine: engine as unknown as LabEngine, opened: () => opened, closed: () => closed };
}

test('a network that fails ends the comparison with its reason, and it can be tried again', async () => {
  const { engine } = engineThatFails(1);
  const study = new LessonStudy(engine, 'kernels', extent);
  await study.train();
  expect(study.problem).toMatchObject({ place: 'memory' });
  await study.train();
  expect(study.problem).toBeNull();
  expect(study.records).toHaveLength(study.networks.length * extent.seeds);
});

test('the first seed is enough to know that one fails', async () => {
  const { engine, opened } = engineThatFails(0);
  const study = new LessonStudy(engine, 'kernels', extent);
  await study.train();
  expect(study.problem).toMatchObject({ place: 'memory' });
  expect(opened()).toBeLessThanOrEqual(study.networks.length);
});

test('what fails at the end is said in place, and can be tried again as a view does it', async () => {
  let fails = true;
  class Failing extends LessonStudy {
    protected override async trained(): Promise<void> {
      await Promise.resolve();
      if (fails) throw new LabError({ code: 'internal', place: 'tools', problem: 'has stopped', remedy: null } as never);
    }
  }
  const place = drawer();
  const keeper = new RunKeeper(() => place);
  const study = new Failing(engineThatFails().engine, 'kernels', extent, keeper);
  await study.train();
  expect(study.problem).toMatchObject({ place: 'tools' });
  expect(place.all.size).toBe(0);
  fails = false;
  study.problem = null;
  await study.train();
  expect(study.problem).toBeNull();
  expect(place.all.size).toBe(1);
  // The same of what an earlier visit has kept.
  fails = true;
  const again = engineThatFails();
  const later = new Failing(again.engine, 'kernels', extent, keeper);
  await later.train();
  expect(later.problem).toMatchObject({ place: 'tools' });
  fails = false;
  later.problem = null;
  await later.train();
  expect(later.problem).toBeNull();
  expect(later.records).toHaveLength(later.networks.length * extent.seeds);
  expect(again.opened()).toBe(0);
});

test('a network that has failed is tried again as a view does it', async () => {
  const { engine } = engineThatFails(1);
  const study = new LessonStudy(engine, 'kernels', extent);
  await study.train();
  expect(study.problem).not.toBeNull();
  study.problem = null;
  await study.train();
  expect(study.records).toHaveLength(study.networks.length * extent.seeds);
});

/** A place that keeps what it is given. */
function drawer(): Drawer & { all: Map<string, string> } {
  const all = new Map<string, string>();
  return {
    all,
    getItem: (key) => all.get(key) ?? null,
    setItem: (key, value) => void all.set(key, value),
    removeItem: (key) => void all.delete(key),
  };
}

test('what is trained is kept, and not trained again while it would come out the same', async () => {
  const keeper = new RunKeeper(() => place);
  const place = drawer();
  const first = engineThatFails();
  const study = new LessonStudy(first.engine, 'kernels', extent, keeper);
  await study.train();
  const again = engineThatFails();
  const later = new LessonStudy(again.engine, 'kernels', extent, keeper);
  await later.train();
  expect(again.opened()).toBe(0);
  expect(later.progress).toBe(1);
  expect(later.records).toEqual(study.records);
  expect(later.courses).toEqual(study.courses);
  const longer = new LessonStudy(again.engine, 'kernels', { ...extent, epochs: 2 }, keeper);
  await longer.train();
  expect(again.opened()).toBe(longer.networks.length * extent.seeds);
});

test('what fails is not kept, nor what is no run; a number that is none comes back as none', async () => {
  const place = drawer();
  const keeper = new RunKeeper(() => place);
  await new LessonStudy(engineThatFails(1).engine, 'kernels', extent, keeper).train();
  expect(place.all.size).toBe(0);
  const course = { at: [1], loss: [NaN], accuracy: [1 / 3], tests: [] };
  keeper.save('two', 'a', { figures: { largest: 1 / 3 }, courses: [{ name: 'x', course }] });
  expect(keeper.load('two', 'a')).toEqual({
    figures: { largest: 0.3333333 },
    courses: [{ name: 'x', course: { ...course, accuracy: [0.3333333] } }],
  });
  expect(keeper.load('two', 'b')).toBeNull();
  place.setItem('cnnlab-runs-two', '{"made":');
  expect(keeper.load('two', 'a')).toBeNull();
  const full = new RunKeeper(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  full.save('two', 'a', { figures: 1, courses: [] });
  expect(full.load('two', 'a')).toBeNull();
});

test('the first seed is told of before the others are trained', async () => {
  const { engine, opened } = engineThatFails();
  const told: [records: number, opened: number][] = [];
  class Telling extends LessonStudy {
    protected override async seeded(_: StudyPlan, records: readonly unknown[]): Promise<void> {
      await Promise.resolve();
      told.push([records.length, opened()]);
    }
  }
  const study = new Telling(engine, 'kernels', extent);
  await study.train();
  expect(told[0]![0]).toBe(study.networks.length);
  expect(told[0]![1]).toBeLessThan(study.networks.length * extent.seeds);
  expect(told.at(-1)![0]).toBe(study.networks.length);
});

test('a trained network is asked what it has become before its memory is freed', async () => {
  const { engine, closed } = engineThatFails();
  const asked: [seed: number, variant: number, closed: number][] = [];
  class Asking extends LessonStudy {
    protected override async examine({ seed, variant }: Racer): Promise<void> {
      await Promise.resolve();
      asked.push([seed, variant, closed()]);
    }
  }
  const plan = (): StudyPlan =>
    planOf(
      'two',
      ['a', 'b'].map((name) => ({ name, experiment: starter('clothes', 2) })),
    );
  const study = new Asking(engine, plan, extent);
  await study.train();
  expect(asked).toEqual([
    [1, 0, 0],
    [1, 1, 0],
    [2, 0, 2],
    [2, 1, 2],
  ]);
  expect(closed()).toBe(4);
});
