import type { NamedCourse } from '../../run/overlay-figure.js';
import type { Drawer } from './progress.js';

/** What networks of a lesson came to: enough to go on after a reload without training again. */
export interface KeptRuns<Figures = unknown> {
  figures: Figures;
  courses: readonly NamedCourse[];
}

const prefix = 'cnnlab-runs-';
/** Changes whenever networks are trained otherwise, or figures mean something else. */
const format = 2;
/** Characters that the runs of one lesson may take. */
const longest = 400_000;

/** Digits that a curve needs. A number that is none is kept as null. */
const compact = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(7)) : value;

const numbers = (values: readonly (number | null)[]): number[] => values.map((value) => value ?? NaN);

/**
 * Keeps finished runs in the browser's own storage, beside the answers: training is deterministic, so they are those
 * that would come out again. `made` is all that decides what comes out. Where the browser keeps nothing, networks are
 * trained again.
 */
export class RunKeeper {
  constructor(private readonly drawer: () => Drawer = () => localStorage) {}

  load<Figures>(name: string, made: unknown): KeptRuns<Figures> | null {
    try {
      const found = JSON.parse(this.drawer().getItem(prefix + name) ?? 'null') as ({ made: string } & KeptRuns<Figures>) | null;
      if (found?.made !== RunKeeper.mark(made)) return null;
      const courses = found.courses.map(({ name: its, course }) => ({
        name: its,
        course: { ...course, loss: numbers(course.loss), accuracy: numbers(course.accuracy) },
      }));
      return { figures: found.figures, courses };
    } catch {
      return null;
    }
  }

  save(name: string, made: unknown, { figures, courses }: KeptRuns): void {
    const text = JSON.stringify({ made: RunKeeper.mark(made), figures, courses }, compact);
    try {
      if (text.length <= longest) this.drawer().setItem(prefix + name, text);
    } catch {
      // A browser that keeps nothing, or is full.
    }
  }

  private static mark(made: unknown): string {
    return JSON.stringify([format, made]);
  }
}
