// What can go wrong around the page: each says so in its place, and what has been learned stays.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { makeServer } from '../../server/serve.mjs';
import { openLab } from './lab.mjs';

const site = fileURLToPath(new URL('../../../build/web', import.meta.url));
const isolation = { 'Cross-Origin-Resource-Policy': 'cross-origin' };

let lab;
before(async () => (lab = await openLab()));
afterEach(() => lab?.clear());
after(() => lab?.close());

const small = '#train?lang=en&data=fashion-mnist&images=500';
const progress = (page) => page.locator('[data-testid=progress]');
const stepOf = async (page) => Number(await progress(page).getAttribute('data-step'));

async function passed(page, step) {
  const deadline = performance.now() + 120_000;
  while ((await stepOf(page)) < step) {
    assert.ok(performance.now() < deadline, `step ${step} never came; at ${await stepOf(page)}`);
    await page.waitForTimeout(50);
  }
}

for (const [what, script, words] of [
  ['WebAssembly', 'delete globalThis.WebAssembly', /WebAssembly is missing.*Firefox/],
  ['WebAssembly SIMD', 'WebAssembly.validate = () => false', /SIMD is missing.*Safari 16\.4/],
]) {
  for (const station of ['convolution', 'filter', 'train']) {
    test(`without ${what} the station ${station} says what to use`, async () => {
      const page = await lab.page(`#${station}?lang=en`, { prepare: (fresh) => fresh.addInitScript(script) });
      await page.getByRole('alert').filter({ hasText: words }).waitFor();
      assert.deepEqual(page.complaints, []);
    });
  }
}

test('a module that does not arrive can be asked for again', async () => {
  const page = await lab.page('#filter?lang=en', {
    reducedMotion: 'no-preference',
    prepare: (fresh) => fresh.context().route(/cnnlab[\w-]*\.wasm$/, (route) => route.abort()),
  });
  const alert = page.getByRole('alert').filter({ hasText: /cannot be loaded/ });
  await alert.waitFor();
  // A screen reader hears that a try is under way.
  await alert.getByRole('button', { name: 'Try again' }).click();
  await page.locator('lab-filter').getByRole('status').filter({ hasText: 'Trying again' }).waitFor({ state: 'attached' });
  await alert.waitFor();
  await page.context().unroute(/cnnlab[\w-]*\.wasm$/);
  await alert.getByRole('button', { name: 'Try again' }).click();
  await alert.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /^Pause/ }).waitFor();
});

/** Answers nothing to what matches, until it is let go; `drop` refuses instead. */
async function holdBack(page, pattern, { drop = false } = {}) {
  const held = [];
  let open = false;
  await page.context().route(pattern, (route) => {
    if (open) return route.continue();
    if (drop) return route.abort();
    held.push(route);
    return undefined;
  });
  return async () => {
    open = true;
    for (const route of held.splice(0)) await route.continue();
  };
}

test('an engine that does not answer is spoken of, and still comes', async () => {
  let release;
  const page = await lab.page('#convolution?lang=es', {
    prepare: async (fresh) => (release = await holdBack(fresh, /engine\/modules\.json/)),
  });
  const alert = page.getByRole('alert').filter({ hasText: /sigue cargándose después de 20 segundos/ });
  await alert.waitFor();
  await release();
  await alert.waitFor({ state: 'detached' });
  await page.locator('[data-ready=true]').waitFor();
  assert.deepEqual(page.complaints, []);
});

test('an engine that does not answer can be begun anew', async () => {
  let asked = 0;
  const page = await lab.page('#convolution?lang=en', {
    // The first worker's module never comes.
    prepare: (fresh) => fresh.context().route(/engine\/modules\.json/, (route) => (asked++ === 0 ? undefined : route.continue())),
  });
  const alert = page.getByRole('alert').filter({ hasText: /still loading/ });
  await alert.getByRole('button', { name: 'Try again' }).click();
  await page.locator('[data-ready=true]').waitFor();
  assert.equal(await alert.count(), 0);
  assert.deepEqual(page.complaints, []);
});

test('a station whose code does not come is spoken of, and still comes', async () => {
  let release;
  const page = await lab.page('#filter?lang=en', {
    prepare: async (fresh) => (release = await holdBack(fresh, /assets\/station-/)),
  });
  const alert = page.getByRole('alert').filter({ hasText: /cannot be loaded/ });
  await alert.waitFor();
  await release();
  await page.locator('[data-testid=progress]').waitFor();
  assert.equal(await alert.count(), 0);
  assert.deepEqual(page.complaints, []);
});

test('panels whose code does not load say so, training goes on, and they can be asked for again', async () => {
  let release;
  const page = await lab.page(`${small}&speed=2&tab=layers`, {
    prepare: async (fresh) => (release = await holdBack(fresh, /assets\/all-panels/, { drop: true })),
  });
  const alert = page.getByRole('alert').filter({ hasText: /looks into the network cannot be loaded/ });
  await alert.waitFor();
  await passed(page, 2);
  await release();
  await alert.getByRole('button', { name: 'Try again' }).click();
  await page.locator('lab-layer-panel').waitFor();
  assert.equal(await alert.count(), 0);
});

test('a corrupt shard says which file, and a second try fetches it anew', async () => {
  const good = makeServer(site);
  let broken = true;
  const server = createServer((request, response) => {
    if (broken && /data\/fashion-mnist\/train/.test(request.url)) response.writeHead(200, isolation).end('no shard at all');
    else good.emit('request', request, response);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    const page = await lab.page(small, { at: `http://127.0.0.1:${server.address().port}/` });
    const alert = page
      .getByRole('alert')
      .filter({ hasText: /train-0.*bytes instead of/ })
      .first();
    await alert.waitFor();
    broken = false;
    await alert.getByRole('button').first().click();
    await passed(page, 3);
    assert.deepEqual(page.complaints, []);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test('offline after loading: training goes on, and more data say what is missing', async () => {
  const page = await lab.page(`${small}&speed=2`);
  await passed(page, 2);
  await page.context().setOffline(true);
  await page.getByRole('combobox', { name: 'Training images' }).selectOption({ label: '60,000' });
  await page
    .getByRole('alert')
    .filter({ hasText: /connection|offline|fetched/i })
    .first()
    .waitFor();
  const at = await stepOf(page);
  await passed(page, at + 2);
});

test('offline at the end of training: the test on all images says what is missing, keeps what was learned, and can be asked for again', async () => {
  const page = await lab.page(small);
  await passed(page, 2);
  await page.context().setOffline(true);
  await progress(page).getByText('Training is done').waitFor();
  const alert = progress(page)
    .getByRole('alert')
    .filter({ hasText: /test-1.*connection/ });
  await alert.waitFor();
  const steps = await stepOf(page);
  await progress(page).getByText('of 1,000 test images').waitFor();
  await page.context().setOffline(false);
  // The images wait until the test is stopped: a fast machine would have tested all of them.
  const release = await holdBack(page, /fashion-mnist\/test-1/);
  await progress(page).getByRole('button', { name: 'Try again' }).click();
  await alert.waitFor({ state: 'detached' });
  // It can be stopped, and asked for once more where the confusion matrix is.
  await progress(page).getByRole('button', { name: 'Stop the test' }).click();
  await progress(page).getByRole('button', { name: 'Stop the test' }).waitFor({ state: 'detached' });
  await release();
  await page.getByRole('tab', { name: 'Confusion' }).click();
  await page.getByRole('button', { name: 'Test all 10,000' }).click();
  await progress(page).getByText('of 10,000 test images').waitFor();
  assert.equal(await stepOf(page), steps);
});

test('a network that no memory holds says so, and the one before is still there', async () => {
  const page = await lab.page(`${small}&speed=2`);
  await passed(page, 2);
  await page.getByLabel('Add before the last layer').selectOption('dense');
  await page.getByRole('button', { name: 'Add layer' }).click();
  // The new layer's fields are open.
  const units = page.getByLabel(/^out_features/);
  await units.first().fill('1000000');
  await units.first().press('Tab');
  await page.getByRole('button', { name: 'Train this one' }).click();
  await page
    .getByRole('alert')
    .filter({ hasText: /memory/ })
    .first()
    .waitFor();
  const at = await stepOf(page);
  await passed(page, at + 1);
  assert.deepEqual(page.complaints, []);
});
