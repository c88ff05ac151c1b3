import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { looks, nameOf, numbers, openLab, presentable } from './lab.mjs';

const ready = '[data-ready=true]';
const map = 'lab-grid[data-place=map]';
let lab;
before(async () => (lab = await openLab()));
after(() => lab?.close());

async function open(state = '', options = {}) {
  const page = await lab.page(`#convolution?lang=en${state}`, options);
  await page.locator(ready).waitFor();
  return page;
}

async function close(page) {
  assert.deepEqual(page.complaints, []);
  await page.close();
}

const settled = (page, expected) =>
  page.waitForFunction((text) => {
    const station = document.querySelector('lab-shell').shadowRoot.querySelector('lab-convolution');
    return station.shadowRoot.querySelector('[data-testid=total]').textContent === text;
  }, expected);

test('opens on the course example with its numbers', async () => {
  const page = await open();
  assert.deepEqual(
    await numbers(page, map),
    [-20, 0, 20, 20, 0, -30, 0, 30, 30, 0, -20, 0, 10, 10, 10, -10, 0, -10, -10, 20, 0, 0, -20, -20, 20],
  );
  assert.deepEqual(await numbers(page, 'lab-grid[data-place=pooled]'), [0, 30, 0, 10]);
  await close(page);
});

test('pointing at a number shows where it comes from', async () => {
  const page = await open();
  await page.locator(`${map} [data-index="5"]`).hover();
  await settled(page, '= −30');
  assert.match(await page.locator('.terms').textContent(), /10·0.*10·\(−1\)/s);
  await page.locator('lab-grid[data-place=pooled] [data-index="1"]').hover();
  await settled(page, '= 30');
  await close(page);
});

test('steps by key, and the link keeps the place', async () => {
  const page = await open('&at=5');
  await settled(page, '= −30');
  await page.keyboard.press('ArrowRight');
  await settled(page, '= 0');
  await page.waitForFunction(() => location.hash.includes('at=6'));
  // While it plays by itself the link stays; whoever stops it is given where that was.
  await page.keyboard.press(' ');
  await settled(page, '= 30');
  await page.waitForFunction(() => /at=6/.test(location.hash));
  await page.keyboard.press(' ');
  await page.waitForFunction(() => /at=([7-9]|\d\d)/.test(location.hash));
  await close(page);
});

test('on a phone the map and the arithmetic of a number are on one screen', async () => {
  const page = await lab.page('#convolution?lang=en&at=0', { width: 390, height: 844 });
  await page.locator('[data-ready=true]').waitFor();
  const map = page.locator('lab-grid[data-place=map]');
  const total = page.locator('[data-testid=total]');
  await map.locator('[data-index="7"]').click();
  const [top, bottom] = await page.evaluate(
    ([grid, sum]) => [grid.getBoundingClientRect().top, sum.getBoundingClientRect().bottom],
    [await map.elementHandle(), await total.elementHandle()],
  );
  const bar = await page.getByRole('button', { name: 'Settings' }).evaluate((one) => one.getBoundingClientRect().height);
  assert.ok(bottom - top <= 844 - bar, `${bottom - top} px high, beside a bar of ${bar}`);
  await close(page);
});

test('sizes are said, with what is left over at the edges', async () => {
  const page = await open('&at=0');
  const notes = page.getByTestId('notes');
  await notes.filter({ hasText: 'Rows of the map: (5 + 2·1 − 3) / 1 + 1 = 5. It is as large as the image' }).waitFor();
  await notes.filter({ hasText: 'Pooling leaves out 1 row and 1 column' }).waitFor();
  const padding = page.getByRole('group', { name: /^Padding/ });
  await padding.getByRole('button', { name: '0' }).click();
  await notes.filter({ hasText: 'Rows of the map: (5 + 2·0 − 3) / 1 + 1 = 3. Without padding: this is called “valid”.' }).waitFor();
  await page
    .getByRole('group', { name: /^Stride/ })
    .getByRole('button', { name: '3' })
    .click();
  await notes.filter({ hasText: '⌊(5 + 2·0 − 3) / 3 + 1⌋ = 1' }).waitFor();
  await notes.filter({ hasText: 'no window reads 2 rows and 2 columns' }).waitFor();
  await close(page);
});

test('cells keep their size where stride or padding make the map smaller', async () => {
  const page = await open('&at=0');
  const cell = () => page.locator('lab-grid[data-what=image]').evaluate((grid) => grid.cell);
  const before = await cell();
  for (const [group, value] of [
    ['Padding', '0'],
    ['Stride', '2'],
    ['Stride', '3'],
    ['Pooling', 'none'],
  ]) {
    await page
      .getByRole('group', { name: new RegExp(`^${group}`) })
      .getByRole('button', { name: value })
      .click();
    await page.waitForTimeout(100);
    assert.equal(await cell(), before, `${group} ${value}`);
  }
  await close(page);
});

test('on a phone the settings leave the image and its map in sight', async () => {
  const page = await lab.page('#convolution?lang=en&at=0', { width: 390, height: 844 });
  await page.locator(ready).waitFor();
  await page.getByRole('button', { name: 'Settings' }).click();
  const seen = () =>
    page.evaluate(() => {
      const station = document.querySelector('lab-shell').shadowRoot.querySelector('lab-convolution').shadowRoot;
      const rect = (selector) => station.querySelector(selector).getBoundingClientRect();
      return [rect('[data-what=image]').top, rect('[data-place=map]').bottom, rect('.drawer').top];
    });
  for (const stride of ['1', '2']) {
    await page
      .getByRole('group', { name: /^Stride/ })
      .getByRole('button', { name: stride })
      .click();
    await page.waitForTimeout(200);
    const [top, bottom, drawer] = await seen();
    assert.ok(top >= 0 && bottom <= drawer, `stride ${stride}: image from ${top}, map to ${bottom}, settings from ${drawer}`);
  }
  await close(page);
});

test('a link reproduces kernel, stride and padding', async () => {
  const page = await open('&kernel=sobel&stride=2&padding=0&at=0');
  assert.deepEqual(await numbers(page, map), [0, 40, 0, -20]);
  await close(page);
});

test('values can be edited and undone', async () => {
  const page = await open('&at=12');
  const kernel = 'lab-grid[data-what=kernel]';
  await page.locator(`${kernel} [data-index="4"]`).click();
  await page.waitForFunction(() => location.hash.includes('kernel=own'));
  assert.deepEqual(await numbers(page, kernel), [1, 0, -1, 1, 1, -1, 1, 0, -1]);
  await settled(page, '= 20');
  await page.keyboard.press('-');
  await page.keyboard.press('2');
  await settled(page, '= −10');
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await settled(page, '= 10');
  await close(page);
});

test('backward: the gradients of image and kernel', async () => {
  const page = await open('&way=backward&at=6');
  // The winners are (1, 2), (2, 2) and two zeros that ReLU lets nothing through.
  const image = await numbers(page, 'lab-grid[data-place=input]');
  assert.equal(
    image.reduce((sum, value) => sum + value, 0),
    0,
  );
  await page.getByRole('group', { name: 'Follow it back to' }).getByRole('button', { name: 'Kernel' }).click();
  assert.deepEqual(await numbers(page, 'lab-grid[data-place=weights]'), [20, 20, 0, 20, 20, 0, 10, 10, 10]);
  await close(page);
});

test('backward opens where a gradient arrives, and draws the kernel as it is used', async () => {
  const page = await open('');
  await page.getByRole('button', { name: 'backward' }).click();
  await page.getByRole('heading', { level: 1, name: 'Point at a gradient' }).waitFor();
  await page.getByText('A gradient says how the loss changes when a number grows a little').waitFor();
  const notes = page.getByTestId('notes');
  await notes.filter({ hasText: 'Max pooling hands the gradient to the largest' }).waitFor();
  await notes.filter({ hasText: 'ReLU lets it through where the map is above zero' }).waitFor();
  const total = page.locator('[data-testid=total]');
  await total.filter({ hasText: /= −?[1-9]/ }).waitFor();
  // The course's kernel is 1 0 −1 in each row: turned by half a turn it begins with −1.
  const turned = await numbers(page, 'lab-grid[data-what=kernel]');
  assert.deepEqual(turned.slice(0, 3), [-1, 0, 1]);
  // A click changes the weight that stands there: the last one of the kernel itself.
  await page.locator('lab-grid[data-what=kernel] [data-index="0"]').click();
  await page.waitForFunction(() => location.hash.includes('weights='));
  const weights = await page.evaluate(() => new URLSearchParams(location.hash.split('?')[1]).get('weights'));
  assert.match(weights, /~0$/);
  await close(page);
});

test('backward: each gradient on the way has its arithmetic', async () => {
  const page = await open('&way=backward');
  const said = page.locator('.sum');
  // What hands the gradient over is framed: [matrix, number] to [matrix, number].
  const framed = (matrix) => page.locator(`lab-grid[data-${matrix}]`).evaluate((grid) => grid.window);
  const point = async (matrix, index, total, words) => {
    await page.locator(`lab-grid[data-place=${matrix}] [data-index="${index}"]`).hover();
    await settled(page, total);
    await said.filter({ hasText: words }).waitFor();
  };
  await point('activatedGradient', 7, '= 1', 'the largest of its window');
  assert.match(await said.locator('.terms').textContent(), /^1·1$/);
  assert.deepEqual(await framed('what=arriving'), { top: 0, left: 1, height: 1, width: 1 });
  await point('activatedGradient', 8, '= 0', 'goes to its largest number');
  await point('activatedGradient', 4, '= 0', 'No pooling window takes this number');
  // The winner of the first window is a 0 that ReLU made of −20.
  await point('activatedGradient', 0, '= 1', 'the largest of its window');
  await point('mapGradient', 0, '= 0', 'The map holds −20 here');
  assert.match(await said.locator('.terms').textContent(), /^1·0$/);
  assert.deepEqual(await framed('place=activatedGradient'), { top: 0, left: 0, height: 1, width: 1 });
  await point('mapGradient', 7, '= 1', 'The map holds 30 here');
  await page
    .getByRole('group', { name: /^Pooling/ })
    .getByRole('button', { name: 'average' })
    .click();
  await point('activatedGradient', 8, '= 0.25', 'an equal share');
  assert.match(await said.locator('.terms').textContent(), /^1 \/ 4$/);
  // Steps go through all gradients in their order.
  await page.locator('lab-grid[data-place=activatedGradient] [data-index="24"]').hover();
  await page.keyboard.press('ArrowRight');
  await said.getByRole('heading', { name: 'Gradient at the feature map, row 1, column 1' }).waitFor();
  await close(page);
});

test('the question waits for an answer, and changes nothing before it is asked to', async () => {
  const page = await open('');
  const question = page.locator('details', { hasText: 'Which padding' });
  await question.locator('summary').click();
  assert.equal(await question.getByRole('status').textContent(), '');
  await question.getByRole('button', { name: '2', exact: true }).click();
  await question.getByText('Not with 2: the map is 7×7.').waitFor();
  assert.equal((await numbers(page, 'lab-grid[data-place=map]')).length, 25);
  await question.getByRole('button', { name: 'Show it with padding 2' }).click();
  await page.waitForFunction(() => location.hash.includes('padding=2'));
  await question.getByRole('button', { name: '1', exact: true }).click();
  await question.getByText('Yes: with padding 1').waitFor();
  await close(page);
});

test('a kernel that does not fit says so, with the way out', async () => {
  const page = await open('&image=own&pixels=1~2_3~4&padding=0');
  await page.getByRole('alert').getByRole('button').click();
  await page.getByRole('alert').waitFor({ state: 'detached' });
  await close(page);
});

for (const look of looks) {
  const { lang, width, scheme } = look;
  test(`is accessible and fits: ${nameOf(look)}`, async () => {
    for (const way of ['forward', 'backward']) {
      const page = await open(`&way=${way}&at=6`, { width, scheme });
      if (lang === 'es') await page.evaluate(() => (location.hash = location.hash.replace('lang=en', 'lang=es')));
      await page.waitForTimeout(300);
      await presentable(page, `convolution-${way}-${width}-${scheme}`);
      await close(page);
    }
  });
}
