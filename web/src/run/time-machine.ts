import type { LabSession } from '../client/client.js';
import { historyUntil, isBeginningOf, type History } from './history.js';
import type { KeptState } from './run-view.js';

/** The first layer is remembered with each kept state if it has at most so many numbers. */
const mostFilterNumbers = 4096;

/** The page keeps so many states on its own; older ones are thinned out so that they stay evenly spread. */
const mostKept = 24;

/** Ghosts that a chart still shows apart. */
export const mostGhosts = 5;

/** The run whose states are kept. */
export interface Traveller {
  readonly history: History;
  /** `kept` or `ghosts` changed. */
  told(): void;
  failed(error: unknown): void;
}

/** Keeps states of a session in its worker, and the courses that were left. */
export class TimeMachine {
  kept: KeptState[] = [];
  /** Courses that were left by a jump back or a reset. Oldest first. */
  ghosts: History[] = [];
  private readonly run: Traveller;
  private session: LabSession | null = null;
  /** Steps between two states that are kept automatically. */
  private every = 1;
  private keeping: LabSession | null = null;
  /** The step of the newest kept state of this branch. */
  private keptAt = 0;
  /** A kept state whose last steps have not been told yet. */
  private short: KeptState | null = null;

  constructor(run: Traveller) {
    this.run = run;
  }

  begin(session: LabSession, ghosts: History[]): void {
    this.session = session;
    this.kept = [];
    this.ghosts = ghosts;
    this.every = Math.max(1, Math.ceil(session.info.steps_per_epoch / 8));
  }

  end(): void {
    this.session = null;
  }

  /** Keeps the present state. */
  async keep(automatic = false): Promise<void> {
    const { session } = this;
    if (!session || this.keeping === session) return;
    this.keeping = session;
    try {
      const first = session.info.description.tensors[0];
      const small = first && first.shape.length === 4 && first.shape.reduce((a, b) => a * b, 1) <= mostFilterNumbers;
      // Asked for in one breath; while training runs, a step may get between the two.
      const [snapshot, weights] = await Promise.all([session.snapshot(), small ? session.tensors([first.name]) : []]);
      if (session !== this.session) return;
      const course = historyUntil(this.run.history, snapshot.step);
      const kept: KeptState = { ...snapshot, automatic, course, filters: weights[0] ?? null };
      const replaced = this.kept.filter((other) => other.step === kept.step && other.automatic);
      this.kept = [...this.kept.filter((other) => !replaced.includes(other)), kept].sort((a, b) => a.step - b.step);
      this.keptAt = kept.step;
      this.short = (kept.course.step.at(-1) ?? 0) < kept.step ? kept : null;
      for (const { id } of replaced) await session.dropSnapshot(id);
      await this.thin();
      this.run.told();
    } catch (error) {
      if (session === this.session) this.run.failed(error);
    } finally {
      if (this.keeping === session) this.keeping = null;
    }
  }

  /** Steps were added to the history: completes the newest state's course, keeps another state when it is time. */
  stepped(step: number): void {
    const { history } = this.run;
    if (this.short && this.short.step <= history.step.at(-1)!) {
      this.short.course = historyUntil(history, this.short.step);
      this.short = null;
    }
    if (step - this.keptAt >= this.every) this.keep(true).catch((error: unknown) => this.run.failed(error));
  }

  find(id: number): KeptState | undefined {
    return this.kept.find((kept) => kept.id === id);
  }

  /** Restores a kept state; the course that is left becomes a ghost, unless the state's own begins with it. */
  async restore(target: KeptState): Promise<History> {
    if (!isBeginningOf(this.run.history, target.course)) this.leaveGhost();
    await this.session?.restoreSnapshot(target.id);
    this.keptAt = target.step;
    this.short = null;
    return historyUntil(target.course, target.step);
  }

  leaveGhost(): void {
    if (this.run.history.step.length === 0) return;
    this.ghosts = [...this.ghosts, this.run.history].slice(-mostGhosts);
    this.run.told();
  }

  /** Forgets all kept states. */
  async clear(): Promise<void> {
    for (const { id } of this.kept) await this.session?.dropSnapshot(id);
    this.kept = [];
  }

  /** Drops every second automatic state when there are too many; the first and the last stay. */
  private async thin(): Promise<void> {
    const automatic = this.kept.filter((kept) => kept.automatic);
    if (automatic.length <= mostKept) return;
    this.every *= 2;
    const gone = new Set(automatic.filter((_, i) => i % 2 === 1 && i < automatic.length - 1).map(({ id }) => id));
    this.kept = this.kept.filter(({ id }) => !gone.has(id));
    for (const id of gone) await this.session?.dropSnapshot(id);
  }
}
