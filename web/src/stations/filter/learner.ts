import type { Experiment, ImageSet, LabEngine, LabProblem, LabSession, Lines, LinesOptions } from '../../client/client.js';
import { problemOf } from '../../state/engine.js';

/** Angles at which the filter is asked about a clean line. */
export const angles = Array.from({ length: 37 }, (_, i) => i * 5);
export const epochs = 50;
const mostGhosts = 4;
/** Milliseconds between two looks at a filter that learns. */
const lookInterval = 80;

/** Mean loss by epoch. */
export type Curve = readonly [epoch: number[], loss: number[]];

export interface Tuning {
  /** For a clean line at each angle: probability of "vertical", and the filter's strongest response. */
  answer: number[];
  response: number[];
}

/** What a filter answers to: one of the lines, both, or none, as ReLU cuts all that it gives. */
export type FilterKind = 'vertical' | 'horizontal' | 'both' | 'dead';

/** `tilt`: degrees by which all lines are turned. */
export function kindOf({ response }: Pick<Tuning, 'response'>, tilt: number): FilterKind {
  const at = (angle: number): number => response[Math.round(((((angle + tilt) % 180) + 180) % 180) / 5)] ?? 0;
  const [v, h] = [at(90), at(0)];
  const most = Math.max(v, h);
  if (most < 0.05) return 'dead';
  if (h < most / 4) return 'vertical';
  return v < most / 4 ? 'horizontal' : 'both';
}

/** Training images that are shown. */
const shown = 4;

/** One 3×3 filter in training. */
export class Learner {
  kernel = new Array<number>(9).fill(0);
  /** The kernel that the run before has learned. */
  before: number[] | null = null;
  /** Probability of "vertical" for the clean vertical and the clean horizontal line. */
  verdict: [number, number] | null = null;
  tuning: Tuning | null = null;
  curve: Curve = [[], []];
  /** Curves of earlier runs. */
  ghosts: Curve[] = [];
  playing = false;
  finished = false;
  steps = 0;
  /** The clean vertical and the clean horizontal line: pixels from 0 to 1, row by row. */
  clean: readonly number[][] = [];
  /** The first training images, and whether their line is a vertical one. */
  samples: readonly { pixels: readonly number[]; vertical: boolean }[] = [];
  trouble: LabProblem | null = null;
  session: LabSession | null = null;
  /** Whether a network has been opened: until then a press of Play would be lost. */
  ready = false;

  private probe: ImageSet | null = null;
  private sum = 0;
  private count = 0;
  private looking = false;
  private again = false;
  private looked = 0;
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private turn = 0;
  private stops: (() => void)[] = [];

  /** `changed` is called at every change, `epochDone` at the end of each epoch, `done` at the end of training. */
  constructor(
    private readonly engine: LabEngine,
    private readonly tell: { changed(): void; epochDone(epoch: number, loss: number): void; done(): void },
  ) {}

  get totalSteps(): number {
    return this.session?.info.total_steps ?? 5000;
  }

  get epoch(): number {
    return Math.min(epochs, Math.ceil(this.steps / (this.totalSteps / epochs)));
  }

  /** Opens a fresh network on these images; the earlier curve stays as a ghost. Gives true when it is open. */
  async open(data: LinesOptions, rate: number, seed: number): Promise<boolean> {
    await this.close();
    const { engine } = this;
    const turn = this.turn;
    try {
      const [experiment, lines, probe] = await Promise.all([
        engine.experiment('lines'),
        engine.lines(data),
        engine.lines({ ...data, noise: 0, count: 1, vertical_angles: angles, horizontal_angles: angles }),
      ]);
      if (turn !== this.turn) return false;
      const session = await engine.open({
        experiment: { ...experiment, optimizer: { type: 'sgd', lr: rate }, train: { ...experiment.train, seed } } as Experiment,
        data: { kind: 'lines', options: data },
      });
      if (turn !== this.turn) {
        await session.close();
        return false;
      }
      this.session = session;
      this.ready = true;
      const imageOf = ({ pixels }: ImageSet, i: number): number[] =>
        Array.from(pixels.subarray(25 * i, 25 * i + 25), (byte) => byte / lines.unit);
      this.clean = [0, 1].map((i) => imageOf(lines.test, i));
      this.samples = Array.from({ length: Math.min(shown, lines.train.count) }, (_, i) => ({
        pixels: imageOf(lines.train, i),
        vertical: lines.train.labels[i] === 1,
      }));
      // The images come two for each tilt, one of each class; takes the first.
      this.probe = rescaled(probe, lines.unit);
      this.clear();
      this.listen(session);
      await this.look();
      return true;
    } catch (error) {
      if (turn === this.turn) this.fail(error);
      return false;
    }
  }

  async close(): Promise<void> {
    this.turn++;
    clearTimeout(this.waiting);
    this.waiting = undefined;
    for (const stop of this.stops) stop();
    this.stops = [];
    this.playing = false;
    const { session } = this;
    this.session = null;
    // A session that the worker does not know any more is closed.
    await session?.close().catch(() => undefined);
  }

  /** Changes the speed, or the factor on the learning rate, of the filter in training. */
  setSpeed(stepsPerSecond: number | null): void {
    this.session?.setSpeed(stepsPerSecond).catch((error: unknown) => this.fail(error));
  }
  setRateScale(scale: number): void {
    this.session?.setLearningRateScale(scale).catch((error: unknown) => this.fail(error));
  }

  async train(stepsPerSecond: number | null): Promise<void> {
    await this.session?.train(stepsPerSecond === null ? {} : { stepsPerSecond });
    this.playing = true;
    this.tell.changed();
  }

  async step(): Promise<void> {
    const { session } = this;
    if (!session) return;
    if (this.playing) await session.pause();
    if (!this.finished) await session.steps(1);
    this.steps = session.step;
    this.tell.changed();
  }

  fail(error: unknown): void {
    this.trouble = problemOf(error);
    this.tell.changed();
  }

  private listen(session: LabSession): void {
    this.stops = [
      session.on('batches', (event) => {
        event.loss.forEach((loss, i) => this.addLoss(loss, event.step[i]! + 1));
        this.steps = session.step;
        this.tell.changed();
        this.lookSoon();
      }),
      session.on('epoch_end', (event) => this.tell.epochDone(event.epoch, event.train_loss)),
      session.on('state', (event) => {
        this.playing = event.state === 'running';
        this.finished = event.state === 'finished';
        this.steps = event.step;
        this.trouble = event.error;
        this.tell.changed();
        if (event.state !== 'running') this.lookNow();
        if (this.finished) this.tell.done();
      }),
    ];
  }

  private clear(): void {
    if (this.curve[0].length > 1) {
      this.ghosts = [...this.ghosts, this.curve].slice(-mostGhosts);
      this.before = this.kernel;
    }
    this.curve = [[], []];
    this.sum = this.count = this.steps = 0;
    this.finished = false;
    this.trouble = null;
  }

  private addLoss(loss: number, step: number): void {
    const perEpoch = this.session?.info.steps_per_epoch ?? 100;
    this.sum += loss;
    this.count++;
    if (step % perEpoch) return;
    const [at, mean] = this.curve;
    at.push(step / perEpoch);
    mean.push(this.sum / this.count);
    this.curve = [at, mean];
    this.sum = this.count = 0;
  }

  /** Looks once in a while: each look costs the worker some steps, and the page the drawing of its answer. */
  private lookSoon(): void {
    if (this.waiting) return;
    this.waiting = setTimeout(() => this.lookNow(), Math.max(0, this.looked + lookInterval - performance.now()));
  }

  /** One look at a time; what changed meanwhile is looked at again. */
  private lookNow(): void {
    clearTimeout(this.waiting);
    this.waiting = undefined;
    if (this.looking) this.again = true;
    else this.look().catch((error: unknown) => this.fail(error));
  }

  /** Asks for the present weights and answers. */
  private async look(): Promise<void> {
    const { session, probe } = this;
    if (!session || !probe) return;
    this.looking = true;
    try {
      const conv = session.info.description.layers.find((layer) => layer.type === 'conv2d')!.name;
      const [tensors, two, tilted] = await Promise.all([
        session.tensors([`${conv}.weight`]),
        session.predict({ split: 'test', indices: [0, 1] }),
        session.tap({ images: { pixels: probe.pixels, count: probe.count }, layers: [conv] }),
      ]);
      if (session !== this.session) return;
      this.kernel = Array.from(tensors[0]!.data);
      this.verdict = [two.data[0]!, two.data[1]!];
      const map = tilted.activations[conv]!;
      const each = map.data.length / angles.length;
      this.tuning = {
        answer: Array.from(tilted.probabilities.data).slice(0, angles.length),
        response: angles.map((_, i) => Math.max(0, ...map.data.subarray(i * each, (i + 1) * each))),
      };
      this.tell.changed();
    } catch (error) {
      if (session === this.session) this.fail(error);
    } finally {
      this.looking = false;
      this.looked = performance.now();
      if (this.again) {
        this.again = false;
        this.lookSoon();
      }
    }
  }
}

/** The byte that stands for 1 depends on the noise; the network must see the same 1. */
function rescaled(probe: Lines, unit: number): ImageSet {
  const { test } = probe;
  const size = test.shape[0] * test.shape[1] * test.shape[2];
  const pixels = new Uint8Array(angles.length * size);
  angles.forEach((_, i) => {
    for (let k = 0; k < size; k++) pixels[i * size + k] = Math.round((test.pixels[2 * i * size + k]! / probe.unit) * unit);
  });
  return { count: angles.length, shape: test.shape, pixels, labels: new Int32Array(angles.length).fill(1) };
}
