import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { course, openHost, script, site } from './host.mjs';
import { numbers, openLab, presentable } from './lab.mjs';

const courseMap = [-20, 0, 20, 20, 0, -30, 0, 30, 30, 0, -20, 0, 10, 10, 10, -10, 0, -10, -10, 20, 0, 0, -20, -20, 20];
const map = 'lab-grid[data-place=map]';
const hosts = [];
let lab;
before(async () => (lab = await openLab()));
afterEach(() => lab.clear());
after(async () => {
  await lab?.close();
  for (const host of hosts) host.close();
});

async function host(options) {
  const opened = await openHost(options);
  hosts.push(opened);
  return opened;
}

/** A course page with this in its body, on a host of its own. */
async function open(body, { head = script(), headers, ...context } = {}) {
  const { url } = await host({ pages: { '/course': course(body, head) }, headers });
  return lab.page('/course', { at: url, ...context, prepare: record });
}

/** Keeps what the labs of the page tell, and what is said to their workers. */
const record = (page) =>
  page.addInitScript(() => {
    globalThis.told = [];
    globalThis.calls = [];
    for (const name of ['lab-ready', 'lab-state', 'lab-error'])
      document.addEventListener(name, (event) => globalThis.told.push({ name, id: event.target.id, detail: event.detail }));
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (message, ...rest) {
      if (message?.kind === 'call') globalThis.calls.push(message.name);
      return postMessage.call(this, message, ...rest);
    };
  });

const told = (page, name) => page.evaluate((wanted) => globalThis.told.filter((item) => item.name === wanted), name);
const heard = (page, name, id) =>
  page.waitForFunction((wanted) => globalThis.told.some((item) => item.name === wanted.name && (!wanted.id || item.id === wanted.id)), {
    name,
    id,
  });

async function close(page) {
  assert.deepEqual(page.complaints, []);
  await page.close();
}

const ready = (page, lab) => page.locator(`${lab} [data-ready=true]`).waitFor();

for (const [width, scheme] of [
  [1440, 'light'],
  [390, 'dark'],
]) {
  test(`the example course, from a sub-path of a host without any special header: ${width} px`, async () => {
    const { url } = await host();
    const page = await lab.page('/a/b/course.html', { at: url, width, scheme });
    assert.equal(await page.evaluate(() => globalThis.crossOriginIsolated), false);
    for (const id of ['first', 'second', 'third']) {
      await page.locator(`#${id}`).scrollIntoViewIfNeeded();
      await ready(page, `#${id}`);
    }
    assert.deepEqual(await numbers(page, `#first ${map}`), courseMap);
    assert.deepEqual(await numbers(page, '#second lab-grid[data-place=weights]'), [20, 20, 0, 20, 20, 0, 10, 10, 10]);
    assert.deepEqual(await numbers(page, `#third ${map}`), [-20, 20, 0, -20, 10, 10, 0, -20, 20]);
    await page.getByRole('region', { name: 'Convolución' }).getByText('Señala un número').waitFor();
    // The frame: its station runs, and it has got the height that it asked for.
    const frame = page.locator('iframe');
    await frame.scrollIntoViewIfNeeded();
    const inside = page.frameLocator('iframe');
    // Where less motion is asked for it waits for that.
    await inside.getByRole('button', { name: /^Reproducir/ }).click();
    await inside
      .locator('[data-testid=progress]')
      .getByText(/Época [2-9]/)
      .waitFor();
    const link = await inside.getByRole('link', { name: 'Abrir en el laboratorio' }).getAttribute('href');
    assert.equal(link, './index.html#filter?noise=0.4&lang=es&theme=light');
    await page.waitForFunction(() => {
      const { contentDocument, clientHeight } = document.querySelector('iframe');
      return clientHeight > 800 && Math.abs(contentDocument.documentElement.scrollHeight - clientHeight) <= 1;
    });
    assert.equal(page.workers().length, 2); // one of the page, one of the frame
    await presentable(page, `course-${width}-${scheme}`);
    await close(page);
  });
}

test('the lab itself runs from the sub-path', async () => {
  const { url } = await host();
  const page = await lab.page('/a/b/#convolution?lang=es', { at: url });
  await page.locator('[data-ready=true]').waitFor();
  assert.deepEqual(await numbers(page, map), courseMap);
  await close(page);
});

test('two in one page share a worker and nothing else', async () => {
  const page = await open(`<button id="other">Other</button>
    <cnn-lab id="a" station="convolution" state="at=5"></cnn-lab>
    <div lang="es-MX"><cnn-lab id="b" station="convolution" state="at=5&amp;kernel=sobel"></cnn-lab></div>`);
  await ready(page, '#a');
  await page.locator('#b').scrollIntoViewIfNeeded();
  await ready(page, '#b');
  await page
    .locator('#b')
    .getByRole('button', { name: /Reproducir/ })
    .waitFor();
  // Nobody has the focus, then somebody else: no lab takes the key.
  await page.keyboard.press('ArrowRight');
  await page.locator('#other').focus();
  await page.keyboard.press('ArrowRight');
  assert.deepEqual(await told(page, 'lab-state'), []);
  // A click on its text gives a lab the keys.
  await page.locator('#b').getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('ArrowRight');
  await heard(page, 'lab-state', 'b');
  assert.deepEqual(await told(page, 'lab-state'), [{ name: 'lab-state', id: 'b', detail: { state: 'kernel=sobel&at=6' } }]);
  assert.deepEqual(await page.evaluate(() => ['a', 'b'].map((id) => document.getElementById(id).state)), ['at=5', 'kernel=sobel&at=6']);
  // The page puts it back, though the attribute is what it was.
  await page.evaluate(() => document.getElementById('b').setAttribute('state', 'at=5&kernel=sobel'));
  await page.locator('#b [data-testid=total]').getByText('= −40').waitFor();
  assert.deepEqual(await numbers(page, `#a ${map}`), courseMap);
  assert.equal(page.workers().length, 1);
  await close(page);
});

test('an attribute that says nothing known is named in the station, with what is taken instead', async () => {
  const page = await open('<cnn-lab id="a" lang="en" theme="pink" height="tall" state="stride=9&at=5"></cnn-lab>');
  await ready(page, '#a');
  const unread = page.locator('#a').getByTestId('unread');
  assert.deepEqual(await unread.locator('div').allTextContents(), [
    '“theme=pink” is not possible here: theme=auto is taken instead.',
    '“height=tall” is not possible here, and is left out.',
    '“stride=9” is not possible here: stride=1 is taken instead.',
  ]);
  await page.evaluate(() => {
    document.getElementById('a').setAttribute('theme', 'dark');
    document.getElementById('a').setAttribute('height', '900');
    document.getElementById('a').setAttribute('state', 'at=6');
  });
  await unread.waitFor({ state: 'detached' });
  await close(page);
});

test('a lab that plays by itself tells nothing until the reader does something', async () => {
  const page = await open('<cnn-lab id="a" lang="en" state="speed=4"></cnn-lab>', { reducedMotion: 'no-preference' });
  await ready(page, '#a');
  // It has gone through the whole map and all pooled numbers.
  await page.locator('#a').getByText('After pooling, row 2, column 2').waitFor();
  assert.deepEqual(await told(page, 'lab-state'), []);
  await page.locator('#a').getByRole('button', { name: /^Step/ }).click();
  await heard(page, 'lab-state', 'a');
  await close(page);
});

test('what is far below is not loaded', async () => {
  const asked = [];
  const { url } = await host({
    pages: {
      '/course': course('<div style="height: 5000px">Text</div><cnn-lab id="a" station="filter" state="speed=4"></cnn-lab>', script()),
    },
  });
  const page = await lab.page('/course', {
    at: url,
    reducedMotion: 'no-preference',
    prepare: (opening) => opening.on('request', (request) => asked.push(new URL(request.url()).pathname)),
  });
  await page.waitForFunction(() => customElements.get('cnn-lab'));
  await page.waitForTimeout(500);
  assert.ok(asked.length <= 5 && !asked.some((path) => /engine|station|woff2/.test(path)), asked.join(' '));
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.locator('#a').scrollIntoViewIfNeeded();
  await page.locator('#a [data-testid=progress][data-finished=true]').waitFor();
  // The text below stays about where it was.
  assert.ok(Math.abs((await page.evaluate(() => document.documentElement.scrollHeight)) - height) < 120);
  await close(page);
});

test('taken out of the page it gives its session back, and put in again it goes on', async () => {
  const page = await open('<div id="one"><cnn-lab id="a" station="filter" state="speed=1"></cnn-lab></div><div id="two"></div>', {
    reducedMotion: 'no-preference',
  });
  await page
    .locator('#a [data-testid=progress]')
    .getByText(/paso|step \d/)
    .waitFor();
  await heard(page, 'lab-ready');
  await page.evaluate(() => {
    globalThis.kept = document.getElementById('a');
    globalThis.kept.remove();
  });
  await page.waitForFunction(() => globalThis.calls.filter((name) => name === 'close').length === 1);
  await page.evaluate(() => document.getElementById('two').append(globalThis.kept));
  await page.waitForFunction(() => globalThis.calls.filter((name) => name === 'open').length === 2);
  await page.locator('#a').getByRole('button', { name: /Pause/ }).waitFor();
  await close(page);
});

test('styles stay inside, and the page’s outside', async () => {
  const page = await open('<p id="text">Text</p><cnn-lab id="a" station="convolution"></cnn-lab>', {
    head: `<style>html { font-size: 62.5% } * { letter-spacing: 5px; line-height: 3 } body { text-align: center; text-transform: uppercase; color: red; --lab-accent: rgb(120, 0, 80); --lab-on-accent: rgb(255, 255, 240); --lab-font: Georgia, serif } button { background: lime }</style>${script()}`,
  });
  await ready(page, '#a');
  const look = await page.evaluate(() => {
    const root = document.getElementById('a').shadowRoot.querySelector('lab-convolution').shadowRoot;
    const title = getComputedStyle(root.querySelector('h1'));
    const play = getComputedStyle(root.querySelector('lab-player').shadowRoot.querySelector('.play'));
    const text = getComputedStyle(document.getElementById('text'));
    return {
      title: [title.letterSpacing === '5px', title.textAlign, title.textTransform, title.fontSize, title.fontFamily],
      play: [play.backgroundColor, play.color],
      text: [text.fontFamily.includes('cnnlab'), text.fontSize],
      sheets: document.styleSheets.length,
      adopted: document.adoptedStyleSheets.length,
      head: [...document.head.children].map((item) => item.localName),
      fonts: [...document.fonts]
        .map((face) => `${face.family} ${face.status}`)
        .filter((face) => !face.startsWith('"cnnlab') && !face.startsWith('cnnlab')),
      inter: [...document.fonts].filter((face) => face.family.includes('Inter') && face.status !== 'unloaded').length,
    };
  });
  assert.deepEqual(look, {
    title: [false, 'start', 'none', '22px', 'Georgia, serif'],
    play: ['rgb(120, 0, 80)', 'rgb(255, 255, 240)'],
    text: [false, '10px'],
    sheets: 1,
    adopted: 0,
    head: ['meta', 'meta', 'title', 'link', 'style', 'script'],
    fonts: [],
    inter: 0,
  });
  await close(page);
});

test('as light or dark as the page around it, unless it is told', async () => {
  const page = await open('<cnn-lab id="a" station="filter"></cnn-lab>', { scheme: 'dark' });
  const ground = () => page.evaluate(() => getComputedStyle(document.getElementById('a').shadowRoot.querySelector('.lab')).backgroundColor);
  await page.waitForFunction(() => document.getElementById('a').shadowRoot);
  assert.equal(await ground(), 'rgb(251, 250, 247)'); // a page that says nothing is light, whatever the reader has
  await page.evaluate(() => (document.documentElement.style.colorScheme = 'light dark'));
  assert.equal(await ground(), 'rgb(21, 23, 27)');
  await page.evaluate(() => (document.getElementById('a').theme = 'light'));
  assert.equal(await ground(), 'rgb(251, 250, 247)');
  await close(page);
});

test('inside another element’s closed shadow root', async () => {
  const page = await open('<div id="outer" lang="es"></div>', {
    head: `${script()}<script>addEventListener('DOMContentLoaded', () => {
      const root = document.getElementById('outer').attachShadow({ mode: 'closed' });
      root.innerHTML = '<cnn-lab station="convolution" state="at=5"></cnn-lab>';
      globalThis.inner = root.firstChild;
    })</script>`,
  });
  await heard(page, 'lab-ready');
  const station = () => globalThis.inner.shadowRoot.querySelector('lab-convolution');
  await page.waitForFunction(`(${station})()?.shadowRoot.querySelector('[data-ready=true]')`);
  assert.deepEqual(
    await page.evaluate(`Array.from((${station})().shadowRoot.querySelector('lab-grid[data-place=map]').values)`),
    courseMap,
  );
  assert.equal(await page.evaluate(`(${station})().lang`), 'es');
  await page.evaluate(() => globalThis.inner.shadowRoot.querySelector('lab-convolution').focus());
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => globalThis.inner.state === 'at=6');
  await close(page);
});

test('under a strict policy', async () => {
  const policy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; frame-src 'self'";
  const page = await open(
    `<cnn-lab id="a" station="convolution"></cnn-lab><cnn-lab id="b" station="filter" state="speed=4"></cnn-lab>
     <iframe title="Frame" width="800" height="800" src="/a/b/embed.html?station=convolution&amp;lang=en"></iframe><cnn-lab id="c" station="train"></cnn-lab>`,
    {
      reducedMotion: 'no-preference',
      headers: { 'Content-Security-Policy': policy },
      head: `${script()}<script src="/a/b/cnn-lab-frames.js" defer></script>`,
    },
  );
  await ready(page, '#a');
  assert.deepEqual(await numbers(page, `#a ${map}`), courseMap);
  await page.locator('#b').scrollIntoViewIfNeeded();
  await page.locator('#b [data-testid=progress][data-finished=true]').waitFor();
  await page
    .locator('#b')
    .getByText(/Why it works|Por qué funciona/)
    .click();
  // A formula is drawn when it comes into sight.
  await page.locator('#b lab-formula').first().scrollIntoViewIfNeeded();
  await page.locator('#b math').first().waitFor();
  await page.locator('iframe').scrollIntoViewIfNeeded();
  await page.frameLocator('iframe').locator('[data-ready=true]').waitFor();
  await page.waitForFunction(() => document.querySelector('iframe').clientHeight !== 800);
  await page.locator('#c').scrollIntoViewIfNeeded();
  await heard(page, 'lab-ready', 'c');
  for (const tab of await page.locator('#c').getByRole('tab').all()) {
    await tab.click();
    await page.waitForTimeout(500);
  }
  await close(page);
});

test('from another origin, with isolation, with a policy, and with neither', async () => {
  const cors = { 'Access-Control-Allow-Origin': '*' };
  const isolated = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
  const serve = { ...cors, ...isolated, 'Cross-Origin-Resource-Policy': 'cross-origin' }; // what ./lab serve sends
  for (const [of, around] of [
    [cors, {}],
    [serve, {}],
    [serve, isolated],
    [cors, 'policy'],
  ]) {
    const far = (await host({ headers: of })).url;
    const policy = `default-src 'none'; script-src ${far} 'wasm-unsafe-eval'; font-src ${far}; connect-src ${far}; worker-src blob: ${far}; frame-src ${far}; img-src 'self'`;
    const page = await open(
      `<cnn-lab id="a" station="convolution"></cnn-lab><iframe title="Frame" src="${far}/a/b/embed.html?station=convolution&amp;lang=en"></iframe>`,
      {
        headers: around === 'policy' ? { 'Content-Security-Policy': policy } : around,
        head: `${script(`${far}/a/b`)}<script src="${far}/a/b/cnn-lab-frames.js" crossorigin defer></script>`,
        allowed: [far],
      },
    );
    await ready(page, '#a');
    assert.deepEqual(await numbers(page, `#a ${map}`), courseMap);
    await page.locator('iframe').scrollIntoViewIfNeeded();
    await page.frameLocator('iframe').locator('[data-ready=true]').waitFor();
    await page.waitForFunction(() => document.querySelector('iframe').clientHeight > 500);
    assert.equal(await page.evaluate(() => globalThis.crossOriginIsolated), around === isolated);
    await close(page);
  }
});

test('in a frame with a sandbox, which has no origin', async () => {
  const frame = (far) =>
    `<iframe title="Frame" sandbox="allow-scripts" src="${far}/a/b/embed.html?station=convolution&amp;lang=en"></iframe>`;
  const far = (await host({ headers: { 'Access-Control-Allow-Origin': '*' } })).url;
  const page = await open(frame(far), { allowed: [far] });
  const inside = page.frameLocator('iframe');
  await inside.locator('[data-ready=true]').waitFor();
  assert.deepEqual(await numbers(inside, map), courseMap);
  assert.equal(await inside.locator('#starting').count(), 0);
  await close(page);
  // A host that lets nobody read: the frame says what it takes.
  const closed = (await host()).url;
  const blank = await open(frame(closed), { allowed: [closed] });
  await blank.frameLocator('iframe').getByText('Starting the lab').click();
  await blank.frameLocator('iframe').getByText('Access-Control-Allow-Origin').first().waitFor();
});

test('opened as a file, the pages say that they need a server', async () => {
  for (const name of ['index.html', 'embed.html']) {
    const page = await lab.page(name, { at: `${pathToFileURL(site)}/` });
    await page.getByText('Starting the lab').click();
    await page.getByText('on pages from a web server').waitFor();
  }
});

test('in a page that scales it, the pointer reads what is under it', async () => {
  const page = await open(
    `<div style="width: 1000px; transform: scale(0.5); transform-origin: 0 0"><cnn-lab id="a" station="filter" state="speed=4"></cnn-lab></div>`,
    { reducedMotion: 'no-preference' },
  );
  await page.locator('#a [data-testid=progress][data-finished=true]').waitFor();
  const chart = page.locator('#a lab-figure.tuning');
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.locator('.u-over').boundingBox();
  for (const quarter of [1, 3]) {
    await page.mouse.move(box.x + (quarter * box.width) / 4, box.y + box.height / 2);
    await chart
      .locator('.reading')
      .filter({ hasText: new RegExp(`^${45 * quarter}°`) })
      .waitFor({ state: 'attached' });
  }
  await close(page);
});

test('keys stay with the page where a framework writes hotkeys="false"', async () => {
  const page = await open(`<cnn-lab id="a" hotkeys="false"></cnn-lab><cnn-lab id="b" hotkeys></cnn-lab>`);
  await ready(page, '#a');
  await page.locator('#b').scrollIntoViewIfNeeded();
  await ready(page, '#b');
  const heard = () =>
    page.evaluate(() => ['a', 'b'].map((id) => document.getElementById(id).shadowRoot.querySelector('lab-convolution').hotkeys));
  assert.deepEqual(await heard(), [false, true]);
  await page.evaluate(() => document.getElementById('b').setAttribute('hotkeys', 'false'));
  assert.deepEqual(await heard(), [false, false]);
  await close(page);
});

test('what goes wrong is said in its place and to the page', async () => {
  const page = await open(
    `<cnn-lab id="a" station="pooling" lang="es"></cnn-lab><cnn-lab id="b" engine-url="/nowhere" lang="en"></cnn-lab>`,
  );
  await page.locator('#a').getByRole('alert').getByText('No hay ninguna estación «pooling»').waitFor();
  await page.locator('#b').getByRole('alert').getByText('the engine cannot be loaded').waitFor();
  const errors = await told(page, 'lab-error');
  assert.deepEqual(errors.map(({ id, detail }) => [id, detail.code]).sort(), [
    ['a', 'unknown_name'],
    ['b', 'load_failed'],
  ]);
  await page.evaluate(() => {
    document.getElementById('a').setAttribute('station', 'convolution');
    document.getElementById('b').setAttribute('engine-url', '/a/b/engine');
  });
  await ready(page, '#a');
  await ready(page, '#b');
  assert.ok(page.complaints.every((text) => text.includes('404')));
  await page.close();
});

test('a height that the page gives stays, and the station scrolls in it', async () => {
  const page = await open('<cnn-lab id="a" station="convolution" height="400"></cnn-lab>', { width: 390 });
  await ready(page, '#a');
  assert.equal(await page.evaluate(() => document.getElementById('a').getBoundingClientRect().height), 400);
  assert.ok(
    await page.evaluate(() =>
      ((box) => box.scrollHeight > box.clientHeight)(document.getElementById('a').shadowRoot.querySelector('.lab')),
    ),
  );
  await close(page);
});

test('the frame takes known words from its parent only, the page numbers from its frames only', async () => {
  const page = await open(
    `<iframe id="one" title="One" src="/a/b/embed.html?station=convolution&amp;lang=en&amp;theme=light&amp;id=x1"></iframe>
     <iframe id="two" title="Two" src="/a/b/embed.html?station=nothing&amp;id=%3Cb%3E&amp;engine-url=https://example.com/"></iframe>`,
    {
      head: '<script>globalThis.heights = []; addEventListener("message", ({ data }) => globalThis.heights.push(data))</script><script src="/a/b/cnn-lab-frames.js" defer></script>',
    },
  );
  const one = page.frameLocator('#one');
  await one.locator('[data-ready=true]').waitFor();
  await page.frameLocator('#two').getByRole('alert').waitFor();
  await page.waitForFunction(() => document.getElementById('one').clientHeight > 500);
  assert.deepEqual(await page.evaluate(() => [...new Set(globalThis.heights.map(({ type, id }) => `${type} ${id}`))].sort()), [
    'cnn-lab-height ',
    'cnn-lab-height x1',
  ]);
  const before = await page.evaluate(() => document.getElementById('one').clientHeight);
  await page.evaluate(() => {
    // Not from a frame; no number; no lab's.
    postMessage({ type: 'cnn-lab-height', height: 77, id: 'x1' }, '*');
    const { contentWindow } = document.getElementById('one');
    for (const height of ['77', -5, Infinity, NaN, 1e9, null, { valueOf: () => 77 }.valueOf.name])
      contentWindow.parent.postMessage({ type: 'cnn-lab-height', height }, '*');
    for (const data of [
      null,
      7,
      'cnn-lab-set',
      { type: 'cnn-lab-set', theme: '<b>', lang: 'xx' },
      { type: 'cnn-lab-set', theme: { toString: () => 'dark' }.theme, lang: 7 },
    ])
      contentWindow.postMessage(data, '*');
  });
  await page.waitForTimeout(200);
  assert.equal(await page.evaluate(() => document.getElementById('one').clientHeight), before);
  assert.equal(await one.locator('cnn-lab').getAttribute('theme'), 'light');
  assert.equal(await one.locator('cnn-lab').getAttribute('lang'), 'en');
  await page.evaluate(() =>
    document.getElementById('one').contentWindow.postMessage({ type: 'cnn-lab-set', theme: 'dark', lang: 'es' }, '*'),
  );
  await one.getByRole('link', { name: 'Abrir en el laboratorio' }).waitFor();
  assert.equal(await one.locator('html').evaluate((html) => html.style.colorScheme), 'dark');
  await close(page);
});

for (const [width, scheme] of [
  [1440, 'dark'],
  [360, 'light'],
]) {
  test(`the frame's page is accessible and fits: ${width} px, ${scheme}`, async () => {
    for (const station of ['convolution', 'filter', 'train']) {
      const { url } = await host();
      const page = await lab.page(`/a/b/embed.html?station=${station}&lang=en`, { at: url, width, scheme });
      await page.locator('cnn-lab .waiting').waitFor({ state: 'detached' });
      await page.waitForTimeout(500);
      await presentable(page, `frame-${station}-${width}-${scheme}`);
      await close(page);
    }
  });
}
