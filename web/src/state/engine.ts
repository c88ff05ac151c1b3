import { LabEngine, type EngineOptions, type LabProblem } from '../client/client.js';
import { asLabError } from '../client/outcome.js';

const engines = new Map<string, LabEngine>();

/**
 * The page's engine, shared by all stations with the same addresses. Available as soon as its worker is: it hands out
 * data while the module is still loading.
 */
export function beginEngine(options: EngineOptions = {}): LabEngine {
  const key = `${options.engineUrl ?? ''} ${options.dataUrl ?? ''}`;
  let engine = engines.get(key);
  if (!engine) {
    engine = LabEngine.begin(options);
    engines.set(key, engine);
    // A failed start can be tried again.
    engine.ready.catch(() => engines.delete(key));
  }
  return engine;
}

export const problemOf = (error: unknown): LabProblem => asLabError(error, '').toJSON();
