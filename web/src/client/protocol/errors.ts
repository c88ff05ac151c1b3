/** Errors as values: what a call fails with. */

export type ErrorCode =
  // the engine's own
  | 'unknown_name'
  | 'wrong_type'
  | 'out_of_range'
  | 'shape_mismatch'
  | 'bad_file'
  | 'missing_data'
  | 'io'
  | 'checkpoint'
  | 'unsupported'
  | 'diverged'
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

/** What went wrong, where, and what to do about it. `place` names a field ("model.layers[3].kernel"), a file or a call. */
export interface LabProblem {
  code: ErrorCode;
  place: string;
  problem: string;
  remedy: string;
}

export class LabError extends Error implements LabProblem {
  override readonly name = 'LabError';
  readonly code: ErrorCode;
  readonly place: string;
  readonly problem: string;
  readonly remedy: string;

  constructor(problem: LabProblem) {
    super((problem.place ? `${problem.place}: ` : '') + problem.problem + (problem.remedy ? `; ${problem.remedy}` : ''));
    this.code = problem.code;
    this.place = problem.place;
    this.problem = problem.problem;
    this.remedy = problem.remedy;
  }

  toJSON(): LabProblem {
    return { code: this.code, place: this.place, problem: this.problem, remedy: this.remedy };
  }
}
