import type {
  Catalog,
  ConvolutionRequest,
  ConvolutionResult,
  DataCard,
  Description,
  Evaluation,
  Experiment,
  ExperimentInfo,
  ImageSet,
  LabProblem,
  Lines,
  OpCost,
  SessionInfo,
  Tensor,
  UpdateSize,
} from './protocol.js';

/** What every function of the module gives. */
export type Outcome<T> = { value: T } | { error: LabProblem } | { failed: string };

export interface SliceOfTraining {
  more: boolean;
  /** Steps that were begun. */
  begun: number;
  /** A step is under way: its weights are half updated, do not read them. */
  mid_step: boolean;
  step: number;
  /** Six numbers a step: step, epoch, loss, accuracy, learning rate, gradient norm. */
  batches: Float64Array;
  events: Record<string, unknown>[];
}

export interface SliceOfEvaluation {
  done: number;
  count: number;
  evaluation?: Evaluation;
  predicted?: Int32Array;
  probabilities?: Tensor;
}

/** Pictures of one split: which of the paths that were given, and of which class each is. */
export interface PlannedPictures {
  paths: Int32Array;
  labels: Int32Array;
}

/** The functions of web/bindings/bind_*.cpp. */
export interface CnnlabModule {
  backend(): string;
  /** Before all else; does nothing in a module without threads. */
  setThreads(threads: number): void;
  experiments(): Outcome<ExperimentInfo[]>;
  experiment(name: string): Outcome<Experiment>;
  catalog(): Outcome<Catalog>;
  describe(experiment: string, card: string): Outcome<Description>;
  lines(options: string): Outcome<Lines>;
  convolution(request: ConvolutionRequest): Outcome<ConvolutionResult>;
  /** A reader of the official files of a data set among these paths (JSON), and which of them it wants in which order. */
  readerNew(paths: string): Outcome<{ id: number; files: number[] } | null>;
  /** The bytes of the next file, unpacked. */
  readerAdd(id: number, bytes: Uint8Array): Outcome<undefined>;
  /** The data set; the reader is gone. */
  readerFinish(id: number): Outcome<{ card: DataCard; train: ImageSet; test: ImageSet }>;
  readerDrop(id: number): Outcome<undefined>;
  /** Which of these paths (JSON) is of which class and split, and what each picture becomes; `fields` are those of the data set "folder". */
  planFolder(
    paths: string,
    fields: string,
  ): Outcome<{ classes: string[]; shape: ImageSet['shape']; train: PlannedPictures; test: PlannedPictures }>;
  /** The card of pictures with these classes (JSON) and training images. */
  folderCard(fields: string, classes: string, pixels: Uint8Array, labels: Int32Array): Outcome<DataCard>;
  checkpointExperiment(bytes: Uint8Array, name: string): Outcome<Experiment>;
  imagesNew(card: string): Outcome<number>;
  imagesAdd(id: number, split: string, pixels: Uint8Array, labels: Int32Array): Outcome<number>;
  imagesDrop(id: number): Outcome<undefined>;
  /** images 0: draw the experiment's lines; evaluated −1: all test images. */
  open(experiment: string, images: number, evaluated: number): Outcome<Omit<SessionInfo, 'testTotal'>>;
  /** The test images become those of these images; how many there are. */
  setTest(id: number, images: number): Outcome<number>;
  close(id: number): Outcome<undefined>;
  run(id: number, steps: number, milliseconds: number): Outcome<SliceOfTraining>;
  beginEvaluation(id: number, split: string, count: number): Outcome<undefined>;
  evaluationSlice(id: number, milliseconds: number): Outcome<SliceOfEvaluation>;
  images(id: number, split: string, indices: number[]): Outcome<ImageSet>;
  tensor(id: number, name: string): Outcome<Tensor>;
  setTensor(id: number, name: string, tensor: Tensor): Outcome<undefined>;
  /** No layers: only the answers. The names of all layers have to be given. */
  beginTap(id: number, pixels: Uint8Array, labels: Int32Array | null, layers: string, gradients: boolean): Outcome<undefined>;
  /** null: not complete yet. Training must wait until it is. */
  tapSlice(
    id: number,
    milliseconds: number,
  ): Outcome<{ activations: Record<string, Tensor>; gradients: Record<string, Tensor>; probabilities: Tensor } | null>;
  beginUpdates(id: number): Outcome<undefined>;
  /** null: not complete yet. Training must wait until it is. */
  updatesSlice(id: number, milliseconds: number): Outcome<UpdateSize[] | null>;
  setLearningRateScale(id: number, scale: number): Outcome<undefined>;
  checkpoint(id: number): Outcome<Uint8Array>;
  restore(id: number, bytes: Uint8Array): Outcome<number>;
  weights(id: number): Outcome<Uint8Array>;
  reset(id: number): Outcome<number>;
  setProfiling(id: number, on: boolean): Outcome<undefined>;
  profile(id: number): Outcome<{ steps: number; ops: OpCost[] }>;
  peak(): Outcome<number>;
}

export type ModuleFactory = (options?: { threads?: number; locateFile?: (file: string) => string }) => Promise<CnnlabModule>;
