/** What the worker tells on its own. */
import type { LabProblem } from './errors.js';
import type { Evaluation, TrainState } from './values.js';

/** Steps done since the last message, a column a quantity, oldest first. */
export interface BatchesEvent {
  type: 'batches';
  session: number;
  step: Float64Array;
  epoch: Float64Array;
  loss: Float64Array;
  accuracy: Float64Array;
  learningRate: Float64Array;
  gradientNorm: Float64Array;
}

export interface TrainBeginEvent {
  type: 'train_begin';
  session: number;
  step: number;
  totalSteps: number;
  stepsPerEpoch: number;
  epochs: number;
}

export interface EpochBeginEvent {
  type: 'epoch_begin';
  session: number;
  epoch: number;
}

/** An evaluation goes on in slices: how far it is. */
export interface EvaluatingEvent {
  type: 'evaluating';
  session: number;
  /** By `evaluate`; otherwise it is the one at an epoch's end. */
  asked: boolean;
  done: number;
  count: number;
}

export interface EvalEndEvent {
  type: 'eval_end';
  session: number;
  epoch: number;
  step: number;
  evaluation: Evaluation;
}

export interface EpochEndEvent {
  type: 'epoch_end';
  session: number;
  epoch: number;
  step: number;
  trainLoss: number;
  trainAccuracy: number;
  /** null where no test images are evaluated */
  testLoss: number | null;
  testAccuracy: number | null;
}

export interface TrainEndEvent {
  type: 'train_end';
  session: number;
  step: number;
}

export interface StateEvent {
  type: 'state';
  session: number;
  state: TrainState;
  step: number;
  error: LabProblem | null;
}

/** About once a second while training. */
export interface SpeedEvent {
  type: 'speed';
  session: number;
  imagesPerSecond: number;
  gflops: number;
}

export interface LoadingEvent {
  type: 'loading';
  name: string;
  /** Compressed bytes that have arrived, and all that this load fetches. */
  bytes: number;
  totalBytes: number;
  trainLoaded: number;
  testLoaded: number;
}

export type LabEvent =
  | BatchesEvent
  | TrainBeginEvent
  | EpochBeginEvent
  | EvaluatingEvent
  | EvalEndEvent
  | EpochEndEvent
  | TrainEndEvent
  | StateEvent
  | SpeedEvent
  | LoadingEvent;

export type LabEventType = LabEvent['type'];
export type EventOf<T extends LabEventType> = Extract<LabEvent, { type: T }>;
