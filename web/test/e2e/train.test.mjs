import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { deflateSync, unzipSync } from 'fflate';
import { drop, writePictures } from './files.mjs';
import { looks, nameOf, openLab, presentable, violations } from './lab.mjs';

/** Few images and a long training: there is always a next step, and an epoch is soon over. */
const small = 'data=fashion-mnist&images=500';
let lab;
let folder;
before(async () => {
  lab = await openLab();
  folder = mkdtempSync(join(tmpdir(), 'cnnlab-e2e-'));
});
afterEach(() => lab?.clear());
after(async () => {
  await lab?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function close(page) {
  assert.deepEqual(page.complaints, []);
  await page.close();
}

const progress = (page) => page.locator('[data-testid=progress]');
const stepOf = async (page) => Number(await progress(page).getAttribute('data-step'));
const stateIs = (page, ...states) =>
  page.locator(states.map((state) => `[data-testid=progress][data-state=${state}]`).join(', ')).waitFor();

/** Waits until the training has passed a step. */
async function passed(page, step) {
  const deadline = performance.now() + 120_000;
  while ((await stepOf(page)) < step) {
    assert.ok(performance.now() < deadline, `step ${step} never came; at ${await stepOf(page)}`);
    await page.waitForTimeout(50);
  }
}

async function paused(page) {
  await page.getByRole('button', { name: /^Pause/ }).click();
  await stateIs(page, 'paused');
  return stepOf(page);
}

test('trains as soon as it is opened, on Fashion-MNIST', async () => {
  const page = await lab.page('#train?lang=en');
  await page.getByRole('img', { name: 'Ankle boot' }).first().waitFor();
  await stateIs(page, 'running', 'finished');
  await passed(page, 125);
  await page.getByText(/Test accuracy \d\d\.\d/).waitFor();
  // Speed is told once a second; the accuracy may come before it.
  await progress(page)
    .filter({ hasText: /images\/s.*GFLOP\/s/s })
    .waitFor();
  await close(page);
});

test('where motion is reduced it waits until it is asked, and trains then', async () => {
  const page = await lab.page(`#train?lang=en&${small}`, { reducedMotion: 'reduce' });
  await page.locator('[data-testid=progress][data-step="0"]').waitFor();
  await page.locator('lab-live-view canvas').first().waitFor();
  await page.waitForTimeout(1000);
  assert.equal(await stepOf(page), 0);
  await stateIs(page, 'paused');
  await page.getByRole('button', { name: /^Play/ }).click();
  await passed(page, 3);
  // What the reader chooses is asked for.
  await page.locator('lab-data-choice select').first().selectOption('lines');
  await page.waitForFunction(() => location.hash.includes('data=lines'));
  await stateIs(page, 'running', 'finished');
  await passed(page, 3);
  await close(page);
});

for (const lang of ['en', 'es'])
  test(`on a laptop's screen the tabs are seen without scrolling: ${lang}`, async () => {
    const page = await lab.page(`#train?lang=${lang}&${small}&speed=1`, { width: 1366, height: 768 });
    await passed(page, 2);
    await page.locator('lab-live-view canvas').first().waitFor();
    const bottom = () => page.locator('lab-train .tabs').evaluate((tabs) => tabs.getBoundingClientRect().bottom);
    assert.ok((await bottom()) <= 768, `the tabs end at ${await bottom()}`);
    // In a window that becomes higher the charts do, too.
    const height = () =>
      page
        .locator('lab-train lab-curves')
        .first()
        .evaluate((curves) => curves.getBoundingClientRect().height);
    const low = await height();
    await page.setViewportSize({ width: 1366, height: 1000 });
    await page.waitForFunction(
      (before) =>
        document.querySelector('lab-shell').shadowRoot.querySelector('lab-train').shadowRoot.querySelector('lab-curves').offsetHeight >
        before + 50,
      low,
    );
    await presentable(page, `train-1366-${lang}`);
    await close(page);
  });

test('images are on the screen before the module and the images to train on have arrived', async () => {
  const held = [];
  let holds = true;
  const hold = (route) => (holds ? held.push(route) : route.continue());
  const page = await lab.page('#train?lang=en', {
    prepare: async (fresh) => {
      await fresh.context().route(/cnnlab[\w-]*\.wasm$/, hold);
      // Everything but the list of data sets and the first, small shard.
      await fresh.context().route(/\/data\/fashion-mnist\/(train-[1-9]|test-)/, hold);
    },
  });
  const images = page.locator('lab-data-choice .samples img');
  await images.first().waitFor();
  assert.equal(await images.count(), 16);
  assert.ok(held.length > 0, 'the module was asked for meanwhile');
  assert.equal(await page.locator('[data-testid=progress][data-step]').count(), 0, 'nothing is trained yet');
  holds = false;
  for (const route of held.splice(0)) await route.continue();
  await passed(page, 3);
  await close(page);
});

test('pauses, steps, goes on, starts over with the same weights', async () => {
  const page = await lab.page(`#train?lang=en&${small}`);
  await stateIs(page, 'running');
  await passed(page, 5);
  const at = await paused(page);
  await page.waitForTimeout(300);
  assert.equal(await stepOf(page), at, 'no step after the pause');
  await page.getByRole('button', { name: /^Step/ }).click();
  await passed(page, at + 1);
  assert.equal(await stepOf(page), at + 1);
  // On a button, the space bar is the button's own.
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press(' ');
  await passed(page, at + 3);
  await page.getByRole('button', { name: /^Reset/ }).click();
  await page.locator('[data-testid=progress][data-step="0"]').waitFor();
  const losses = [];
  for (let i = 0; i < 2; i++) {
    await page.getByRole('button', { name: /^Step/ }).click();
    await passed(page, 1);
    losses.push(await progress(page).getAttribute('data-loss'));
    await page.getByRole('button', { name: /^Reset/ }).click();
    await page.locator('[data-testid=progress][data-step="0"]').waitFor();
  }
  assert.ok(Number(losses[0]) > 1 && losses[0] === losses[1], `the first loss comes again: ${losses}`);
  await close(page);
});

test('the learning rate changes while it runs, and the link keeps it', async () => {
  const page = await lab.page(`#train?lang=en&${small}`);
  await passed(page, 3);
  await page.getByRole('slider', { name: /Learning rate/ }).focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowLeft');
  await page.getByText('× 0.1 = 0.0002').waitFor();
  await page.waitForFunction(() => location.hash.includes('rate=0.1'));
  const again = await lab.page(await page.evaluate(() => location.hash));
  await again.getByText('× 0.1 = 0.0002').waitFor();
  await close(again);
  await close(page);
});

test('the question is checked against the network that is trained', async () => {
  const page = await lab.page(`#train?lang=en&${small}&speed=1`);
  await passed(page, 1);
  await page.getByText('A question to try').click();
  const guess = page.getByLabel('Numbers that it learns');
  await guess.fill('144');
  await guess.press('Tab');
  await page.getByText('Nearly: 16 · 3 · 3 · 1 = 144 are the weights.').waitFor();
  await guess.fill('145');
  await guess.press('Tab');
  await page.getByText('Not 145.').waitFor();
  await guess.fill('160');
  await guess.press('Tab');
  await page.getByText('Yes: 16 · 3 · 3 · 1 + 16 = 160.').waitFor();
  await close(page);
});

test('the stage shows what the network makes of an image, and leads to its layers', async () => {
  const page = await lab.page(`#train?lang=en&${small}&speed=1`);
  const stage = page.locator('lab-live-view');
  await stage.getByText('It is: Ankle boot').waitFor();
  await stage.getByRole('button', { name: 'Next' }).click();
  await stage.getByText('It is: Pullover').waitFor();
  // What is not drawn is said.
  assert.match(await stage.locator('.caption').first().textContent(), /conv2d_1.*28×28×16.*9 of 16 maps/s);
  await stage.getByRole('button', { name: /See more of max_pool2d_2/ }).click();
  await page.getByRole('tab', { name: 'Layers', selected: true }).waitFor();
  assert.equal(await page.locator('lab-layer-panel').getByRole('combobox').first().inputValue(), 'max_pool2d_2');
  await close(page);
});

test('the first screen of a phone says which network is trained, and leads to its design', async () => {
  const page = await lab.page(`#train?lang=en&${small}&tab=layers`, { width: 390, height: 844 });
  const way = page.getByRole('button', { name: 'The network: 8 layers, 20,490 parameters' });
  await way.waitFor();
  const drawer = page.locator('lab-train .drawer > .handle');
  const [bottom, top] = await Promise.all([
    way.evaluate((one) => one.getBoundingClientRect().bottom),
    drawer.evaluate((one) => one.getBoundingClientRect().top),
  ]);
  assert.ok(bottom <= top, `to ${bottom}, the data from ${top}`);
  await way.click();
  await page.locator('#tab-network[aria-selected=true]').waitFor();
  await page.locator('#panel:focus').waitFor();
  // It scrolls there.
  await page.locator('#panel').evaluate(
    (panel) =>
      new Promise((resolve) => {
        const look = () => (panel.getBoundingClientRect().top < 200 ? resolve() : requestAnimationFrame(look));
        look();
      }),
  );
  await close(page);
});

test('an impossible layer says so in its row, with the way out', async () => {
  const page = await lab.page(`#train?lang=en&${small}`);
  await page.locator('[data-layer=max_pool2d_2] .open').click();
  const kernel = page.getByLabel(/^kernel/);
  await kernel.fill('99');
  await kernel.press('Tab');
  const row = page.locator('[data-layer=max_pool2d_2]');
  await row.getByRole('alert').waitFor();
  assert.match(await row.getByRole('alert').textContent(), /kernel.*99×99/s);
  // The rows before it keep their shapes; those after it have none.
  assert.match(await page.locator('[data-layer=max_pool2d_1] .open').textContent(), /14×14×16/);
  assert.match(await page.locator('[data-layer=dense_1] .open').textContent(), /–/);
  await row.getByRole('alert').getByRole('button').click();
  await row.getByRole('alert').waitFor({ state: 'detached' });
  await close(page);
});

test('a last layer that the loss does not expect is said before it trains, and while it does', async () => {
  const page = await lab.page(`#train?lang=en&${small}`);
  await page.locator('[data-layer=dense_1] .open').click();
  await page.getByLabel('Add after dense_1').selectOption('softmax');
  await page.getByRole('button', { name: 'Add layer' }).click();
  const said = page.locator('lab-builder [data-testid=concerns]');
  await said.filter({ hasText: /\(softmax\).*cross_entropy takes logits.*remove the layer/s }).waitFor();
  await page.getByRole('button', { name: 'Train this one' }).click();
  await page.locator('[data-testid=differs]').waitFor({ state: 'detached' });
  await page.getByRole('tab', { name: 'Layers' }).click();
  await page.locator('lab-train [data-testid=concerns]').filter({ hasText: 'cross_entropy takes logits' }).waitFor();
  await close(page);
});

test('layers are added, moved, removed and taken back; the badge says that another network is trained', async () => {
  const page = await lab.page(`#train?lang=en&${small}`);
  await page.locator('[data-layer=dense_1]').waitFor();
  const types = () => page.locator('lab-builder li .type').allTextContents();
  const first = await types();
  await page.getByLabel('Add before the last layer').selectOption('dense');
  await page.getByRole('button', { name: 'Add layer' }).click();
  await page.locator('[data-layer=dense_2]').waitFor();
  assert.deepEqual(await types(), [...first.slice(0, -1), 'dense', 'dense']);
  await page.locator('[data-testid=differs]').waitFor();
  await page.locator('[data-layer=dense_1] .open').focus();
  await page.keyboard.press('Alt+ArrowUp');
  assert.equal((await types()).at(-3), 'dense');
  await page.keyboard.press('Control+z');
  assert.equal((await types()).at(-3), 'flatten');
  await page.getByRole('button', { name: 'Train this one' }).click();
  await page.locator('[data-testid=differs]').waitFor({ state: 'detached' });
  await passed(page, 3);
  // The link brings the design back, and trains it.
  await page.waitForFunction(() => location.hash.includes('net='));
  const again = await lab.page(await page.evaluate(() => location.hash));
  await again.locator('[data-layer=dense_2]').waitFor();
  await passed(again, 2);
  await close(again);
  await page.getByRole('button', { name: 'Undo' }).click();
  assert.deepEqual(await types(), first);
  await close(page);
});

test('a value of several parts has a control for each of them', async () => {
  const page = await lab.page(`#train?lang=en&${small}`);
  await page.locator('[data-layer=dense_1] .open').click();
  const row = page.locator('lab-builder');
  const init = () => row.evaluate(({ design }) => design.model.layers.at(-1).init ?? null);
  const type = row.locator('[id$="-init-type"]');
  assert.equal(await type.inputValue(), 'kaiming_uniform');
  assert.equal(await init(), null);
  const scale = row.locator('[id$="-init-scale"]').first();
  await scale.fill('0.2');
  await scale.press('Tab');
  assert.deepEqual(await init(), { scale: 0.2 });
  await type.fill('normal');
  await type.press('Tab');
  assert.deepEqual(await init(), { scale: 0.2, type: 'normal' });
  await page.locator('lab-builder [data-valid=true]').waitFor();
  await type.fill('anyhow');
  await type.press('Tab');
  await row.getByRole('alert').filter({ hasText: 'anyhow' }).waitFor();
  // As it is by default it is not written down.
  await type.fill('kaiming_uniform');
  await type.press('Tab');
  await scale.fill('0.1');
  await scale.press('Tab');
  assert.equal(await init(), null);
  await close(page);
});

test('lists are written as a person writes them, and what cannot be read names its field', async () => {
  const page = await lab.page(`#train?lang=en&${small}`);
  const builder = page.locator('lab-builder');
  const design = (read) => builder.evaluate(read);
  await builder.locator('summary', { hasText: /^\s*Training/ }).click();
  const sizes = builder.locator('#train-resolutions');
  assert.equal(await sizes.inputValue(), '');
  await sizes.fill('epoch 0, size 14; epoch');
  await sizes.press('Tab');
  await builder.getByRole('alert').filter({ hasText: 'resolutions: “epoch” is not a name with its value' }).waitFor();
  assert.equal(await sizes.getAttribute('aria-invalid'), 'true');
  assert.equal(await sizes.inputValue(), 'epoch 0, size 14; epoch');
  assert.equal(await design(({ design: now }) => now.train.resolutions ?? null), null);
  assert.deepEqual(await violations(page), []);
  await sizes.fill('epoch 0, size 14; epoch 2, size 20');
  await sizes.press('Tab');
  await builder.getByRole('alert').waitFor({ state: 'detached' });
  assert.deepEqual(await design(({ design: now }) => now.train.resolutions), [
    { epoch: 0, size: 14 },
    { epoch: 2, size: 20 },
  ]);
  assert.equal(await sizes.inputValue(), 'epoch 0, size 14; epoch 2, size 20');
  await builder.getByText('resolutions epoch 0, size 14; epoch 2, size 20').waitFor();
  // The engine’s own error marks the field, too.
  await sizes.fill('epoch 0, size many');
  await sizes.press('Tab');
  await builder.getByRole('alert').filter({ hasText: 'train.resolutions[0].size' }).waitFor();
  assert.equal(await sizes.getAttribute('aria-invalid'), 'true');
  await sizes.fill('');
  await sizes.press('Tab');
  await builder.getByRole('alert').waitFor({ state: 'detached' });
  await builder.locator('[data-layer=conv2d_1] .open').click();
  const padding = builder.locator('#layer-0-padding');
  await padding.fill('1, 0, 1, 0');
  await padding.press('Tab');
  assert.deepEqual(await design(({ design: now }) => now.model.layers[0].padding), [1, 0, 1, 0]);
  await builder.locator('[data-layer=conv2d_1]').getByText('padding 1, 0, 1, 0').waitFor();
  await close(page);
});

test('a residual network survives editing', async () => {
  // On images that every machine has; it takes any.
  const experiment = JSON.parse(readFileSync(new URL('../../../engine/experiments/cifar10-resnet.json', import.meta.url)));
  const net = Buffer.from(deflateSync(Buffer.from(JSON.stringify({ ...experiment, dataset: 'fashion-mnist' })))).toString('base64url');
  const page = await lab.page(`#train?lang=en&${small}&speed=1&net=${net}`);
  await page.locator('[data-layer=block1_1_add]').waitFor();
  const valid = (yes) => page.locator(`lab-builder section[data-valid=${yes}]`).waitFor();
  await valid(true);
  // Its first block without its first convolution, batch norm and ReLU still adds up.
  await page.locator('[data-layer=block1_1_conv1] .open').focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press('Delete');
  await page.locator('[data-layer=block1_1_conv1]').waitFor({ state: 'detached' });
  await page.waitForTimeout(300);
  await valid(true);
  await close(page);
});

test('a link reproduces data, tab and scale', async () => {
  const page = await lab.page('#train?lang=en&data=lines&log=yes&tab=files&speed=2');
  await stateIs(page, 'running');
  assert.equal(await page.getByRole('combobox', { name: 'Data', exact: true }).inputValue(), 'lines');
  assert.equal(await page.getByRole('button', { name: 'Log scale' }).getAttribute('aria-pressed'), 'true');
  assert.equal(
    await page
      .getByRole('tab', { selected: true })
      .textContent()
      .then((text) => text.trim()),
    'Save and load',
  );
  await close(page);
});

async function download(page) {
  await page.getByRole('tab', { name: 'Save and load' }).click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download the run' }).click()]);
  const path = join(folder, `${Math.random().toString(36).slice(2)}.zip`);
  await file.saveAs(path);
  return path;
}

const give = (page, files) => page.locator('lab-data-choice input#files').setInputFiles(files);

function unpack(zip) {
  const place = mkdtempSync(join(folder, 'run-'));
  execFileSync('python3', ['-m', 'zipfile', '-e', zip, place]);
  const name = Object.keys(unzipSync(readFileSync(zip)))[0].split('/')[0];
  return join(place, name);
}

const program = process.env.CNNLAB ?? fileURLToPath(new URL('../../../build/release/cnnlab', import.meta.url));

test('a run is saved, opened again at the same step, and goes on', async () => {
  const page = await lab.page(`#train?lang=en&${small}&speed=3`);
  await passed(page, 20);
  const at = await paused(page);
  const zip = await download(page);
  await page.getByRole('button', { name: /^Step/ }).click();
  await passed(page, at + 1);
  const loss = Number(await progress(page).getAttribute('data-loss'));
  await close(page);

  const again = await lab.page('#train?lang=en&data=lines&speed=1');
  await stateIs(again, 'running');
  await give(again, zip);
  await again.locator(`[data-testid=progress][data-step="${at}"][data-state=paused]`).waitFor();
  assert.equal(await again.getByRole('combobox', { name: 'Data', exact: true }).inputValue(), 'fashion-mnist');
  await again.getByRole('button', { name: /^Step/ }).click();
  await passed(again, at + 1);
  assert.ok(Math.abs(Number(await progress(again).getAttribute('data-loss')) - loss) < 1e-6, 'the next step has the same loss');
  await close(again);
});

test(
  'the command line evaluates and continues a run of the page, and the page one of the command line',
  { skip: !existsSync(program) && `there is no ${program}` },
  async () => {
    const page = await lab.page(`#train?lang=en&${small}&speed=3`);
    await passed(page, 20);
    const at = await paused(page);
    const run = unpack(await download(page));
    const [onnx] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'ONNX' }).click()]);
    await onnx.saveAs(join(run, 'page.onnx'));
    await close(page);
    execFileSync(program, ['export', run, '--format', 'onnx']);
    assert.ok(readFileSync(join(run, 'page.onnx')).equals(readFileSync(join(run, 'model.onnx'))), 'both write the same ONNX file');
    const result = JSON.parse(execFileSync(program, ['eval', run, '--json'], { encoding: 'utf8' }));
    assert.equal(result.count, 10_000);
    assert.ok(result.accuracy > 0.3);
    execFileSync(program, ['train', '--resume', run, '--threads', '1'], { encoding: 'utf8' });
    const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trim().split('\n').map(JSON.parse);
    const steps = lines.filter(({ event }) => event === 'batch_end').map(({ step }) => step);
    assert.deepEqual(
      steps,
      steps.map((_, i) => i),
      'every step once',
    );
    assert.ok(steps.length > at);

    const back = await lab.page('#train?lang=en&data=lines&speed=1');
    await stateIs(back, 'running');
    await give(
      back,
      ['experiment.json', 'metrics.jsonl', 'checkpoint.safetensors'].map((name) => join(run, name)),
    );
    await back.locator(`[data-testid=progress][data-step="${steps.length}"]`).waitFor();
    await back.getByText(/Test accuracy \d\d\.\d/).waitFor();
    await close(back);
  },
);

test(
  'pictures of one’s own train, are saved with the run, and the command line goes on',
  { skip: !existsSync(program) && `there is no ${program}` },
  async () => {
    const root = join(folder, 'own');
    writePictures(root, 20);
    writeFileSync(join(root, 'notes.txt'), 'notes');
    const page = await lab.page('#train?lang=en&data=lines&speed=1&size=16&grey=yes');
    await stateIs(page, 'running');
    await page.locator('lab-data-choice input#folder').setInputFiles(root);
    // the same words are read out from elsewhere
    await page.locator('lab-data-choice .note').getByText('32 training and 8 test pictures of 2 classes are here.').waitFor();
    await page.waitForFunction(() => location.hash.includes('data=own'));
    await passed(page, 2);
    await paused(page);
    const zip = await download(page);
    const run = unpack(zip);
    // what was read and what was not, and why, goes with the run
    const facts = JSON.parse(readFileSync(join(run, 'data.json'), 'utf8'));
    assert.deepEqual(facts.classes, [
      { name: 'bright', train: 16, test: 4 },
      { name: 'dark', train: 16, test: 4 },
    ]);
    assert.deepEqual(facts.unused, [{ path: 'own/notes.txt', files: 1, reason: 'is no picture' }]);
    const out = execFileSync(program, ['train', '--resume', run, '--threads', '1'], { encoding: 'utf8' });
    assert.match(out, /test accuracy/);
    await give(page, zip);
    await page.locator('lab-data-choice .report').getByText('own/notes.txt').waitFor({ state: 'attached' });
    await close(page);
  },
);

test('a wrong file says what is wrong with it, and training goes on', async () => {
  const page = await lab.page(`#train?lang=en&${small}&speed=2`);
  await passed(page, 2);
  const alert = page.locator('lab-data-choice').getByRole('alert');
  for (const [name, bytes, words] of [
    ['notes.txt', [65], /notes\.txt is neither/],
    ['train-images-idx3-ubyte', [1, 2, 3, 4], /train-labels-idx1-ubyte\.gz: is missing/i],
    ['run.zip', [80, 75, 3], /run\.zip cannot be opened/],
    ['cifar-10-binary.tar.gz', [31, 139, 0], /cannot be unpacked/],
    ['data_batch_1.bin', [1, 2, 3], /test_batch\.bin: is missing/i],
    ['checkpoint.safetensors', [9, 9, 9], /no safetensors file/],
    ['cat.png', [1, 2, 3], /lies in no folder/],
  ]) {
    await drop(page, [{ name, bytes }]);
    await alert.filter({ hasText: words }).waitFor();
  }
  const at = await stepOf(page);
  await passed(page, at + 1);
  await close(page);
});

for (const look of looks) {
  const { lang, width, scheme } = look;
  test(`is accessible and fits: ${nameOf(look)}`, async () => {
    for (const tab of ['network', 'files']) {
      const page = await lab.page(`#train?lang=${lang}&${small}&tab=${tab}`, { width, scheme });
      await passed(page, 20);
      if (tab === 'network') {
        await page.locator('lab-builder .open').first().click();
        await page.locator('lab-builder summary').first().click();
      }
      await presentable(page, `train-${tab}-${width}-${scheme}`);
      await close(page);
    }
  });
}
