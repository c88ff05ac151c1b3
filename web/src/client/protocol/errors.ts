/** Errors as values: what a call fails with. */
import type { EngineErrorCode } from './generated.js';

import type { Message } from './sentence.js';

export type { Message, MessageValue } from './sentence.js';

export type ErrorCode =
  | EngineErrorCode
  // the browser's
  | 'no_webassembly'
  | 'no_simd'
  | 'no_worker'
  | 'load_failed'
  | 'out_of_memory'
  | 'corrupt_shard'
  | 'offline'
  | 'cancelled'
  | 'closed'
  | 'internal';

/**
 * What went wrong, where, and what to do about it. `place` names a field ("model.layers[3].kernel"), a file or a call.
 */
export interface LabProblem {
  code: ErrorCode;
  place: string;
  problem: Message;
  remedy: Message | null;
}

/** Its `message` is all of it in English. */
export class LabError extends Error implements LabProblem {
  override readonly name = 'LabError';
  readonly code: ErrorCode;
  readonly place: string;
  readonly problem: Message;
  readonly remedy: Message | null;

  constructor(problem: LabProblem) {
    super((problem.place ? `${problem.place}: ` : '') + problem.problem.english + (problem.remedy ? `; ${problem.remedy.english}` : ''));
    this.code = problem.code;
    this.place = problem.place;
    this.problem = problem.problem;
    this.remedy = problem.remedy;
  }

  toJSON(): LabProblem {
    return { code: this.code, place: this.place, problem: this.problem, remedy: this.remedy };
  }
}
