/** Earlier values, and those that were undone. */
export class Undo<T> {
  private past: T[] = [];
  private future: T[] = [];

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** Remembers the value before a change. */
  did(before: T): void {
    this.past.push(before);
    if (this.past.length > 200) this.past.shift();
    this.future = [];
  }

  undo(now: T): T | null {
    const before = this.past.pop();
    if (before === undefined) return null;
    this.future.push(now);
    return before;
  }

  redo(now: T): T | null {
    const after = this.future.pop();
    if (after === undefined) return null;
    this.past.push(now);
    return after;
  }

  clear(): void {
    this.past = [];
    this.future = [];
  }
}
