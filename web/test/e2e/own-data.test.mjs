// One's own data as a person brings them: real files, dropped by mouse or chosen, of the sizes they really have.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { strFromU8, unzipSync, zipSync } from 'fflate';
import { cardOf } from '../../scripts/data-folders.mjs';
import { dataFolder, drop, dropFromDisk, npy, pictures, writePictures } from './files.mjs';
import { openLab, violations } from './lab.mjs';

const fashionFiles = ['train', 't10k'].flatMap((split) => [`${split}-images-idx3-ubyte.gz`, `${split}-labels-idx1-ubyte.gz`]);
const cifarFiles = [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`).concat('test_batch.bin');
const fashion = dataFolder('fashion-mnist', fashionFiles);
const cifar = dataFolder('cifar10', cifarFiles);

let lab;
let folder;
before(async () => {
  lab = await openLab();
  folder = mkdtempSync(join(tmpdir(), 'cnnlab-own-'));
});
afterEach(() => lab?.clear());
after(async () => {
  await lab?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open() {
  const page = await lab.page('#train?lang=en&data=lines&speed=1&size=16&grey=yes');
  await page.locator('[data-testid=progress][data-state=running]').waitFor();
  // What reading keeps the page's own thread busy with.
  await page.evaluate(() => {
    globalThis.longTasks = [];
    new globalThis.PerformanceObserver((list) => globalThis.longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: 'longtask',
    });
  });
  return page;
}

const place = (page) => page.locator('lab-data-choice .own');

/** The data are there, and training on them goes on. */
async function trains(page, context, { train, test: tests, classes, name }) {
  await page.getByText(`${train} training and ${tests} test pictures of ${classes} classes are here.`).first().waitFor();
  const data = page.getByRole('combobox', { name: 'Data', exact: true });
  assert.equal(await data.inputValue(), 'own');
  assert.match(await data.locator('option:checked').textContent(), name);
  await page.waitForFunction(() => {
    const station = document.querySelector('lab-shell').shadowRoot.querySelector('lab-train').shadowRoot;
    return Number(station.querySelector('[data-testid=progress]').dataset.step) > 2;
  });
  // Not a verdict: other programs hold tasks up as well.
  const tasks = await page.evaluate(() => globalThis.longTasks);
  context.diagnostic(`tasks of the page over 50 ms meanwhile: ${tasks.length ? tasks.map(Math.round).join(', ') : 'none'}`);
  assert.deepEqual(page.complaints, []);
}

/** Files are read in a worker of their own, which ends with the reading. */
const reader = (page) => page.workers().find((worker) => worker.url().includes('intake-worker'));

test('the official files of Fashion-MNIST, dropped', { skip: !fashion && 'they are not on this machine' }, async (context) => {
  const page = await open();
  const begun = page.waitForEvent('worker');
  await dropFromDisk(
    page,
    place(page),
    fashionFiles.map((file) => join(fashion, file)),
  );
  assert.match((await begun).url(), /intake-worker/);
  await trains(page, context, { train: '60,000', test: '10,000', classes: 10, name: /Fashion-MNIST/ });
  assert.equal(reader(page), undefined);
  await page.close();
});

test('the same, by the file chooser', { skip: !fashion && 'they are not on this machine' }, async (context) => {
  const page = await open();
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.locator('lab-data-choice').getByRole('button', { name: 'Choose files' }).click(),
  ]);
  await chooser.setFiles(fashionFiles.map((file) => join(fashion, file)));
  await trains(page, context, { train: '60,000', test: '10,000', classes: 10, name: /Fashion-MNIST/ });
  await page.close();
});

test(
  'the six files of CIFAR-10 in their folder, dropped; then all of them trained on',
  { skip: !cifar && 'they are not on this machine (data/cifar10, or CNNLAB_DATA)' },
  async (context) => {
    const page = await open();
    await dropFromDisk(page, place(page), [cifar]);
    await trains(page, context, { train: '50,000', test: '10,000', classes: 10, name: /CIFAR-10/ });
    await page.getByLabel('Training images', { exact: true }).selectOption('50000');
    await page.getByText('of 15,630').first().waitFor();
    await trains(page, context, { train: '50,000', test: '10,000', classes: 10, name: /CIFAR-10/ });
    await page.close();
  },
);

test('the part of CIFAR-10 beside the page is trained on, and the run says which part', async (context) => {
  const page = await lab.page('#train?lang=en&data=cifar10&experiment=cifar10-simple&images=50000&tab=files');
  const list = await page.evaluate(async () => (await fetch('data/index.json')).json());
  const set = list.datasets.find(({ name }) => name === 'cifar10');
  if (!set) return context.skip('CIFAR-10 is not beside the page (data/cifar10, then ./lab build web)');
  const total = (split) => set.splits[split].reduce((sum, { count }) => sum + count, 0);
  assert.deepEqual([total('train'), total('test')], [10000, 2000]);
  await page.locator('lab-train [data-testid=progress]').filter({ hasText: /Epoch/ }).waitFor();
  await page.locator('lab-train [data-testid=part]').getByText('10,000 of the 50,000 training images of CIFAR-10').waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()]);
  const files = unzipSync(new Uint8Array(readFileSync(await download.path())));
  const [path] = Object.keys(files).filter((name) => name.endsWith('experiment.json'));
  const { dataset } = JSON.parse(strFromU8(files[path]));
  assert.deepEqual([dataset.name, dataset.train_limit, dataset.test_limit], ['cifar10', 10000, 2000]);
  assert.deepEqual(page.complaints, []);
  await page.close();
});

/** The page as it is where CIFAR-10 is not on the machine that built it. */
const withoutCifar = (fresh) =>
  fresh.context().route(/data\/index\.json/, async (route) => {
    const response = await route.fetch();
    const list = await response.json();
    const others = list.datasets.filter(({ name }) => name !== 'cifar10');
    await route.fulfill({ response, json: { ...list, datasets: others, absent: [cardOf('cifar10')] } });
  });

test('CIFAR-10 that is not here is named with what to do, its experiments are shown, and its files go on with one', async () => {
  const page = await lab.page('#train?lang=en&data=cifar10&experiment=cifar10-simple', { prepare: withoutCifar });
  const note = page.locator('lab-train [data-testid=absent]');
  await note.getByText('cifar-10-binary.tar.gz').waitFor();
  await note.getByText('./lab data cifar10 --fetch').waitFor();
  assert.match(await note.getByRole('link').getAttribute('href'), /^https:\/\/www\.cs\.toronto\.edu\//);
  await page.getByRole('alert').filter({ hasText: 'the images of CIFAR-10 are not here' }).waitFor();
  const experiment = page.getByLabel('Experiment', { exact: true });
  assert.equal(await experiment.inputValue(), 'cifar10-simple');
  assert.ok((await experiment.locator('option').count()) >= 4);
  await page.locator('lab-builder').getByText('conv2d').first().waitFor();
  assert.match(
    await page.getByRole('combobox', { name: 'Data', exact: true }).locator('option:checked').textContent(),
    /CIFAR-10 \(not here\)/,
  );
  assert.deepEqual(await violations(page), []);
  // Sixty records a file: a label, then red, green and blue.
  const records = (from) => Array.from({ length: 60 * 3073 }, (_, i) => (i % 3073 === 0 ? (i / 3073) % 10 : (from + i) % 251));
  const files = cifarFiles.map((name, i) => ({ name, bytes: records(i) }));
  await drop(page, files);
  await page.locator('lab-train [data-testid=progress]').filter({ hasText: /Epoch/ }).waitFor();
  await page.waitForFunction(() => /data=own.*experiment=cifar10-simple/.test(location.hash));
  await page.evaluate(() => (location.hash = '#data?lang=en&data=cifar10'));
  await page.locator('lab-data [data-testid=absent]').getByText('cifar-10-binary.tar.gz').waitFor();
  await page.locator('lab-data #data').selectOption('own');
  await page.locator('[data-testid=look]').getByText('300 training and 60 test images').waitFor();
  assert.deepEqual(page.complaints, []);
  await page.close();
});

test('a folder of pictures, a folder a class, dropped', async (context) => {
  const own = join(folder, 'mine');
  writePictures(own, 20);
  const page = await open();
  await dropFromDisk(page, place(page), [own]);
  await trains(page, context, { train: '32', test: '8', classes: 2, name: /mine/ });
  await page.close();
});

test('a layout is shown with every file that is not used; bad pictures are left out when asked', async () => {
  const own = join(folder, 'splits');
  writePictures(join(own, 'training'), 12);
  writePictures(join(own, 'valid'), 4);
  writeFileSync(join(own, 'training', 'dark', 'IMG_1.HEIC'), 'of a telephone');
  writeFileSync(join(own, 'training', 'bright', 'notes.txt'), 'notes');
  writeFileSync(join(own, 'training', 'bright', 'Thumbs.db'), 'of a system');
  const page = await open();
  const choice = page.locator('lab-data-choice');
  await dropFromDisk(page, place(page), [own]);
  await page.getByText('24 training and 8 test pictures of 2 classes are here.').first().waitFor();
  await choice.getByText('valid/ is taken as the test split').waitFor();
  await choice.getByText('2 files are not used').click();
  await choice.getByText('splits/training/dark/IMG_1.HEIC is HEIC, which is not read: convert it to JPEG or PNG').waitFor();
  await choice.getByText('splits/training/bright/notes.txt is no picture').waitFor();
  // Two damaged pictures are named at once.
  writeFileSync(join(own, 'training', 'dark', '1.png'), 'damaged');
  writeFileSync(join(own, 'valid', 'bright', '2.png'), 'damaged');
  await dropFromDisk(page, place(page), [own]);
  const alert = choice.getByRole('alert');
  await alert.filter({ hasText: 'training/dark/1.png' }).filter({ hasText: 'valid/bright/2.png' }).waitFor();
  await alert.getByRole('button', { name: 'Leave them out' }).click();
  await page.getByText('23 training and 7 test pictures of 2 classes are here.').first().waitFor();
  await choice.getByText('4 files are not used').waitFor();
  await choice.getByText('splits/training/dark/1.png is damaged, or no picture').waitFor();
  // What folders are can be chosen.
  await choice.getByText('What the folders, arrays and labels are').click();
  await choice.getByLabel('Validation images are').selectOption('unused');
  await page.getByText('19 training and 4 test pictures of 2 classes are here.').first().waitFor();
  assert.deepEqual(page.complaints, []);
  await page.close();
});

test('arrays whose names do not tell are named by the reader', async (context) => {
  const path = join(folder, 'mine.npz');
  const labels = Array.from({ length: 40 }, (_, i) => i % 2);
  const pixels = labels.flatMap((label, i) => Array.from({ length: 64 }, (_, p) => (label * 90 + i + p) % 256));
  writeFileSync(path, zipSync({ 'shots.npy': npy([40, 8, 8], pixels), 'kinds.npy': npy([40], labels) }));
  const page = await open();
  await dropFromDisk(page, place(page), [path]);
  const choice = page.locator('lab-data-choice');
  const alert = choice.getByRole('alert');
  await alert.filter({ hasText: /the arrays are called (kinds or shots|shots or kinds)/ }).waitFor();
  await alert.getByRole('button', { name: 'Name the arrays' }).press('Enter');
  await page.keyboard.type('shots, kind');
  await page.keyboard.press('Enter');
  await alert.filter({ hasText: 'there is no array "kind"' }).waitFor();
  await choice.getByRole('textbox', { name: 'Names of your NumPy arrays' }).fill('shots, kinds');
  await page.keyboard.press('Enter');
  await trains(page, context, { train: '32', test: '8', classes: 2, name: /mine/ });
  await page.close();
});

test('an experiment alone gives its network', async () => {
  const page = await open();
  const design = {
    name: 'mine',
    dataset: 'lines',
    model: { layers: [{ type: 'flatten' }, { type: 'dense', out_features: 1 }] },
    loss: 'mean_squared_error',
    optimizer: { type: 'sgd', lr: 0.1 },
  };
  const path = join(folder, 'mine.json');
  writeFileSync(path, JSON.stringify(design));
  await dropFromDisk(page, place(page), [path]);
  await page.getByText('The network of mine is here.').first().waitFor();
  assert.deepEqual(page.complaints, []);
  await page.close();
});

test('a folder of pictures in a ZIP', async (context) => {
  const path = join(folder, 'mine.zip');
  const inFolder = Object.fromEntries(Object.entries(pictures(20)).map(([name, bytes]) => [`mine/${name}`, bytes]));
  writeFileSync(path, zipSync(inFolder));
  const page = await open();
  await dropFromDisk(page, place(page), [path]);
  await trains(page, context, { train: '32', test: '8', classes: 2, name: /mine/ });
  await page.close();
});

test('reading can be stopped, and nothing is taken over', async () => {
  const own = join(folder, 'many');
  writePictures(own, 3000);
  const page = await open();
  await dropFromDisk(page, place(page), [own]);
  await page.getByText(/Reading picture \d+ of 6,000/).waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('Stopped. Nothing was taken over.').waitFor();
  assert.equal(reader(page), undefined);
  assert.equal(await page.getByRole('combobox', { name: 'Data', exact: true }).inputValue(), 'lines');
  assert.deepEqual(page.complaints, []);
  await page.close();
});

// Chromium reads everything where the tests run as root, so the system's refusal, and its silence, are played here.
for (const [what, answer, sees] of [
  [
    'a folder that the system does not let the browser read is named',
    "failed(new DOMException('no such file', 'NotFoundError'))",
    async (page) => {
      await page
        .locator('lab-data-choice')
        .getByRole('alert')
        .filter({ hasText: /does not let the browser read closed\/\./ })
        .waitFor();
      assert.equal(await page.getByText('Reading files').count(), 0);
    },
  ],
  [
    'a folder that never answers can be stopped',
    'undefined',
    async (page) => {
      await page.getByText('Reading files').waitFor();
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await page.getByText('Stopped. Nothing was taken over.').waitFor();
    },
  ],
])
  test(what, async () => {
    const own = join(folder, 'closed');
    writePictures(own, 4);
    const page = await open();
    await page.evaluate((told) => {
      globalThis.DataTransferItem.prototype.webkitGetAsEntry = () => ({
        isFile: false,
        fullPath: '/closed',
        createReader: () => ({ readEntries: new Function('found', 'failed', told) }),
      });
    }, answer);
    await dropFromDisk(page, place(page), [own]);
    await sees(page);
    assert.equal(await page.getByRole('combobox', { name: 'Data', exact: true }).inputValue(), 'lines');
    assert.deepEqual(page.complaints, []);
    await page.close();
  });

test('pictures that are all of a type which is not read are named with what to do', async () => {
  const own = join(folder, 'telephone');
  for (const name of ['cats', 'dogs']) {
    mkdirSync(join(own, name), { recursive: true });
    for (const n of [1, 2]) writeFileSync(join(own, name, `IMG_${n}.HEIC`), 'of a telephone');
  }
  const page = await open();
  await dropFromDisk(page, place(page), [own]);
  const alert = page.locator('lab-data-choice').getByRole('alert');
  await alert.filter({ hasText: /cats\/IMG_1\.HEIC, dogs\/IMG_1\.HEIC; convert their pictures to JPEG or PNG/ }).waitFor();
  assert.deepEqual(page.complaints, []);
  await page.close();
});

test('wrong files say so in their place, and training goes on', { skip: !fashion && 'Fashion-MNIST is not on this machine' }, async () => {
  const page = await open();
  const alert = page.locator('lab-data-choice').getByRole('alert');
  await dropFromDisk(page, place(page), [join(fashion, fashionFiles[0])]);
  await alert.filter({ hasText: /train-labels-idx1-ubyte\.gz: is missing/i }).waitFor();
  const one = join(folder, 'one');
  writePictures(one, 1);
  await dropFromDisk(page, place(page), [one]);
  await alert.filter({ hasText: /bright/ }).waitFor();
  const step = () => page.locator('[data-testid=progress]').getAttribute('data-step');
  const at = await step();
  await page.waitForFunction(
    (before_) =>
      document.querySelector('lab-shell').shadowRoot.querySelector('lab-train').shadowRoot.querySelector('[data-testid=progress]').dataset
        .step !== before_,
    at,
  );
  assert.deepEqual(page.complaints, []);
  await page.close();
});
