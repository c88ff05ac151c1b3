// Chromium and the contenders in it. Environment: CHROMIUM (the browser).
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { makeServer } from '../server/serve.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export const tensorflow = `TensorFlow.js ${JSON.parse(readFileSync(here('../node_modules/@tensorflow/tfjs/package.json'), 'utf8')).version}`;

/** Builds the page for other runtimes: `packages` is the folder that has them, `out` the benchmark's page. */
export async function addRuntimes(packages, out) {
  const of = (path) => `${packages}/node_modules/${path}`;
  await build({
    root: here('runtimes'),
    base: './',
    logLevel: 'error',
    publicDir: false,
    resolve: {
      alias: {
        '@litertjs/core': of('@litertjs/core/dist/index.js'),
        'onnxruntime-web': of('onnxruntime-web/dist/ort.wasm.min.mjs'),
      },
    },
    build: { outDir: `${out}/runtimes`, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 5000 },
  });
  const copy = (folder, pattern, target) => {
    mkdirSync(`${out}/runtimes/${target}`, { recursive: true });
    for (const file of readdirSync(folder).filter((name) => pattern.test(name)))
      cpSync(`${folder}/${file}`, `${out}/runtimes/${target}/${file}`);
  };
  copy(of('onnxruntime-web/dist'), /^ort-wasm-simd-threaded\.(mjs|wasm)$/, 'ort');
  copy(of('@litertjs/core/wasm'), /\.(js|wasm)$/, 'litert');
}

/** Builds the page of the benchmark, serves it with isolation headers and opens the browser. */
export async function openBrowser() {
  const out = here('../../build/web-bench');
  await build({
    root: here('page'),
    base: './',
    logLevel: 'error',
    publicDir: false,
    worker: { format: 'es' },
    build: { outDir: out, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 5000 },
  });
  const copy = (folder, pattern, target) => {
    mkdirSync(`${out}/${target}`, { recursive: true });
    for (const file of readdirSync(folder).filter((name) => pattern.test(name))) cpSync(`${folder}/${file}`, `${out}/${target}/${file}`);
  };
  for (const preset of ['wasm', 'wasm-threads']) copy(here(`../../build/${preset}/web/bindings`), /^cnnlab[\w-]*\.(js|wasm)$/, 'engine');
  copy(here('../node_modules/@tensorflow/tfjs-backend-wasm/dist'), /\.wasm$/, 'tfjs');

  const server = makeServer(out);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--enable-unsafe-swiftshader',
      // Pages wait for their turn behind others.
      '--disable-background-timer-throttling',
      '--disable-renderer-backgrounding',
      '--disable-backgrounding-occluded-windows',
    ],
  });

  /** A page that holds one contender: { turn, close, and what its opening gave }. */
  const contender = (call, ...args) => contenderAt('', call, ...args);
  async function contenderAt(folder, call, ...args) {
    const page = await browser.newPage();
    page.setDefaultTimeout(300_000);
    await page.goto(`http://127.0.0.1:${server.address().port}/${folder}`);
    await page.waitForFunction(() => globalThis.bench);
    const given = await page.evaluate(([name, values]) => globalThis.bench[name](...values), [call, args]);
    return {
      ...given,
      turn: async (request) => (await page.evaluate((asked) => globalThis.bench.turn(asked), request)).rate,
      close: () => page.close(),
    };
  }
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.waitForFunction(() => globalThis.bench);
  // This page stays: a browser whose last page is closed ends.
  const relaxed = await page.evaluate(() => globalThis.bench.relaxed());
  return {
    version: browser.version(),
    /** Whether it has relaxed SIMD. */
    relaxed,
    /** `file`: cnnlab, cnnlab-relaxed, cnnlab-threads or cnnlab-threads-relaxed. */
    engine: (file, name, threads) => contender('engine', file, name, threads),
    peer: (name, backend, threads = 1) => contender('peer', name, backend, threads),
    /** Another runtime, as addRuntimes() has built them, with a network's file in the page's folder. */
    runtime: (name, file, size, threads) => contenderAt('runtimes/', 'open', name, file, size, threads),
    /** The folder that the server gives. */
    out,
    async close() {
      await browser.close();
      server.close();
      server.closeAllConnections();
    },
  };
}
