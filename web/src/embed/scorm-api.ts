import type { ScormVersion } from '../publish/scorm-version.js';

/** What a page tells a learning platform. */
export interface Report {
  /** From 0 to 1. */
  score: number;
  done: boolean;
  /** Since the page was opened. */
  seconds: number;
}

type Call = (...values: string[]) => unknown;
type Api = Readonly<Record<string, Call | undefined>>;

interface Dialect {
  /** The object that the platform puts into a window around. */
  object: string;
  begin: string;
  get: string;
  set: string;
  commit: string;
  end: string;
  /** Elements of its data model. */
  student: string;
  status: string;
  scoreBefore: string;
  /** Characters of suspend_data. */
  longest: number;
  valuesOf(report: Report): Record<string, string>;
}

const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
const rounded = (value: number): string => String(Math.round(value * 100) / 100);

/** SCORM 1.2, Run-Time Environment 3.4: 0012:34:56.78. */
const clock = (seconds: number): string => `${two(seconds / 3600).padStart(4, '0')}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;

export const dialects: Record<ScormVersion, Dialect> = {
  '1.2': {
    object: 'API',
    begin: 'LMSInitialize',
    get: 'LMSGetValue',
    set: 'LMSSetValue',
    commit: 'LMSCommit',
    end: 'LMSFinish',
    student: 'cmi.core.student_name',
    status: 'cmi.core.lesson_status',
    scoreBefore: 'cmi.core.score.raw',
    longest: 4096,
    valuesOf: ({ score, done, seconds }) => ({
      'cmi.core.score.min': '0',
      'cmi.core.score.max': '100',
      'cmi.core.score.raw': rounded(100 * score),
      'cmi.core.lesson_status': done ? 'completed' : 'incomplete',
      'cmi.core.session_time': clock(seconds),
      'cmi.core.exit': 'suspend',
    }),
  },
  '2004': {
    object: 'API_1484_11',
    begin: 'Initialize',
    get: 'GetValue',
    set: 'SetValue',
    commit: 'Commit',
    end: 'Terminate',
    student: 'cmi.learner_name',
    status: 'cmi.completion_status',
    scoreBefore: 'cmi.score.raw',
    longest: 64_000,
    valuesOf: ({ score, done, seconds }) => ({
      'cmi.score.min': '0',
      'cmi.score.max': '100',
      'cmi.score.raw': rounded(100 * score),
      'cmi.score.scaled': rounded(score),
      'cmi.progress_measure': rounded(score),
      'cmi.completion_status': done ? 'completed' : 'incomplete',
      ...(done ? { 'cmi.success_status': 'passed' } : {}),
      'cmi.session_time': `PT${Math.floor(seconds)}S`,
      'cmi.exit': 'suspend',
    }),
  },
};

/** A window's object of that name; null where another origin's window may not be looked into. */
function objectIn(window: Window, name: string): Api | null {
  try {
    return ((window as unknown as Record<string, unknown>)[name] as Api | undefined) ?? null;
  } catch {
    return null;
  }
}

/** The platform's interface: in a window around this one, or around the one that opened it. */
function findApi(name: string): Api | null {
  const starts: (Window | null)[] = [window, window.opener as Window | null];
  for (const start of starts) {
    for (let at = start, more = 50; at && more > 0; more--) {
      const found = objectIn(at, name);
      if (found) return found;
      if (at.parent === at) break;
      at = at.parent;
    }
  }
  return null;
}

/** A session with a learning platform. */
export class Platform {
  /** Whether the platform took all that it was told. */
  good = true;
  private open = true;

  private constructor(
    private readonly api: Api,
    readonly dialect: Dialect,
  ) {}

  /** null: there is no platform around, or it does not begin. */
  static find(version: ScormVersion): Platform | null {
    const dialect = dialects[version];
    const api = findApi(dialect.object);
    return api && String(api[dialect.begin]?.('')) === 'true' ? new Platform(api, dialect) : null;
  }

  get(element: string): string {
    const value = this.api[this.dialect.get]?.(element);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  }

  set(values: Record<string, string>): void {
    if (!this.open) return;
    const taken = Object.entries(values).map(([element, value]) => String(this.api[this.dialect.set]?.(element, value)) === 'true');
    this.good = taken.every(Boolean);
  }

  commit(): void {
    if (this.open && String(this.api[this.dialect.commit]?.('')) !== 'true') this.good = false;
  }

  end(): void {
    if (!this.open) return;
    this.commit();
    this.api[this.dialect.end]?.('');
    this.open = false;
  }
}
