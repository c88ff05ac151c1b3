import { beginEngine } from '../state/engine.js';
import { defaultData } from '../stations/train/default-data.js';

// Starts the worker, the module and the first images of the Train station before the code of a station has loaded:
// every station needs the engine. If something fails, the station reports it when it asks for the same.
try {
  const engine = beginEngine();
  const [station, query] = location.hash.slice(1).split('?');
  if (station === 'train') engine.load(new URLSearchParams(query).get('data') ?? defaultData, 1, 0).catch(() => undefined);
} catch {
  // No WebAssembly, or no worker.
}
