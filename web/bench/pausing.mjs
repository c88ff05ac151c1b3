// pausing.mjs [--pauses N] : how soon pause, resume and a new learning rate take effect while fashion-cnn trains in the
// built page and a panel looks into it, each panel in turn. Environment: CHROMIUM (the browser).
/* global document, MutationObserver */
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { makeServer } from '../server/serve.mjs';

const [flag, given] = process.argv.slice(2);
if (flag !== undefined && (flag !== '--pauses' || !(Number(given) > 0))) {
  console.error('usage: pausing.mjs [--pauses N]');
  process.exit(2);
}
const panels = ['layers', 'images', 'confusion', 'own', 'doctor', 'time'];
const each = Math.ceil(Number(given ?? 36) / panels.length);

/**
 * Runs in the page: clicks play or pause, waits until the station shows the other state, then
 * measures the time to an answer.
 */
async function toggle(wanted) {
  const station = document.querySelector('lab-shell').shadowRoot.querySelector('lab-train');
  const status = station.shadowRoot.querySelector('[data-testid=progress]');
  const button = station.shadowRoot.querySelector('lab-player').shadowRoot.querySelector('.play');
  const since = performance.now();
  const seen = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (status.dataset.state !== wanted) return;
      observer.disconnect();
      resolve(performance.now() - since);
    });
    observer.observe(status, { attributes: true });
  });
  button.click();
  return seen;
}

async function rate() {
  const since = performance.now();
  await document.querySelector('lab-shell').shadowRoot.querySelector('lab-train').run.setRateScale(1);
  return performance.now() - since;
}

const server = makeServer(fileURLToPath(new URL('../../build/web', import.meta.url)));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 1400 } });
await page.goto(`http://127.0.0.1:${server.address().port}/#train?lang=en&experiment=fashion-cnn`);
const status = (state) => page.locator(`[data-testid=progress][data-state=${state}]`).waitFor();
await status('running');
await page.waitForFunction(
  () =>
    Number(document.querySelector('lab-shell').shadowRoot.querySelector('lab-train').shadowRoot.querySelector('[data-step]').dataset.step) >
    5,
);

const found = { pause: [], resume: [], 'learning rate': [] };
for (const panel of panels) {
  await page.locator(`#tab-${panel}`).click();
  await page.waitForTimeout(1500);
  for (let i = 0; i < each; i++) {
    // Now here in a step, now there.
    await page.waitForTimeout(250 + ((i * 137) % 300));
    found['learning rate'].push(await page.evaluate(rate));
    found.pause.push(await page.evaluate(toggle, 'paused'));
    await page.waitForTimeout(150);
    found.resume.push(await page.evaluate(toggle, 'running'));
  }
}
console.log(
  `fashion-cnn, Chromium ${browser.version()}, ${each} times with each of ${panels.join(', ')}; milliseconds from the click to the page's saying so`,
);
for (const [name, values] of Object.entries(found)) {
  values.sort((a, b) => a - b);
  const over = values.filter((value) => value > 50);
  console.log(
    `  ${name.padEnd(13)} median ${values[Math.floor(values.length / 2)].toFixed(0)}, most ${values.at(-1).toFixed(0)}, over 50: ${over.length} of ${values.length}`,
  );
}
await browser.close();
server.close();
server.closeAllConnections();
