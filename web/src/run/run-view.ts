/** What views need of a training run: a lesson or a study can give them another one than the Train station's. */
import type {
  Description,
  Evaluation,
  EvaluatingEvent,
  LabProblem,
  LabSession,
  Snapshot,
  SpeedEvent,
  Tensor,
  TrainState,
} from '../client/client.js';
import type { History } from './history.js';

/** What a run tells its views. Several changes between two frames come as one event of each name. */
export type RunEvent =
  /** another network: everything is to be drawn anew */
  | 'opened'
  /** steps were done; `history` grew */
  | 'stepped'
  /** weights changed: after steps (at most once in `lookInterval`), a reset, a jump in time, an edit */
  | 'weights'
  /** `features` */
  | 'features'
  /** a new `evaluation` */
  | 'evaluated'
  /** `testing`, `untested` */
  | 'testing'
  /** running, paused, finished, failed; `problem` */
  | 'state'
  | 'speed'
  /** kept states or ghosts */
  | 'snapshots'
  /** `focus` */
  | 'focus';

/** What several panels look at together. */
export interface Focus {
  /** A layer's name, or "input". */
  layer: string;
  /** An image of the test split, or pixels of one's own (bytes [H, W, C] of the session's size). */
  image: { index: number } | { pixels: Uint8Array };
}

/** A state that the worker has kept, to come back to. */
export interface KeptState extends Snapshot {
  /** Kept by the page, not by the person. */
  automatic: boolean;
  /** What had been measured by then, on its own branch. */
  course: History;
  /** The first layer's weights at that step, where they are few enough to be shown small. */
  filters: Tensor | null;
}

/** What the network said of each test image in one test. */
export interface Verdicts {
  step: number;
  count: number;
  labels: Int32Array;
  predicted: Int32Array;
  /** [count, outputs] */
  probabilities: Tensor;
}

/** An evaluation and the step that it is about. */
export type DatedEvaluation = Evaluation & { step: number };

/** What every panel needs. */
export interface RunView {
  readonly session: LabSession | null;
  readonly description: Description | null;
  readonly state: TrainState;
  readonly step: number;
  readonly focus: Focus;
  /** Listens; returns how to stop. */
  listen(type: RunEvent, listener: () => void): () => void;
  /** Turns all panels to another layer or image. */
  look(focus: Partial<Focus>): void;
}

/** For panels about measured numbers. */
export interface MeasuredView extends RunView {
  readonly history: History;
  readonly problem: LabProblem | null;
  readonly speed: Pick<SpeedEvent, 'imagesPerSecond' | 'gflops' | 'limit'> | null;
  /** Factor on the schedule's learning rate. */
  readonly rateScale: number;
}

/** For panels about test images. */
export interface TestedView extends RunView {
  readonly evaluation: DatedEvaluation | null;
  /** Of the last test that was asked for. */
  readonly verdicts: Verdicts | null;
  /** How far a test that was asked for is. */
  readonly testing: Pick<EvaluatingEvent, 'done' | 'count'> | null;
  /** Test images that each epoch's end looks at, and all that there are. */
  readonly tests: { epoch: number; all: number };
  /** Evaluates test images now; all by default. Fails with `cancelled` when it was stopped. */
  evaluate(count?: number): Promise<void>;
  stopTesting(): void;
}

/** For the time machine's panel. */
export interface KeptView extends RunView {
  readonly history: History;
  readonly kept: readonly KeptState[];
  /** Courses that were left by a jump or a reset, oldest first. */
  readonly ghosts: readonly History[];
  keep(): Promise<void>;
  /** Goes to a kept state; training from there is a branch. */
  jump(id: number): Promise<void>;
}
