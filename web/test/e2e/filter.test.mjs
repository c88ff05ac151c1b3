import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { looks, nameOf, numbers, openLab, presentable } from './lab.mjs';

let lab;
before(async () => (lab = await openLab()));
after(() => lab?.close());

/** The station, which learns by itself where the reader has not asked for less motion. */
const open = (hash, options = {}) => lab.page(hash, { reducedMotion: 'no-preference', ...options });

async function close(page) {
  assert.deepEqual(page.complaints, []);
  await page.close();
}

const finished = (page) => page.locator('[data-testid=progress][data-finished=true]').waitFor();
const answer = async (page, which) => Number(await page.locator(`[data-testid=${which}]`).textContent());

test('learns to tell the two lines apart, without being asked', async () => {
  const page = await open('#filter?lang=en&speed=4');
  await finished(page);
  await page.waitForTimeout(500);
  assert.ok((await answer(page, 'vertical')) > 0.98);
  assert.ok((await answer(page, 'horizontal')) < 0.02);
  assert.match(await page.locator('[data-testid=progress]').textContent(), /Loss 0\.00/);
  assert.ok((await numbers(page, 'lab-grid >> nth=0')).some((value) => Math.abs(value) > 0.5));
  await close(page);
});

test('where less motion is asked for it waits for Play, and then learns', async () => {
  const page = await open('#filter?lang=en&speed=4', { reducedMotion: 'reduce' });
  const progress = page.locator('[data-testid=progress]');
  // It is open: the untrained network has answered.
  await page
    .locator('[data-testid=vertical]')
    .filter({ hasText: /^0\.\d+$/ })
    .waitFor();
  await page.waitForTimeout(500);
  assert.match(await progress.textContent(), /step 0 of 5,000/);
  await page.getByRole('button', { name: /^Play/ }).click();
  await finished(page);
  await close(page);
});

test('another random start ends in another kernel, and the one before stays beside it', async () => {
  const page = await open('#filter?lang=en&speed=4', { reducedMotion: 'reduce' });
  const learned = page.getByTestId('learned');
  await page.getByText('Why it works').click();
  await learned.filter({ hasText: 'Let it learn to the end' }).waitFor();
  await page.getByRole('button', { name: /^Play/ }).click();
  await finished(page);
  await learned.filter({ hasText: 'answers to both lines' }).waitFor();
  const first = await numbers(page, 'lab-filter .view lab-grid >> nth=0');
  assert.equal(await page.getByTestId('before').count(), 0);
  await page.getByLabel('Random start').selectOption('6');
  await page.waitForFunction(() => location.hash.includes('start=6'));
  await page.getByTestId('before').waitFor();
  await finished(page);
  await learned.filter({ hasText: 'answers to the horizontal line' }).waitFor();
  assert.deepEqual(await numbers(page, '[data-testid=before]'), first);
  assert.notDeepEqual(await numbers(page, 'lab-filter .view lab-grid >> nth=0'), first);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.waitForFunction(() => !location.hash.includes('start='));
  await close(page);
});

test('the training images are shown, and follow the settings', async () => {
  const page = await open('#filter?lang=en&speed=4');
  const images = page.locator('lab-filter .samples lab-grid');
  await images.nth(3).waitFor();
  const pixels = () => images.evaluateAll((grids) => grids.map((grid) => Array.from(grid.values)));
  const labels = await images.evaluateAll((grids) => grids.map((grid) => grid.label));
  assert.deepEqual([...new Set(labels)].sort(), ['Horizontal line', 'Vertical line']);
  const before_ = await pixels();
  await page.getByLabel(/^Noise/).fill('0');
  await page.waitForFunction((noisy) => {
    const station = document.querySelector('lab-shell').shadowRoot.querySelector('lab-filter').shadowRoot;
    return Array.from(station.querySelector('.samples lab-grid').values).join() !== noisy;
  }, before_[0].join());
  // Without noise a pixel is on or off.
  for (const image of await pixels()) for (const pixel of image) assert.ok(pixel === 0 || Math.abs(pixel - 1) < 0.01, `${pixel}`);
  await close(page);
});

test('pauses, steps and starts over with the same weights', async () => {
  const page = await open('#filter?lang=en&speed=1');
  const progress = page.locator('[data-testid=progress]');
  await page.getByRole('button', { name: /Pause/ }).click();
  await page.getByRole('button', { name: /Play/ }).waitFor();
  const steps = async () => Number((await progress.textContent()).match(/step ([\d,]+)/)[1].replace(',', ''));
  const before = await steps();
  await page.getByRole('button', { name: /^Step/ }).click();
  await page.waitForFunction(
    (n) =>
      document
        .querySelector('lab-shell')
        .shadowRoot.querySelector('lab-filter')
        .shadowRoot.querySelector('[data-testid=progress]')
        .textContent.includes(`step ${n} `),
    before + 1,
  );
  await page.getByRole('button', { name: /^Reset/ }).click();
  await progress.filter({ hasText: 'step 0 of' }).waitFor();
  await close(page);
});

test('the sliders make new images, and the link keeps them', async () => {
  const page = await open('#filter?lang=en&speed=4');
  await page.getByLabel(/^Tilt/).fill('45');
  await page.waitForFunction(() => location.hash.includes('angle=45'));
  await finished(page);
  await close(page);
});

test('settings are undone and set back, and the question is checked', async () => {
  const page = await open('#filter?lang=en&speed=4');
  await finished(page);
  await page.getByText('A question to try').click();
  const guess = page.getByLabel('Your angle, in degrees');
  await guess.fill('90');
  await guess.press('Tab');
  await page.getByText('Not at 90°.').waitFor();
  const turn = await page.locator('lab-filter lab-figure.tuning').evaluate(({ data: [angles, answer] }) => {
    const at = answer.findIndex((value) => value > 0.5);
    return (angles[at - 1] + angles[at]) / 2;
  });
  await guess.fill(String(Math.round(turn)));
  await guess.press('Tab');
  await page.getByText(/Yes: at \d+° its answer passes one half/).waitFor();

  await page.getByLabel(/^Noise/).fill('0.5');
  await page.waitForFunction(() => location.hash.includes('noise=0.5'));
  await page.getByRole('button', { name: 'Back to the example' }).click();
  await page.waitForFunction(() => !location.hash.includes('noise'));
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.waitForFunction(() => location.hash.includes('noise=0.5'));
  await close(page);
});

test('a curve is a table too, which can be sorted and copied', async () => {
  const page = await open('#filter?lang=en&speed=4', { permissions: ['clipboard-read', 'clipboard-write'] });
  await finished(page);
  const figure = page.locator('lab-filter lab-figure').first();
  const height = (await figure.boundingBox()).height;
  await figure.getByRole('button', { name: 'As table' }).click();
  // Rows are drawn some in each frame.
  await figure.locator('td').nth(49).waitFor();
  const losses = () =>
    figure
      .locator('td')
      .allTextContents()
      .then((list) => list.map(Number));
  const asItCame = await losses();
  assert.equal(asItCame.length, 50);
  await figure.getByRole('button', { name: 'Loss' }).click();
  const sorted = await losses();
  assert.deepEqual(
    sorted,
    [...asItCame].sort((a, b) => b - a),
  );
  await figure.getByRole('button', { name: 'Copy the table' }).click();
  await figure.getByText('Table copied').waitFor();
  const lines = (await page.evaluate(() => globalThis.navigator.clipboard.readText())).split('\n');
  assert.equal(lines[0], 'epoch\tLoss');
  assert.equal(lines.length, 51);
  assert.equal((await figure.boundingBox()).height, height, 'nothing jumps');
  await close(page);
});

for (const look of looks) {
  const { lang, width, scheme } = look;
  test(`is accessible and fits: ${nameOf(look)}`, async () => {
    const page = await open(`#filter?lang=${lang}&speed=4`, { width, scheme });
    await finished(page);
    await page.waitForTimeout(500);
    await presentable(page, `filter-${width}-${scheme}`);
    await close(page);
  });
}
