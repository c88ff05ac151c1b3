/** The envelopes that calls, replies and events travel in. */
import type { CallName, Calls } from './calls.js';
import type { LabProblem } from './errors.js';
import type { LabEvent } from './events.js';

export interface StartMessage {
  kind: 'start';
  /** Where the module and the data lie; absolute addresses. */
  engineUrl: string;
  dataUrl: string;
  /** One less than the processor has by default; 1 where the page is not isolated. */
  threads?: number;
  /** Relaxed SIMD: where the browser has it by default. */
  relaxed?: boolean;
}

export interface CallMessage<K extends CallName = CallName> {
  kind: 'call';
  id: number;
  name: K;
  args: Parameters<Calls[K]>;
}

export type ToWorker = StartMessage | CallMessage;

export interface ReadyMessage {
  kind: 'ready';
  /** "cpu (wasm, 1 thread)" */
  backend: string;
}

export interface FailedMessage {
  kind: 'failed';
  error: LabProblem;
}

export type ReplyMessage =
  { kind: 'reply'; id: number; ok: true; value: unknown } | { kind: 'reply'; id: number; ok: false; error: LabProblem };

export interface EventsMessage {
  kind: 'events';
  events: LabEvent[];
}

export type FromWorker = ReadyMessage | FailedMessage | ReplyMessage | EventsMessage;
