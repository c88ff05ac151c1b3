// SCORM packages in a run-time that keeps to ADL's rules (scorm-again): unpacked on a host, in a frame beside its API.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { answer, phase, ready, tabTo, verdict } from './by-keyboard.mjs';
import { openHost, site } from './host.mjs';
import { openLab } from './lab.mjs';
import { solutions, words } from './lesson-solutions.mjs';

const folder = mkdtempSync(join(tmpdir(), 'cnnlab-scorm-'));
const publish = fileURLToPath(new URL('../../scripts/publish.mjs', import.meta.url));
const runtime = (name) => readFileSync(createRequire(import.meta.url).resolve(`scorm-again/${name}`), 'utf8');
const hosts = [];
let lab;
before(async () => (lab = await openLab()));
afterEach(() => lab.clear());
after(async () => {
  await lab?.close();
  for (const host of hosts) host.close();
  rmSync(folder, { recursive: true, force: true });
});

const platforms = {
  1.2: {
    script: 'scorm12',
    make: 'window.API = new Scorm12API({ autocommit: false, logLevel: 5 })',
    api: 'API',
    get: 'LMSGetValue',
    error: 'LMSGetLastError',
    status: 'cmi.core.lesson_status',
    score: 'cmi.core.score.raw',
    student: { core: { student_name: 'Curie, Marie' } },
    longest: 4096,
  },
  2004: {
    script: 'scorm2004',
    make: 'window.API_1484_11 = new Scorm2004API({ autocommit: false, logLevel: 5 })',
    api: 'API_1484_11',
    get: 'GetValue',
    error: 'GetLastError',
    status: 'cmi.completion_status',
    score: 'cmi.score.raw',
    student: { learner_name: 'Curie, Marie' },
    longest: 64_000,
  },
};

/** Unpacks a package as a platform does, and checks its manifest. */
async function install(name, version) {
  const file = join(folder, `${name}.zip`);
  const target = join(folder, name + version);
  execFileSync(process.execPath, [publish, site, name, '--scorm', version, '--lang', 'en', '--out', file], { stdio: 'pipe' });
  const files = unzipSync(readFileSync(file));
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), bytes);
  }
  const manifest = readFileSync(join(target, 'imsmanifest.xml'), 'utf8');
  const listed = [...manifest.matchAll(/<file href="([^"]+)"/g)].map(([, path]) => path);
  assert.deepEqual([...listed, 'imsmanifest.xml'].sort(), Object.keys(files).sort());
  const { script, make } = platforms[version];
  const host = await openHost({
    folder: target,
    under: '/content/',
    pages: {
      '/runtime.js': runtime(script),
      '/player': `<!doctype html><title>Player</title><link rel="icon" href="/content/icon.svg"><script src="/runtime.js"></script><script>${make};
        const kept = sessionStorage.getItem('cmi');
        if (kept) window.${platforms[version].api}.loadFromJSON(JSON.parse(kept).cmi, 'cmi');
      </script><iframe title="Content" src="/content/index.html" style="width: 1200px; height: 900px"></iframe>`,
    },
  });
  hosts.push(host);
  return { host, manifest };
}

const value = (page, { api, get }, element) => page.evaluate(([a, g, e]) => globalThis[a][g](e), [api, get, element]);

/** A change is kept a moment later, so that a slider does not write at every pixel. */
const reaches = (page, { api, get }, element, wanted) =>
  page.waitForFunction(([a, g, e, w]) => globalThis[a][g](e) === w, [api, get, element, wanted]);

/** Answers what stands there. */
async function give(inside, form, answer) {
  await inside.locator(`${form} form button:not([disabled])`).waitFor();
  if (typeof answer === 'number') await inside.locator(`${form} input[type=number]`).fill(String(answer));
  else await inside.locator(`${form} input[value="${answer}"]`).check();
  await inside.locator(`${form} form button`).click();
}

const facts = (inside) => inside.locator('lab-view-one-thing').evaluate((view) => view.facts);
async function step(inside, prediction, answer) {
  await give(inside, 'section', prediction);
  await inside.locator('[data-phase=look]').waitFor();
  const known = await facts(inside);
  await inside.locator('.reveal .main-button').click();
  await give(inside, '.task', typeof answer === 'function' ? answer(known) : answer);
  await inside.locator('[data-phase=done]').waitFor();
  await inside.locator('.onward .main-button').click();
}

for (const version of ['1.2', '2004']) {
  const platform = platforms[version];
  test(`a lesson in a SCORM ${version} package is completed with its score, and goes on where it was left`, async () => {
    const { host, manifest } = await install('one-thing', version);
    const page = await lab.page('/player', { at: host.url });
    const wellFormed = (text) => new globalThis.DOMParser().parseFromString(text, 'text/xml').querySelector('parsererror') === null;
    assert.ok(await page.evaluate(wellFormed, manifest));
    const inside = page.frameLocator('iframe');
    await step(inside, 416, 5.4);
    await step(inside, '3', 'nothing');
    await reaches(page, platform, platform.score, '50');
    assert.equal(await value(page, platform, platform.status), 'incomplete');
    // It is left, and opened again by a platform that kept what it was told.
    const kept = await page.evaluate(
      ([api, student]) => {
        document.querySelector('iframe').remove();
        const { cmi } = globalThis[api].renderCMIToJSONObject();
        const begun = { ...cmi, ...(student.core ? { core: { ...cmi.core, ...student.core } } : student) };
        globalThis.sessionStorage.setItem('cmi', JSON.stringify({ cmi: begun }));
        return cmi;
      },
      [platform.api, platform.student],
    );
    assert.ok(kept.suspend_data.length <= platform.longest, `${kept.suspend_data.length}`);
    assert.match(kept.core?.session_time ?? kept.session_time, version === '1.2' ? /^\d+:\d\d:\d\d/ : /^PT\d+S$/);
    await page.reload();
    await inside.locator('[data-testid=step][data-step="3"]').waitFor();
    const spread = ({ records }) => {
      const of = records.filter(({ variant }) => variant === 0).map(({ record }) => record.test_accuracy);
      return Number((100 * (Math.max(...of) - Math.min(...of))).toFixed(1));
    };
    await step(inside, 'yes', spread);
    const truth = ({ results }) => (results[2].difference.is_clear ? (results[2].difference.mean > 0 ? 'better' : 'worse') : 'open');
    await step(inside, 'clear', truth);
    await inside.locator('[data-testid=score]').getByText('4 of 4').waitFor();
    await reaches(page, platform, platform.status, 'completed');
    assert.equal(Number(await value(page, platform, platform.score)), 100);
    if (version === '2004') {
      assert.equal(await value(page, platform, 'cmi.success_status'), 'passed');
      assert.equal(Number(await value(page, platform, 'cmi.score.scaled')), 1);
    }
    assert.equal(Number(await page.evaluate(([api, error]) => globalThis[api][error](), [platform.api, platform.error])), 0);
    assert.deepEqual(page.complaints, []);
  });
}

/** Answers every step, wrongly and then rightly, by keyboard, in the frame that the platform shows. */
async function solve(page, lesson) {
  const frame = await (await page.waitForSelector('iframe')).contentFrame();
  const inside = { locator: (name) => frame.locator(name), evaluate: (...work) => frame.evaluate(...work), keyboard: page.keyboard };
  const press = async (button) => {
    await tabTo(inside, button);
    await inside.keyboard.press('Enter');
  };
  // The way to the frame itself leads through the platform.
  await frame.locator('h2').click();
  for (const [i, { predict, wrong, right }] of solutions[lesson].entries()) {
    await phase(inside, i + 1, 'predict');
    await ready(inside);
    const [prediction] = typeof predict === 'function' ? await predict(inside) : predict;
    await answer(inside, '#prediction, .option input', prediction);
    await phase(inside, i + 1, 'look');
    await press('.reveal > .main-button');
    await phase(inside, i + 1, 'ask');
    await ready(inside);
    await wrong(inside, words.en);
    await verdict(inside, 'not');
    await right(inside, words.en);
    await phase(inside, i + 1, 'done');
    await press('.onward .main-button');
  }
  await inside.locator('[data-testid=sheet]').waitFor();
}

const others = Object.keys(solutions).filter((lesson) => lesson !== 'one-thing');
for (const [lesson, version] of [...others.map((lesson) => [lesson, '1.2']), ['into-the-world', '2004']])
  test(`${lesson} in a SCORM ${version} package is completed by its right answers`, async () => {
    const platform = platforms[version];
    const { host } = await install(lesson, version);
    const page = await lab.page('/player', { at: host.url });
    await solve(page, lesson);
    await reaches(page, platform, platform.status, 'completed');
    assert.equal(Number(await value(page, platform, platform.score)), 100);
    const kept = await value(page, platform, 'cmi.suspend_data');
    assert.ok(kept.length > 0 && kept.length <= platform.longest, `${kept.length}`);
    assert.equal(Number(await page.evaluate(([api, error]) => globalThis[api][error](), [platform.api, platform.error])), 0);
    assert.deepEqual(page.complaints, []);
  });

test('a package without a platform around says so, and works', async () => {
  const { host } = await install('by-hand', '1.2');
  const page = await lab.page('/content/index.html', { at: host.url });
  await page.getByText('No learning platform is around this page').waitFor();
  await page.locator('[data-testid=step]').waitFor();
  assert.deepEqual(page.complaints, []);
});

test('a station in a package is completed when it was used', async () => {
  const { host } = await install('convolution', '2004');
  const page = await lab.page('/player', { at: host.url });
  const platform = platforms[2004];
  await page.frameLocator('iframe').locator('[data-ready=true]').waitFor();
  assert.equal(await value(page, platform, platform.status), 'incomplete');
  await page.frameLocator('iframe').getByRole('button', { name: /^Step/ }).click();
  await reaches(page, platform, platform.status, 'completed');
  assert.deepEqual(page.complaints, []);
});
