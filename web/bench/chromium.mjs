// chromium.mjs [--quick] [EXPERIMENT...] : the engine beside TensorFlow.js in one Chromium, training and inference.
// Needs what ./lab build web makes. Environment: CHROMIUM (the browser), ROUNDS (3).
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { makeServer } from '../server/serve.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = here('../../build/web-bench');
const quick = process.argv.includes('--quick');
const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const names = chosen.length > 0 ? chosen : ['cifar10-simple', 'fashion-cnn'];
const rounds = Number(process.env.ROUNDS ?? 3);

const copy = (folder, pattern, target) => {
  mkdirSync(`${out}/${target}`, { recursive: true });
  for (const file of readdirSync(folder).filter((name) => pattern.test(name))) cpSync(`${folder}/${file}`, `${out}/${target}/${file}`);
};

await build({
  root: here('page'),
  base: './',
  logLevel: 'error',
  publicDir: false,
  worker: { format: 'es' },
  build: { outDir: out, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 5000 },
});
for (const preset of ['wasm', 'wasm-threads']) copy(here(`../../build/${preset}/web/engine`), /^cnnlab[\w-]*\.(mjs|wasm)$/, 'engine');
copy(here('../node_modules/@tensorflow/tfjs-backend-wasm/dist'), /\.wasm$/, 'tfjs');

const server = makeServer(out);
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--enable-unsafe-swiftshader'],
});

/** Each measurement in a page of its own, so that none finds another's leftovers. */
async function measure(call, ...args) {
  const page = await browser.newPage();
  page.setDefaultTimeout(300_000);
  try {
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.waitForFunction(() => globalThis.bench);
    return await page.evaluate(([name, values]) => globalThis.bench[name](...values), [call, args]);
  } finally {
    await page.close();
  }
}

const line = (what, ...cells) => console.log(what.padEnd(44) + cells.map((cell) => String(cell).padStart(16)).join(''));
try {
  console.log(`Chromium ${browser.version()}, this engine and TensorFlow.js 4.22.0`);
  for (const name of names) {
    console.log(`\n${name}, training, batch 64`);
    line('', 'img/s', 'GFLOP/s', 'against best tf');
    const peers = [];
    for (const backend of quick ? ['webgl'] : ['cpu', 'webgl']) {
      const { rate } = await measure('peerTrain', name, backend, 5000);
      peers.push([`TensorFlow.js ${backend}`, rate]);
    }
    const best = Math.max(...peers.map(([, rate]) => rate));
    for (const [what, rate] of peers) line(what, rate.toFixed(1), '', `${(rate / best).toFixed(1)}x`);
    for (const threads of [1, 2]) {
      for (const relaxed of [false, true]) {
        const result = await measure('train', name, { threads, relaxed }, rounds, 1500);
        line(
          `cnnlab ${result.backend}${relaxed ? ', relaxed SIMD' : ''}`,
          result.median.toFixed(0),
          result.gflops.toFixed(1),
          `${(result.median / best).toFixed(0)}x`,
        );
      }
    }
    if (quick) continue;
    console.log(`\n${name}, inference, milliseconds (median)`);
    line('', 'batch 64', 'batch 1');
    const times = async (call, what, ...args) => {
      const [many, one] = [await measure(call, name, ...args, 64, 30), await measure(call, name, ...args, 1, 100)];
      line(what, many.toFixed(2), one.toFixed(3));
    };
    await times('peerPredict', 'TensorFlow.js wasm', 'wasm');
    for (const threads of [1, 2]) await times('predict', `cnnlab, threads: ${threads}, relaxed SIMD`, { threads, relaxed: true });
    await times('predict', 'cnnlab, threads: 1', { threads: 1, relaxed: false });
  }
} finally {
  await browser.close();
  server.close();
  server.closeAllConnections();
}
