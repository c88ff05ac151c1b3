import { Listeners, type Listener, type Unsubscribe } from './listeners.js';
import {
  LabError,
  type Caller,
  type EvaluateRequest,
  type EvaluateResult,
  type ImageChoice,
  type ImageSet,
  type LabEvent,
  type LabEventType,
  type NamedTensor,
  type SessionInfo,
  type Profile,
  type Snapshot,
  type SplitName,
  type TapRequest,
  type TapResult,
  type Tensor,
  type TrainRequest,
  type TrainState,
  type UpdateSize,
} from './protocol.js';

/** One network in training. */
export class LabSession {
  readonly info: SessionInfo;
  /** Steps done, as far as this side knows. */
  step: number;
  state: TrainState = 'paused';
  private readonly engine: Caller;
  private readonly forget: () => void;
  private readonly listeners = new Listeners();

  constructor(engine: Caller, info: SessionInfo, forget: () => void) {
    this.engine = engine;
    this.info = info;
    this.step = info.step;
    this.forget = forget;
  }

  on<T extends LabEventType>(type: T, listener: Listener<T>): Unsubscribe {
    return this.listeners.add(type, listener as (event: LabEvent) => void);
  }

  /** For the engine only. */
  deliver(event: LabEvent): void {
    if (event.type === 'batches') this.step = event.step[event.step.length - 1]! + 1;
    if (event.type === 'state') {
      this.state = event.state;
      this.step = event.step;
    }
    this.listeners.send(event);
  }

  /** Starts or goes on; resolves at once. `state` events say when it stops. */
  train(request: TrainRequest = {}): Promise<void> {
    return this.engine.call('train', [this.info.id, request]);
  }

  /** Does so many steps; resolves when they are done, failed or interrupted by pause(). */
  async steps(count: number): Promise<void> {
    const stopped = new Promise<void>((resolve, reject) => {
      const off = this.on('state', (event) => {
        if (event.state === 'running') return;
        off();
        if (event.error) reject(new LabError(event.error));
        else resolve();
      });
    });
    stopped.catch(() => undefined);
    await this.train({ steps: count });
    return stopped;
  }

  /** Stops after the step under way and says which one that was. */
  pause(): Promise<{ step: number }> {
    return this.engine.call('pause', [this.info.id]);
  }

  evaluate(request: EvaluateRequest = {}): Promise<EvaluateResult> {
    return this.engine.call('evaluate', [this.info.id, request]);
  }

  /** Ends evaluations that were asked for; they fail with `cancelled`. */
  stopEvaluations(): Promise<void> {
    return this.engine.call('stopEvaluations', [this.info.id]);
  }

  /** Fetches the test images that are not here yet; `info.testCount` is then all of them. */
  async loadTest(): Promise<void> {
    if (this.info.testCount < this.info.testTotal) this.info.testCount = (await this.engine.call('loadTest', [this.info.id])).testCount;
  }

  /** Probabilities [count, outputs]. */
  predict(images: ImageChoice): Promise<Tensor> {
    return this.engine.call('predict', [this.info.id, images]);
  }

  images(split: SplitName, indices: number[]): Promise<ImageSet> {
    return this.engine.call('sessionImages', [this.info.id, split, indices]);
  }

  /** Parameters and all other tensors by name; all of them by default. Copies. */
  tensors(names?: string[]): Promise<NamedTensor[]> {
    return this.engine.call('tensors', names ? [this.info.id, names] : [this.info.id]);
  }

  setTensor(tensor: NamedTensor): Promise<void> {
    return this.engine.call('setTensor', [this.info.id, tensor]);
  }

  /** What layers answer to images, and the gradients there. */
  tap(request: TapRequest): Promise<TapResult> {
    return this.engine.call('tap', [this.info.id, request]);
  }

  /** Multiplies the schedule's learning rate from now on; 1: as the experiment says. */
  /** How far the next step would move each parameter. */
  updates(): Promise<UpdateSize[]> {
    return this.engine.call('updates', [this.info.id]);
  }

  setLearningRateScale(scale: number): Promise<void> {
    return this.engine.call('setLearningRateScale', [this.info.id, scale]);
  }

  /** null: as fast as it goes. */
  setSpeed(stepsPerSecond: number | null): Promise<void> {
    return this.engine.call('setSpeed', [this.info.id, stepsPerSecond]);
  }

  /** A checkpoint.safetensors as the command line writes it. */
  checkpoint(): Promise<Uint8Array> {
    return this.engine.call('checkpoint', [this.info.id]);
  }

  restore(checkpoint: Uint8Array): Promise<{ step: number }> {
    return this.engine.call('restore', [this.info.id, checkpoint]);
  }

  /** What inference needs, as safetensors. */
  weights(): Promise<Uint8Array> {
    return this.engine.call('weights', [this.info.id]);
  }

  /** Back to the first step, with the same initial weights. */
  reset(): Promise<{ step: number }> {
    return this.engine.call('reset', [this.info.id]);
  }

  snapshot(): Promise<Snapshot> {
    return this.engine.call('snapshot', [this.info.id]);
  }

  snapshots(): Promise<Snapshot[]> {
    return this.engine.call('snapshots', [this.info.id]);
  }

  restoreSnapshot(id: number): Promise<{ step: number }> {
    return this.engine.call('restoreSnapshot', [this.info.id, id]);
  }

  dropSnapshot(id: number): Promise<void> {
    return this.engine.call('dropSnapshot', [this.info.id, id]);
  }

  setProfiling(on: boolean): Promise<void> {
    return this.engine.call('setProfiling', [this.info.id, on]);
  }

  profile(): Promise<Profile> {
    return this.engine.call('profile', [this.info.id]);
  }

  /** Frees the network's memory in the worker. */
  async close(): Promise<void> {
    this.forget();
    await this.engine.call('close', [this.info.id]);
  }
}
