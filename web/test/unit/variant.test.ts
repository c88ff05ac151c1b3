import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
// @ts-expect-error: plain JavaScript without types
import { copyModules as untypedCopyModules } from '../../scripts/modules.mjs';
import { chooseVariant, sharesMemory } from '../../src/client/variant.js';

const copyModules = untypedCopyModules as (out: string, folders: string[], only?: string) => string[];
const modules = ['cnnlab.js', 'cnnlab-relaxed.js', 'cnnlab-threads.js', 'cnnlab-threads-relaxed.js'];

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
  expect(chooseVariant(can, modules)).toEqual({ file, threads });
});

test('takes the best module that is there', () => {
  expect(chooseVariant(all, ['cnnlab.js'])).toEqual({ file: 'cnnlab.js', threads: 1 });
  expect(chooseVariant(all, ['cnnlab.js', 'cnnlab-relaxed.js'])).toEqual({ file: 'cnnlab-relaxed.js', threads: 1 });
  expect(chooseVariant(all, ['cnnlab.js', 'cnnlab-relaxed.js', 'cnnlab-threads.js']).file).toBe('cnnlab-threads.js');
  expect(() => chooseVariant({ ...all, isolated: false }, ['cnnlab-threads.js'])).toThrow('cnnlab-threads.js');
});

test('lists the modules that a folder has, and forgets the earlier ones', () => {
  const from = mkdtempSync(join(tmpdir(), 'modules-'));
  const to = join(from, 'engine');
  for (const name of [
    'cnnlab.js',
    'cnnlab.wasm',
    'cnnlab-relaxed.js',
    'cnnlab-relaxed.wasm',
    'cnnlab-files.js',
    'cnnlab-files.wasm',
    'cnnlab-networks.js',
    'cnnlab-networks.wasm',
    'else.js',
  ])
    writeFileSync(join(from, name), name);
  const listed = (): unknown => JSON.parse(readFileSync(join(to, 'modules.json'), 'utf8'));
  copyModules(to, [from]);
  expect(listed()).toEqual(['cnnlab-relaxed.js', 'cnnlab.js']);
  copyModules(to, [from], 'cnnlab');
  expect(listed()).toEqual(['cnnlab.js']);
  for (const name of ['cnnlab.wasm', 'cnnlab-files.wasm', 'cnnlab-networks.wasm']) expect(readFileSync(join(to, name), 'utf8')).toBe(name);
  rmSync(from, { recursive: true });
});

test('memory is shared where the page is isolated and the browser has the buffers for it', () => {
  expect(sharesMemory({ crossOriginIsolated: true, SharedArrayBuffer })).toBe(true);
  expect(sharesMemory({ crossOriginIsolated: false, SharedArrayBuffer })).toBe(false);
  // WebKitGTK 2.50, isolated
  expect(sharesMemory({ crossOriginIsolated: true })).toBe(false);
});
