/**
 * What the page may ask the worker to do. Each call stands here once, by the name under which the page has a method, the worker an
 * answer, and the engine's module a function where the answer is the module's.
 */
import type { Catalog, Experiment, ExperimentInfo, Profile, SessionInfo, UpdateSize } from './generated.js';
import type {
  ConvolutionRequest,
  ConvolutionResult,
  DataCard,
  DatasetInfo,
  EvaluateRequest,
  EvaluateResult,
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
/** A call's type; its name is the key. */
const as = <F extends AnyFunction>(): F => undefined as unknown as F;

/** Answered by the module's function of the same name. */
export const moduleCalls = {
  experiments: as<() => ExperimentInfo[]>(),
  /** The JSON of an experiment that comes with the engine, as it was written. */
  experiment: as<(name: string) => Experiment>(),
  /** Fields, ranges, defaults and help of everything an experiment can hold: what forms are made of. */
  catalog: as<() => Catalog>(),
  lines: as<(options?: LinesOptions) => Lines>(),
  convolution: as<(request: ConvolutionRequest) => ConvolutionResult>(),
};

/** Answered by the worker. */
export const workerCalls = {
  /** Shapes, parameters and cost of an experiment, or what is wrong with it. The card defaults to that of the data set it names. */
  validate: as<(experiment: Experiment | string, card?: DataCard) => Validation>(),
  /** The data sets that lie beside the page as shards. */
  datasets: as<() => DatasetInfo[]>(),
  /** Fetches a data set's shards until so many images are here; all by default. Listen to `loading` for progress. */
  load: as<(name: string, train?: number, test?: number) => DatasetInfo>(),
  /** Images of a data set; what is not here yet is fetched. */
  images: as<(name: string, split: SplitName, indices: number[]) => ImageSet>(),
};

/** Of a session, answered by the module's function of the same name as soon as no step is under way. */
export const settledCalls = {
  /** What training changes: all tensors by default. Copies. */
  tensors: as<(names?: string[]) => NamedTensor[]>(),
  setTensor: as<(tensor: NamedTensor) => void>(),
  /** A checkpoint.safetensors as the command line writes it. */
  checkpoint: as<() => Uint8Array>(),
  /** What inference needs, as safetensors. */
  weights: as<() => Uint8Array>(),
  /** Multiplies the schedule's learning rate from now on; 1: as the experiment says. */
  setLearningRateScale: as<(scale: number) => void>(),
  /** Measures each op of the steps from now on; the clock costs a little itself. */
  setProfiling: as<(on: boolean) => void>(),
  /** Measures the machine's multiply-adds the first time, for half a second. */
  profile: as<() => Profile>(),
};

/** Of a session, answered by the worker. */
export const sessionCalls = {
  /** Starts or goes on; resolves at once. `state` events say when it stops. */
  train: as<(request?: TrainRequest) => void>(),
  /** Stops after the step under way and says which one that was. */
  pause: as<() => { step: number }>(),
  /** null: as fast as it goes. */
  setSpeed: as<(stepsPerSecond: number | null) => void>(),
  /** Sends `evaluating` events. */
  evaluate: as<(request?: EvaluateRequest) => EvaluateResult>(),
  /** Ends evaluations that were asked for; they fail with `cancelled`. */
  stopEvaluations: as<() => void>(),
  /** Fetches the test images that the session does not have yet. An epoch's end evaluates as many as before. */
  loadTest: as<() => { test_count: number }>(),
  predict: as<(images: ImageChoice) => Tensor>(),
  /** Images of the session's own data. */
  images: as<(split: SplitName, indices: number[]) => ImageSet>(),
  /** What layers answer to images, and the gradients there. */
  tap: as<(request: TapRequest) => TapResult>(),
  /** How far the next step would move each parameter. */
  updates: as<() => UpdateSize[]>(),
  restore: as<(checkpoint: Uint8Array) => { step: number }>(),
  /** Back to the first step, with the same initial weights. */
  reset: as<() => { step: number }>(),
  /** Keeps the state in the worker, to come back to: the time machine. */
  snapshot: as<() => Snapshot>(),
  snapshots: as<() => Snapshot[]>(),
  restoreSnapshot: as<(id: number) => { step: number }>(),
  dropSnapshot: as<(id: number) => void>(),
  /** Frees the network's memory in the worker. */
  close: as<() => void>(),
};

/** Calls that belong to no session. `open` gives one: LabEngine.open makes it an object. */
export type LabCalls = typeof moduleCalls & typeof workerCalls & { open(request: SessionRequest): SessionInfo };
export type SessionCalls = typeof settledCalls & typeof sessionCalls;
export type CallName = keyof LabCalls | keyof SessionCalls;

/** The same functions with a promise. */
export type Remote<Calls> = {
  [N in keyof Calls]: Calls[N] extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : never;
};
/** The same functions as their answerer has them: `First` come before the call's own arguments. */
export type Handlers<Calls, First extends unknown[] = []> = {
  [N in keyof Calls]: Calls[N] extends (...args: infer A) => infer R ? (...args: [...First, ...A]) => R | Promise<R> : never;
};

/** A base class with a method for each name, which hands its arguments to `remote`. */
export function withMethods<Calls extends Record<string, AnyFunction>>(names: readonly (keyof Calls & string)[]) {
  abstract class Methods {
    protected abstract remote(name: string, args: unknown[]): Promise<unknown>;
  }
  for (const name of names) {
    const method = function (this: { remote(name: string, args: unknown[]): Promise<unknown> }, ...args: unknown[]): Promise<unknown> {
      return this.remote(name, args);
    };
    Object.defineProperty(Methods.prototype, name, { value: method, writable: true, configurable: true });
  }
  return Methods as unknown as abstract new () => Methods & Remote<Calls>;
}

/** The names of a list of calls. */
export const namesOf = <Calls extends object>(calls: Calls): (keyof Calls & string)[] => Object.keys(calls) as (keyof Calls & string)[];
