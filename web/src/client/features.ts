import { LabError } from './protocol.js';

/** A module of one function that uses a v128: valid exactly where WebAssembly SIMD is there. */
const simdProbe = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);

/** Throws where the engine cannot run, with what to do about it. */
export function requireFeatures(): void {
  if (typeof WebAssembly !== 'object' || typeof WebAssembly.validate !== 'function') {
    throw new LabError({
      code: 'no_webassembly',
      place: 'browser',
      problem: 'WebAssembly is missing or switched off',
      remedy: 'use a current Firefox, Chrome, Edge or Safari, or allow WebAssembly in its settings',
    });
  }
  if (!WebAssembly.validate(simdProbe)) {
    throw new LabError({
      code: 'no_simd',
      place: 'browser',
      problem: 'WebAssembly SIMD is missing',
      remedy: 'use Chrome or Edge 91, Firefox 89, Safari 16.4 or a later version',
    });
  }
}
