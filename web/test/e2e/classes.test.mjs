// Classes of one's own: pictures by camera and by file, a network that learns them in seconds, and its live answer. The
// camera is a film that the test makes.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { card, counts, openLabWithCamera, state, stripes, twoClasses, withCamera } from './camera.mjs';
import { dropFromDisk, png } from './files.mjs';
import { site } from './host.mjs';
import { looks, nameOf, presentable } from './lab.mjs';

const list = join(site, 'models', 'index.json');
/** The page has the network that others begin with. */
const models = existsSync(list) && JSON.parse(readFileSync(list, 'utf8')).networks.some(({ there }) => there);
const skip = !models && 'the weights of mobilenet-v1 are not beside the page (models/, or CNNLAB_MODELS)';

let lab;
before(async () => (lab = await openLabWithCamera()));
afterEach(() => lab?.clear());
after(() => lab?.close());

/** Resolves when the next training begins: it may be over before a look at the page's state. */
const nextTraining = (page) =>
  page.locator('lab-classes').evaluate(({ learning }) => new Promise((resolve) => learning.run.listen('opened', () => resolve())));
const answer = (page, name) => page.locator(`[data-testid=answer][data-class="${name}"]`).waitFor();

async function close(page) {
  assert.deepEqual(page.complaints, []);
  await page.close();
}

for (const [how, link, skipped] of [
  ['on MobileNet', '', skip],
  ['from the beginning', '&base=none', false],
])
  test(`two classes, one by camera and one by files, are learned ${how} and named`, { skip: skipped }, async (context) => {
    const page = await withCamera(lab, link);
    await twoClasses(page, lab.folder);
    const [recorded] = await counts(page);
    const pictures = Number(recorded.split(' ')[0]);
    assert.ok(pictures >= 8 && pictures <= 32, recorded);
    const since = performance.now();
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await state(page, 'finished');
    context.diagnostic(`learned in ${((performance.now() - since) / 1000).toFixed(1)} s, from ${recorded} and 15`);
    assert.match(await page.locator('[data-testid=accuracy]').textContent(), /(9\d\.\d|100\.0)% of \d+ held-out pictures right/);
    await answer(page, 'disc');
    await page.locator('[data-testid=pace]').filter({ hasText: 'answers a second' }).waitFor();
    context.diagnostic(await page.locator('[data-testid=pace]').textContent());
    // A picture that it has never seen.
    await page.locator('lab-live-answer #picture').setInputFiles({ name: 'new.png', mimeType: 'image/png', buffer: png(100, 24, 48) });
    await answer(page, 'stripe');
    await page.getByRole('button', { name: 'Where it looks' }).click();
    await page.getByText('Bright: what speaks for “stripe”.').waitFor();
    // The question knows the last layer: 256 numbers of MobileNet, 64 of the small network.
    await page.getByText('A question to try').locator('visible=true').click();
    const right = how === 'on MobileNet' ? 2 * 256 + 2 : 2 * 64 + 2;
    for (const [guess, said] of [
      [7, 'Not 7.'],
      [right, `are ${right}.`],
    ]) {
      await page.getByLabel('Numbers that it learns').fill(String(guess));
      await page.getByLabel('Numbers that it learns').press('Tab');
      await page.getByText(said).waitFor();
    }
    assert.ok((await page.locator('lab-live-answer .overlay').evaluate(({ width }) => width)) >= 4);
    await close(page);
  });

test('a run is saved, opened again with its classes, and begins another', async () => {
  const page = await lab.page('#classes?lang=en&base=none&again=no');
  await page.getByRole('button', { name: 'Try it with drawn pictures' }).click();
  await state(page, 'finished');
  const told = await page.locator('[data-testid=accuracy]').textContent();
  const path = join(lab.folder, 'own-classes.zip');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download the run' }).click()]);
  await download.saveAs(path);
  await page.close();

  const other = await lab.page('#classes?lang=en&base=none&again=no');
  const [chooser] = await Promise.all([
    other.waitForEvent('filechooser'),
    other.locator('lab-run-files').getByRole('button', { name: 'Choose files' }).click(),
  ]);
  await chooser.setFiles(path);
  await other.getByText('The run own-classes is here, with 40 pictures.').first().waitFor();
  assert.deepEqual(await counts(other), ['20 pictures', '20 pictures']);
  assert.equal(await card(other, 0).getByRole('textbox').inputValue(), 'discs');
  // What was held out is held out again.
  await other.locator('[data-testid=accuracy]').filter({ hasText: told }).waitFor();
  await other.locator('lab-live-answer #picture').setInputFiles({ name: 'new.png', mimeType: 'image/png', buffer: png(100, 24, 48) });
  await other.locator('[data-testid=answer] .bars').waitFor();

  await other.locator('.base input').setInputFiles(path);
  await other.getByText('own-classes is what the next training begins with.').first().waitFor();
  await other.getByText('own-classes, kept up to its layer relu_3. It takes pictures of 64×64×3.').waitFor();
  const begun = nextTraining(other);
  await other.getByRole('button', { name: 'Train again' }).click();
  await begun;
  await state(other, 'finished');
  assert.match(await other.locator('[data-testid=accuracy]').textContent(), /(9\d\.\d|100\.0)% of 8 held-out pictures right/);
  await close(other);
});

test('pictures stay when one goes to another station; the camera goes off; changes train again', async () => {
  const page = await withCamera(lab, '&base=none');
  await twoClasses(page, lab.folder);
  const before_ = await counts(page);
  await page.getByRole('link', { name: 'Convolution' }).click();
  await page.locator('lab-convolution').waitFor();
  await page.getByRole('link', { name: 'Your classes' }).click();
  await page.getByText('The camera was turned off while nobody looked.').waitFor();
  assert.deepEqual(await counts(page), before_);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await state(page, 'finished');
  const begun = nextTraining(page);
  await card(page, 1).getByRole('button', { name: 'Take out picture 15 of stripe, which is held out' }).click();
  await page.getByText('14 pictures').waitFor();
  await page.getByText('The pictures have changed since it learned.').waitFor();
  await begun;
  await state(page, 'finished');
  // Slow enough for a click before the end.
  await page.locator('lab-classes').evaluate(({ learning: { run } }) => {
    run.train = () => run.session.train({ stepsPerSecond: 30 });
  });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('15 pictures').waitFor();
  // Stop works at any time.
  await state(page, 'running');
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await state(page, 'paused');
  await page.getByRole('button', { name: 'Go on' }).click();
  await state(page, 'finished');
  // Pictures that are in no file: the page asks before they go. A saved run may.
  const asks = () => page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })));
  assert.equal(await asks(), true);
  await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download the run' }).click()]);
  await page.waitForFunction(() => dispatchEvent(new Event('beforeunload', { cancelable: true })));
  await close(page);
});

test('by keyboard: space and Enter record as long as they are held', async () => {
  const page = await withCamera(lab, '');
  for (const [n, key] of [
    [0, 'Space'],
    [1, 'Enter'],
  ]) {
    await card(page, n).locator('.record').focus();
    await page.keyboard.down(key);
    await page.waitForTimeout(900);
    await page.keyboard.up(key);
  }
  const found = (await counts(page)).map((text) => Number(text.split(' ')[0]));
  for (const count of found) assert.ok(count >= 3 && count <= 14, String(found));
  await page.waitForTimeout(400);
  assert.deepEqual(
    (await counts(page)).map((text) => Number(text.split(' ')[0])),
    found,
  );
  await close(page);
});

test('what cannot be read is listed with its reason; a camera that is refused is said; folders become classes', async () => {
  const page = await lab.page('#classes?lang=en', {
    prepare: (one) =>
      one.addInitScript(() => {
        globalThis.navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
      }),
  });
  await card(page, 0)
    .locator('#files')
    .setInputFiles([
      { name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('this is no picture') },
      { name: 'good.png', mimeType: 'image/png', buffer: png(90, 4, 48) },
    ]);
  await card(page, 0).getByText('1 file could not be read').waitFor();
  await card(page, 0).getByText('broken.png is no picture that the browser can read').waitFor();
  await card(page, 0).getByRole('button', { name: 'Clear this list' }).click();
  await page.locator('lab-classes [data-testid=classes]').filter({ hasText: 'Class 2 has no pictures yet.' }).waitFor();
  await page.getByRole('button', { name: 'Turn on the camera' }).click();
  await page.getByText('The browser does not allow the camera to this page.').waitFor();
  stripes(lab.folder, 'zebra', 3);
  stripes(lab.folder, 'tiger', 6);
  await card(page, 1).getByRole('textbox').fill('zebra');
  await card(page, 1).getByRole('textbox').press('Tab');
  for (const name of ['zebra', 'tiger']) {
    const target = page.locator('lab-classes h1');
    await dropFromDisk(page, target, [join(lab.folder, name)]);
  }
  await page.getByText('6 pictures').waitFor();
  assert.deepEqual(await counts(page), ['1 picture', '3 pictures', '6 pictures']);
  await close(page);
});

test('a page without the trained network says what to do, and knows its file when it is given', { skip }, async () => {
  const page = await lab.page('#classes?lang=en', {
    prepare: (one) =>
      one.route('**/models/index.json', async (route) => {
        const answer = await route.fetch();
        const known = await answer.json();
        for (const network of known.networks) network.there = false;
        await route.fulfill({ json: known });
      }),
  });
  const file = JSON.parse(readFileSync(list, 'utf8')).networks[0].file;
  await page
    .locator('[data-testid=missing]')
    .filter({ hasText: `Put ${file} into models/` })
    .waitFor();
  assert.equal(await page.getByLabel('The network begins with').inputValue(), 'none');
  await page.locator('.base input').setInputFiles(join(site, 'models', file));
  await page
    .getByText(/^MobileNetV1 .25.* is what the next training begins with\.$/)
    .first()
    .waitFor();
  assert.equal(await page.getByLabel('The network begins with').inputValue(), 'file');
  await page.getByRole('button', { name: 'Try it with drawn pictures' }).click();
  await state(page, 'finished');
  assert.match(await page.locator('[data-testid=accuracy]').textContent(), /(9\d\.\d|100\.0)% of 8 held-out pictures right/);
  await close(page);
});

for (const look of looks) {
  const { lang, width, scheme } = look;
  test(`is accessible and fits: ${nameOf(look)}`, async () => {
    const page = await lab.page(`#classes?lang=${lang}&base=none&look=yes`, { width, scheme });
    await page.locator('lab-classes .own .buttons button').nth(1).click();
    await state(page, 'finished');
    await card(page, 0)
      .locator('#files')
      .setInputFiles([{ name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('this is no picture') }]);
    await card(page, 0).locator('.unread').waitFor();
    await page.locator('lab-live-answer .view button').click();
    await page.locator('[data-testid=view][data-camera=on]').waitFor();
    await page.locator('[data-testid=answer] .bars').waitFor();
    await presentable(page, `classes-${width}-${scheme}`);
    await close(page);
  });
}
