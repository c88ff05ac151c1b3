// One picture has one answer: the page reads what the program reads (tests/native/pictures/picture_file_test.cpp).
import { after, before, test } from 'node:test';
import { drop } from './files.mjs';
import { askForPixels, comparePictures, goldenPictures, zipOfPictures } from './golden-pictures.mjs';
import { openLab } from './lab.mjs';

let lab;
before(async () => {
  lab = await openLab();
});
after(() => lab?.close());

test('pictures of every form have the pixels that the program reads', async () => {
  const page = await lab.page('#train?lang=en&data=lines&speed=1&size=8');
  await page.locator('[data-testid=progress][data-state=running]').waitFor();
  await drop(page, [{ name: 'golden.zip', bytes: [...zipOfPictures()] }]);
  const n = goldenPictures.length;
  await page.getByText(`${n} training and ${n} test pictures of ${n} classes are here.`).first().waitFor();
  await page.waitForFunction(
    (count) => document.querySelector('lab-shell').shadowRoot.querySelector('lab-train').run?.session?.info.card.classes.length === count,
    n,
  );
  await page.locator('lab-train').evaluate(askForPixels);
  await page.waitForFunction(() => globalThis.golden);
  comparePictures(await page.evaluate(() => globalThis.golden));
  await page.close();
});
