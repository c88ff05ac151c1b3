type Work = () => Promise<void>;

/**
 * Asks the worker one question at a time. `look` is asked again while something has changed since it began. An errand
 * (a button) goes before it; a newer errand replaces one that waits. Nothing is asked while the panel cannot be seen.
 */
export class Asker {
  private readonly look: Work;
  private readonly failed: (error: unknown) => void;
  private readonly rest: () => number;
  private errand: Work | null = null;
  private wanted = false;
  private urgent = false;
  private busy = false;
  private visible = false;
  private restUntil = 0;
  private timer = 0;

  /** `rest`: pause before the next question, as a multiple of the time of the last answer; 0: none. */
  constructor(look: Work, failed: (error: unknown) => void, rest: () => number) {
    this.look = look;
    this.failed = failed;
    this.rest = rest;
  }

  /** Marks the answer as old. Urgent: a person has just asked. */
  want(urgent: boolean): void {
    this.wanted = true;
    this.urgent ||= urgent;
    this.go();
  }

  /** Does what a person asked for, after the answer under way. */
  send(errand: Work): void {
    this.errand = errand;
    this.go();
  }

  show(visible: boolean): void {
    this.visible = visible;
    if (!visible) clearTimeout(this.timer);
    this.go();
  }

  private go(): void {
    clearTimeout(this.timer);
    if (this.busy) return;
    const { errand } = this;
    if (errand) {
      this.errand = null;
      this.run(errand);
      return;
    }
    if (!this.wanted || !this.visible) return;
    const wait = this.urgent || this.rest() === 0 ? 0 : this.restUntil - performance.now();
    if (wait > 0) {
      this.timer = setTimeout(() => this.go(), wait) as unknown as number;
      return;
    }
    this.wanted = this.urgent = false;
    this.run(this.look);
  }

  private run(work: Work): void {
    this.busy = true;
    const since = performance.now();
    const ended = (): void => {
      const now = performance.now();
      this.restUntil = now + this.rest() * (now - since);
      this.busy = false;
      this.go();
    };
    work().catch(this.failed).finally(ended);
  }
}
