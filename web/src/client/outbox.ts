import { stepColumns, type BatchesEvent, type LabEvent, type StepColumn } from './protocol.js';

/** Joins the steps of several slices of one session. */
export function mergeBatches(session: number, slices: readonly Float64Array[]): BatchesEvent {
  const width = stepColumns.length;
  const steps = slices.reduce((sum, slice) => sum + slice.length / width, 0);
  const columns = Object.fromEntries(stepColumns.map((name) => [name, new Float64Array(steps)])) as Record<StepColumn, Float64Array>;
  let row = 0;
  for (const slice of slices)
    for (let i = 0; i < slice.length; i += width, ++row) stepColumns.forEach((name, c) => (columns[name][row] = slice[i + c]!));
  return { type: 'batches', session, ...columns };
}

/** Events of which only the latest counts. */
const latestOnly = new Set<LabEvent['type']>(['evaluating', 'features', 'loading', 'speed']);

/** Gathers events and posts them together, at most once a frame. */
export class Outbox {
  private readonly post: (events: LabEvent[]) => void;
  private readonly now: () => number;
  private readonly frame: number;
  private readonly batches = new Map<number, Float64Array[]>();
  private events: LabEvent[] = [];
  private last = -Infinity;

  constructor(post: (events: LabEvent[]) => void, frame = 16, now: () => number = () => performance.now()) {
    this.post = post;
    this.frame = frame;
    this.now = now;
  }

  add(event: LabEvent): void {
    if (latestOnly.has(event.type)) {
      this.events = this.events.filter(
        (other) =>
          other.type !== event.type ||
          ('session' in other && 'session' in event && other.session !== event.session) ||
          ('name' in other && 'name' in event && other.name !== event.name),
      );
    }
    this.events.push(event);
  }

  addBatches(session: number, slice: Float64Array): void {
    if (slice.length === 0) return;
    const slices = this.batches.get(session);
    if (slices) slices.push(slice);
    else this.batches.set(session, [slice]);
  }

  /** Posts the gathered events if a frame has passed since the last time, or if `force` is set. */
  flush(force = false): void {
    if (this.events.length === 0 && this.batches.size === 0) return;
    const now = this.now();
    if (!force && now - this.last < this.frame) return;
    this.last = now;
    const opening = this.events.filter((event) => event.type === 'train_begin' || event.type === 'epoch_begin');
    const others = this.events.filter((event) => event.type !== 'train_begin' && event.type !== 'epoch_begin');
    const steps = [...this.batches].map(([session, slices]) => mergeBatches(session, slices));
    this.events = [];
    this.batches.clear();
    this.post([...opening, ...steps, ...others]);
  }
}
