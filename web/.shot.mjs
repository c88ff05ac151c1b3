import { openLab } from './tests/e2e/lab.mjs';
import { setTimeout as sleep } from 'node:timers/promises';
const lab = await openLab();
for (const w of process.argv.slice(2)) {
  const [name, hash, width, height, scheme, wait, full, click] = w.split('|');
  const page = await lab.page(hash, { width: +width, height: +height, scheme });
  await sleep(+wait);
  if (click) { await page.locator(click).first().click(); await sleep(1500); }
  await page.screenshot({ path: `/tmp/shots/${name}.png`, fullPage: full === 'full' });
  console.log(name, page.complaints);
  await page.close();
}
await lab.close();
