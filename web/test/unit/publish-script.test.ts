// What ./lab publish says of options that contradict each other.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/publish.mjs', import.meta.url));
const refusal = (...args: string[]): string => {
  const { status, stderr } = spawnSync(process.execPath, [script, 'no-site', ...args], { encoding: 'utf8' });
  expect(status).toBe(1);
  return stderr.trim();
};

test('options that contradict each other are refused by name', () => {
  expect(refusal('by-hand', '--lang', 'es', '--lang', 'en')).toBe('lab: publish: --lang is given twice: give it once');
  expect(refusal('by-hand', '--list')).toBe("lab: publish: --list prints all names and takes nothing else, not 'by-hand'");
  expect(refusal('--list', '--out', 'folder')).toBe("lab: publish: --list prints all names and takes nothing else, not '--out'");
  expect(refusal('by-hand', '--out', 'lesson.tar.gz')).toBe(
    "lab: publish: an archive for any host is a ZIP: --out FILE.zip, not '.tar.gz'",
  );
});
