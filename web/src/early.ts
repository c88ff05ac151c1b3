import { beginEngine } from './state/engine.js';

// Every station needs the engine: its worker and module are on their way before the station's code is. Where it cannot start, the
// station says so.
try {
  beginEngine();
} catch {
  // As it will again when the station asks.
}
