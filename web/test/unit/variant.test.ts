import { expect, test } from 'vitest';
import { chooseVariant, sharesMemory } from '../../src/client/variant.js';

const all = { threads: 4, isolated: true, sameOrigin: true, relaxed: true };

test.each([
  [all, 'cnnlab-threads-relaxed.js', 4],
  [{ ...all, relaxed: false }, 'cnnlab-threads.js', 4],
  [{ ...all, isolated: false }, 'cnnlab-relaxed.js', 1],
  [{ ...all, sameOrigin: false }, 'cnnlab-relaxed.js', 1],
  [{ ...all, threads: 1 }, 'cnnlab-relaxed.js', 1],
  [{ ...all, threads: 0, relaxed: false }, 'cnnlab.js', 1],
  [{ ...all, threads: 64 }, 'cnnlab-threads-relaxed.js', 8],
])('%o loads %s with %i', (can, file, threads) => {
  expect(chooseVariant(can)).toEqual({ file, threads });
});

test('memory is shared where the page is isolated and the browser has the buffers for it', () => {
  expect(sharesMemory({ crossOriginIsolated: true, SharedArrayBuffer })).toBe(true);
  expect(sharesMemory({ crossOriginIsolated: false, SharedArrayBuffer })).toBe(false);
  // WebKitGTK 2.50, isolated
  expect(sharesMemory({ crossOriginIsolated: true })).toBe(false);
});
