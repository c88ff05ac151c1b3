import type { LabEngine } from '../../client/client.js';

/** What a lesson trains or looks up with an engine, made once for the whole page. */
export function oncePerEngine<T>(make: (engine: LabEngine) => T): (engine: LabEngine) => T {
  const all = new WeakMap<LabEngine, { made: T }>();
  return (engine) => {
    let found = all.get(engine);
    if (!found) all.set(engine, (found = { made: make(engine) }));
    return found.made;
  };
}
