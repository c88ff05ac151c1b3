import type { EventOf, LabEvent, LabEventType } from './protocol.js';

export type Listener<T extends LabEventType> = (event: EventOf<T>) => void;
export type Unsubscribe = () => void;

/** Listeners by event type. */
export class Listeners {
  private readonly byType = new Map<LabEventType, Set<(event: LabEvent) => void>>();

  add(type: LabEventType, listener: (event: LabEvent) => void): Unsubscribe {
    const set = this.byType.get(type) ?? new Set();
    this.byType.set(type, set);
    set.add(listener);
    return () => set.delete(listener);
  }

  send(event: LabEvent): void {
    for (const listener of [...(this.byType.get(event.type) ?? [])]) {
      try {
        listener(event);
      } catch (error) {
        // One listener's error must not keep events from the others.
        console.error(error);
      }
    }
  }
}
