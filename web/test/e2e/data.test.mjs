// The station Data: what the engine counts and finds, a click on an image, and the way to Train.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { zipSync } from 'fflate';
import { pictures } from './files.mjs';
import { looks, nameOf, openLab, presentable } from './lab.mjs';

let lab;
before(async () => (lab = await openLab()));
after(() => lab?.close());
afterEach(() => lab.clear());

async function close(page) {
  assert.deepEqual(page.complaints, []);
  await page.close();
}

const small = 'lang=en&images=1000';
const ready = (page) => page.locator('[data-testid=look][data-state=ready]').waitFor();
const found = (page) => page.locator('[data-testid=duplicates]').waitFor();
const near = (page) => page.locator('[data-testid=near]');
const rowOf = (page, c) => page.locator(`lab-data [data-class="${c}"]`);
const imagesIn = (page, row) => rowOf(page, row).locator('lab-image-row button');

test('counts, mean images and samples are those of the engine', async () => {
  const page = await lab.page(`#data?${small}`);
  await ready(page);
  await page.locator('[data-testid=look]').getByText('1,000 training and 1,000 test images').waitFor();
  // The first 1,000 images of Fashion-MNIST, as `cnnlab data fashion-mnist --set train_limit=1000` counts them.
  const counts = [107, 104, 86, 92, 95, 100, 100, 115, 102, 99];
  const tests = [107, 105, 111, 93, 115, 87, 97, 95, 95, 95];
  for (const c of [0, 4, 9]) {
    await rowOf(page, c).getByText(`${counts[c]} training, ${tests[c]} test`).waitFor();
    await page.getByRole('img', { name: new RegExp(`mean of ${counts[c]} images`) }).waitFor();
    assert.equal(await imagesIn(page, c).count(), 10);
  }
  await page.getByRole('button', { name: 'As table' }).first().click();
  const rows = await page
    .locator('lab-class-list lab-table tbody tr')
    .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent.trim())));
  assert.equal(rows.length, 10);
  assert.equal(
    rows.reduce((sum, row) => sum + Number(row[1]), 0),
    1000,
  );
  await close(page);
});

test('a table with other rows begins to draw them anew, and one that goes on does not', async () => {
  const page = await lab.page(`#data?${small}`);
  await ready(page);
  const counts = await page.evaluate(async () => {
    const element = document.createElement('lab-table');
    document.body.append(element);
    const rowsOf = (name, count) => Array.from({ length: count }, (_, i) => [{ value: i, text: `${name} ${i}` }]);
    const drawn = () => element.renderRoot.querySelectorAll('tbody tr').length;
    const show = async (rows) => {
      element.rows = rows;
      await element.updateComplete;
      const first = drawn();
      while (drawn() < rows.length) await new Promise(requestAnimationFrame);
      return first;
    };
    return [await show(rowsOf('a', 100)), await show(rowsOf('a', 120)), await show(rowsOf('b', 100))];
  });
  assert.deepEqual(counts, [24, 100, 24]);
  await close(page);
});

test('a click on an image gives its nearest ones, each of which can be looked at in turn', async () => {
  const page = await lab.page(`#data?${small}`);
  await ready(page);
  await near(page).getByText('test image 0').waitFor();
  await imagesIn(page, 1).nth(2).click();
  const name = (await imagesIn(page, 1).nth(2).textContent()).trim();
  assert.match(name, /^Trouser, training image \d+$/);
  await near(page).getByText(name.split(', ')[1]).waitFor();
  await near(page).getByText('The 8 nearest test images.').waitFor();
  assert.equal(await imagesIn(page, 1).nth(2).getAttribute('aria-pressed'), 'true');
  const others = near(page).locator('lab-image-row button');
  assert.equal(await others.count(), 8);
  const distances = await others.locator('.number').allTextContents();
  assert.deepEqual(distances, [...distances].sort());
  await others.first().click();
  await near(page).getByText('The 8 nearest training images.').waitFor();
  await page.waitForFunction(() => /at=\d+/.test(location.hash));
  await close(page);
});

test('by keyboard alone: arrow keys go from image to image, Enter looks', async () => {
  const page = await lab.page(`#data?${small}`);
  await ready(page);
  await imagesIn(page, 3).first().focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  const second = (await imagesIn(page, 3).nth(1).textContent()).trim();
  await near(page).getByText(second.split(', ')[1]).waitFor();
  // One stop of the Tab key for a row.
  await page.keyboard.press('Tab');
  const at = await page.evaluate(() => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    return active.textContent.trim();
  });
  assert.match(at, /^Coat, training image \d+$/);
  await close(page);
});

test('wrong labels and rare classes are seen at once, and Train goes on with them', async () => {
  const page = await lab.page(`#data?${small}`);
  await ready(page);
  await page.getByRole('slider', { name: 'Wrong labels' }).fill('0.2');
  await page.getByText('1,000 of 1,000 training images remain, 200 of them (20.0%) with a wrong label.').waitFor();
  await page.getByLabel('Images that the last class keeps').selectOption('0.1');
  await rowOf(page, 9).getByText('10 remain').waitFor();
  await page.getByRole('link', { name: 'Train with these data' }).click();
  await page.locator('lab-train [data-testid=progress]').filter({ hasText: /Epoch/ }).waitFor();
  await page.waitForFunction(() => /^#train\?images=1000&noise=0\.2&imbalance=0\.1/.test(location.hash));
  const { dataset } = await page.locator('lab-train').evaluate((station) => station.run.session.info.description.experiment);
  assert.deepEqual([dataset.name, dataset.train_limit, dataset.label_noise, dataset.imbalance], ['fashion-mnist', 1000, 0.2, 0.1]);
  await close(page);
});

test('near-duplicates: the clean lines are near to noisy ones, from a distance on', async () => {
  const page = await lab.page('#data?lang=en&data=lines');
  await ready(page);
  await found(page);
  await page.getByText(/^0 test images of 2/).waitFor();
  await page.getByLabel('Distance of at most').selectOption('0.1');
  await page.getByText(/^2 test images of 2 \(100\.0%\)/).waitFor();
  await close(page);
});

test('augmentation: each field is a control, and pictures follow', async () => {
  const page = await lab.page(`#data?${small}`);
  await ready(page);
  await page.locator('lab-augmenting canvas.drawn').first().waitFor();
  const drawn = () =>
    page
      .locator('lab-augmenting')
      .evaluate((element) => Array.from(element.shown.pictures.pixels).reduce((sum, one, i) => sum + one * (i % 251), 0));
  const turned = await drawn();
  await page.getByRole('button', { name: 'cutout', exact: true }).click();
  await page.waitForFunction((before) => {
    const element = document.querySelector('lab-shell').shadowRoot.querySelector('lab-data').shadowRoot.querySelector('lab-augmenting');
    return Array.from(element.shown.pictures.pixels).reduce((sum, one, i) => sum + one * (i % 251), 0) !== before;
  }, turned);
  await page.waitForFunction(() => location.hash.includes('augment=cutout.9'));
  await page.getByRole('button', { name: 'No change' }).click();
  await page.waitForFunction(() => location.hash.includes('augment=none'));
  const names = await page.locator('lab-augmenting .controls code').allTextContents();
  for (const name of ['horizontal_flip', 'crop', 'rotation', 'translation', 'scaling', 'brightness', 'contrast', 'cutout'])
    assert.ok(names.includes(name), name);
  await close(page);
});

test('Train goes on with the augmentation that was looked at, and leads back here', async () => {
  const page = await lab.page(`#data?${small}&augment=crop.2_horizontal-flip.yes`);
  await ready(page);
  await page.locator('lab-augmenting canvas.drawn').first().waitFor();
  await page.getByRole('link', { name: 'Train with this augmentation' }).click();
  await page.locator('lab-train [data-testid=progress]').filter({ hasText: /Epoch/ }).waitFor();
  const { augment } = await page.locator('lab-train').evaluate((station) => station.run.session.info.description.experiment);
  assert.deepEqual([augment.crop, augment.horizontal_flip, augment.rotation], [2, true, 0]);
  await page.getByRole('link', { name: 'Look at these data' }).click();
  await page.waitForFunction(() => /^#data\?images=1000/.test(location.hash));
  await ready(page);
  await close(page);
});

test('images of one’s own, brought in Train, are looked at here', async () => {
  const page = await lab.page('#train?lang=en&data=lines&size=16&grey=yes');
  await page.locator('lab-train [data-testid=progress]').filter({ hasText: /Epoch/ }).waitFor();
  await page
    .locator('lab-train input#files')
    .setInputFiles({ name: 'mine.zip', mimeType: 'application/zip', buffer: Buffer.from(zipSync(pictures(5))) });
  await page.getByText('8 training and 2 test pictures of 2 classes are here.').first().waitFor();
  await page.getByRole('link', { name: 'Data', exact: true }).click();
  await page.locator('lab-data #data').selectOption('own');
  await page.locator('[data-testid=look]').getByText('8 training and 2 test images').waitFor();
  await rowOf(page, 1).getByText('4 training, 1 test').waitFor();
  await page.getByRole('link', { name: 'Train with these data' }).click();
  await page.waitForFunction(() => /^#train\?data=own/.test(location.hash));
  await close(page);
});

test('offline, it says which file is missing, and a second try goes on', async () => {
  const page = await lab.page('#data?lang=en', {
    prepare: (fresh) => fresh.context().route(/data\/fashion-mnist\/train-2/, (route) => route.abort()),
  });
  const alert = page.getByRole('alert').filter({ hasText: /train-2.*connection/ });
  await alert.waitFor();
  await page.context().unroute(/data\/fashion-mnist\/train-2/);
  await alert.getByRole('button', { name: 'Try again' }).click();
  await ready(page);
  await page.locator('[data-testid=look]').getByText('10,000 training and 1,000 test images').waitFor();
});

test('reading can be stopped, what is here is looked at, and it goes on', async () => {
  // A fast machine reads and searches everything before a click comes. So the last shard of the training images waits,
  // and later the search does.
  let release;
  const released = new Promise((resolve) => (release = resolve));
  let reached;
  const asked = new Promise((resolve) => (reached = resolve));
  const page = await lab.page('#data?lang=en&images=60000', {
    prepare: (fresh) =>
      fresh.context().route(/data\/fashion-mnist\/train-7/, async (route) => {
        reached();
        await released;
        await route.continue();
      }),
  });
  const look = page.locator('[data-testid=look]');
  await asked;
  await look.getByRole('button', { name: 'Stop' }).click();
  release();
  // Pieces have 1,275 images; the one that reaches beyond the 50,000 of the shards before is the last.
  await look.getByText('51,000 training and 0 test images (stopped; of 60,000 and 10,000)', { exact: true }).waitFor();
  await page.locator('lab-data').evaluate(({ look: { tools } }) => {
    const call = tools.call.bind(tools);
    const goOn = new Promise((resolve) => (globalThis.goOn = resolve));
    tools.call = async (name, ...rest) => {
      if (name === 'lookSearchSlice') await goOn;
      return call(name, ...rest);
    };
  });
  await look.getByRole('button', { name: 'Go on' }).click();
  await look.getByText('60,000 training and 10,000 test images', { exact: true }).waitFor();
  await rowOf(page, 9).getByText('6,000 training, 1,000 test').waitFor();
  // All pairs of 60,000 and 10,000 images: that can be stopped too.
  const search = page.getByRole('region', { name: /^Near-duplicates/ });
  await search.getByRole('button', { name: 'Stop' }).click();
  await page.evaluate(() => globalThis.goOn());
  await search.getByRole('button', { name: 'Go on' }).waitFor();
  await found(page);
  await close(page);
});

for (const look of looks) {
  const { lang, width, scheme } = look;
  test(`is accessible and fits: ${nameOf(look)}`, async () => {
    const page = await lab.page(`#data?lang=${lang}&images=1000&noise=0.2&imbalance=0.1&distance=0.1`, { width, scheme });
    await ready(page);
    await found(page);
    await page.waitForTimeout(300);
    await presentable(page, `data-${width}-${scheme}`);
    await close(page);
  });
}
