/** Says when the next picture of a recording is due: so many a second, however often one asks. */
export class Pace {
  private readonly interval: number;
  private next = -Infinity;

  constructor(perSecond: number) {
    this.interval = 1000 / perSecond;
  }

  /** Whether a picture is due at this time, in milliseconds; then the next one is due an interval later. */
  due(now: number): boolean {
    // Timers come a little early or late; without this a picture would wait for the frame after.
    if (now < this.next - 2) return false;
    // What was missed is not made up for.
    this.next = now - this.next > this.interval ? now + this.interval : this.next + this.interval;
    return true;
  }
}

/** How often something happened in the last seconds. */
export class Meter {
  private times: number[] = [];
  private readonly span: number;

  constructor(span = 2000) {
    this.span = span;
  }

  happened(now: number): void {
    this.times = [...this.times.filter((time) => now - time < this.span), now];
  }

  /** A second; null while too little is known. */
  get rate(): number | null {
    const { times } = this;
    const [first, last] = [times[0], times.at(-1)];
    return times.length < 3 || last === first ? null : (1000 * (times.length - 1)) / (last! - first!);
  }

  clear(): void {
    this.times = [];
  }
}
