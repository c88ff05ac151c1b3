type Work = () => Promise<void>;

/**
 * One question to the worker at a time: `look` is asked again as long as something has changed since it
 * began, an errand (a button) goes before it, and a newer errand replaces one that waits. Nothing is asked
 * while the panel cannot be seen.
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

  /** `rest`: how many times as long as an answer took to wait before the next; 0 where looking costs nobody time. */
  constructor(look: Work, failed: (error: unknown) => void, rest: () => number) {
    this.look = look;
    this.failed = failed;
    this.rest = rest;
  }

  /** What is shown is out of date. Urgent: somebody has just asked for it. */
  want(urgent: boolean): void {
    this.wanted = true;
    this.urgent ||= urgent;
    this.go();
  }

  /** Something that a person asked for, once the answer under way is here. */
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
      void this.run(errand);
      return;
    }
    if (!this.wanted || !this.visible) return;
    const wait = this.urgent || this.rest() === 0 ? 0 : this.restUntil - performance.now();
    if (wait > 0) {
      this.timer = setTimeout(() => this.go(), wait) as unknown as number;
      return;
    }
    this.wanted = this.urgent = false;
    void this.run(this.look);
  }

  private async run(work: Work): Promise<void> {
    this.busy = true;
    const since = performance.now();
    try {
      await work();
    } catch (error) {
      this.failed(error);
    }
    const now = performance.now();
    this.restUntil = now + this.rest() * (now - since);
    this.busy = false;
    this.go();
  }
}
