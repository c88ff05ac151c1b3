/** Work that pauses while another station is shown: before each of its parts it waits for `over`. */
export class Rest {
  private resting: { over: Promise<void>; end: () => void } | null = null;

  get over(): Promise<void> {
    return this.resting?.over ?? Promise.resolve();
  }

  begin(): void {
    if (this.resting) return;
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => (end = resolve));
    this.resting = { over, end };
  }

  end(): void {
    this.resting?.end();
    this.resting = null;
  }
}
