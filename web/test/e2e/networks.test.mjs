// Networks of other programs: dropped on a station, looked at, saved as a run, and what one's own classes begin with.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { looks, nameOf, openLab, presentable } from './lab.mjs';

const layers = (name) => fileURLToPath(new URL(`../../../tests/exchange/layers/${name}`, import.meta.url));
const graph = (name) => fileURLToPath(new URL(`../../../tests/exchange/graphs/${name}`, import.meta.url));

let lab;
before(async () => (lab = await openLab()));
afterEach(() => lab?.clear());
after(() => lab?.close());

const sheet = (page) => page.locator('lab-network-sheet [data-testid=network]');
const give = (page, ...files) => page.locator('lab-run-files #files').setInputFiles(files);

for (const look of looks)
  test(`an ONNX file is shown before anything is done with it: ${nameOf(look)}`, async () => {
    const page = await lab.page(`#train?lang=${look.lang}&data=lines&speed=1&tab=files`, look);
    await give(page, graph('softmax_end.onnx'));
    await sheet(page).locator('img').waitFor();
    const facts = await sheet(page).locator('[data-testid=facts]').textContent();
    assert.match(
      facts,
      look.lang === 'en'
        ? /^\d+ layers? with [\d,]+ numbers\. It takes pictures of 7×6×3/
        : /^\d+ capas? con [\d.]+ números\. Recibe imágenes de 7×6×3/,
    );
    // The picture is drawn, and not only asked for.
    assert.ok(
      await sheet(page)
        .locator('img')
        .evaluate(async (image) => (await image.decode(), image.naturalWidth > 100)),
    );
    assert.match(await sheet(page).locator('li').textContent(), /softmax/);
    await presentable(page, `network-${look.lang}-${look.width}-${look.scheme}`);
    assert.deepEqual(page.complaints, []);
    await page.close();
  });

test('a network is saved as a run, for images as the reader says', async () => {
  const page = await lab.page('#train?lang=en&data=lines&speed=1&tab=files');
  await give(page, graph('residual.onnx'));
  await sheet(page).locator('#norm').selectOption('imagenet');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    sheet(page).getByRole('button', { name: 'Save it as a run' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'residual.zip');
  const files = unzipSync(readFileSync(await download.path()));
  assert.deepEqual(Object.keys(files).sort(), ['residual/experiment.json', 'residual/model.safetensors']);
  assert.equal(JSON.parse(Buffer.from(files['residual/experiment.json']).toString()).name, 'residual');
  assert.match(Buffer.from(files['residual/model.safetensors']).toString('latin1'), /mean\\": \[[\\n ]+0\.485/);
  await sheet(page).getByRole('button', { name: 'Close' }).click();
  await sheet(page).waitFor({ state: 'detached' });
  assert.deepEqual(page.complaints, []);
  await page.close();
});

test('own classes begin with a network of another program', async () => {
  const page = await lab.page('#train?lang=en&data=lines&speed=1&tab=files');
  await give(page, graph('residual.onnx'));
  await sheet(page).getByRole('button', { name: 'Begin your own classes with it' }).click();
  await page.locator('lab-classes [data-testid=notice]', { hasText: 'residual is what the next training begins with.' }).waitFor();
  await page.getByRole('button', { name: 'Try it with drawn pictures' }).click();
  await page.locator('[data-testid=classes][data-state=finished]').waitFor();
  assert.match(
    await page.locator('lab-classes .base').textContent(),
    /residual, kept up to its layer add_1\. It takes pictures of 7×6×3\./,
  );
  assert.match(await page.locator('[data-testid=accuracy]').textContent(), /of 8 held-out pictures right/);
  assert.deepEqual(page.complaints, []);
  await page.close();
});

test('what cannot be taken is refused by name, and the run goes on', async () => {
  const page = await lab.page('#train?lang=en&data=lines&speed=1&tab=files');
  const alert = (words) => page.locator('lab-train [role=alert]', { hasText: words }).first().waitFor();
  await give(page, graph('residual.onnx'), graph('relu.onnx'));
  await alert('residual.onnx and relu.onnx are two networks. Drop one of them.');
  await give(page, { name: 'broken.onnx', mimeType: '', buffer: Buffer.alloc(40) });
  await alert('broken.onnx');
  await give(page, { name: 'weights.pth', mimeType: '', buffer: Buffer.alloc(40) });
  await alert('weights.pth has weights, but not their network.');
  assert.equal(await sheet(page).count(), 0);
  await page.locator('[data-testid=progress][data-state=running]').waitFor();
  assert.deepEqual(page.complaints, []);
  await page.close();
});

test('files of Keras are read here, by a library of this page that is loaded for them', async () => {
  const page = await lab.page('#train?lang=en&data=lines&speed=1&tab=files');
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  const isReader = (url) => /hdf5-worker/.test(url);
  for (const name of ['keras3.keras', 'keras2.h5']) {
    await give(page, layers(name));
    await page.getByRole('heading', { name: `${name.split('.')[0]}, a network of another program` }).waitFor();
    await sheet(page).locator('img').waitFor();
    assert.match(await sheet(page).locator('[data-testid=facts]').textContent(), /^\d+ layers with [\d,]+ numbers\./);
  }
  assert.ok(asked.some(isReader));
  const own = new URL(page.url()).origin;
  assert.deepEqual(
    asked.filter((url) => /^http/.test(url) && new URL(url).origin !== own),
    [],
  );
  assert.deepEqual(page.complaints, []);
  await page.close();
});

test('files of Keras that are damaged end with a message, whatever the library does', async () => {
  const page = await lab.page('#train?lang=en&data=lines&speed=1&tab=files');
  const whole = readFileSync(layers('keras2.h5'));
  const damaged = [whole.subarray(0, whole.length / 2)];
  // As tests/native/hdf5_file_test.cpp does it: bytes of the first pages, where the file's structure is.
  for (let seed = 1; seed <= 4; ++seed) {
    const bytes = Buffer.from(whole);
    for (let i = 0, at = seed * 7919; i < 8; ++i, at = (at * 1103515245 + 12345) % 2147483648) bytes[(at >> 8) % 3000] = at & 255;
    damaged.push(bytes);
  }
  for (const [number, buffer] of damaged.entries()) {
    const name = `damaged-${number}.h5`;
    await give(page, { name, mimeType: '', buffer });
    // Bytes that nobody reads may have been changed.
    await Promise.race([
      page.locator('lab-train [role=alert]', { hasText: name }).first().waitFor({ timeout: 40_000 }),
      page.getByRole('heading', { name: `damaged-${number}, a network` }).waitFor({ timeout: 40_000 }),
    ]);
  }
  await page.locator('[data-testid=progress][data-state=running]').waitFor();
  assert.deepEqual(page.complaints, []);
  await page.close();
});
