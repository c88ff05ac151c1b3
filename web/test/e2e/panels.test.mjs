import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { looks, nameOf, openLab, presentable } from './lab.mjs';

let lab;
before(async () => (lab = await openLab()));
after(() => lab?.close());

const tabs = ['layers', 'images', 'confusion', 'own', 'doctor', 'speed', 'time'];

/** Does something with the run that the panels look at; `work` gets it and `value`. */
const withRun = (page, work, value = null) =>
  page.evaluate(
    ([source, given]) => {
      const { run } = document.querySelector('lab-shell').shadowRoot.querySelector('lab-train');
      // The page's policy forbids eval; what is sent here is this file's own functions.
      return globalThis.labWork[source](run, given);
    },
    [work, value],
  );

/** What the tests do inside the page, by name. */
const works = `globalThis.labWork = {
  training: (run) => run.step > 0,
  // The station trains by itself; the tests want the first weights and do the steps that they need.
  stop: async (run) => { await run.pause(); await run.reset(); run.time.ghosts = []; },
  step: (run) => run.step,
  count: (run) => run.evaluation.count,
  steps: async (run, n) => { await run.session.steps(n); },
  layers: (run) => run.description.layers,
  tap: async (run, layer) => Array.from((await run.session.tap({ images: { split: 'test', indices: [run.focus.image.index] }, layers: [layer] })).activations[layer].data),
  gradient: async (run, name) => Array.from((await run.session.tap({ images: { split: 'test', indices: [run.focus.image.index] }, layers: ['conv2d_1'], gradients: true })).gradients[name].data),
  explain: async (run, { layer, output }) => {
    const { map, saliency } = await run.session.explain({ images: { split: 'test', indices: [run.focus.image.index] }, outputs: [output], layer });
    const most = (data) => data.reduce((a, b) => Math.max(a, b), 0);
    return { map: map.shape, saliency: saliency.shape, sum: map.data.reduce((a, b) => a + b, 0), least: Math.min(...map.data), most: most(saliency.data) };
  },
  tensor: async (run, name) => Array.from((await run.session.tensors([name]))[0].data),
  answers: async (run, indices) => {
    const { labels } = await run.session.images('test', indices);
    const { shape, data } = await run.session.predict({ split: 'test', indices });
    return indices.map((_, i) => {
      const row = Array.from(data.subarray(i * shape[1], (i + 1) * shape[1]));
      return { label: labels[i], said: row.indexOf(Math.max(...row)), sure: Math.max(...row) };
    });
  },
  focus: (run) => ('pixels' in run.focus.image ? Array.from(run.focus.image.pixels) : run.focus.image.index),
  says: async (run, pixels) => {
    const row = Array.from((await run.session.predict({ pixels: Uint8Array.from(pixels), count: 1 })).data);
    return run.session.info.card.classes[row.indexOf(Math.max(...row))];
  },
  kill: async (run) => {
    const [bias] = await run.session.tensors(['conv2d_1.bias']);
    await run.session.setTensor({ ...bias, data: bias.data.map(() => -100) });
    run.dispatchEvent(new Event('weights'));
  },
  course: (run) => ({ steps: run.history.step, ghosts: run.ghosts.map((ghost) => ghost.step.at(-1)), kept: run.kept.map((kept) => kept.step) }),
  look: (run, index) => run.look({ image: { index } }),
};`;

async function open(tab, options = {}, state = '') {
  const page = await lab.page(`#train?lang=en&images=600&tab=${tab}${state}`, options);
  await page.evaluate(works);
  await page.waitForFunction(() => {
    const station = document.querySelector('lab-shell').shadowRoot.querySelector('lab-train');
    return station?.run && globalThis.labWork.training(station.run);
  });
  await withRun(page, 'stop');
  return page;
}

async function close(page) {
  assert.deepEqual(page.complaints, []);
  await page.close();
}

const seen = (page, what) => page.locator(`lab-layer-panel [data-testid=layer-view][data-seen^="${what} "]`).waitFor();
const sheet = (page, kind) =>
  page.locator(`lab-layer-panel [data-testid=sheet-${kind}] lab-contact-sheet`).evaluate((element) => {
    const { maps } = element;
    return Array.from({ length: maps.count }, (_, map) =>
      Array.from({ length: maps.cells }, (__, cell) => maps.data[maps.start(map) + cell * maps.stride]),
    );
  });

test('panels that are left before their first frame leave no error', async () => {
  const page = await lab.page('#train?lang=en&data=lines&speed=1');
  await page.locator('[data-testid=progress][data-state=running]').waitFor();
  await page.evaluate(async () => {
    const station = document.querySelector('lab-shell').shadowRoot.querySelector('lab-train');
    for (const tab of station.shadowRoot.querySelectorAll('[role=tab]')) {
      tab.click();
      await station.updateComplete;
    }
    for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
  });
  assert.deepEqual(page.complaints, []);
  await page.close();
});

test('layers: maps are the numbers of the network', async () => {
  const page = await open('layers');
  await withRun(page, 'look', 3);
  await seen(page, 'conv2d_1 filters');
  const weight = await withRun(page, 'tensor', 'conv2d_1.weight');
  assert.deepEqual((await sheet(page, 'weight')).flat(), weight);

  await page.locator('lab-layer-panel [data-view=maps]').click();
  await seen(page, 'conv2d_1 maps');
  const maps = await sheet(page, 'output');
  const answer = await withRun(page, 'tap', 'conv2d_1');
  assert.ok(maps.length > 1);
  for (const [map, cells] of maps.entries())
    assert.deepEqual(
      cells,
      answer.filter((_, i) => i % maps.length === map),
    );

  // The keyboard reads one number after the other.
  const area = page.locator('lab-layer-panel lab-contact-sheet [role=application]');
  await area.focus();
  await page.keyboard.press('PageDown');
  await page.keyboard.press('ArrowRight');
  const reading = page.locator('lab-layer-panel lab-contact-sheet [data-testid=reading]');
  await reading.filter({ hasText: 'map 2, row 1, column 2' }).waitFor();
  const number = Number((await reading.textContent()).split(': ')[1].replace('−', '-'));
  assert.ok(Math.abs(number - maps[1][1]) <= 0.005 * Math.abs(maps[1][1]) + 1e-9);
  // So does the table behind.
  await page.locator('lab-layer-panel summary').first().click();
  await page.locator('lab-layer-panel details table td').nth(2).waitFor();
  await close(page);
});

test('layers: where the network looks, for its answer and for another class', async () => {
  const page = await open('layers');
  await withRun(page, 'steps', 20);
  const panel = page.locator('lab-layer-panel');
  await panel.locator('[data-view=look]').click();
  await seen(page, 'conv2d_1 look');
  const captions = panel.locator('.looks figcaption');
  await captions.nth(1).waitFor();
  const [{ said }] = await withRun(page, 'answers', [await withRun(page, 'focus')]);
  const { classes } = await page.evaluate(() => {
    const { run } = document.querySelector('lab-shell').shadowRoot.querySelector('lab-train');
    return run.session.info.card;
  });
  assert.match(await captions.first().textContent(), new RegExp(`speaks? for ${classes[said]}`));
  // The map is that of the layer; what speaks for two classes is not the same.
  const one = await withRun(page, 'explain', { layer: 'conv2d_1', output: said });
  const other = await withRun(page, 'explain', { layer: 'conv2d_1', output: (said + 1) % 10 });
  assert.deepEqual([one.map.length, one.saliency], [3, [1, 28, 28]]);
  assert.ok(one.least >= 0 && one.most > 0);
  assert.notEqual(one.sum, other.sum);
  await panel.locator('#wanted').selectOption(String((said + 1) % 10));
  await captions.filter({ hasText: new RegExp(`speaks? for ${classes[(said + 1) % 10]}`) }).waitFor();
  // Behind the maps only the pixels are left.
  const last = (await withRun(page, 'layers')).at(-1).name;
  await panel.locator('#layer').selectOption(last);
  await seen(page, `${last} look`);
  assert.equal(await captions.count(), 1);
  await close(page);
});

test('layers: gradients, histogram, and more maps than fit at first', async () => {
  const page = await open('layers');
  await page.locator('lab-layer-panel [data-view=gradients]').click();
  await seen(page, 'conv2d_1 gradients');
  assert.deepEqual((await sheet(page, 'weight')).flat(), await withRun(page, 'gradient', 'conv2d_1.weight'));

  await page.locator('lab-layer-panel #layer').selectOption('conv2d_2');
  await page.locator('lab-layer-panel [data-view=filters]').click();
  await seen(page, 'conv2d_2 filters');
  const more = page.locator('lab-layer-panel [data-testid=more]');
  const shown = page.locator('lab-layer-panel .note', { hasText: ' maps' });
  await shown.filter({ hasText: /^64 of/ }).waitFor();
  await more.click();
  await shown.filter({ hasText: /^128 of/ }).waitFor();
  const scale = page.locator('lab-layer-panel [data-testid=scale]');
  const perLayer = await scale.textContent();
  await page.locator('lab-layer-panel [data-per=map]').click();
  await page.waitForFunction(
    (text) =>
      document
        .querySelector('lab-shell')
        .shadowRoot.querySelector('lab-train')
        .shadowRoot.querySelector('lab-layer-panel')
        .shadowRoot.querySelector('lab-contact-sheet')
        .shadowRoot.querySelector('[data-testid=scale]').textContent !== text,
    perLayer,
  );
  await page.locator('lab-layer-panel [data-view=histogram]').click();
  await page.locator('lab-layer-panel lab-histogram').first().waitFor();

  // A layer without weights says so and shows the way to one with some.
  await page.locator('lab-layer-panel #layer').selectOption('relu_1');
  await page.locator('lab-layer-panel [data-view=filters]').click();
  await page.getByRole('button', { name: 'Look at conv2d_1' }).click();
  await seen(page, 'conv2d_1 filters');
  await close(page);
});

test('images: right and wrong as the network says, filters, focus', async () => {
  const page = await open('images');
  await withRun(page, 'steps', 12);
  const cards = page.locator('lab-images-panel .card');
  await page.locator('lab-images-panel .cards[data-step="12"]').waitFor();
  const indices = async () => await cards.evaluateAll((all) => all.map((card) => Number(card.dataset.index)));
  const first = await indices();
  const answers = await withRun(page, 'answers', first);
  assert.deepEqual(
    await cards.evaluateAll((all) => all.map((card) => card.dataset.right)),
    answers.map(({ label, said }) => (label === said ? 'yes' : 'no')),
  );
  const change = async (act, before) => {
    await act();
    await page.waitForFunction((old) => {
      const panel = document.querySelector('lab-shell').shadowRoot.querySelector('lab-train').shadowRoot.querySelector('lab-images-panel');
      const now = [...panel.shadowRoot.querySelectorAll('.card')].map((card) => Number(card.dataset.index));
      return now.length > 0 && now.join() !== old;
    }, before.join());
    return indices();
  };
  const next = await change(() => page.locator('lab-images-panel [data-testid=next]').click(), first);
  const others = await change(() => page.locator('lab-images-panel [data-testid=others]').click(), next);
  const wrong = await change(() => page.locator('lab-images-panel [data-filter=wrong]').click(), others);
  assert.ok((await withRun(page, 'answers', wrong)).every(({ label, said }) => label !== said));
  const shirts = await change(() => page.locator('lab-images-panel #class').selectOption('6'), wrong);
  assert.ok((await withRun(page, 'answers', shirts)).every(({ label, said }) => label === 6 && said !== 6));
  await cards.first().click();
  await page.locator('lab-images-panel .card[aria-pressed=true]').waitFor();
  assert.equal(await withRun(page, 'focus'), shirts[0]);
  await close(page);
});

test('confusion: the cells sum to the test, and open their images', async () => {
  const page = await open('confusion');
  await withRun(page, 'steps', 12);
  await page.locator('lab-confusion-panel [data-testid=test]').click();
  await page.locator('lab-confusion-panel [data-testid=tested]', { hasText: 'after step 12' }).waitFor();
  const cells = await page
    .locator('lab-confusion-panel .matrix .cell')
    .evaluateAll((all) => all.map((cell) => ({ place: cell.dataset.cell, count: Number(cell.textContent) || 0 })));
  assert.equal(cells.length, 100);
  const sum = cells.reduce((total, { count }) => total + count, 0);
  assert.equal(sum, await withRun(page, 'count'));

  const mistakes = cells.filter(({ place }) => place.split(',')[0] !== place.split(',')[1]);
  const largest = mistakes.reduce((a, b) => (b.count > a.count ? b : a));
  const [truth, said] = largest.place.split(',').map(Number);
  await page.locator(`lab-confusion-panel [data-cell="${largest.place}"]`).click();
  const images = page.locator('lab-confusion-panel [data-testid=cell-images] .card');
  await images.first().waitFor();
  const indices = await images.evaluateAll((all) => all.map((card) => Number(card.dataset.index)));
  assert.equal(indices.length, Math.min(24, largest.count));
  const answers = await withRun(page, 'answers', indices);
  assert.ok(answers.every((answer) => answer.label === truth && answer.said === said));
  assert.ok(answers.every((answer, i) => i === 0 || answer.sure <= answers[i - 1].sure + 1e-6));
  await images.first().click();
  assert.equal(await withRun(page, 'focus'), indices[0]);

  // Arrow keys go through the matrix.
  await page.locator('lab-confusion-panel [data-cell="0,0"]').focus();
  await page.keyboard.press('ArrowRight');
  await page.locator('lab-confusion-panel [data-cell="0,1"]:focus').waitFor();
  await close(page);
});

test('own image: drawn and brought pictures are answered', async () => {
  const page = await open('own');
  const sees = page.locator('lab-own-image-panel [data-testid=sees]');
  const answer = page.locator('lab-own-image-panel .said');
  await answer.filter({ hasText: /\w/ }).waitFor();
  const pixels = () => sees.evaluate((picture) => Array.from(picture.pixels));
  await page.getByRole('button', { name: 'Clear' }).click();
  await answer.filter({ hasText: '–' }).waitFor();
  const canvas = page.locator('lab-own-image-panel canvas.drawing');
  const box = await canvas.boundingBox();
  await page.mouse.move(box.x + 60, box.y + 200);
  await page.mouse.down();
  await page.mouse.move(box.x + 220, box.y + 200, { steps: 8 });
  await page.mouse.up();
  // Half a stroke is answered too; what is compared below is the whole one.
  await page.waitForFunction(() => {
    const panel = document.querySelector('lab-shell').shadowRoot.querySelector('lab-train').shadowRoot.querySelector('lab-own-image-panel');
    return panel.shadowRoot.querySelector('[data-testid=sees]').pixels[20 * 28 + 21] === 255;
  });
  await answer.filter({ hasText: /\w/ }).waitFor();
  const drawn = await pixels();
  assert.equal(drawn.length, 784);
  assert.equal(drawn[20 * 28 + 14], 255);
  assert.equal(drawn[2 * 28 + 14], 0);
  await answer.filter({ hasText: await withRun(page, 'says', drawn) }).waitFor();
  await page.locator('lab-own-image-panel [data-testid=inside]').click();
  await page.locator('lab-own-image-panel [data-testid=inside][aria-pressed=true]').waitFor();
  assert.deepEqual(await withRun(page, 'focus'), drawn);

  // Dark on light is turned round by itself.
  const file = await page.evaluate(async () => {
    const paper = new OffscreenCanvas(60, 60);
    const pen = paper.getContext('2d');
    pen.fillStyle = '#ffffff';
    pen.fillRect(0, 0, 60, 60);
    pen.fillStyle = '#000000';
    pen.fillRect(20, 10, 20, 40);
    return Array.from(new Uint8Array(await (await paper.convertToBlob()).arrayBuffer()));
  });
  await page
    .locator('lab-own-image-panel input[type=file]')
    .setInputFiles({ name: 'shirt.png', mimeType: 'image/png', buffer: Buffer.from(file) });
  await page.locator('lab-own-image-panel [data-testid=invert]:checked').waitFor();
  await page.waitForFunction(() => {
    const panel = document.querySelector('lab-shell').shadowRoot.querySelector('lab-train').shadowRoot.querySelector('lab-own-image-panel');
    const { pixels: now } = panel.shadowRoot.querySelector('[data-testid=sees]');
    return now[0] === 0 && now[14 * 28 + 14] === 255;
  });
  await page
    .locator('lab-own-image-panel input[type=file]')
    .setInputFiles({ name: 'no.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
  await page.locator('lab-own-image-panel [role=alert]').waitFor();
  await close(page);
});

test('doctor: finds the layer that was killed on purpose', async () => {
  const page = await open('doctor');
  const examined = (text) => page.locator('lab-doctor-panel [data-testid=examined]', { hasText: text }).waitFor();
  await examined('after step 0');
  await page.locator('lab-doctor-panel [data-testid=doctor-table] tbody tr').first().waitFor();
  assert.equal(await page.locator('lab-doctor-panel [data-kind=deadAll]').count(), 0);
  await withRun(page, 'kill');
  const finding = page.locator('lab-doctor-panel [data-kind=deadAll]');
  await finding.waitFor();
  assert.equal(await finding.getAttribute('data-layers'), 'relu_1');
  // No gradient passes: the doctor says where it ends.
  const silent = page.locator('lab-doctor-panel [data-kind=noGradient]');
  assert.match(await silent.getAttribute('data-layers'), /conv2d_1/);
  await close(page);
});

test('doctor: sees what is learned by heart, and puts what helps into the design', async () => {
  const page = await lab.page('#train?lang=en&data=fashion-mnist&images=500&speed=4&tab=doctor');
  await page.locator('lab-train [data-state=finished]').waitFor();
  const finding = page.locator('lab-doctor-panel [data-kind=overfit], lab-doctor-panel [data-kind=overfitLoss]');
  await finding.waitFor();
  const offered = () => finding.getByRole('group', { name: 'Change the design' }).getByRole('button').allTextContents();
  assert.deepEqual(await offered(), ['Flip and shift training images', 'Dropout before the last layer', 'Weight decay']);
  await finding.getByRole('button', { name: 'Dropout before the last layer' }).click();
  const train = page.getByTestId('differs').getByRole('button', { name: 'Train this one' });
  await train.waitFor();
  assert.ok(await train.evaluate((button) => button.matches(':focus')), 'the focus is where it can be trained');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => {
    const { run } = document.querySelector('lab-shell').shadowRoot.querySelector('lab-train');
    return run.description?.layers.some(({ type }) => type === 'dropout') && run.state === 'finished' && run.ghosts.length === 1;
  });
  // What it has had is not offered again.
  await page.waitForFunction(() => {
    const panel = document.querySelector('lab-shell').shadowRoot.querySelector('lab-train').shadowRoot.querySelector('lab-doctor-panel');
    return panel.shadowRoot.querySelector('.findings li') && !panel.shadowRoot.querySelector('[data-cure=dropout]');
  });
  await close(page);
});

test('time machine: a jump restores the step, and training on is a branch', async () => {
  const page = await open('time');
  await withRun(page, 'steps', 4);
  await page.locator('lab-time-panel [data-testid=keep]').click();
  await page.locator('lab-time-panel [data-testid=kept-step]', { hasText: /^4$/ }).waitFor();
  const weights = await withRun(page, 'tensor', 'conv2d_1.weight');
  await withRun(page, 'steps', 6);
  assert.notDeepEqual(await withRun(page, 'tensor', 'conv2d_1.weight'), weights);

  // The slider goes through the moments by key.
  const slider = page.locator('lab-time-panel #moment');
  await slider.focus();
  for (let i = 0; i < 30; i++) {
    if ((await page.locator('lab-time-panel [data-testid=kept-step]').textContent()) === '4') break;
    await page.keyboard.press('ArrowLeft');
    await page.waitForTimeout(50);
  }
  await page.locator('lab-time-panel [data-testid=kept-step]', { hasText: /^4$/ }).waitFor();
  await page.locator('lab-time-panel [data-testid=go]').click();
  await page.locator('lab-time-panel [data-testid=branches] li').waitFor();
  assert.equal(await withRun(page, 'step'), 4);
  assert.deepEqual(await withRun(page, 'tensor', 'conv2d_1.weight'), weights);
  let course = await withRun(page, 'course');
  assert.deepEqual([course.steps, course.ghosts], [[1, 2, 3, 4], [10]]);
  await withRun(page, 'steps', 3);
  course = await withRun(page, 'course');
  assert.deepEqual([course.steps, course.ghosts], [[1, 2, 3, 4, 5, 6, 7], [10]]);
  await close(page);
});

test('speed: what was measured while it trained is there when the panel is opened after the end', async () => {
  const page = await lab.page('#train?lang=en&data=fashion-mnist&images=2000');
  await page.locator('lab-train [data-testid=progress][data-state=finished]').waitFor();
  await page.locator('lab-train #tab-speed').click();
  await page.locator('lab-speed-panel [data-testid=ops] td').first().waitFor();
  const meter = await page.locator('lab-speed-panel [data-testid=meter]').textContent();
  assert.match(meter, /images a second\s*[\d,.]+\s*GFLOP\/s\s*[\d.]+/);
  await close(page);
});

test('speed: every op of a step, beside what the machine can do', async () => {
  const page = await open('speed');
  const ops = page.locator('lab-speed-panel [data-testid=ops]');
  // What was measured before the reset stays until there is something newer.
  await ops.locator('td').first().waitFor();
  await withRun(page, 'steps', 3);
  await page.locator('lab-speed-panel').getByText('Means of 3 steps').waitFor();
  const rows = await ops.evaluate(({ rows: list }) => list.map((row) => row.map(({ value }) => value)));
  const share = rows.reduce((sum, [, , , part]) => sum + part, 0);
  assert.ok(Math.abs(share - 1) < 1e-6, `the shares of a step are ${share}`);
  for (const kind of ['conv2d', 'conv2d_backward_weight', 'max_pool2d'])
    assert.ok(
      rows.some(([, op]) => op === kind),
      `${kind} is among ${rows.map(([, op]) => op)}`,
    );
  for (const [layer, op, , , rate, ofPeak] of rows)
    if (rate !== null) assert.ok(rate > 0 && ofPeak > 0, `${layer} ${op}: ${rate} GFLOP/s, ${ofPeak} of the peak`);
  assert.match(await page.locator('lab-speed-panel [data-testid=meter]').textContent(), /of [\d.]+ GFLOP\/s that this tab/);
  await close(page);
});

for (const look of looks) {
  const { lang, width, scheme } = look;
  test(`the panels are accessible and fit: ${nameOf(look)}`, async () => {
    const page = await open('layers', { width, scheme });
    if (lang === 'es') await page.evaluate(() => (location.hash = location.hash.replace('lang=en', 'lang=es')));
    await withRun(page, 'steps', 3);
    for (const tab of tabs) {
      await page.locator(`lab-train #tab-${tab}`).click();
      if (tab === 'speed') {
        // It measures steps from when it is opened.
        await page.locator('lab-speed-panel dl').first().waitFor();
        await withRun(page, 'steps', 2);
      }
      const ready = {
        confusion: '.matrix',
        doctor: '[data-testid=doctor-table]',
        images: '.card',
        own: '.bars',
        speed: '[data-testid=ops] td',
        time: '#moment',
        layers: 'lab-contact-sheet',
      };
      await page.locator(`lab-train [role=tabpanel] ${ready[tab]}`).first().waitFor();
      await page.waitForTimeout(300);
      await presentable(page, `panel-${tab}-${width}-${scheme}`);
    }
    await close(page);
  });
}
