import { LabEngine, LabError, type EngineOptions, type LabProblem } from '../client/client.js';

const engines = new Map<string, LabEngine>();

/** The page's engine, one for all stations that ask with the same addresses, as soon as its worker is there: it hands out data while the module is on its way. */
export function beginEngine(options: EngineOptions = {}): LabEngine {
  const key = `${options.engineUrl ?? ''} ${options.dataUrl ?? ''}`;
  let engine = engines.get(key);
  if (!engine) {
    engine = LabEngine.begin(options);
    engines.set(key, engine);
    // A start that failed can be tried again.
    engine.ready.catch(() => engines.delete(key));
  }
  return engine;
}

export function problemOf(error: unknown): LabProblem {
  if (error instanceof LabError) return error.toJSON();
  return { code: 'internal', place: '', problem: error instanceof Error ? error.message : String(error), remedy: '' };
}
