// Labs in one file, opened from a disk: no server is there. CNNLAB_BROWSER names the browser.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Page } from './page.mjs';
import { recorder } from './site.mjs';

const name = process.env.CNNLAB_BROWSER ?? 'chromium';
const folder = mkdtempSync(join(tmpdir(), `cnnlab-published-${name}-`));
const path = (from) => fileURLToPath(new URL(from, import.meta.url));
let tab;

before(async () => {
  mkdirSync(join(folder, 'downloads'));
  const { open } = await import(`./${name}.mjs`);
  tab = await open({ downloads: join(folder, 'downloads'), home: folder, width: 800, height: 700 });
});
after(async () => {
  await tab?.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Publishes in one file and opens that, as a double click does. The file keeps a list of its complaints. */
async function openFile(what, ...options) {
  const file = join(folder, `${what}.html`);
  execFileSync(process.execPath, [path('../../scripts/publish.mjs'), path('../../../build/web'), what, '--out', file, ...options]);
  assert.ok(statSync(file).size <= 6_000_000, `${statSync(file).size} bytes`);
  const html = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    html.replace('<head>', () => `<head><script>(${recorder.toString()})()</script>`),
  );
  const page = new Page(tab, { url: '' });
  await page.open(pathToFileURL(file).href);
  return page;
}

/** Gives an answer: a number, one of the options, or what stands in the view. */
const give = async (page, form, value) => {
  await page.until(`${form}: something to answer`, ({ seen }, wanted) => seen(`${wanted} form button:not([disabled])`).length > 0, form);
  await page.run(
    ({ seen }, wanted, answer) => {
      if (answer === null) return;
      const field = seen(`${wanted} form input`).find(({ type, value }) => type === 'number' || value === String(answer));
      if (field.type === 'number') field.value = String(answer);
      else field.checked = true;
    },
    form,
    value,
  );
  await page.click(`${form} form button`);
};
const phase = (page, wanted) => page.until(wanted, ({ all }, phase) => all(`[data-testid=step][data-phase=${phase}]`).length > 0, wanted);

test(`${name}: a lesson in one file trains and scores`, async () => {
  const page = await openFile('one-thing', '--lang', 'es');
  assert.equal(await page.run(() => document.documentElement.lang + document.title), 'esUna cosa cada vez');
  // By figures that the engine computes alone.
  await give(page, 'section', 416);
  await phase(page, 'look');
  await page.click('.reveal .main-button');
  await give(page, '.task', 5.4);
  await phase(page, 'done');
  await page.click('.onward .main-button');
  // By three networks that are trained in the page.
  await give(page, 'section', '3');
  await phase(page, 'look');
  const trained = await page.run(({ all }) => all('lab-view-one-thing')[0].facts.records.map(({ record }) => record.test_accuracy));
  assert.equal(trained.length, 3);
  assert.ok(
    trained.every((accuracy) => accuracy > 0.3 && accuracy < 1),
    String(trained),
  );
  await page.click('.reveal .main-button');
  await give(page, '.task', 'nothing');
  await phase(page, 'done');
  await page.click('button.sheet');
  const score = await page.until('a score', ({ seen }) => seen('[data-testid=score]')[0]?.textContent.trim());
  assert.match(score, /^2 de 4 /);
  // The list of lessons is elsewhere.
  assert.deepEqual(await page.run(({ seen }) => seen('button').filter((item) => /Todas las lecciones/.test(item.textContent)).length), 0);
  assert.deepEqual(await page.complaints(), []);
});

/** A network of another program is shown, and what the page has no reader for is named. */
async function readsFiles(page) {
  const given = (file) => path(`../../../tests/exchange/${file}`);
  await page.click('[role=tab]', 'Save and load');
  await page.give('input#files', given('graphs/residual.onnx'));
  await page.until('the network is shown', ({ seen }) =>
    seen('h2, h3').some((item) => item.textContent.includes('residual, a network of another program')),
  );
  await page.give('input#files', given('layers/keras2.h5'));
  await page.until('what it cannot read is named', ({ seen }) =>
    seen('[role=alert]').some((item) => item.textContent.includes('keras2.h5 cannot be read')),
  );
}

test(`${name}: a station in one file trains, with its panels, and is tested`, async () => {
  const page = await openFile('train', '--lang', 'en', '--state', 'images=500');
  await page.until('step 100', ({ all }) => Number(all('[data-testid=progress]')[0]?.dataset.step) >= 100);
  await page.until('test accuracy', ({ seen }) =>
    seen('[data-testid=progress]').some((item) => /accuracy \d\d\.\d/.test(item.textContent)),
  );
  await page.click('[role=tab]', 'Confusion');
  await page.until('a confusion matrix', ({ seen }) => seen('table[data-testid=confusion]').length > 0);
  assert.equal(await page.run(() => [...document.fonts].some(({ family, status }) => /cnnlab/.test(family) && status === 'loaded')), true);
  // Its workers read files, with the engine's modules that the page brings along. WebKit lets a worker without an
  // origin read no file, and the page names the file.
  if (name !== 'webkit') await readsFiles(page);
  assert.deepEqual(await page.complaints(), []);
});

test(`${name}: a station in a folder has the workers that its workers start`, () => {
  const site = join(folder, 'site');
  execFileSync(process.execPath, [path('../../scripts/publish.mjs'), path('../../../build/web'), 'train', '--out', site]);
  const scripts = readdirSync(join(site, 'assets'));
  for (const worker of ['worker-', 'intake-worker-', 'picture-worker-', 'hdf5-worker-'])
    assert.ok(
      scripts.some((script) => script.startsWith(worker)),
      worker,
    );
});
