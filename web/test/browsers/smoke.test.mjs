// The stations in each browser: CNNLAB_BROWSER names it (chromium, firefox or webkit).
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inflateSync } from 'node:zlib';
import { unzipSync, zipSync } from 'fflate';
import { png } from '../e2e/files.mjs';
import { comparePictures, goldenPictures, zipOfPictures } from '../e2e/golden-pictures.mjs';
import { Page } from './page.mjs';
import { openSite } from './site.mjs';

const name = process.env.CNNLAB_BROWSER ?? 'chromium';
const folder = mkdtempSync(join(tmpdir(), `cnnlab-${name}-`));
const downloads = join(folder, 'downloads');
// Small: WebKitGTK draws in software.
const size = { width: 800, height: 700 };
let tab;
const sites = {};

before(async () => {
  mkdirSync(downloads);
  const { open } = await import(`./${name}.mjs`);
  tab = await open({ downloads, home: folder, ...size });
  console.log(`${name}: ${tab.version}`);
  for (const kind of ['isolated', 'plain']) sites[kind] = await openSite({ isolated: kind === 'isolated', pages: { '/course': course } });
});
after(async () => {
  await tab?.close();
  for (const site of Object.values(sites)) site.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const course = `<!doctype html><html lang="es"><head><meta charset="utf-8"><title>Course</title></head><body>
<h1>Course</h1>
<cnn-lab id="here" station="convolution" state="kernel=sobel"></cnn-lab>
<iframe title="Filter" src="/embed.html?station=filter&amp;lang=en&amp;state=speed%3D4" style="width:100%;height:300px;border:0"></iframe>
<script type="module" src="/cnn-lab.js"></script><script src="/cnn-lab-frames.js"></script></body></html>`;

/** A test of its own for each kind of server; whatever the page complains of fails it. */
function smoke(title, work, kinds = ['isolated', 'plain']) {
  for (const kind of kinds)
    test(`${name}, ${kind} server: ${title}`, async () => {
      const page = new Page(tab, sites[kind]);
      await work(page, kind);
      assert.deepEqual(await page.complaints(), []);
    });
}

const example = [-20, 0, 20, 20, 0, -30, 0, 30, 30, 0, -20, 0, 10, 10, 10, -10, 0, -10, -10, 20, 0, 0, -20, -20, 20];
const values = (page, selector) => page.run(({ all }, wanted) => Array.from(all(wanted)[0].values), selector);

smoke('convolution has its numbers, and keys step through it', async (page, kind) => {
  await page.open('#convolution?lang=en&at=5');
  await page.until('ready', ({ seen }) => seen('[data-ready=true]').length > 0);
  assert.equal(await page.run(() => globalThis.crossOriginIsolated), kind === 'isolated');
  assert.deepEqual(await values(page, 'lab-grid[data-place=map]'), example);
  const total = (text) => page.until(text, ({ seen }, wanted) => seen('[data-testid=total]')[0]?.textContent === wanted, text);
  await total('= −30');
  await page.press('ArrowRight');
  await total('= 0');
  await page.until('the link follows', () => location.hash.includes('at=6'));
});

smoke('the filter learns', async (page) => {
  await page.open('#filter?lang=en&speed=4');
  await page.until('trained', ({ all }) => all('[data-testid=progress][data-finished=true]').length > 0);
  const answers = await page.until('answers', ({ all }) => {
    const [up, down] = ['vertical', 'horizontal'].map((which) => Number(all(`[data-testid=${which}]`)[0].textContent));
    return up > 0.98 && down < 0.02 && [up, down];
  });
  assert.equal(answers.length, 2);
});

const progress = ({ all }) => ({ ...all('[data-testid=progress]')[0]?.dataset });
const passed = (page, step) =>
  page.until(`step ${step}`, ({ all }, least) => Number(all('[data-testid=progress]')[0]?.dataset.step) >= least, step);
const paused = (page) => page.until('paused', ({ all }) => all('[data-testid=progress][data-state=paused]').length > 0);

smoke('a network trains, and every panel opens', async (page) => {
  await page.open('#train?lang=en&data=fashion-mnist&images=500');
  await passed(page, 20);
  await page.until('test accuracy', ({ seen }) =>
    seen('[data-testid=progress]').some((item) => /accuracy \d\d\.\d/.test(item.textContent)),
  );
  const tabs = await page.run(({ seen }) => seen('[role=tab]').map((item) => item.textContent.trim()));
  assert.equal(tabs.length, 9);
  for (const title of tabs) {
    await page.click('[role=tab]', title);
    await page.until(`panel ${title}`, ({ seen }) => {
      const [panel] = seen('#panel');
      // What cannot be seen asks for nothing.
      panel?.scrollIntoView();
      return panel && panel.getBoundingClientRect().height > 100;
    });
    // Clocks of browsers step by a millisecond. On a busy machine the peak may be less than one.
    if (title === 'Speed')
      await page.until('the tab’s peak', ({ seen }) => seen('[data-testid=meter] dt').some((item) => /\d GFLOP/.test(item.textContent)));
  }
});

smoke('data are looked at, and a click finds what is nearest', async (page) => {
  await page.open('#data?lang=en&images=500');
  await page.until('the classes', ({ all }) => all('[data-testid=look][data-state=ready]').length > 0);
  const near = (words) =>
    page.until(words, ({ all }, wanted) => all('[data-testid=near]').some((item) => item.textContent.includes(wanted)), words);
  await near('test image 0');
  await page.run(({ all }) => all('[data-class="1"]')[0].querySelector('lab-image-row').shadowRoot.querySelector('button').click());
  await near('nearest test images');
  await page.until('near-duplicates', ({ all }) => all('[data-testid=duplicates]').length > 0);
});

smoke('classes of drawn pictures are learned and named', async (page) => {
  await page.open('#classes?lang=en&base=none');
  await page.click('button', 'Try it with drawn pictures');
  await page.until('learned', ({ all }) => all('[data-testid=classes][data-state=finished]').length > 0);
  await page.until('held-out pictures', ({ all }) => /of 8 held-out pictures right/.test(all('[data-testid=accuracy]')[0].textContent));
});

smoke('a lesson takes a prediction, shows what comes out, and keeps both', async (page) => {
  await page.open('#lessons?lang=en&lesson=filter-learns&step=1');
  const at = (phase) => page.until(phase, ({ all }, wanted) => all(`[data-testid=step][data-phase=${wanted}]`).length > 0, phase);
  await at('predict');
  await page.until('the network', ({ all }) => all('form button:not([disabled])').length > 0);
  await page.run(({ all }) => {
    all('input[value=high]')[0].click();
    all('form button')[0].click();
  });
  await at('look');
  await page.until('its probability', ({ seen }) => /p = 0\.4\d+/.test(seen('[data-testid=result]')[0]?.textContent));
  await page.until('kept', () => globalThis.localStorage.getItem('cnnlab-lesson-filter-learns')?.includes('"high"'));
});

smoke('a lesson saves its network, and another program gives the same logits from the file', async (page) => {
  await page.open('#lessons?lang=en&lesson=into-the-world&step=4');
  await page.until('both programs', ({ all }) => all('form button:not([disabled])').length > 0);
  const [apart, right] = await page.run(({ all }) => {
    const { measured } = all('lab-view-world')[0].facts;
    return [measured.apart, measured.accuracies.trained];
  });
  assert.ok(apart < 1e-3 && right > 0.6, `${apart} apart, ${right} right`);
});

smoke(
  'a teacher sees what a lesson expects, and the link has what is laid down',
  async (page) => {
    await page.open('#lessons?lang=es&teacher=yes');
    const within = (part) => `article[data-lesson=by-hand] ${part}`;
    await page.click(within('summary'));
    await page.click(within('.inner button'));
    await page.until('all answers', ({ seen }, wanted) => seen(wanted).length === 12, within('[data-testid=expected]'));
    await page.run(({ all }) => all('article[data-lesson=one-thing] details')[1].setAttribute('open', ''));
    const [curves, epochs] = ['measure', 'epochs'].map((what) => `#one-thing-${what}`);
    await page.until('the form', ({ seen }, wanted) => seen(wanted).length > 0, curves);
    await page.run(
      ({ all }, ...chosen) => {
        for (const [field, value] of chosen) {
          const [select] = all(field);
          select.value = value;
          select.dispatchEvent(new Event('change'));
        }
      },
      [curves, 'loss'],
      [epochs, '2'],
    );
    await page.until('the link', ({ all }) =>
      all('article[data-lesson=one-thing] lab-share')[0].state.endsWith('lesson=one-thing&fix=measure%3Dloss&epochs=2'),
    );
  },
  ['plain'],
);

/** The ZIP that the browser has written to its end: browsers begin with an empty file, and move another there. */
async function downloaded() {
  for (const end = performance.now() + 120_000; performance.now() < end; await sleep(100)) {
    const [name] = readdirSync(downloads).filter((item) => item.endsWith('.zip'));
    if (!name) continue;
    const file = join(downloads, name);
    try {
      if (readFileSync(file).subarray(-22, -18).toString('latin1') === 'PK\x05\x06') return file;
    } catch (error) {
      // Between the two there may be none.
      if (error.code !== 'ENOENT') throw error;
    }
  }
  return assert.fail(`no file came: ${readdirSync(downloads)}`);
}

smoke('a run is saved, opened again, and takes the same next step', async (page) => {
  for (const file of readdirSync(downloads)) rmSync(join(downloads, file));
  await page.open('#train?lang=en&data=fashion-mnist&images=500&speed=3&tab=files');
  await passed(page, 20);
  await page.click('button', 'Pause');
  await paused(page);
  await page.click('button', 'Download the run');
  const zip = await downloaded();
  // The page draws its numbers on frames: by now the last step's are there.
  const { step } = await page.run(progress);
  await page.click('button', 'Step');
  await passed(page, Number(step) + 1);
  const { loss } = await page.run(progress);

  await page.open('#train?lang=en&data=lines&speed=1');
  await page.until('running', ({ all }) => all('[data-testid=progress][data-state=running]').length > 0);
  await page.give('input#files', zip);
  await page.until('opened', ({ all }, at) => all(`[data-testid=progress][data-step="${at}"][data-state=paused]`).length > 0, step);
  await page.click('button', 'Step');
  await passed(page, Number(step) + 1);
  assert.equal((await page.run(progress)).loss, loss);
});

/** The grey pixels of a PNG as the page writes it: one part, no filter. */
function greyOf(file) {
  const bytes = Buffer.from(file);
  const width = bytes.readUInt32BE(16);
  const at = bytes.indexOf('IDAT') + 4;
  const raw = inflateSync(bytes.subarray(at, at + bytes.readUInt32BE(at - 8)));
  return [...raw].filter((_, i) => i % (width + 1) > 0);
}

smoke(
  'pictures of one’s own shrink by means, as the program shrinks them',
  async (page) => {
    for (const file of readdirSync(downloads)) rmSync(join(downloads, file));
    const zip = join(folder, 'own.zip');
    const images = (count, stripe) => Array.from({ length: count }, (_, i) => [`${i}.png`, png(0, stripe, 320)]);
    writeFileSync(zip, zipSync({ upper: Object.fromEntries(images(5, 10)), lower: Object.fromEntries(images(5, 310)) }));
    await page.open('#train?lang=en&data=lines&speed=1&size=16&grey=yes&tab=files');
    await page.until('running', ({ all }) => all('[data-testid=progress][data-state=running]').length > 0);
    await page.give('input#files', zip);
    await page.until('the pictures', ({ seen }) =>
      seen('.note').some((item) => item.textContent.includes('8 training and 2 test pictures of 2 classes are here.')),
    );
    // Of eight pictures the training is soon done; before that, the run may still be the one on lines.
    await page.until('their own run', ({ all }) => location.hash.includes('data=own') && all('[data-state=finished]').length > 0);
    await page.click('button', 'Download the run');
    const saved = Object.entries(unzipSync(readFileSync(await downloaded()))).filter(([path]) => path.endsWith('.png'));
    assert.equal(saved.length, 10);
    for (const [path, bytes] of saved) {
      // One line of 20 in a row of blocks is white: 255 / 20.
      const row = path.includes('/upper/') ? 0 : 15;
      const expected = Array.from({ length: 256 }, (_, i) => (Math.floor(i / 16) === row ? 13 : 0));
      assert.deepEqual(greyOf(bytes), expected, path);
    }
  },
  ['plain'],
);

smoke(
  'pictures of every form have the pixels that the program reads',
  async (page) => {
    const zip = join(folder, 'golden.zip');
    writeFileSync(zip, zipOfPictures());
    await page.open('#train?lang=en&data=lines&speed=1&size=8&tab=files');
    await page.until('running', ({ all }) => all('[data-testid=progress][data-state=running]').length > 0);
    await page.give('input#files', zip);
    const classes = goldenPictures.length;
    await page.until('their own run', ({ all }, count) => all('lab-train')[0].run?.session?.info.card.classes.length === count, classes);
    await page.run(({ all }) => {
      const station = all('lab-train')[0];
      const { session } = station.run;
      const names = session.info.card.classes;
      const indices = names.map((_, i) => i);
      globalThis.golden = null;
      session.images('train', indices).then(({ pixels, labels }) => {
        const size = pixels.length / labels.length;
        globalThis.golden = indices.map((i) => [names[labels[i]], Array.from(pixels.subarray(i * size, (i + 1) * size))]);
      });
    });
    comparePictures(await page.until('their pixels', () => globalThis.golden));
  },
  ['plain'],
);

smoke('a course page: the element, and a frame as high as its station', async (page) => {
  await page.open('course');
  await page.until('the element', ({ all }) => all('#here, [data-ready=true]').length === 2);
  assert.equal((await values(page, 'lab-grid[data-place=map]')).length, 25);
  await page.run(() => document.querySelector('iframe').scrollIntoView());
  await page.until('the frame', ({ all }) => {
    const frame = document.querySelector('iframe');
    const inside = frame.contentDocument;
    const done = inside && all('[data-testid=progress][data-finished=true]', inside).length > 0;
    return done && frame.clientHeight > 600 && Math.abs(inside.documentElement.scrollHeight - frame.clientHeight) <= 1;
  });
  assert.deepEqual(await page.run(() => document.querySelector('iframe').contentWindow.complaints), []);
});

test(`${name}: a station whose code does not load says so, and comes when it is asked for again`, async () => {
  const site = await openSite({ isolated: false });
  try {
    const page = new Page(tab, site);
    site.lost = /assets\/station-/;
    await page.open('#filter?lang=en');
    await page.until('the message', ({ seen }) => seen('[role=alert]').some((item) => /cannot be loaded/.test(item.textContent)));
    site.lost = null;
    await page.click('button', 'Try again');
    // Firefox needs a new page for that, and is given one.
    const came = await page.until('the station', ({ seen }) =>
      seen('[data-testid=progress]').length > 0 ? 'came' : seen('button', 'Reload the page').length > 0 && 'reload',
    );
    if (came === 'reload') {
      await page.click('button', 'Reload the page');
      await page.until('the station', ({ seen }) => seen('[data-testid=progress]').length > 0);
    }
    assert.equal(came, name === 'firefox' ? 'reload' : 'came');
  } finally {
    site.close();
  }
});

if (process.env.CNNLAB_SHOTS) {
  test('screenshots', async () => {
    const page = new Page(tab, sites.plain);
    for (const [width, height] of [
      [1280, 900],
      [390, 844],
    ]) {
      await tab.resize({ width, height });
      for (const theme of ['light', 'dark'])
        for (const [station, state] of [
          ['convolution', 'at=5'],
          ['filter', 'speed=4'],
          ['train', 'data=fashion-mnist&tab=layers'],
        ]) {
          await page.open(`#${station}?lang=en&theme=${theme}&${state}`);
          await sleep(Number(process.env.CNNLAB_SHOTS_AFTER ?? 15_000));
          writeFileSync(join(process.env.CNNLAB_SHOTS, `${name}-${station}-${width}-${theme}.png`), await tab.screenshot());
        }
    }
  });
}
