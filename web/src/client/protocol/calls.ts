/** Calls from the page to the worker. */
import type { Catalog, Experiment, ExperimentInfo, Profile, SessionInfo, UpdateSize } from './generated.js';
import type {
  ConvolutionRequest,
  ConvolutionResult,
  DataCard,
  DatasetInfo,
  EvaluateRequest,
  EvaluateResult,
  ExplainRequest,
  Explanation,
  ImageChoice,
  ImageSet,
  Lines,
  LinesOptions,
  NamedTensor,
  SessionRequest,
  Snapshot,
  SplitName,
  TapRequest,
  TapResult,
  Tensor,
  TrainRequest,
  Validation,
} from './values.js';

type AnyFunction = (...args: never[]) => unknown;
/** Carries a call's type; the name is the key. */
const as = <F extends AnyFunction>(): F => undefined as unknown as F;

/** Answered by the module's function of the same name. */
export const moduleCalls = {
  experiments: as<() => ExperimentInfo[]>(),
  /** The JSON of an experiment that comes with the engine, as it was written. */
  experiment: as<(name: string) => Experiment>(),
  lines: as<(options?: LinesOptions) => Lines>(),
  convolution: as<(request: ConvolutionRequest) => ConvolutionResult>(),
  /** Which images `train_limit` keeps, by their labels: of those sorted by class an even share of every class. */
  limitedImages: as<(labels: Int32Array, limit: number) => Int32Array>(),
};

/** Answered by the worker. */
export const workerCalls = {
  /**
   * Checks an experiment: gives its shapes, parameters and cost, or what is wrong. `card` defaults to the card of its
   * data set.
   */
  validate: as<(experiment: Experiment | string, card?: DataCard) => Validation>(),
  /** Fields, ranges, defaults and help of everything an experiment can hold. Forms are made from it. */
  catalog: as<() => Catalog>(),
  /** Lists the data sets that lie beside the page as shards. */
  datasets: as<() => DatasetInfo[]>(),
  /** The cards of data sets that the lab knows and that do not lie beside the page. */
  absent: as<() => DataCard[]>(),
  /** Fetches a data set's shards until so many images are loaded; default: all. `loading` events tell the progress. */
  load: as<(name: string, train?: number, test?: number) => DatasetInfo>(),
  /** Gives images of a data set, and fetches those that are not loaded yet. */
  images: as<(name: string, split: SplitName, indices: number[]) => ImageSet>(),
};

/** Of a session, answered by the module's function of the same name as soon as no step is under way. */
export const settledCalls = {
  /** Copies of what training changes, by name; default: all tensors. */
  tensors: as<(names?: string[]) => NamedTensor[]>(),
  setTensor: as<(tensor: NamedTensor) => void>(),
  /** A checkpoint.safetensors as the command line writes it. */
  checkpoint: as<() => Uint8Array>(),
  /** The weights for inference, as safetensors. */
  weights: as<() => Uint8Array>(),
  /** Multiplies the schedule's learning rate from now on. 1: as the experiment has it. */
  setLearningRateScale: as<(scale: number) => void>(),
  /** Measures each op of the following steps. The clock itself costs a little. */
  setProfiling: as<(on: boolean) => void>(),
  /** The first call takes half a second: it measures the peak of multiply-adds. */
  profile: as<() => Profile>(),
};

/** Of a session, answered by the worker. */
export const sessionCalls = {
  /** Starts or resumes training; resolves at once. `state` events tell when it stops. */
  train: as<(request?: TrainRequest) => void>(),
  /** Stops after the step under way; gives the number of steps done. */
  pause: as<() => { step: number }>(),
  /** Limits the speed; null: no limit. */
  setSpeed: as<(stepsPerSecond: number | null) => void>(),
  /** Sends `evaluating` events. */
  evaluate: as<(request?: EvaluateRequest) => EvaluateResult>(),
  /** Ends the evaluations that were asked for. Their calls fail with `cancelled`. */
  stopEvaluations: as<() => void>(),
  /** Fetches the test images that the session lacks. The end of an epoch still evaluates as many as before. */
  loadTest: as<() => { test_count: number }>(),
  predict: as<(images: ImageChoice) => Tensor>(),
  /** Images of the session's own data. */
  images: as<(split: SplitName, indices: number[]) => ImageSet>(),
  /** Gives the outputs of layers for images, and the gradients there. */
  tap: as<(request: TapRequest) => TapResult>(),
  /** Where the network looks to give an output. */
  explain: as<(request: ExplainRequest) => Explanation>(),
  /** How far the next step would move each parameter. */
  updates: as<() => UpdateSize[]>(),
  restore: as<(checkpoint: Uint8Array) => { step: number }>(),
  /** Goes back to step 0, with the same initial weights. */
  reset: as<() => { step: number }>(),
  /** Keeps the state in the worker, to be restored later (the time machine). */
  snapshot: as<() => Snapshot>(),
  snapshots: as<() => Snapshot[]>(),
  restoreSnapshot: as<(id: number) => { step: number }>(),
  dropSnapshot: as<(id: number) => void>(),
  /** Frees the network's memory in the worker. */
  close: as<() => void>(),
};

/** Calls without a session. `open` gives a session's data: LabEngine.open makes an object of it. */
export type LabCalls = typeof moduleCalls & typeof workerCalls & { open(request: SessionRequest): SessionInfo };
export type SessionCalls = typeof settledCalls & typeof sessionCalls;
/** Every call by its name. */
export type Calls = LabCalls & SessionCalls;
export type CallName = keyof Calls;

/** The same functions, each giving a promise. */
export type Remote<Calls> = {
  [N in keyof Calls]: Calls[N] extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : never;
};
/** The same functions on the answering side: `First` come before the call's own arguments. */
export type Handlers<Calls, First extends unknown[] = []> = {
  [N in keyof Calls]: Calls[N] extends (...args: infer A) => infer R ? (...args: [...First, ...A]) => R | Promise<R> : never;
};

/** Something that passes calls on. It has a name of its own, because declarations cannot name a class in a function. */
export abstract class Caller {
  protected abstract remote(name: string, args: unknown[]): Promise<unknown>;
}

/** A base class with a method for each name, which hands its arguments to `remote`. */
export function withMethods<Calls extends Record<string, AnyFunction>>(
  names: readonly (keyof Calls & string)[],
): abstract new () => Caller & Remote<Calls> {
  abstract class Methods extends Caller {}
  for (const name of names) {
    const method = function (this: { remote(name: string, args: unknown[]): Promise<unknown> }, ...args: unknown[]): Promise<unknown> {
      return this.remote(name, args);
    };
    Object.defineProperty(Methods.prototype, name, { value: method, writable: true, configurable: true });
  }
  return Methods as unknown as abstract new () => Caller & Remote<Calls>;
}

/** The names of a list of calls. */
export const namesOf = <Calls extends object>(calls: Calls): (keyof Calls & string)[] => Object.keys(calls) as (keyof Calls & string)[];
