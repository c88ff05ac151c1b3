import type {
  Augmentation,
  ClassFigures,
  DataCard,
  DataReport,
  Experiment,
  FieldDifference,
  FlawedClass,
  NearDuplicate,
  Neighbour,
  SplitName,
  UpdateSize,
  Description,
  Evaluation,
  Explanation,
  ImageSet,
  LabProblem,
  Message,
  moduleCalls,
  SessionInfo,
  settledCalls,
  Study,
  StudyRecord,
  Tensor,
  TrainEvent,
  VariantResult,
} from './protocol.js';

/** The result of every function of the module. */
export type Outcome<T> = { value: T } | { error: LabProblem } | { failed: string };

export interface SliceOfTraining {
  more: boolean;
  /** The slice went to steps; false: to the evaluation at an epoch's end. */
  trained: boolean;
  /** Steps that this slice has begun. */
  begun: number;
  /** A step is under way: its weights are half updated, do not read them. */
  mid_step: boolean;
  step: number;
  /** A row of numbers a step, in the order of stepColumns. */
  batches: Float64Array;
  events: (
    | (Exclude<TrainEvent, { type: 'batch_end' }> & { step: number })
    | { type: 'evaluating'; asked: boolean; done: number; count: number }
    | { type: 'features'; done: number; count: number }
  )[];
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

export interface FolderPlan {
  classes: string[];
  shape: ImageSet['shape'];
  train: PlannedPictures;
  test: PlannedPictures;
  report: DataReport;
}

/** Calls as the module's functions: a session's number comes first. */
type Functions<Calls, First extends unknown[]> = {
  [N in keyof Calls]: Calls[N] extends (...args: infer A) => infer R ? (...args: [...First, ...A]) => Outcome<R> : never;
};

/**
 * The functions of web/bindings/bind_*.cpp: those that calls ask for by name, and the parts that the worker's own
 * answers are made of.
 */
export interface CnnlabModule extends Functions<typeof moduleCalls, []>, Functions<typeof settledCalls, [session: number]> {
  backend(): string;
  /** Call this first. Does nothing in a module without threads. */
  setThreads(threads: number): void;
  /** Ends threads that do not help, as there are fewer cores than the browser says; gives the number that is left. */
  fitThreads(): number;
  describe(experiment: string, card: string): Outcome<Description>;
  imagesNew(card: string): Outcome<number>;
  imagesAdd(id: number, split: string, pixels: Uint8Array, labels: Int32Array): Outcome<number>;
  imagesDrop(id: number): Outcome<undefined>;
  /**
   * images 0: draw the experiment's lines; evaluated −1: all test images; weights: those of the experiment's base;
   * network: its card as JSON, or empty.
   */
  open(experiment: string, images: number, evaluated: number, weights: Uint8Array | null, network: string): Outcome<SessionInfo>;
  /** Replaces the session's test images by those of these images; gives their number. */
  setTest(session: number, images: number): Outcome<number>;
  close(session: number): Outcome<undefined>;
  run(session: number, steps: number, milliseconds: number): Outcome<SliceOfTraining>;
  beginEvaluation(session: number, split: string, count: number): Outcome<undefined>;
  evaluationSlice(session: number, milliseconds: number): Outcome<SliceOfEvaluation>;
  images(session: number, split: string, indices: number[]): Outcome<ImageSet>;
  /** Begins a tap. Without layers it gives only the logits. All names of layers have to be listed. */
  beginTap(session: number, pixels: Uint8Array, labels: Int32Array | null, layers: string, gradients: boolean): Outcome<undefined>;
  /** Goes on with a tap; null: not complete yet. Training must wait until it is. */
  tapSlice(
    session: number,
    milliseconds: number,
  ): Outcome<{ activations: Record<string, Tensor>; gradients: Record<string, Tensor>; probabilities: Tensor } | null>;
  /** Between two steps. `outputs`: of each image; layer: whose map is read, or empty. */
  explain(session: number, pixels: Uint8Array, outputs: Int32Array, layer: string): Outcome<Explanation>;
  beginUpdates(session: number): Outcome<undefined>;
  /** Goes on with a tap; null: not complete yet. Training must wait until it is. */
  updatesSlice(session: number, milliseconds: number): Outcome<UpdateSize[] | null>;
  restore(session: number, bytes: Uint8Array): Outcome<number>;
  reset(session: number): Outcome<number>;
}

/** The functions of web/bindings/bind_studies.cpp: which networks a study trains, and what has come out. */
export interface StudyFunctions {
  /** The studies that come with the engine, as they were written. */
  studies(): Outcome<Study[]>;
  /** A study with its variants written out, and the experiment of each. */
  studyPlan(study: Study): Outcome<StudyPlan>;
  /** By variant; those without a record are left out. */
  studyResults(study: Study, records: readonly StudyRecord[]): Outcome<VariantResult[]>;
  studyCsv(study: Study, records: readonly StudyRecord[]): Outcome<string>;
  /** The fields that are not the same in all of these experiments. */
  differences(experiments: readonly Experiment[]): Outcome<FieldDifference[]>;
}

export interface StudyPlan {
  study: Study;
  experiments: Experiment[];
}

/** The classes of a split: their figures, their mean images, and up to where their charts go. */
export interface ClassesLook {
  classes: ClassFigures[];
  means: ImageSet;
  highest: number;
}

/** Images by their numbers in a split. */
export interface ChosenImages {
  indices: Int32Array;
  images: ImageSet;
}

/** What is nearest to an image: images of the other split, or of its own where the other is empty. */
export interface NeighboursLook {
  of: SplitName;
  neighbours: Neighbour[];
  images: ImageSet;
}

/** What a search has found so far, and the nearest of its pairs. */
export interface DuplicatesLook {
  count: number;
  /** Pairs with two labels. */
  disagreeing: number;
  pairs: NearDuplicate[];
  tests: ImageSet;
  trains: ImageSet;
}

/** The functions of web/bindings/bind_look.cpp: a look at images that are given piece by piece. */
export interface LookFunctions {
  /** `train`, `test`: how many images will come. */
  lookNew(card: DataCard, train: number, test: number): Outcome<number>;
  lookAdd(id: number, split: SplitName, pixels: Uint8Array, labels: Int32Array): Outcome<undefined>;
  lookDrop(id: number): Outcome<undefined>;
  lookClasses(id: number, split: SplitName): Outcome<ClassesLook>;
  /** Of each class the images `first` … `first` + `count` − 1 among its own. */
  lookSamples(id: number, split: SplitName, first: number, count: number): Outcome<ChosenImages[]>;
  lookImages(id: number, split: SplitName, indices: Int32Array): Outcome<ImageSet>;
  lookNeighbours(id: number, split: SplitName, image: number, count: number): Outcome<NeighboursLook>;
  /** What a data set's `label_noise` and `imbalance` leave of each class's training images. */
  lookFlaws(id: number, noise: number, imbalance: number): Outcome<FlawedClass[]>;
  /** Labels of the first `count` images, a share of them wrong as a data set's `label_noise` makes them. */
  lookMislabelled(id: number, split: SplitName, count: number, noise: number): Outcome<Int32Array>;
  /** Begins a search for near-duplicates within this distance. */
  lookSearch(id: number, most: number): Outcome<undefined>;
  /** Goes on with the search; gives the number of test images that are done. */
  lookSearchSlice(id: number, milliseconds: number): Outcome<number>;
  lookDuplicates(id: number, most: number): Outcome<DuplicatesLook>;
  /** For each of these training images `draws` pictures as training may see it. */
  lookAugmented(id: number, augment: Augmentation, images: Int32Array, draws: number, seed: number): Outcome<ImageSet>;
  /** By field of an augmentation, a value that is strong enough to see. */
  lookExamples(id: number): Outcome<Record<string, number>>;
}

/** The functions of bind_export.cpp: a model.safetensors in the formats of other programs. */
export interface ExportFunctions {
  /** As the command line writes it; `fold`: batch norm is taken into the convolution before it. */
  exportOnnx(model: Uint8Array, fold: boolean): Outcome<Uint8Array<ArrayBuffer>>;
  /** With PyTorch's names and layouts. */
  exportSafetensors(model: Uint8Array): Outcome<Uint8Array<ArrayBuffer>>;
  /** The files of which a .pth is an archive, stored in this order. */
  exportPth(model: Uint8Array): Outcome<FilePart[]>;
  /** A PyTorch program that loads the weights from a file of this name. */
  exportCode(model: Uint8Array, weightsFile: string): Outcome<string>;
  /** A layers model of TensorFlow.js: model.json and its weights. */
  exportTfjs(model: Uint8Array): Outcome<FilePart[]>;
  /** A Keras program that loads the weights from a .npz of this name, and the files of which that is an archive. */
  exportKeras(model: Uint8Array, weightsFile: string): Outcome<{ code: string; weights: FilePart[] }>;
  /** The network as an SVG picture, with these words for the images and the parameters. */
  exportSvg(model: Uint8Array, input: string, parameters: string): Outcome<string>;
}

/** A network of another program, as a model.safetensors of ours. */
export interface ImportedNetwork {
  model: Uint8Array<ArrayBuffer>;
  name: string;
  /** Where another program's numbers differ, and what was left out. */
  notes: Message[];
  layers: number;
  /** Numbers that it holds. */
  parameters: number;
  image: DataCard['image'];
  classes: string[];
  /** What its images, of pixels / 255, are normalised by. */
  mean: number[];
  std: number[];
}

/** A file inside an archive, or beside a model. */
export interface FilePart {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** What an HDF5 file holds of floats, by their paths, and texts at its root: see files/hdf5.ts. */
export interface Hdf5File {
  attributes: { name: string; text: string }[];
  tensors: Hdf5Tensor[];
}
export interface Hdf5Tensor {
  name: string;
  shape: number[];
  values: Float32Array<ArrayBuffer>;
}

/** The functions of bind_import.cpp: networks of other programs. */
export interface ImportFunctions {
  /**
   * An ONNX file. `place`: its name; `beside`: files in which its tensors may lie; `size`: of its images where the
   * graph leaves it open, 0: it must say so.
   */
  importOnnx(bytes: Uint8Array, place: string, beside: readonly FilePart[], size: number): Outcome<ImportedNetwork>;
  /**
   * A model.json of TensorFlow.js, `place`. `name`: of the network; `beside`: its files of weights, and metadata.json
   * of Teachable Machine; `size`: as above.
   */
  importTfjs(bytes: Uint8Array, place: string, name: string, beside: readonly FilePart[], size: number): Outcome<ImportedNetwork>;
  /** A whole model of Keras 2, in an HDF5 file. `place`: its name; `size`: as above. */
  importKerasH5(file: Hdf5File, place: string, size: number): Outcome<ImportedNetwork>;
  /** The files of a .keras, and what that of its weights holds. */
  importKerasArchive(parts: readonly FilePart[], weights: Hdf5File, place: string, size: number): Outcome<ImportedNetwork>;
  /** The files of a .pth, weights of the network of this model.safetensors. */
  importPth(parts: readonly FilePart[], place: string, network: Uint8Array): Outcome<ImportedNetwork>;
  /** The same model.safetensors, for images of pixels / 255 that are normalised by these, a channel or for all. */
  importNormalised(model: Uint8Array, mean: Float32Array, std: Float32Array): Outcome<Uint8Array<ArrayBuffer>>;
}

/** The module of other programs' formats. */
export interface NetworksModule extends ExportFunctions, ImportFunctions {}

/** The functions of a module of its own without kernels, and of bind_files.cpp: what people's files hold. */
export interface FilesModule extends StudyFunctions, LookFunctions {
  /**
   * A reader of the files of a data set among these paths (JSON), and which of them it wants in which order; `fields`
   * are those of the data set "folder".
   */
  readerNew(paths: string, fields: string): Outcome<{ id: number; files: number[] } | null>;
  /** The bytes of the next file, unpacked. */
  readerAdd(id: number, bytes: Uint8Array): Outcome<undefined>;
  /** The data set; the reader is gone. */
  readerFinish(id: number): Outcome<{ card: DataCard; train: ImageSet; test: ImageSet; report: DataReport }>;
  readerDrop(id: number): Outcome<undefined>;
  /**
   * Which of these paths (JSON) is of which class and split, and what each picture becomes; `fields` are those of the
   * data set "folder".
   */
  planFolder(
    paths: string,
    fields: string,
    /** Classes of a run (JSON); empty: those that the folders have. */
    known: string,
    /** The bytes of the tables that labelTables names, in that order. */
    tables: readonly Uint8Array[],
    /** Indices of paths that turned out to be no pictures. */
    bad: Int32Array,
  ): Outcome<FolderPlan>;
  /** Indices of those of these paths (JSON) that may be tables with the labels of pictures. */
  labelTables(paths: string): Outcome<number[]>;
  /** Indices of these paths (JSON): all but what systems leave in folders; those that are pictures by their names. */
  sortPaths(paths: string): Outcome<{ kept: number[]; pictures: number[]; unread: number[] }>;
  /** The card of pictures with these classes (JSON) and training images. */
  folderCard(fields: string, classes: string, pixels: Uint8Array, labels: Int32Array): Outcome<DataCard>;
  /**
   * A picture file without what browsers heed differently (colour profiles, gamma, orientation), so that all of them
   * decode the same pixels. `format` is known by the contents: "none" where it is no picture.
   */
  plainPicture(bytes: Uint8Array, name: string): Outcome<{ format: string; orientation: number; bytes: Uint8Array<ArrayBuffer> }>;
  /** Begins to fit a picture of this size and EXIF orientation to a network's input. */
  fitNew(height: number, width: number, orientation: number, rows: number, columns: number, channels: number): Outcome<number>;
  /** The next rows, four bytes a pixel. */
  fitAdd(id: number, rows: Uint8Array | Uint8ClampedArray): Outcome<undefined>;
  /** Bytes [rows, columns, channels]. */
  fitFinish(id: number): Outcome<Uint8Array<ArrayBuffer>>;
  fitDrop(id: number): Outcome<undefined>;
  checkpointExperiment(bytes: Uint8Array, name: string): Outcome<Experiment>;
  /** The classes that a run was trained with, in their order; empty in a checkpoint of before. */
  checkpointClasses(bytes: Uint8Array, name: string): Outcome<string[]>;
}

export type ModuleFactory<Module = CnnlabModule> = (options?: {
  threads?: number;
  locateFile?: (file: string) => string;
  wasmBinary?: Uint8Array;
}) => Promise<Module>;
