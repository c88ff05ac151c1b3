import { LabEngine, LabError, type EngineOptions, type LabProblem } from '../engine/client.js';

const engines = new Map<string, Promise<LabEngine>>();

/** The page's engine, one for all stations that ask with the same addresses; a start that failed can be tried again. */
export function sharedEngine(options: EngineOptions = {}): Promise<LabEngine> {
  const key = `${options.engineUrl ?? ''} ${options.dataUrl ?? ''}`;
  let engine = engines.get(key);
  if (!engine) {
    engine = LabEngine.start(options);
    engines.set(key, engine);
    engine.catch(() => engines.delete(key));
  }
  return engine;
}

export function problemOf(error: unknown): LabProblem {
  if (error instanceof LabError) return error.toJSON();
  return { code: 'internal', place: '', problem: error instanceof Error ? error.message : String(error), remedy: '' };
}
