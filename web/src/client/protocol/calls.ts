/** What the page may ask the worker to do. */
import type {
  Catalog,
  ConvolutionRequest,
  ConvolutionResult,
  DataCard,
  DatasetInfo,
  EvaluateRequest,
  EvaluateResult,
  Experiment,
  ExperimentInfo,
  ImageChoice,
  ImageSet,
  Lines,
  LinesOptions,
  NamedTensor,
  Profile,
  SessionInfo,
  SessionRequest,
  Snapshot,
  SplitName,
  TapRequest,
  TapResult,
  Tensor,
  TrainRequest,
  UpdateSize,
  Validation,
} from './values.js';

/** Every call of the worker, as if it were a function. Session calls take the session's id first. */
export interface Calls {
  experiments(): ExperimentInfo[];
  experiment(name: string): Experiment;
  catalog(): Catalog;
  validate(experiment: Experiment | string, card?: DataCard): Validation;
  lines(options: LinesOptions): Lines;
  convolution(request: ConvolutionRequest): ConvolutionResult;

  datasets(): DatasetInfo[];
  /** Fetches shards until so many images are here (all by default). Sends `loading` events. */
  load(name: string, train?: number, test?: number): DatasetInfo;
  images(name: string, split: SplitName, indices: number[]): ImageSet;

  open(request: SessionRequest): SessionInfo;
  close(session: number): void;
  train(session: number, request: TrainRequest): void;
  pause(session: number): { step: number };
  /** Sends `evaluating` events. */
  evaluate(session: number, request: EvaluateRequest): EvaluateResult;
  /** Ends the evaluations that were asked for; their calls fail with `cancelled`. */
  stopEvaluations(session: number): void;
  /** Fetches the test images that the session does not have yet. An epoch's end evaluates as many as before. */
  loadTest(session: number): { testCount: number };
  predict(session: number, images: ImageChoice): Tensor;
  sessionImages(session: number, split: SplitName, indices: number[]): ImageSet;
  tensors(session: number, names?: string[]): NamedTensor[];
  setTensor(session: number, tensor: NamedTensor): void;
  tap(session: number, request: TapRequest): TapResult;
  /** Measures what the next step would do to each parameter. Training waits meanwhile, and nothing has changed after it. */
  updates(session: number): UpdateSize[];
  setLearningRateScale(session: number, scale: number): void;
  setSpeed(session: number, stepsPerSecond: number | null): void;
  checkpoint(session: number): Uint8Array;
  restore(session: number, checkpoint: Uint8Array): { step: number };
  weights(session: number): Uint8Array;
  reset(session: number): { step: number };
  /** Keeps the state in the worker, to come back to: the time machine. */
  snapshot(session: number): Snapshot;
  snapshots(session: number): Snapshot[];
  restoreSnapshot(session: number, id: number): { step: number };
  dropSnapshot(session: number, id: number): void;
  /** Measures each op of the steps from now on; the clock costs a little itself. */
  setProfiling(session: number, on: boolean): void;
  /** Measures the machine's multiply-adds the first time, for half a second. */
  profile(session: number): Profile;
}

export type CallName = keyof Calls;

/** Whoever passes calls on to the worker. `transfer`: buffers that move instead of being copied. */
export interface Caller {
  call<K extends CallName>(name: K, args: Parameters<Calls[K]>, transfer?: Transferable[]): Promise<ReturnType<Calls[K]>>;
}
