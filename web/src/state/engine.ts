import { LabEngine, type EngineOptions, type LabProblem } from '../client/client.js';
import { asLabError } from '../client/outcome.js';

const engines = new Map<string, LabEngine>();

const keyOf = ({ engineUrl, dataUrl }: EngineOptions): string => `${engineUrl ?? ''} ${dataUrl ?? ''}`;

/**
 * The page's engine, shared by all stations with the same addresses. Available as soon as its worker is: it hands out
 * data while the module is still loading.
 */
export function beginEngine(options: EngineOptions = {}): LabEngine {
  const key = keyOf(options);
  let engine = engines.get(key);
  if (!engine) {
    engine = LabEngine.begin(options);
    engines.set(key, engine);
    const mine = engine;
    // A failed start can be tried again.
    mine.ready.catch(() => {
      if (engines.get(key) === mine) engines.delete(key);
    });
  }
  return engine;
}

/** Gives up an engine that has not become ready, and begins another, which does without threads. */
export function beginAnew(options: EngineOptions = {}): LabEngine {
  const key = keyOf(options);
  const stuck = engines.get(key);
  engines.delete(key);
  const engine = beginEngine(stuck ? { ...options, threads: 1 } : options);
  stuck?.close();
  return engine;
}

export const problemOf = (error: unknown): LabProblem => asLabError(error, '').toJSON();
