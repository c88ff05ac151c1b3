/** Parts of about a second each, of which so many are averaged. */
const parts = 5;
const part = 1000;

/** Steps a second of a training, over the last seconds that were spent on steps. */
export class SpeedMeter {
  private readonly past: { steps: number; milliseconds: number }[] = [];
  private now = { steps: 0, milliseconds: 0 };
  private since: number | null = null;

  /**
   * Adds a slice of training that ended at `at`, by the worker's clock. Gives the steps a second about once a second,
   * else null.
   */
  add(steps: number, milliseconds: number, at: number): number | null {
    this.since ??= at - milliseconds;
    this.now.steps += steps;
    this.now.milliseconds += milliseconds;
    if (at - this.since < part || this.now.steps === 0 || this.now.milliseconds === 0) return null;
    this.past.push(this.now);
    if (this.past.length > parts) this.past.shift();
    this.now = { steps: 0, milliseconds: 0 };
    this.since = at;
    const sum = (name: 'steps' | 'milliseconds'): number => this.past.reduce((total, one) => total + one[name], 0);
    return (1000 * sum('steps')) / sum('milliseconds');
  }
}
