// The page for teachers, and the dialog that puts a station elsewhere.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, test } from 'node:test';
import { unzipSync } from 'fflate';
import { openLab, presentable } from './lab.mjs';

let lab;
before(async () => (lab = await openLab()));
afterEach(() => lab.clear());
after(() => lab?.close());

for (const [lang, width, scheme] of [
  ['en', 1440, 'light'],
  ['es', 390, 'dark'],
]) {
  test(`a teacher sees what a lesson expects, and lays down what it shows: ${lang}, ${width} px`, async () => {
    const page = await lab.page(`#lessons?lang=${lang}`, { width, scheme });
    await page.getByRole('button', { name: lang === 'en' ? 'For teachers' : 'Para docentes' }).click();
    const lesson = page.locator('article[data-lesson=by-hand]');
    await lesson.locator('summary').first().click();
    await lesson.locator('.inner button').first().click();
    await lesson.locator('[data-testid=expected]').nth(11).waitFor();
    const expected = await lesson.locator('[data-testid=expected]').allTextContents();
    assert.equal(expected.length, 12);
    // What the convolution's own numbers come to, and what has to be made.
    assert.ok(
      expected.some((text) => /(Expected|Se espera): -?−?\d+$/.test(text)),
      expected.join('; '),
    );
    assert.ok(expected.some((text) => /Made in the lab|Se hace en el laboratorio/.test(text)));
    assert.ok(!expected.some((text) => text.includes('?')), expected.join('; '));
    await lesson.locator('summary').nth(1).click();
    const link = () => lesson.locator('[data-way=publishLink] pre').textContent();
    assert.match(await link(), /#lessons\?lesson=by-hand$/);
    await lesson.locator('input[type=checkbox]').first().check();
    await lesson.locator('#share-lang').selectOption('es');
    assert.match(await link(), /#lessons\?lesson=by-hand&hide=pool&lang=es$/);
    assert.match(
      await lesson.locator('[data-way=publishCommand] pre').textContent(),
      /^\.\/lab publish by-hand --lang es --state 'hide=pool' /,
    );
    // A value is chosen by the name that its control has in the lesson.
    const other = page.locator('article[data-lesson=one-thing]');
    await other.locator('summary').nth(1).click();
    await other
      .getByRole('combobox', { name: lang === 'en' ? '“Curves show” (step 2)' : '«Las curvas muestran» (paso 2)' })
      .selectOption({ label: lang === 'en' ? 'loss' : 'la pérdida' });
    assert.match(await other.locator('[data-way=publishLink] pre').textContent(), /#lessons\?lesson=one-thing&fix=measure%3Dloss$/);
    await presentable(page, `teacher-${lang}-${width}`);
    assert.deepEqual(page.complaints, []);
  });
}

test('what a teacher has laid down holds: controls, a value, epochs', async () => {
  const page = await lab.page('#lessons?lang=en&lesson=one-thing&step=2&hide=kernel&fix=measure%3Dloss&epochs=1&images=200&seed=11', {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await page.locator('section form input[value="3"]').check();
  await page.locator('section form button:not([disabled])').click();
  await page.locator('[data-phase=look]').waitFor();
  await page.getByText('200 training images of clothes, 1 epoch').waitFor();
  assert.equal(await page.locator('lab-overlay').evaluate((overlay) => `${overlay.measure} ${overlay.epochs}`), 'loss 1');
  const controls = await page.locator('lab-view-one-thing').evaluate((view) => [...view.controls]);
  assert.deepEqual(controls, [], 'neither the one that is hidden nor the one whose value is fixed');
  assert.deepEqual(page.complaints, []);
});

test('expected answers are those of the lesson that is assigned', async () => {
  const page = await lab.page('#lessons?lang=en&teacher=yes');
  const lesson = page.locator('article[data-lesson=into-the-world]');
  await lesson.locator('summary').first().click();
  await lesson.locator('summary').nth(1).click();
  const expected = lesson.locator('[data-testid=expected]');
  // What the fourth step asks is about one image.
  const workOut = async () => {
    await lesson.getByRole('button', { name: 'Work out the expected answers' }).click();
    await expected.nth(11).waitFor();
    const question = await lesson.locator('li').nth(3).locator('p').nth(1).textContent();
    return question.match(/For image (\d+): how many times .* Expected: ([\d.]+)/s).slice(1);
  };
  const usual = await workOut();
  // An image that is fixed has another answer.
  await lesson.getByRole('combobox', { name: /^“Image” / }).selectOption({ label: '3' });
  assert.equal(await expected.count(), 0);
  const fixed = await workOut();
  assert.ok(fixed[0] !== usual[0] && fixed[1] !== usual[1], `${usual} ${fixed}`);
  // What was chosen stays while one looks at the lessons; answers are in the reader's language.
  const link = lesson.locator('[data-way=publishLink] pre');
  const before = await link.textContent();
  assert.match(before, /fix=image%3D2$/);
  await page.getByRole('button', { name: 'All lessons' }).click();
  await page.getByRole('button', { name: 'For teachers' }).click();
  await lesson.locator('summary').nth(1).click();
  assert.equal(await link.textContent(), before);
  await lesson.locator('summary').first().click();
  assert.equal(await expected.count(), 12);
  await page.locator('select').filter({ hasText: 'Español' }).first().selectOption('es');
  await lesson.getByRole('button', { name: 'Calcular las respuestas esperadas' }).waitFor();
  assert.equal(await expected.count(), 0);
  assert.deepEqual(page.complaints, []);
});

test('answers for other trainings are worked out on a page of their own', async () => {
  const page = await lab.page('#lessons?lang=en&teacher=yes');
  const lesson = page.locator('article[data-lesson=one-thing]');
  await lesson.locator('summary').first().click();
  await lesson.locator('summary').nth(1).click();
  await lesson.getByRole('combobox', { name: 'First seed' }).selectOption('11');
  await lesson.getByRole('combobox', { name: 'Training images' }).selectOption('100');
  assert.equal(await lesson.getByRole('button', { name: 'Work out the expected answers' }).count(), 0);
  const coming = page.context().waitForEvent('page');
  await lesson.getByRole('link', { name: 'For teachers, with these numbers' }).click();
  const other = await coming;
  const its = other.locator('article[data-lesson=one-thing]');
  await its.locator('summary').first().click();
  await its.locator('summary').nth(1).click();
  assert.match(await its.locator('[data-way=publishLink] pre').textContent(), /#lessons\?lesson=one-thing&images=100&seed=11$/);
  await its.getByRole('button', { name: 'Work out the expected answers' }).click();
  await its.locator('[data-testid=expected]').nth(7).waitFor();
  assert.equal(await other.locator('[role=alert]').count(), 0);
  assert.deepEqual(page.complaints, []);
});

test('a sheet that is handed in opens with what was laid down for it', async () => {
  const permissions = ['clipboard-read', 'clipboard-write'];
  const page = await lab.page('#lessons?lang=en&lesson=one-thing&step=2&epochs=1&images=200&seed=11', { permissions });
  await page.locator('section form input[value="3"]').check();
  await page.locator('section form button:not([disabled])').click();
  await page.locator('[data-phase=look]').waitFor();
  const came = (there) => there.locator('lab-view-one-thing').evaluate(({ facts }) => facts.records[0].record.test_accuracy);
  const accuracy = await came(page);
  await page.getByRole('button', { name: 'Result sheet' }).click();
  await page.getByText('200 images, 1 epoch, seed 11').waitFor();
  await page.getByRole('button', { name: 'Copy the link' }).click();
  const link = new URL(await page.evaluate(() => globalThis.navigator.clipboard.readText()));
  const other = await lab.page(link.hash);
  await other.getByText('200 images, 1 epoch, seed 11').waitFor();
  await other.getByRole('button', { name: 'Back to the steps' }).click();
  await other.locator('lab-lesson nav li:nth-child(2) button').click();
  await other.locator('lab-view-one-thing lab-overlay').waitFor();
  assert.equal(await came(other), accuracy, 'the same networks come out');
  // For one's own answers it does not hold: the page begins anew.
  await other.getByRole('button', { name: 'To my own answers' }).click();
  await other.locator('[data-testid=step][data-step="1"][data-phase=predict]').waitFor();
  await other.waitForFunction(() => !/seed|images|epochs/.test(globalThis.location.hash));
  assert.deepEqual([...page.complaints, ...other.complaints], []);
});

test('a station is put elsewhere, as link, frame, element and one file', async () => {
  const page = await lab.page('#convolution?lang=en&stride=2', { width: 390 });
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Publish: Convolution' });
  await dialog.locator('[data-way=publishLink]').waitFor();
  const way = (name) => dialog.locator(`[data-way=${name}] pre`).textContent();
  assert.match(await way('publishLink'), /\/#convolution\?stride=2$/);
  assert.match(await way('publishFrame'), /embed\.html\?station=convolution&amp;state=stride%3D2"/);
  assert.match(await way('publishElement'), /<cnn-lab station="convolution" state="stride=2"><\/cnn-lab>/);
  await presentable(page, 'publish-390');
  const coming = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save the file' }).click();
  const file = await readFile(await (await coming).path(), 'utf8');
  assert.ok(file.length < 6_000_000);
  assert.match(file, /<meta name="generator" content="cnnlab" \/>/);
  assert.match(file, /"station":"convolution","state":"stride=2"/);
  await dialog.getByText(/The file is saved: \d\.\d MB/).waitFor();
  // A package for a learning platform, and a ZIP for any host.
  for (const [form, wanted, name] of [
    ['scorm12', 'imsmanifest.xml', 'convolution-scorm-1.2.zip'],
    ['zip', 'cnnlab.json', 'convolution.zip'],
  ]) {
    await dialog.getByLabel('Form of the file').selectOption(form);
    const archive = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Save the file' }).click();
    const download = await archive;
    assert.equal(download.suggestedFilename(), name);
    const files = unzipSync(await readFile(await download.path()));
    assert.ok(files[wanted] && files['index.html'] && files['engine/cnnlab.wasm'], Object.keys(files).join(' '));
    assert.match(Buffer.from(files['index.html']).toString(), new RegExp(`"scorm":"${form === 'zip' ? '' : '1.2'}"`));
    await dialog.getByText(/The file is saved: \d\.\d MB/).waitFor();
  }
  await presentable(page, 'publish-saved-390');
  assert.ok(await dialog.evaluate((one) => one.scrollWidth <= one.clientWidth), 'nothing sticks out of the dialog');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.deepEqual(page.complaints, []);
});
