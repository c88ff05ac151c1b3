import { say } from './messages.js';
import { LabError } from './protocol.js';

/** A module of one function that uses a v128: valid only where the browser has WebAssembly SIMD. */
const simdProbe = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);

/** Throws LabError where the engine cannot run: no_webassembly or no_simd. */
export function requireFeatures(): void {
  if (typeof WebAssembly !== 'object' || typeof WebAssembly.validate !== 'function') {
    throw new LabError({
      code: 'no_webassembly',
      place: 'browser',
      problem: say('page.no_webassembly'),
      remedy: say('page.allow_webassembly'),
    });
  }
  if (!WebAssembly.validate(simdProbe)) {
    throw new LabError({
      code: 'no_simd',
      place: 'browser',
      problem: say('page.no_simd'),
      remedy: say('page.newer_browser'),
    });
  }
}
