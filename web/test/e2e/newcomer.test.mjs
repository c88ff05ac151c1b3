// What a newcomer has on the disk trains in two actions: open the station, drop it. Nothing is set before or after.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import { dropFromDisk, npy } from './files.mjs';
import { openLab } from './lab.mjs';

let lab;
let folder;
before(async () => {
  lab = await openLab();
  folder = mkdtempSync(join(tmpdir(), 'cnnlab-newcomer-'));
});
afterEach(() => lab?.clear());
after(async () => {
  await lab?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** `counts`: of training and test pictures and of classes, as the page says them; `sees` what else it says. */
async function trainsAfterDrop(paths, [train, tests, classes], sees = []) {
  const page = await lab.page('#train?lang=en');
  await page.locator('lab-train [data-testid=progress]').filter({ hasText: /Epoch/ }).waitFor();
  await dropFromDisk(page, page.locator('lab-data-choice .own'), paths);
  await page.getByText(`${train} training and ${tests} test pictures of ${classes} classes are here.`).first().waitFor();
  for (const words of sees) await page.locator('lab-data-choice').getByText(words).waitFor();
  await page.waitForFunction(() => {
    const station = document.querySelector('lab-shell').shadowRoot.querySelector('lab-train').shadowRoot;
    return Number(station.querySelector('[data-testid=progress]').dataset.step) > 0;
  });
  assert.equal(await page.getByRole('combobox', { name: 'Data', exact: true }).inputValue(), 'own');
  assert.equal(await page.locator('lab-data-choice').getByRole('alert').count(), 0);
  assert.deepEqual(page.complaints, []);
  await page.close();
}

test('a folder from a phone: turned JPEGs under any name; what is no picture is listed', async () => {
  const source = fileURLToPath(new URL('../../../tests/data/fixtures/images', import.meta.url));
  const names = ['IMG_2024 (1).JPG', 'PXL_20240501.MP.jpg', 'WhatsApp Image 2024-05-01 at 12.34.56.jpeg', 'Niño en la playa.jpg'];
  names.push('image0.jfif', 'DSC_0001.jpeg', '20240501_120000~2.jpg', 'IMG-20240501-WA0001.jpg');
  for (const kind of ['Am Meer', 'Gärten & Höfe']) {
    mkdirSync(join(folder, 'phone', kind), { recursive: true });
    for (const [i, name] of names.entries()) copyFileSync(join(source, `orientation_${i + 1}.jpg`), join(folder, 'phone', kind, name));
  }
  writeFileSync(join(folder, 'phone', 'Am Meer', 'IMG_0420.HEIC'), 'of a telephone');
  writeFileSync(join(folder, 'phone', 'Am Meer', 'IMG_0420.MOV'), 'a film');
  writeFileSync(join(folder, 'phone', '.nomedia'), '');
  await trainsAfterDrop([join(folder, 'phone')], [12, 4, 2], ['2 files are not used']);
});

const grey = (i) => Array.from({ length: 784 }, (_, p) => (i * 31 + p * 7) % 256);

test('Kaggle’s CSV, both files', async () => {
  const head = ['label', ...Array.from({ length: 784 }, (_, p) => `pixel${p + 1}`)].join(',');
  const write = (name, count) => {
    const rows = Array.from({ length: count }, (_, i) => [i % 10, ...grey(i)].join(','));
    writeFileSync(join(folder, name), [head, ...rows, ''].join('\n'));
    return join(folder, name);
  };
  await trainsAfterDrop([write('fashion-mnist_train.csv', 200), write('fashion-mnist_test.csv', 50)], [200, 50, 10]);
});

test('Keras’ mnist.npz', async () => {
  const images = (count) => npy([count, 28, 28], Array.from({ length: count }, (_, i) => grey(i)).flat());
  const labels = (count) =>
    npy(
      [count],
      Array.from({ length: count }, (_, i) => i % 10),
    );
  const arrays = { 'x_train.npy': images(200), 'y_train.npy': labels(200), 'x_test.npy': images(50), 'y_test.npy': labels(50) };
  writeFileSync(join(folder, 'mnist.npz'), zipSync(arrays));
  await trainsAfterDrop([join(folder, 'mnist.npz')], [200, 50, 10]);
});
