// Where a lab can stand: hosts of others, frames with a sandbox, frames that are isolated, notebooks.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeServer } from '../../server/serve.mjs';
import { course, freePort, openHost, site, withSpareCores } from './host.mjs';
import { numbers, openLab } from './lab.mjs';

const folder = mkdtempSync(join(tmpdir(), 'cnnlab-hosts-'));
const script = fileURLToPath(new URL('../../scripts/publish.mjs', import.meta.url));
const publish = (name, out, ...options) =>
  execFileSync(process.execPath, [script, site, name, '--lang', 'en', '--out', out, ...options], { stdio: 'pipe' });
const map = 'lab-grid[data-place=map]';
const closing = [];
let lab;
before(async () => (lab = await openLab()));
afterEach(() => lab.clear());
after(async () => {
  await lab?.close();
  for (const close of closing) close();
  rmSync(folder, { recursive: true, force: true });
});

async function host(options) {
  const opened = await openHost(options);
  closing.push(() => opened.close());
  return opened;
}

test('the names of what can be published are printed, one a line', () => {
  const names = execFileSync(process.execPath, [script, site, '--list'], { encoding: 'utf8' }).split('\n');
  assert.deepEqual(names.splice(9), ['convolution', 'filter', 'train', 'data', 'study', 'classes', 'lessons', '']);
  assert.ok(names.includes('by-hand') && names.includes('into-the-world'), names.join(' '));
});

test('a published folder works in a sub-path of Python’s http.server', async () => {
  mkdirSync(join(folder, 'www'));
  publish('filter-learns', join(folder, 'www', 'course 1', 'lesson'));
  const port = await freePort();
  const server = spawn('python3', ['-m', 'http.server', String(port), '--bind', '127.0.0.1', '--directory', join(folder, 'www')], {
    stdio: 'ignore',
  });
  closing.push(() => server.kill());
  const at = `http://127.0.0.1:${port}`;
  // On a machine that others use too Python takes its time to start.
  for (let tries = 0; tries < 600; tries++) {
    if (await fetch(at).catch(() => null)) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const page = await lab.page('/course%201/lesson/', { at });
  await page.locator('section form button:not([disabled])').first().waitFor();
  assert.equal(await page.title(), 'A filter learns');
  assert.deepEqual(page.complaints, []);
});

test('one file works in a frame with a sandbox, from a host that lets nobody read', async () => {
  publish('convolution', join(folder, 'files', 'convolution.html'));
  const far = (await host({ folder: join(folder, 'files') })).url;
  const { url } = await host({
    pages: { '/course': course(`<iframe title="Frame" sandbox="allow-scripts" src="${far}/a/b/convolution.html"></iframe>`) },
  });
  const page = await lab.page('/course', { at: url, allowed: [far] });
  const inside = page.frameLocator('iframe');
  await inside.locator('[data-ready=true]').waitFor();
  assert.equal((await numbers(inside, map)).length, 25);
  assert.deepEqual(page.complaints, []);
});

test('a frame of the lab’s own host has threads in a page that sends no headers', async () => {
  const asked = [];
  const server = makeServer(site);
  server.on('request', ({ url }) => asked.push(url));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const far = `http://127.0.0.1:${server.address().port}`;
  const { url } = await host({
    pages: {
      '/course': course(`<iframe title="Frame" src="${far}/embed.html?station=filter&amp;lang=en&amp;state=speed%3D4"></iframe>`),
    },
  });
  const page = await lab.page('/course', {
    at: url,
    allowed: [far],
    reducedMotion: 'no-preference',
    prepare: withSpareCores,
  });
  const inside = page.frameLocator('iframe');
  await inside.locator('[data-testid=progress][data-finished=true]').waitFor();
  const frame = page.frames().find((one) => one.url().startsWith(far));
  assert.deepEqual(await frame.evaluate(() => globalThis.crossOriginIsolated), true);
  assert.equal(await page.evaluate(() => globalThis.crossOriginIsolated), false);
  const modules = asked.filter((path) => /\/engine\/.*\.wasm$/.test(path));
  assert.ok(modules.length > 0 && modules.every((path) => path.includes('threads')), modules.join(' '));
  assert.deepEqual(page.complaints, []);
});

test('as a widget of a notebook: the model and the station follow each other', async () => {
  const far = (await host({ headers: { 'Access-Control-Allow-Origin': '*' } })).url;
  const { url } = await host({ pages: { '/notebook': course('<div id="cell"></div>') } });
  const page = await lab.page('/notebook', { at: url, allowed: [far] });
  // What anywidget does with an address as _esm.
  await page.evaluate(async (address) => {
    const traits = { station: 'convolution', state: 'at=5', lang: 'en' };
    const model = Object.assign(new globalThis.EventTarget(), {
      saved: 0,
      get: (name) => traits[name],
      set: (name, value) => (traits[name] = value),
      on: (name, listener) => model.addEventListener(name, listener),
      off: (name, listener) => model.removeEventListener(name, listener),
      save_changes: () => model.saved++,
    });
    globalThis.model = model;
    const { default: widget } = await import(address);
    globalThis.end = widget.render({ model, el: document.getElementById('cell') });
  }, `${far}/a/b/cnn-lab-widget.js`);
  await page.locator('[data-ready=true]').waitFor();
  await page.locator('cnn-lab').getByRole('button', { name: /^Step/ }).click();
  await page.waitForFunction(() => globalThis.model.saved > 0 && globalThis.model.get('state') === 'at=6');
  await page.evaluate(() => {
    globalThis.model.set('state', 'stride=2&at=0');
    globalThis.model.dispatchEvent(new Event('change:state'));
  });
  await page.waitForFunction(
    (grid) =>
      document.querySelector('cnn-lab').shadowRoot.querySelector('lab-convolution').shadowRoot.querySelector(grid).values.length === 9,
    map,
  );
  await page.evaluate(() => globalThis.end());
  assert.equal(await page.locator('cnn-lab').count(), 0);
  assert.deepEqual(page.complaints, []);
});

test('as a widget of a book: in a shadow root, with a model that has no kernel behind it', async () => {
  const far = (await host({ headers: { 'Access-Control-Allow-Origin': '*' } })).url;
  // A book keeps a copy of the file that its page names, so that file names the lab's by its whole address.
  const copy = `export { default } from '${far}/a/b/cnn-lab-widget.js';`;
  const { url } = await host({ pages: { '/book': course('<div id="widget"></div>'), '/build/lab-0.js': copy } });
  const page = await lab.page('/book', { at: url, allowed: [far] });
  await page.evaluate(async () => {
    const traits = { station: 'convolution', state: 'stride=2', lang: 'en' };
    const refuse = () => {
      throw new Error('not implemented');
    };
    const model = { get: (name) => traits[name], set: (name, value) => (traits[name] = value), on: () => undefined, off: refuse };
    globalThis.traits = traits;
    const { default: widget } = await import('/build/lab-0.js');
    const el = document.createElement('div');
    document.getElementById('widget').attachShadow({ mode: 'open' }).append(el);
    globalThis.end = widget.render({ model: { ...model, save_changes: refuse }, el });
  });
  await page.locator('[data-ready=true]').waitFor();
  assert.equal((await numbers(page, map)).length, 9);
  await page.locator('cnn-lab').getByRole('button', { name: /^Step/ }).click();
  await page.waitForFunction(() => /at=\d/.test(globalThis.traits.state));
  await page.evaluate(() => globalThis.end());
  assert.equal(await page.locator('cnn-lab').count(), 0);
  assert.deepEqual(page.complaints, []);
});
