/** Events that the worker sends. */
import type { EpochBegin, EpochEnd, EvalEnd, StepColumn, TrainBegin, TrainEnd } from './generated.js';
import type { LabProblem } from './errors.js';
import type { TrainState } from './values.js';

/** Steps done since the last message, one column for each quantity, oldest first. */
export interface BatchesEvent extends Record<StepColumn, Float64Array> {
  type: 'batches';
  session: number;
}

/** An event of the engine's training, with the steps that are done. */
type OfSession<Event> = Event & { session: number; step: number };
export type TrainBeginEvent = OfSession<TrainBegin>;
export type EpochBeginEvent = OfSession<EpochBegin>;
export type EvalEndEvent = OfSession<EvalEnd>;
export type EpochEndEvent = OfSession<EpochEnd>;
export type TrainEndEvent = OfSession<TrainEnd>;

/** Progress of an evaluation. */
export interface EvaluatingEvent {
  type: 'evaluating';
  session: number;
  /** true: by `evaluate`; false: at the end of an epoch. */
  asked: boolean;
  done: number;
  count: number;
}

/** Progress of what is computed before the first step: what frozen layers make of each image. */
export interface FeaturesEvent {
  type: 'features';
  session: number;
  done: number;
  count: number;
}

export interface StateEvent {
  type: 'state';
  session: number;
  state: TrainState;
  step: number;
  error: LabProblem | null;
}

/** About once a second while training: what the steps of the last seconds took, without tests, looks and pauses. */
export interface SpeedEvent {
  type: 'speed';
  session: number;
  /** Steps a second that the training is limited to; null: not limited. */
  limit: number | null;
  imagesPerSecond: number;
  gflops: number;
}

export interface LoadingEvent {
  type: 'loading';
  name: string;
  /** Compressed bytes that have arrived, of all that this load fetches. */
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
  | FeaturesEvent
  | EvalEndEvent
  | EpochEndEvent
  | TrainEndEvent
  | StateEvent
  | SpeedEvent
  | LoadingEvent;

export type LabEventType = LabEvent['type'];
export type EventOf<T extends LabEventType> = Extract<LabEvent, { type: T }>;
