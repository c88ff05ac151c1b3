/** The envelopes that calls, replies and events travel in. */
import type { CallName } from './calls.js';
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

export interface CallMessage {
  kind: 'call';
  id: number;
  /** Whose call it is; null: nobody's. */
  session: number | null;
  name: CallName;
  args: unknown[];
}

export type ToWorker = StartMessage | CallMessage;

/** Changes with every change of what the messages mean: a page and a worker of two versions do not understand each other. */
export const protocolVersion = 1;

export interface ReadyMessage {
  kind: 'ready';
  protocol: number;
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
