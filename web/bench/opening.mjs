// opening.mjs [--runs N] : how long the Train station of the built page takes to show its first images, in Chromium
// with an empty cache. Environment: CHROMIUM (the browser).
/* global document, requestAnimationFrame */
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { makeServer } from '../server/serve.mjs';

const [flag, given] = process.argv.slice(2);
if (flag !== undefined && (flag !== '--runs' || !(Number(given) > 0))) {
  console.error('usage: opening.mjs [--runs N]');
  process.exit(2);
}
const runs = Number(given ?? 9);

/** Runs in the page: when each thing is first seen, in milliseconds since the page was asked for. */
function watch() {
  const seen = (globalThis.seen = {});
  const conditions = {
    shell: () => document.querySelector('lab-shell')?.shadowRoot?.querySelector('main'),
    station: () =>
      document.querySelector('lab-shell')?.shadowRoot?.querySelector('lab-train')?.shadowRoot?.querySelector('lab-data-choice'),
    images: () => conditions.station()?.shadowRoot?.querySelector('.samples img')?.complete,
    training: () =>
      Number(
        document.querySelector('lab-shell')?.shadowRoot?.querySelector('lab-train')?.shadowRoot?.querySelector('[data-step]')?.dataset.step,
      ) > 0,
  };
  const look = () => {
    for (const [name, there] of Object.entries(conditions)) if (!(name in seen) && there()) seen[name] = performance.now();
    if (!('training' in seen)) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const server = makeServer(fileURLToPath(new URL('../../build/web', import.meta.url)));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const all = [];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
for (let run = 0; run < runs; run++) {
  // A profile of its own each time: nothing compiled, nothing cached.
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(watch);
  await page.goto(`http://127.0.0.1:${server.address().port}/#train?lang=en`);
  await page.waitForFunction(() => 'training' in globalThis.seen);
  all.push(await page.evaluate(() => globalThis.seen));
  await context.close();
}
const version = browser.version();
await browser.close();
server.close();
server.closeAllConnections();
console.log(`Train station, Chromium ${version}, empty cache, ${runs} runs; milliseconds since the page was asked for`);
for (const name of ['shell', 'station', 'images', 'training']) {
  const values = all.map((seen) => seen[name]);
  console.log(`  ${name.padEnd(9)} median ${median(values).toFixed(0)}, most ${Math.max(...values).toFixed(0)}`);
}
