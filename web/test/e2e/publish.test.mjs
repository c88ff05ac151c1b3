// The page for teachers, and the dialog that puts a station elsewhere.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, test } from 'node:test';
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
      expected.some((text) => /(expected|se espera): -?−?\d+$/.test(text)),
      expected.join('; '),
    );
    assert.ok(expected.some((text) => /made in the lab|se hace en el laboratorio/.test(text)));
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
    await presentable(page, `teacher-${lang}-${width}`);
    assert.deepEqual(page.complaints, []);
  });
}

test('what a teacher has laid down holds: controls, a value, epochs', async () => {
  const page = await lab.page('#lessons?lang=en&lesson=one-thing&step=2&hide=kernel&fix=measure%3Dloss&epochs=1');
  await page.locator('section form input[value="3"]').check();
  await page.locator('section form button:not([disabled])').click();
  await page.locator('[data-phase=look]').waitFor();
  await page.getByText('500 training images of clothes, 1 epoch').waitFor();
  assert.equal(await page.locator('lab-overlay').evaluate((overlay) => `${overlay.measure} ${overlay.epochs}`), 'loss 1');
  const controls = await page.locator('lab-view-one-thing').evaluate((view) => [...view.controls]);
  assert.ok(!controls.includes('kernel'));
  assert.deepEqual(page.complaints, []);
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
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.deepEqual(page.complaints, []);
});
