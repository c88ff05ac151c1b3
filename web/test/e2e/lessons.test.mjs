// The lessons: each solved by keyboard alone from its first step to its sheet, with wrong answers and right ones; what
// is kept, handed in and opened again.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, test } from 'node:test';
import { answer, focused, phase, ready, tabTo, verdict } from './by-keyboard.mjs';
import { ofColours, openLab, presentable } from './lab.mjs';
import { solutions, words } from './lesson-solutions.mjs';

let lab;
before(async () => (lab = await openLab()));
afterEach(() => lab?.clear());
after(() => lab?.close());

/** The explanation with its formulas, to be looked at: a long one must not widen the page. */
async function unfoldWhy(page) {
  await page.locator('lab-lesson details').evaluate((details) => (details.open = true));
  for (const formula of await page.locator('lab-lesson details lab-formula').all()) {
    await formula.scrollIntoViewIfNeeded();
    await formula.locator('math').waitFor();
  }
}

async function solve(page, lesson, lang, shot) {
  const said = words[lang];
  await page.locator('lab-lessons h1').waitFor();
  await tabTo(page, `[data-lesson="${lesson}"] button`);
  await page.keyboard.press('Enter');
  for (const [i, { predict, wrong, right }] of solutions[lesson].entries()) {
    const step = i + 1;
    await phase(page, step, 'predict');
    await ready(page);
    assert.ok(await focused(page, 'h2'), 'the heading has the focus');
    await shot(`${step}-predict`);
    const offered = typeof predict === 'function' ? await predict(page) : predict;
    await answer(page, '#prediction, .option input', offered[lang === 'en' ? 0 : 1]);
    await phase(page, step, 'look');
    await page.locator(lang === 'en' ? '.verdict.right' : '.verdict.not').waitFor();
    await tabTo(page, '.reveal > .main-button');
    await page.keyboard.press('Enter');
    await phase(page, step, 'ask');
    await ready(page);
    await wrong(page, said);
    await verdict(page, 'not');
    if (lang === 'en') await shot(`${step}-hint`);
    await right(page, said);
    await phase(page, step, 'done');
    await verdict(page, 'right');
    await unfoldWhy(page);
    await shot(`${step}-done`);
    await tabTo(page, '.onward .main-button');
    await page.keyboard.press('Enter');
  }
  await page.locator('[data-testid=sheet]').waitFor();
  assert.ok(await focused(page, 'h2'));
  await tabTo(page, '#who');
  await page.keyboard.type('Ada 7');
  await tabTo(page, '#sentence');
  await page.keyboard.type('A pattern may be anywhere.');
  await shot('sheet');
}

// CNNLAB_ALL_LOOKS: every language at every width, and both phases in forced colours, before a release.
const everyLook = Boolean(process.env.CNNLAB_ALL_LOOKS);
const runs = [
  { lang: 'en', width: 1440, height: 900, scheme: 'light' },
  { lang: 'es', width: 390, height: 844, scheme: 'dark' },
  ...(everyLook
    ? [
        { lang: 'en', width: 390, height: 844, scheme: 'light' },
        { lang: 'es', width: 1440, height: 900, scheme: 'dark' },
      ]
    : []),
];

// CNNLAB_TURN, the number of commits: each lesson in one of both, with the next commit in the other.
const turn = process.env.CNNLAB_TURN;
const isDue = (lesson, run) => everyLook || turn === undefined || (lesson + run + Number(turn)) % 2 === 0;

for (const [number, lesson] of Object.keys(solutions).entries())
  for (const { lang, ...look } of runs.filter((_, run) => isDue(number, run)))
    test(`${lesson} by keyboard alone, with a wrong answer and the right one in each step: ${lang}, ${look.width} px`, async () => {
      const page = await lab.page(`#lessons?lang=${lang}`, look);
      await solve(page, lesson, lang, async (name) => {
        await presentable(page, `lesson-${lesson}-${look.width}-${name}`);
        // In forced colours each step as well: in one language before its prediction, in the other at its end.
        if (!everyLook && !name.endsWith(lang === 'en' ? '-predict' : '-done')) return;
        await page.emulateMedia({ forcedColors: 'active' });
        await presentable(page, `lesson-${lesson}-${look.width}-${name}-forced`, ofColours);
        await page.emulateMedia({ forcedColors: 'none' });
      });
      // No answer has to be looked for beside the page.
      const cells = page.locator('[data-testid=answers] tbody :is(th, td)');
      assert.equal(await cells.count(), 4 * solutions[lesson].length);
      assert.ok(await cells.evaluateAll((all) => all.every((cell) => cell.getBoundingClientRect().right <= globalThis.innerWidth)));
      // What a network took for what, in the lesson on overfitting: all images of its test.
      if (lesson === 'cifar-network') {
        const counts = await page.locator('lab-sheet [data-testid=confusion] td:not(:empty)').allTextContents();
        assert.equal(counts.length, 100);
        assert.equal(
          counts.reduce((sum, count) => sum + Number(count), 0),
          500,
        );
      }
      const steps = solutions[lesson].length;
      const score = await page.locator('[data-testid=score]').textContent();
      assert.match(
        score,
        new RegExp(lang === 'en' ? `^${steps} of ${steps} .*; ${steps} predictions` : `^${steps} de ${steps} .*; 0 predicciones`),
      );
      // On paper it is one page, without buttons.
      const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
      assert.equal(pdf.match(/\/Type \/Page\b(?!s)/g).length, 1);
      await page.emulateMedia({ media: 'print' });
      assert.equal(await page.getByRole('button', { name: words[lang].print }).isVisible(), false);
      await page.emulateMedia({ media: 'screen', forcedColors: 'active' });
      await presentable(page, `lesson-${lesson}-${look.width}-sheet-forced`, ofColours);
      assert.deepEqual(page.complaints, []);
    });

test('before the prediction nobody is told the number', async () => {
  const page = await lab.page('#lessons?lang=en&lesson=by-hand&step=1');
  await ready(page);
  const map = page.locator('lab-view-by-hand lab-grid[data-place=map]');
  assert.match((await map.locator('[role=gridcell]').allTextContents()).join(' '), /^[?\s]+$/);
  for (const label of await map.locator('[role=gridcell]').evaluateAll((cells) => cells.map((cell) => cell.ariaLabel)))
    assert.match(label, /^\d, \d: \?$/);
  assert.equal(await page.locator('lab-view-by-hand [data-testid=total]').count(), 0);
  await page.locator('#prediction').fill('60');
  await page.keyboard.press('Enter');
  await page.locator('.verdict.not').filter({ hasText: 'the pixels alone' }).waitFor();
  assert.equal(await page.locator('lab-view-by-hand [data-testid=total]').textContent(), '= 30');
  assert.deepEqual(page.complaints, []);
});

test('a lesson is kept over a reload, opens where one was, and can be started again', async () => {
  const page = await lab.page('#lessons?lang=en');
  await page.getByRole('button', { name: 'Begin: A convolution by hand' }).click();
  await ready(page);
  await page.locator('#prediction').fill('30');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'On to the question' }).click();
  await page.locator('lab-view-by-hand [data-what=image] [data-index="6"]').click();
  await page.getByRole('button', { name: 'Check' }).click();
  await page.locator('.task-verdict.not').waitFor();
  await page.reload();
  await phase(page, 1, 'ask');
  await page.locator('.task-verdict.not').waitFor();
  const image = await page.locator('lab-view-by-hand [data-what=image]').evaluate((grid) => Array.from(grid.values));
  assert.equal(image[6], 0);
  await page.getByRole('button', { name: 'All lessons' }).click();
  await page.getByRole('button', { name: 'Go on: A convolution by hand' }).click();
  await phase(page, 1, 'ask');
  await page.getByRole('button', { name: 'Result sheet' }).click();
  await page.getByRole('button', { name: 'Start again' }).click();
  await page.getByRole('button', { name: 'Delete all answers of this lesson' }).click();
  await phase(page, 1, 'predict');
  await page.waitForTimeout(300);
  await page.reload();
  await phase(page, 1, 'predict');
  assert.deepEqual(page.complaints, []);
});

test('networks that were trained are not trained again after a reload', async () => {
  let fetched = 0;
  const prepare = (page) => page.on('request', (request) => (fetched += /fashion-mnist\/train/.test(request.url()) ? 1 : 0));
  const page = await lab.page('#lessons?lang=en&lesson=one-thing&step=4', { prepare });
  await ready(page);
  assert.ok(fetched > 0, 'training images are fetched');
  fetched = 0;
  const came = () => page.locator('lab-view-one-thing').evaluate(({ facts }) => facts.records.map(({ record }) => record.test_accuracy));
  const before = await came();
  await page.waitForFunction(() => globalThis.localStorage.getItem('cnnlab-runs-kernels') !== null);
  await page.reload();
  await ready(page);
  assert.equal(fetched, 0, 'no training images are fetched');
  const after = await came();
  assert.equal(after.length, 9);
  for (const [i, accuracy] of after.entries()) assert.ok(Math.abs(accuracy - before[i]) < 1e-6);
  assert.deepEqual(page.complaints, []);
});

test('what was handed in opens as it was left, and stays apart from the own answers', async () => {
  const page = await lab.page('#lessons?lang=en&lesson=by-hand&step=2', { permissions: ['clipboard-read', 'clipboard-write'] });
  await ready(page);
  await page.locator('#prediction').fill('3');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'On to the question' }).click();
  await page.locator('lab-view-by-hand').getByRole('button', { name: '3', exact: true }).click();
  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByRole('button', { name: 'Result sheet' }).click();
  await page.locator('#who').fill('Ada 7');
  await page.getByRole('button', { name: 'Copy the link' }).click();
  const link = await page.evaluate(() => globalThis.navigator.clipboard.readText());
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as a file' }).click();
  const file = await (await saving).path();
  assert.equal(JSON.parse(await readFile(file, 'utf8')).who, 'Ada 7');
  const other = await lab.page(new URL(link).hash);
  await other.getByText('the sheet of Ada 7').waitFor();
  assert.equal(await other.locator('[data-testid=score]').textContent(), '0 of 6 questions solved; 0 predictions came true');
  await other.getByRole('button', { name: 'Back to the steps' }).click();
  await other.locator('lab-lesson nav li:nth-child(2) button').click();
  await phase(other, 2, 'ask');
  await other.locator('.task-verdict.not').filter({ hasText: '7×7' }).waitFor();
  await other.locator('lab-view-by-hand [aria-label^=Padding] [aria-pressed=true]').filter({ hasText: '3' }).waitFor();
  await other.getByRole('button', { name: 'To my own answers' }).click();
  await phase(other, 1, 'predict');
  // The same from the file.
  await other.getByRole('button', { name: 'All lessons' }).click();
  await other.locator('lab-lessons .file').setInputFiles(file);
  await other.getByText('the sheet of Ada 7').waitFor();
  await other.getByRole('button', { name: 'All lessons' }).click();
  await other
    .locator('lab-lessons .file')
    .setInputFiles({ name: 'a.json', mimeType: 'application/json', buffer: Buffer.from('{"lesson":"x"}') });
  await other.getByRole('alert').filter({ hasText: 'no result sheet' }).waitFor();
  // Teachers find it on their page too.
  await other.getByRole('button', { name: 'For teachers' }).click();
  await other.locator('lab-lessons .file').setInputFiles(file);
  await other.getByText('the sheet of Ada 7').waitFor();
  await other.evaluate(() => (location.hash = '#lessons?lang=en&sheet=nonsense'));
  await other.getByRole('alert').filter({ hasText: 'no result sheet' }).waitFor();
  assert.deepEqual([...page.complaints, ...other.complaints], []);
});

test('a browser that keeps nothing is told of; the lesson works', async () => {
  const prepare = (page) =>
    page.addInitScript(() =>
      Object.defineProperty(globalThis, 'localStorage', {
        get: () => {
          throw new DOMException('denied', 'SecurityError');
        },
      }),
    );
  const page = await lab.page('#lessons?lang=en&lesson=by-hand&step=1', { prepare });
  await ready(page);
  await page.locator('#prediction').fill('30');
  await page.keyboard.press('Enter');
  await page.getByText('lets the page keep nothing').waitFor();
  await phase(page, 1, 'look');
  assert.deepEqual(page.complaints, []);
});
