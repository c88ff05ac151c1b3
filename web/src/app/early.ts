import { beginEngine } from '../state/engine.js';
import { defaultData } from '../stations/train/default-data.js';

// Every station needs the engine: its worker and module are on their way before the station's code is, and so are the first images of the
// Train station. Where something fails, the station says so when it asks for the same.
try {
  const engine = beginEngine();
  const [station, query] = location.hash.slice(1).split('?');
  if (station === 'train') engine.load(new URLSearchParams(query).get('data') ?? defaultData, 1, 0).catch(() => undefined);
} catch {
  // No WebAssembly, or no worker.
}
