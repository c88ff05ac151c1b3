// The package as a user gets it: built, packed, installed in an empty folder; tsc reads its
// types, Chromium shows its files.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { course, openHost, script } from './host.mjs';
import { numbers, openLab } from './lab.mjs';

const web = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cnnlab-package-'));
const installed = join(folder, 'node_modules', 'cnnlab');
const run = (command, args, cwd = folder) => execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

before(() => {
  const engine = process.env.CNNLAB_ENGINE ? ['--engine', process.env.CNNLAB_ENGINE] : [];
  run(process.execPath, ['scripts/package.mjs', '--out', join(folder, 'package'), ...engine], web);
  run('npm', ['pack', './package', '--silent']);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const [packed] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  run('npm', ['install', `./${packed}`, '--offline', '--no-audit', '--no-fund', '--silent']);
});
after(() => rmSync(folder, { recursive: true }));

test('has what it names, and nothing of ours besides', () => {
  const { exports, version, private: hidden } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  assert.equal(version, JSON.parse(readFileSync(join(web, 'package.json'), 'utf8')).version);
  assert.equal(hidden, undefined);
  const named = Object.values(exports).flatMap((item) => (typeof item === 'string' ? [item] : Object.values(item)));
  for (const name of named) if (!name.includes('*')) assert.ok(statSync(join(installed, name)).size > 0, name);
  for (const name of ['engine/cnnlab.wasm', 'README.md', 'LICENSE', 'licences.txt'])
    assert.ok(statSync(join(installed, name)).size > 0, name);
  assert.match(readFileSync(join(installed, 'licences.txt'), 'utf8'), /lit-html.*uplot.*Emscripten/s);
  assert.ok(!readdirSync(installed).includes('src'));
});

for (const [module, resolution] of [
  ['ESNext', 'Bundler'],
  ['NodeNext', 'NodeNext'],
]) {
  test(`its types are whole: ${resolution}`, () => {
    writeFileSync(
      join(folder, 'page.ts'),
      `import { CnnLab, type CnnLabTheme } from 'cnnlab';
import 'cnnlab/frames';
import { LabEngine, type LabSession } from 'cnnlab/client';
import type { Calls } from 'cnnlab/protocol';

const lab: CnnLab = document.createElement('cnn-lab');
const theme: CnnLabTheme = lab.theme;
lab.state = 'stride=2';
lab.addEventListener('lab-state', (event) => event.detail.state.toUpperCase());
lab.addEventListener('lab-error', (event) => event.detail.remedy?.english.trim());
// @ts-expect-error: no such theme
lab.theme = 'pink';
// @ts-expect-error: no such method
lab.nothing();
export async function train(): Promise<number> {
  const engine = await LabEngine.start({ engineUrl: '/engine/' });
  const session: LabSession = await engine.open({ experiment: 'lines' });
  await session.steps(10);
  return session.step;
}
export type Opened = ReturnType<Calls['open']>;
export { theme };
`,
    );
    const tsc = join(web, 'node_modules', 'typescript', 'bin', 'tsc');
    // prettier-ignore
    const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--target', 'ES2022', '--lib', 'ES2023,DOM,DOM.Iterable',
      '--module', module, '--moduleResolution', resolution];
    try {
      run(process.execPath, [tsc, ...options, 'page.ts']);
    } catch (error) {
      assert.fail(error.stdout);
    }
  });
}

test('importing it where there is no page does nothing', () => {
  run(process.execPath, ['--input-type=module', '-e', "await import('cnnlab'); await import('cnnlab/client')"]);
});

test('its files, served as they are, make the element and the client work', async () => {
  const client = `<script type="module">
    import { LabEngine } from '/vendor/client.js';
    const engine = await LabEngine.start({ engineUrl: '/vendor/engine/' });
    const session = await engine.open({ experiment: 'lines' });
    await session.steps(10);
    globalThis.steps = session.step;
    await session.close();
    engine.close();
  </script>`;
  const page = course('<cnn-lab station="convolution" lang="es"></cnn-lab>', script('/vendor') + client).replace('/a/b/icon.svg', 'data:,');
  const host = await openHost({ pages: { '/': page }, under: '/vendor/', folder: installed });
  const lab = await openLab();
  try {
    const page = await lab.page('/', { at: host.url });
    await page.locator('cnn-lab [data-ready=true]').waitFor();
    assert.deepEqual(
      await numbers(page, 'lab-grid[data-place=map]'),
      [-20, 0, 20, 20, 0, -30, 0, 30, 30, 0, -20, 0, 10, 10, 10, -10, 0, -10, -10, 20, 0, 0, -20, -20, 20],
    );
    await page.waitForFunction(() => globalThis.steps === 10);
    assert.deepEqual(page.complaints, []);
  } finally {
    await lab.close();
    host.close();
  }
});
