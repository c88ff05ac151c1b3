// CIFAR-100 as it is downloaded, in both versions: which of its labels count is chosen in the page.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { dropFromDisk } from './files.mjs';
import { openLab } from './lab.mjs';

let lab;
let folder;
before(async () => {
  lab = await openLab();
  folder = mkdtempSync(join(tmpdir(), 'cnnlab-cifar100-'));
});
afterEach(() => lab?.clear());
after(async () => {
  await lab?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Fine class f is of coarse class f % 20. */
const coarseOf = (fine) => fine % 20;
const names = (kind, count) => Array.from({ length: count }, (_, i) => `${kind}_${i}`);
const fineNames = names('fine', 100);
const coarseNames = names('coarse', 20);
const trainLabels = Array.from({ length: 300 }, (_, i) => (i < 100 ? i : (i * i) % 100));
const testLabels = Array.from({ length: 100 }, (_, i) => 99 - i);
/** Three planes, each of one brightness. */
const planes = (fine) => [0, 1, 2].flatMap((c) => Array(1024).fill((fine * (c + 1)) % 256));

const binary = {
  'train.bin': Buffer.from(trainLabels.flatMap((fine) => [coarseOf(fine), fine, ...planes(fine)])),
  'test.bin': Buffer.from(testLabels.flatMap((fine) => [coarseOf(fine), fine, ...planes(fine)])),
  'fine_label_names.txt': Buffer.from(fineNames.join('\n') + '\n'),
  'coarse_label_names.txt': Buffer.from(coarseNames.join('\n') + '\n'),
};

/** Values as Python 2 pickles them with protocol 2: texts are bytes. An array is one of NumPy's, of bytes. */
function pickle(value) {
  const four = (number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(number);
    return bytes;
  };
  const dump = (one) => {
    if (typeof one === 'number') return [Buffer.from('J'), four(one)];
    if (typeof one === 'string') return [Buffer.from('U'), Buffer.from([one.length]), Buffer.from(one)];
    if (Array.isArray(one)) return [Buffer.from(']('), ...one.flatMap(dump), Buffer.from('e')];
    if (!(one.pixels instanceof Buffer)) return [Buffer.from('}('), ...Object.entries(one).flat().flatMap(dump), Buffer.from('u')];
    return [
      Buffer.from('cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85U\x01b\x87R', 'latin1'),
      Buffer.from('(K\x01', 'latin1'),
      ...[one.pixels.length / 3072, 3072].flatMap(dump),
      Buffer.from('\x86cnumpy\ndtype\nU\x02u1K\0K\x01\x87R', 'latin1'),
      Buffer.from('(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\x89T', 'latin1'),
      four(one.pixels.length),
      one.pixels,
      Buffer.from('tb'),
    ];
  };
  return Buffer.concat([Buffer.from([0x80, 2]), ...dump(value), Buffer.from('.')]);
}

const batchOf = (labels) =>
  pickle({
    filenames: labels.map((fine, i) => `${fineNames[fine]}_${i}.png`),
    batch_label: 'training batch 1 of 1',
    fine_labels: labels,
    coarse_labels: labels.map(coarseOf),
    data: { pixels: Buffer.from(labels.flatMap(planes)) },
  });
const python = {
  train: batchOf(trainLabels),
  test: batchOf(testLabels),
  meta: pickle({ fine_label_names: fineNames, coarse_label_names: coarseNames }),
};

async function writeArchive(name, top, files) {
  const entries = Object.entries(files).map(([file, body]) => ({ header: { name: `${top}/${file}`, size: body.length }, body }));
  const path = join(folder, name);
  writeFileSync(path, gzipSync(await packTar(entries)));
  return path;
}

/** Names and counts of the classes, as the station Data has them in its table. */
async function classesOf(page, count) {
  await page.getByRole('link', { name: 'Data', exact: true }).click();
  const data = page.locator('lab-data #data');
  await data.waitFor();
  if ((await data.inputValue()) !== 'own') await data.selectOption('own');
  await page.locator('[data-testid=look][data-state=ready]').waitFor();
  await page.locator('[data-testid=look]').getByText('300 training and 100 test images').waitFor();
  const rows = page.locator('lab-class-list lab-table tbody tr');
  if ((await rows.count()) === 0) await page.getByRole('button', { name: 'As table' }).first().click();
  await rows.nth(count - 1).waitFor();
  return rows.evaluateAll((all) => all.map((row) => [...row.children].slice(0, 3).map((cell) => cell.textContent.trim())));
}

const expected = (all, labelOf) =>
  all.map((name, c) => [name, ...[trainLabels, testLabels].map((labels) => String(labels.filter((fine) => labelOf(fine) === c).length))]);

for (const [version, archive, top, files] of [
  ['binary', 'cifar-100-binary.tar.gz', 'cifar-100-binary', binary],
  ['Python', 'cifar-100-python.tar.gz', 'cifar-100-python', python],
])
  test(`CIFAR-100's ${version} version: fine labels, and coarse ones where they are chosen`, async () => {
    const page = await lab.page('#train?lang=en&data=lines&speed=1');
    await page.locator('[data-testid=progress][data-state=running]').waitFor();
    const choice = page.locator('lab-data-choice');
    await dropFromDisk(page, choice.locator('.own'), [await writeArchive(archive, top, files)]);
    await page.getByText('300 training and 100 test pictures of 100 classes are here.').first().waitFor();
    assert.deepEqual(
      await classesOf(page, 100),
      expected(fineNames, (fine) => fine),
    );
    await page.getByRole('link', { name: 'Train with these data' }).click();
    await choice.getByText('What the folders, arrays and labels are').click();
    const kind = choice.getByLabel('Labels of CIFAR-100');
    assert.deepEqual(await kind.locator('option').allTextContents(), ['fine, 100 classes', 'coarse, 20 classes']);
    await kind.selectOption('coarse');
    await page.getByText('300 training and 100 test pictures of 20 classes are here.').first().waitFor();
    await page.locator('lab-train [data-testid=progress]').filter({ hasText: /Epoch/ }).waitFor();
    assert.deepEqual(await classesOf(page, 20), expected(coarseNames, coarseOf));
    assert.deepEqual(page.complaints, []);
    await page.close();
  });
