// The page around the stations, and what all of them share: what stays when one leaves a station, narrow and wide
// windows, keys, forced colours, paper.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { openLab } from './lab.mjs';

let lab;
before(async () => (lab = await openLab()));
afterEach(() => lab?.clear());
after(() => lab?.close());

const progress = (page) => page.locator('lab-train [data-testid=progress]');
const stepOf = async (page) => Number(await progress(page).getAttribute('data-step'));

async function passed(page, step) {
  for (let tries = 0; (await stepOf(page)) < step; tries++) {
    assert.ok(tries < 1200, `step ${step} never came; at ${await stepOf(page)}`);
    await page.waitForTimeout(50);
  }
}

test('a run and a design stay when one goes to another station and comes back', async () => {
  const page = await lab.page('#train?lang=en&data=fashion-mnist&images=500&speed=2', { reducedMotion: 'no-preference' });
  await passed(page, 3);
  await page.getByRole('link', { name: 'Learn a filter' }).click();
  await page.locator('lab-filter [data-testid=progress]').filter({ hasText: 'Loss' }).waitFor();
  assert.equal(await page.locator('lab-train').isVisible(), false);
  assert.equal(await page.title(), 'Learn a filter · cnnlab');
  // Nothing trains where nobody looks.
  const left = await stepOf(page);
  await page.waitForTimeout(1500);
  assert.ok((await stepOf(page)) <= left + 1);
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await page.waitForFunction(() => location.hash.startsWith('#train') && location.hash.includes('images=500'));
  await passed(page, left + 3);
  // Keys of the station that is hidden do nothing.
  await page.locator('h1:visible').click();
  await page.keyboard.press(' ');
  await page.locator('lab-train [data-state=paused]').waitFor();
  assert.deepEqual(page.complaints, []);
});

test('nonsense in a link is taken out of the address', async () => {
  const page = await lab.page('#filter?lang=en&noise=foo&rate=1e99&thickness=2');
  await page.waitForFunction(() => location.hash === '#filter?thickness=2&lang=en');
  // In place, with what is taken instead.
  const unread = page.getByTestId('unread');
  await unread.getByText(/^“noise=foo” is not possible here: noise=[\d.]+ is taken instead\.$/).waitFor();
  await unread.getByText(/^“rate=1e99” is not possible here: rate=[\d.]+ is taken instead\.$/).waitFor();
  assert.equal(await unread.locator('div').count(), 2);
  await unread.getByRole('button', { name: 'Close' }).click();
  assert.equal(await unread.count(), 0);
  await page.evaluate(() => (location.hash = 'filters?lang=xx&theme=pink&kernel=sobel&colour=red'));
  await page.getByText('“station=filters” is not possible here: station=convolution is taken instead.').waitFor();
  await page.getByText('“lang=xx” is not possible here: lang=en is taken instead.').waitFor();
  await page.getByText('“theme=pink” is not possible here: theme=auto is taken instead.').waitFor();
  await page.getByText('“colour=red” is left out: there is no setting “colour” here.').waitFor();
  assert.deepEqual(page.complaints, []);
});

test('charts follow a window that becomes narrower while nothing trains', async () => {
  const page = await lab.page('#train?lang=en&data=fashion-mnist&images=500&speed=1', { width: 1366 });
  await passed(page, 1);
  await page.getByRole('button', { name: /^Pause/ }).click();
  await page.locator('lab-train [data-state=paused]').waitFor();
  const fits = () =>
    page.waitForFunction(() => {
      const station = document.querySelector('lab-shell').shadowRoot.querySelector('lab-train').shadowRoot;
      const room = station.querySelector('.curves').getBoundingClientRect();
      const charts = [...station.querySelectorAll('lab-curves')].map((curves) =>
        curves.shadowRoot
          .querySelector('lab-figure')
          .shadowRoot.querySelector('lab-chart')
          .shadowRoot.querySelector('canvas')
          .getBoundingClientRect(),
      );
      const [a, b] = charts;
      const apart = a.right <= b.left || a.bottom <= b.top;
      return (
        apart &&
        charts.every((chart) => chart.right <= room.right + 1 && chart.width > 200) &&
        document.documentElement.scrollWidth <= document.documentElement.clientWidth
      );
    });
  await fits();
  for (const width of [1000, 700, 360, 1366]) {
    await page.setViewportSize({ width, height: 900 });
    await fits();
  }
  assert.deepEqual(page.complaints, []);
});

test('Escape closes the settings of a phone, and leaves a grid', async () => {
  const page = await lab.page('#convolution?lang=en&at=0', { width: 390, height: 844 });
  await page.locator('[data-ready=true]').waitFor();
  const handle = page.getByRole('button', { name: 'Settings' });
  await handle.click();
  assert.equal(await handle.getAttribute('aria-expanded'), 'true');
  await page.keyboard.press('Escape');
  await page.waitForFunction(
    () =>
      document
        .querySelector('lab-shell')
        .shadowRoot.querySelector('lab-convolution')
        .shadowRoot.activeElement?.getAttribute('aria-expanded') === 'false',
  );
  const cell = page.locator('lab-grid[data-place=map] [data-index="0"]');
  await cell.focus();
  await page.keyboard.press('Escape');
  assert.equal(await cell.evaluate((one) => one.matches(':focus')), false);
});

test('in forced colours what is chosen is seen, and pixels keep theirs', async () => {
  const page = await lab.page('#convolution?lang=en&at=0');
  await page.locator('[data-ready=true]').waitFor();
  const cell = page.locator('lab-grid[data-what=image] [data-index="0"]');
  const ground = (locator) => locator.evaluate((one) => getComputedStyle(one).backgroundColor);
  const before_ = await ground(cell);
  await page.emulateMedia({ forcedColors: 'active' });
  const stride = page.getByRole('group', { name: /^Stride/ });
  const [chosen, other] = [stride.getByRole('button', { name: '1' }), stride.getByRole('button', { name: '2' })];
  assert.notEqual(await ground(chosen), await ground(other));
  assert.equal(await ground(cell), before_);
});

test('on paper explanations are unfolded and buttons are left out', async () => {
  const page = await lab.page('#convolution?lang=en&at=0');
  await page.locator('[data-ready=true]').waitFor();
  const why = page.getByText('Each output is a weighted sum');
  assert.equal(await why.isVisible(), false);
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await why.waitFor();
  assert.equal(await page.getByRole('button', { name: 'Undo' }).isVisible(), false);
  assert.equal(await page.getByRole('link', { name: 'Train', exact: true }).isVisible(), false);
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await page.emulateMedia({ media: 'screen' });
  assert.equal(await why.isVisible(), false);
});
