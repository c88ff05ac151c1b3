// What the end-to-end tests share: the built page on a server of its own, Chromium, and ways to look at
// the page. Environment: CNNLAB_URL (a page that is served already), CHROMIUM (the browser),
// CNNLAB_SHOTS (a folder for screenshots).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const built = fileURLToPath(new URL('../../../build/web', import.meta.url));

/** `args`: more for the browser. */
export async function openLab({ args = [] } = {}) {
  let url = process.env.CNNLAB_URL;
  let server = null;
  if (!url) {
    const { makeServer } = await import('../../server/serve.mjs');
    server = makeServer(built);
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${server.address().port}/`;
  }
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-gpu', ...args],
  });
  return {
    /** Opens `hash` of the lab or of the host `at`. `page.complaints` collects errors and requests to third parties. */
    async page(hash, { width = 1440, height = 900, scheme = 'light', at = url, allowed = [], prepare, ...context } = {}) {
      // Train waits to be asked where motion is reduced.
      const reducedMotion = hash.startsWith('#train') ? 'no-preference' : 'reduce';
      const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme, reducedMotion, ...context });
      page.complaints = [];
      page.setDefaultTimeout(Number(process.env.CNNLAB_WAIT ?? 120_000));
      page.on('console', (message) => ['error', 'warning'].includes(message.type()) && page.complaints.push(message.text()));
      page.on('pageerror', (error) => page.complaints.push(String(error)));
      page.on('request', (request) => {
        if (!/^(data|blob):/.test(request.url()) && ![at, ...allowed].some((one) => new URL(one).origin === new URL(request.url()).origin))
          page.complaints.push(`asks ${request.url()}`);
      });
      await prepare?.(page);
      await page.goto(at + hash);
      return page;
    },
    /** Closes pages that a failed test has left: one that trains on would starve the next test. */
    async clear() {
      for (const context of browser.contexts()) await context.close();
    },
    async close() {
      await browser.close();
      if (server) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

/** The numbers of a lab-grid, as it was given them. */
export const numbers = (page, selector) => page.locator(selector).evaluate((grid) => Array.from(grid.values));

/** The rules of axe for which colours count: all that can change where only these do. */
export const ofColours = ['color-contrast', 'link-in-text-block'];

/** Violations of accessibility rules, of all or of `only` these, one line each. */
export async function violations(page, only) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  return page.evaluate(async (rules) => {
    // For what passes axe would look for a selector of every element.
    const { violations: found } = await globalThis.axe.run({ resultTypes: ['violations'], ...(rules && { runOnly: rules }) });
    return found.map((item) => `${item.id}: ${item.nodes.map((node) => node.html).join(' | ')}`);
  }, only);
}

/** How far the page can be scrolled sideways. */
const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/**
 * Languages, widths and themes in which a page is looked at: every value of each comes up once, the longer words where
 * there is less room. CNNLAB_ALL_LOOKS, before a release: twice.
 */
export const looks = [
  { lang: 'en', width: 1440, scheme: 'light' },
  { lang: 'es', width: 360, scheme: 'dark' },
  ...(process.env.CNNLAB_ALL_LOOKS
    ? [
        { lang: 'es', width: 1440, scheme: 'dark' },
        { lang: 'en', width: 360, scheme: 'light' },
      ]
    : []),
];

/** "es, 360 px, light", for a test's name. */
export const nameOf = ({ lang, width, scheme }) => `${lang}, ${width} px, ${scheme}`;

/** Accessible, and nothing sticks out to the side. CNNLAB_SHOTS keeps what it looked like. `only`: as above. */
export async function presentable(page, name, only) {
  const folder = process.env.CNNLAB_SHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  assert.deepEqual(await violations(page, only), [], name);
  const beyond = await overflow(page);
  assert.ok(beyond <= 0, `${name}: ${beyond} px too wide`);
}

/**
 * The tasks of the page's main thread during `work`: the milliseconds of the processor that each took, and what it
 * spent most of them on. Unlike its duration this does not grow when other programs hold the machine up.
 */
export async function tasksOf(page, work) {
  const { tasks, within, collecting } = await traced(page, work);
  return tasks.map((task) =>
    task.tdur > 50_000
      ? { milliseconds: task.tdur / 1000, collecting: collecting(task), on: within(task) }
      : { milliseconds: task.tdur / 1000, collecting: 0, on: [] },
  );
}

/** The frames that the page's main thread drew during `work`, and how often it laid the page out. */
export async function layoutsOf(page, work) {
  await page.evaluate(() => {
    globalThis.framesDrawn = 0;
    const count = () => {
      globalThis.framesDrawn++;
      globalThis.requestAnimationFrame(count);
    };
    globalThis.requestAnimationFrame(count);
  });
  const { events } = await traced(page, work);
  // Counted until a moment after the last layout.
  const frames = await page.evaluate(() => globalThis.framesDrawn);
  return { layouts: events.filter(({ name }) => name === 'Layout').length, frames };
}

/** What the page's main thread did during `work`. */
async function traced(page, work) {
  const browser = page.context().browser();
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', 'v8'] });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const threadOf = ({ pid, tid }) => `${pid} ${tid}`;
  const main = new Set(traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(threadOf));
  const events = traceEvents.filter((event) => main.has(threadOf(event)));
  const timed = events.filter((event) => event.ph === 'X' && event.tdur !== undefined);
  const tasks = timed.filter(({ name }) => name === 'RunTask' || name === 'ThreadControllerImpl::RunTask');
  const within = (task) =>
    timed
      .filter(
        (event) => threadOf(event) === threadOf(task) && event.ts > task.ts && event.ts < task.ts + task.dur && event.tdur > task.tdur / 4,
      )
      .map(({ name, tdur, args }) => `${name} ${args?.data?.functionName ?? ''} ${(tdur / 1000).toFixed(0)}`);
  const collecting = (task) =>
    timed
      .filter(
        (event) => event.name === 'MajorGC' && threadOf(event) === threadOf(task) && event.ts >= task.ts && event.ts < task.ts + task.dur,
      )
      .reduce((sum, { tdur }) => sum + tdur / 1000, 0);
  return { tasks, within, collecting, events };
}
