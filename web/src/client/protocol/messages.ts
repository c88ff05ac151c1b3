/** Messages that carry calls, replies and events. */
import type { CallName } from './calls.js';
import type { LabProblem } from './errors.js';
import type { LabEvent } from './events.js';

export interface StartMessage {
  kind: 'start';
  /** Absolute addresses of the folders of the module and of the data. */
  engineUrl: string;
  dataUrl: string;
  /** Default: one less than the processor has; 1 where the page is not isolated. */
  threads?: number;
  /** Use relaxed SIMD; default: where the browser has it. */
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

/**
 * Changes with every change of what the messages mean: a page and a worker of two versions do not understand each
 * other.
 */
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
