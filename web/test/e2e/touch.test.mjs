// What a finger draws, and what comes by the clipboard.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { png } from './files.mjs';
import { numbers, openLab } from './lab.mjs';

const phone = { width: 390, height: 844, hasTouch: true, isMobile: true };
let lab;
before(async () => (lab = await openLab()));
afterEach(() => lab?.clear());
after(() => lab?.close());

/** A finger comes down, goes through the points of the window and lifts. */
async function swipe(page, points) {
  const session = await page.context().newCDPSession(page);
  const send = (type, list) => session.send('Input.dispatchTouchEvent', { type, touchPoints: list.map(([x, y]) => ({ x, y })) });
  await send('touchStart', [points[0]]);
  for (const point of points.slice(1)) await send('touchMove', [point]);
  await send('touchEnd', []);
  await session.detach();
}

const scrolled = (page) => page.evaluate(() => globalThis.scrollY);

/** Pastes a picture, as a browser hands it to a page. */
async function paste(page, bytes, type = 'image/png') {
  await page.evaluate(
    ([list, kind]) => {
      const clipboardData = new globalThis.DataTransfer();
      clipboardData.items.add(new globalThis.File([Uint8Array.from(list)], 'pasted', { type: kind }));
      document.dispatchEvent(new globalThis.ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    },
    [[...bytes], type],
  );
}

test('a finger draws on the image of the convolution, and the page stays where it is', async () => {
  const page = await lab.page('#convolution?lang=en&image=square&at=0', phone);
  await page.locator('[data-ready=true]').waitFor();
  const image = page.locator('lab-grid[data-what=image]');
  await image.scrollIntoViewIfNeeded();
  const centre = async (index) => {
    const box = await image.locator(`[data-index="${index}"]`).boundingBox();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const before_ = await scrolled(page);
  // Down the first column: row 0 to 4.
  await swipe(page, await Promise.all([0, 8, 16, 24, 32].map(centre)));
  await page.waitForFunction(() => location.hash.includes('image=own'));
  const values = await numbers(page, 'lab-grid[data-what=image]');
  assert.deepEqual(
    [0, 8, 16, 24, 32, 40].map((index) => values[index]),
    [10, 10, 10, 10, 10, 0],
  );
  assert.equal(await scrolled(page), before_);
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  assert.equal((await numbers(page, 'lab-grid[data-what=image]'))[32], 0);
  assert.deepEqual(page.complaints, []);
});

test('a picture is pasted into the convolution', async () => {
  const page = await lab.page('#convolution?lang=en&at=0');
  await page.locator('[data-ready=true]').waitFor();
  await paste(page, png(0, 14, 28));
  await page.waitForFunction(() => location.hash.includes('image=own'));
  const values = await numbers(page, 'lab-grid[data-what=image]');
  assert.equal(values.length, 28 * 28);
  assert.deepEqual([values[13 * 28], values[14 * 28 + 5], values[15 * 28]], [0, 10, 0]);
  await paste(page, Buffer.from('no picture'));
  await page.getByRole('alert').filter({ hasText: 'not a picture' }).waitFor();
  assert.deepEqual(page.complaints, []);
});

async function openDrawing(options) {
  const page = await lab.page('#train?lang=en&data=fashion-mnist&images=500&speed=1&tab=own', options);
  // A panel asks nothing while it cannot be seen.
  await page.locator('lab-own-image-panel').scrollIntoViewIfNeeded();
  await page.locator('lab-own-image-panel [data-testid=own-answer] .bars li').first().waitFor({ state: 'attached' });
  return page;
}

/** The network's pixels of what is drawn. */
const seen = (page) => page.locator('lab-own-image-panel [data-testid=sees]').evaluate((picture) => Array.from(picture.pixels ?? []));

test('a finger draws on one’s own image, and the page stays where it is', async () => {
  const page = await openDrawing(phone);
  await page.locator('lab-own-image-panel').getByRole('button', { name: 'Clear' }).tap();
  const canvas = page.locator('lab-own-image-panel canvas.drawing');
  await canvas.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await canvas.boundingBox();
  const before_ = await scrolled(page);
  await swipe(
    page,
    Array.from({ length: 9 }, (_, i) => [x + width / 2, y + height * (0.1 + 0.1 * i)]),
  );
  await page.waitForFunction(() => {
    const panel = document.querySelector('lab-shell').shadowRoot.querySelector('lab-train').shadowRoot.querySelector('lab-own-image-panel');
    const { pixels } = panel.shadowRoot.querySelector('[data-testid=sees]');
    return pixels && pixels[14 * 28 + 14] > 128 && pixels[14 * 28 + 2] === 0;
  });
  assert.equal(await scrolled(page), before_);
  assert.deepEqual(page.complaints, []);
});

test('a picture is pasted as one’s own image', async () => {
  const page = await openDrawing();
  await paste(page, png(0, 14, 28));
  await page.waitForFunction(() => {
    const panel = document.querySelector('lab-shell').shadowRoot.querySelector('lab-train').shadowRoot.querySelector('lab-own-image-panel');
    const { pixels } = panel.shadowRoot.querySelector('[data-testid=sees]');
    return pixels && pixels[14 * 28 + 2] > 200 && pixels[10 * 28 + 14] === 0;
  });
  assert.equal((await seen(page)).length, 28 * 28);
  assert.deepEqual(page.complaints, []);
});
