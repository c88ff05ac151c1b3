// screenshots.mjs [FOLDER] : every station at phone and desktop width, light and dark, of the page in build/web.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLab } from '../test/e2e/lab.mjs';

const folder = process.argv[2] ?? fileURLToPath(new URL('../screenshots', import.meta.url));
mkdirSync(folder, { recursive: true });
const stations = [
  // How long each takes to have something to show.
  ['convolution', '#convolution?lang=en', 2000],
  ['filter', '#filter?lang=en', 8000],
  ['train', '#train?lang=en&tab=layers', 20_000],
];
const sizes = [
  ['desktop', 1280, 900],
  ['phone', 390, 844],
];

const lab = await openLab();
for (const [station, link, wait] of stations) {
  for (const [size, width, height] of sizes) {
    for (const scheme of ['light', 'dark']) {
      const page = await lab.page(link, { width, height, scheme });
      await sleep(wait);
      const session = await page.context().newCDPSession(page);
      const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 80 });
      writeFileSync(`${folder}/${station}-${size}-${scheme}.webp`, Buffer.from(data, 'base64'));
      await page.close();
    }
  }
}
await lab.close();
