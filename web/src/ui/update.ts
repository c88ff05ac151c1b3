import type { ReactiveElement } from 'lit';

/** Does something when an element has drawn what was changed. A drawing that failed is an error of its own. */
export function afterUpdate(element: ReactiveElement, work: () => void): void {
  element.updateComplete.then(work, () => undefined);
}
