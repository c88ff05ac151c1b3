// Networks side by side, what is said of them, and the shelf that keeps all runs.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { dropFromDisk, writePictures } from './files.mjs';
import { looks, nameOf, openLab, presentable } from './lab.mjs';

let lab;
let folder;
before(async () => {
  lab = await openLab();
  folder = mkdtempSync(join(tmpdir(), 'cnnlab-study-'));
});
after(async () => {
  await lab?.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => lab.clear());

async function close(page) {
  assert.deepEqual(page.complaints, []);
  await page.close();
}

const finished = (page) => page.locator('[data-testid=study][data-state=done]').waitFor();
const start = (page) => page.getByRole('button', { name: 'Train all', exact: true }).click();
const cells = (page, table) =>
  page
    .locator(`[data-testid=${table}] tbody tr`)
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent.trim())));
const small = 'lang=en&images=500&epochs=1';

test('one click trains three kernel sizes side by side, and says what is known', async () => {
  const page = await lab.page(`#study?${small}&seeds=3`);
  await start(page);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Go on' }).click();
  await finished(page);
  const rows = await cells(page, 'results');
  assert.deepEqual(
    rows.map(([name]) => name),
    ['3×3', '5×5', '7×7'],
  );
  for (const row of rows) assert.match(row[4], /^\d\d\.\d% ± \d+\.\d$/);
  // 3×3: 16 · 10 + 32 · 145 + 10 · 1569 learned numbers
  assert.equal(rows[0][1], '20.5K');
  assert.match(rows[1][6], /^[+−]?\d+\.\d \([+−]?\d+\.\d … [+−]?\d+\.\d\)$/);
  const verdicts = await page.locator('[data-testid=verdicts] li').allTextContents();
  assert.equal(verdicts.length, 2);
  for (const [i, words] of verdicts.entries())
    assert.match(words, new RegExp(`${['5×5', '7×7'][i]} (and 3×3: no clear difference|is (better|worse) than 3×3 by).*3 seeds`));
  // Nine runs are on the shelf, also after the page has been loaded anew.
  assert.equal((await cells(page, 'shelf')).length, 9);
  await page.reload();
  await page.locator('[data-testid=shelf]').waitFor();
  assert.equal((await cells(page, 'shelf')).length, 9);
  await close(page);
});

test('one seed gives no verdict; the same seed gives the same figures', async () => {
  const page = await lab.page(`#study?${small}`);
  await start(page);
  await finished(page);
  assert.match(await page.locator('[data-testid=verdicts]').textContent(), /one seed/);
  const first = (await cells(page, 'results')).map((row) => row[4]);
  await page.locator('lab-study').evaluate((station) => void (station.before = station.run));
  await page.getByRole('button', { name: 'Train all again' }).click();
  // It may be over before a look at the page's state.
  await page.waitForFunction(() => {
    const station = document.querySelector('lab-shell').shadowRoot.querySelector('lab-study');
    return station.run !== station.before;
  });
  await finished(page);
  assert.deepEqual(
    (await cells(page, 'results')).map((row) => row[4]),
    first,
  );
  await close(page);
});

test('shuffled pixels: the dense net does not care, the convolutional one does', async () => {
  const page = await lab.page('#study?lang=en&study=permutation&images=4000&epochs=2');
  await start(page);
  await finished(page);
  const rows = await cells(page, 'results');
  assert.deepEqual(
    rows.map(([name]) => name),
    ['dense', 'dense, shuffled', 'convolutional', 'convolutional, shuffled'],
  );
  const [dense, denseShuffled, conv, convShuffled] = rows.map((row) => Number(row[4].replace('%', '')));
  assert.ok(Math.abs(dense - denseShuffled) < 3, `${dense} and ${denseShuffled}`);
  assert.ok(conv - convShuffled > 4, `${conv} and ${convShuffled}`);
  await close(page);
});

test('the shelf keeps a run of the Train station, overlays, tells what differs, races and is cleared', async () => {
  const page = await lab.page('#train?lang=en&images=500');
  await page
    .locator('lab-train [data-testid=progress]')
    .filter({ hasText: /Epoch [2-9]/ })
    .waitFor();
  await page.getByRole('link', { name: 'Compare' }).click();
  await page.locator('[data-testid=shelf] tbody tr').waitFor();
  await page.evaluate(() => (location.hash = 'study?lang=en&images=500&epochs=1'));
  await start(page);
  await finished(page);
  // The last of the three is still being kept when its result is there.
  await page.locator('[data-testid=shelf] tbody tr').nth(3).waitFor();
  assert.equal((await cells(page, 'shelf')).length, 4);
  const boxes = page.locator('[data-testid=shelf] input');
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  await page.locator('[data-testid=differences]').waitFor();
  const differ = await cells(page, 'differences');
  assert.ok(differ.length >= 2 && differ.every(([path]) => /^model\.layers\.\d+\.kernel/.test(path)), JSON.stringify(differ));
  assert.equal(await page.locator('lab-shelf lab-overlay').count(), 1);
  await page.getByRole('button', { name: 'Race these' }).click();
  await page.locator('[data-testid=results] tbody tr').nth(2).waitFor({ state: 'detached' });
  await page.locator('[data-testid=results] tbody tr').nth(1).waitFor();
  await finished(page);
  assert.equal((await cells(page, 'results')).length, 2);
  await page.getByRole('button', { name: 'Clear the shelf' }).click();
  await page.getByRole('button', { name: /Really remove 6 runs/ }).click();
  await page.getByText('Nothing yet.').waitFor();
  await page.reload();
  await page.getByText('Nothing yet.').waitFor();
  await close(page);
});

test('a run of the shelf goes on as it was left, also after the page has been loaded anew', async () => {
  // Slow enough for a click before the end.
  const page = await lab.page('#train?lang=en&images=500&speed=3');
  const progress = page.locator('lab-train [data-testid=progress]');
  await progress.filter({ hasText: /Epoch [2-9]/ }).waitFor();
  await page.locator('lab-train').getByRole('button', { name: 'Pause' }).click();
  await page.locator('lab-train [data-testid=progress][data-state=paused]').waitFor();
  const step = await progress.getAttribute('data-step');
  await page.getByRole('link', { name: 'Compare' }).click();
  const link = page.getByRole('link', { name: 'Open small-cnn in Train as it was left' });
  await link.waitFor();
  await page.reload();
  await link.click();
  await page.locator('lab-train').getByText(`The run small-cnn is here, at step ${step}.`).first().waitFor();
  assert.equal(await progress.getAttribute('data-step'), step);
  // It goes on, and stays one run of the shelf.
  await page.locator('lab-train').getByRole('button', { name: 'Play' }).click();
  await page.locator('lab-train [data-testid=progress][data-state=finished]').waitFor();
  await page.getByRole('link', { name: 'Compare' }).click();
  await page.locator('[data-testid=shelf] tbody tr').filter({ hasText: '10' }).waitFor();
  assert.equal((await cells(page, 'shelf')).length, 1);
  // One of another browser, or whose weights are gone.
  await page.evaluate(() => (location.hash = 'train?lang=en&images=500&kept=nobody'));
  await page.locator('lab-train').getByText('This run is not on the shelf of this browser').waitFor();
  await close(page);
});

test('a run whose weights have no room in the browser is kept without them, and that is said', async () => {
  const page = await lab.page('#convolution?lang=en', { reducedMotion: 'no-preference' });
  // Weights a good deal larger than all figures together, as the database also counts older ones for a while.
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, quotaSize: 400_000 });
  await page.evaluate(() => (location.hash = 'train?lang=en&images=500&experiment=fashion-cnn'));
  await page.locator('lab-train [data-testid=progress][data-state=finished]').waitFor();
  await page.locator('lab-train').getByText('The shelf keeps this run without its weights').first().waitFor();
  await page.getByRole('link', { name: 'Compare' }).click();
  const row = page.locator('[data-testid=shelf] tbody tr');
  await row.getByText('without weights: this browser had no room for them').waitFor();
  await row.getByRole('link', { name: 'Open the network of fashion-cnn in Train', exact: true }).waitFor();
  await page.getByText('1 run, 0.01 MB').waitFor();
  await close(page);
});

test('of two runs of the shelf that are opened at once the later one counts', async () => {
  const page = await lab.page(`#study?${small}`);
  await start(page);
  await finished(page);
  const links = page.getByRole('link', { name: /as it was left/ });
  await links.nth(2).waitFor();
  const runs = await page.locator('lab-shelf').evaluate(({ runs: all }) => all.map(({ id, record }) => [id, record.experiment]));
  assert.equal(new Set(runs.map(([, name]) => name)).size, 3);
  const [[first], [last, name]] = runs;
  await page.evaluate(() => (location.hash = 'train?lang=en&data=lines'));
  await page.locator('lab-train [data-testid=progress]').filter({ hasText: /Epoch/ }).waitFor();
  await page.evaluate(
    async ([one, other]) => {
      for (const id of [one, other]) {
        location.hash = `train?lang=en&kept=${id}`;
        await new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }));
        await new Promise(requestAnimationFrame);
      }
    },
    [first, last],
  );
  await page.locator('lab-train').getByText(`The run ${name} is here, at step 16.`).first().waitFor();
  const opened = await page.locator('lab-train').evaluate(({ run }) => [run.session.info.description.experiment.name, run.keptAs]);
  assert.deepEqual(opened, [name, last]);
  await close(page);
});

test('images of one’s own that are not here are asked for, and nothing else is trained on', async () => {
  const page = await lab.page('#study?lang=en&data=own&images=500&epochs=1');
  await page.getByText('Images of your own are needed for this: drop them on the station Train').waitFor();
  assert.equal(await page.locator('lab-study #data option:checked').textContent(), 'Your own images (not here)');
  assert.equal(await page.getByRole('button', { name: 'Train all', exact: true }).isDisabled(), true);
  // Taken out of the page and put in again, it still hears of images that come.
  await page.locator('lab-study').evaluate((station) => {
    const { parentNode, nextSibling } = station;
    station.remove();
    parentNode.insertBefore(station, nextSibling);
  });
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await page.locator('lab-train [data-testid=progress]').filter({ hasText: /Epoch/ }).waitFor();
  writePictures(join(folder, 'later'), 20);
  await dropFromDisk(page, page.locator('lab-data-choice .own'), [join(folder, 'later')]);
  await page.getByText('32 training and 8 test pictures of 2 classes are here.').first().waitFor();
  await page.getByRole('link', { name: 'Compare' }).click();
  await page.getByText('Images of your own are needed for this').waitFor({ state: 'detached' });
  assert.match(await page.locator('lab-study #data option:checked').textContent(), /Your own images \(later\)/);
  await start(page);
  await finished(page);
  await close(page);
});

test('images of one’s own are compared and race as well', async () => {
  const page = await lab.page('#train?lang=en&data=lines&size=16&grey=yes');
  await page.locator('lab-train [data-testid=progress]').filter({ hasText: /Epoch/ }).waitFor();
  writePictures(join(folder, 'mine'), 20);
  await dropFromDisk(page, page.locator('lab-data-choice .own'), [join(folder, 'mine')]);
  await page.getByText('32 training and 8 test pictures of 2 classes are here.').first().waitFor();
  await page.getByRole('link', { name: 'Compare' }).click();
  await page.evaluate(() => (location.hash = 'study?lang=en&data=own&images=500&epochs=2'));
  assert.match(await page.locator('lab-study #data option:checked').textContent(), /Your own images \(mine\)/);
  await start(page);
  await finished(page);
  await page.locator('[data-testid=results] tbody tr').nth(2).waitFor();
  const boxes = page.locator('[data-testid=shelf] input');
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  await page.getByRole('button', { name: 'Race these' }).click();
  // Two networks on 32 pictures: too quick to be seen running.
  await page.locator('[data-testid=results] tbody tr').nth(2).waitFor({ state: 'detached' });
  await page.locator('[data-testid=results] tbody tr').nth(1).waitFor();
  await finished(page);
  // The page that has forgotten them says what to do.
  await page.reload();
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  await page.getByRole('button', { name: 'Race these' }).click();
  await page.getByText('drop them on the station Train, then come back').waitFor();
  await close(page);
});

test('rests while another station is shown, and a run of the shelf opens in Train', async () => {
  const page = await lab.page(`#study?${small}`);
  await start(page);
  await page.getByRole('link', { name: 'Convolution' }).click();
  const state = page.locator('lab-study [data-testid=study]');
  await state.and(page.locator('[data-state=paused]')).waitFor({ state: 'attached' });
  await page.getByRole('link', { name: 'Compare' }).click();
  await finished(page);
  await page.getByRole('link', { name: /Open small-cnn-k7.* as it was left/ }).click();
  await page.locator('lab-train [data-testid=progress]').filter({ hasText: /Epoch/ }).waitFor();
  await page.waitForFunction(() => /^#train\?experiment=small-cnn-k7&images=500&net=/.test(location.hash));
  await close(page);
});

for (const look of looks) {
  const { lang, width, scheme } = look;
  test(`is accessible and fits: ${nameOf(look)}`, async () => {
    const page = await lab.page(`#study?lang=${lang}&images=500&epochs=1&seeds=2`, { width, scheme });
    await page.locator('lab-study .go').click();
    await finished(page);
    const boxes = page.locator('[data-testid=shelf] input');
    await boxes.nth(0).check();
    await boxes.nth(1).check();
    await page.locator('[data-testid=differences]').waitFor();
    await page.waitForTimeout(300);
    await presentable(page, `study-${width}-${scheme}`);
    await close(page);
  });
}
