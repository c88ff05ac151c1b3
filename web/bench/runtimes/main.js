/* global URL, location, performance */
// A page that holds another runtime with a network, for bench.mjs --large. Each has a page of its own: their globals
// and workers stay apart.
import { loadAndCompile, loadLiteRt, Tensor } from '@litertjs/core';
import * as ort from 'onnxruntime-web';

let answer;

/** `size`: the sides of the image, which has three channels. */
async function onnxruntime(url, size, threads) {
  Object.assign(ort.env.wasm, { numThreads: threads, wasmPaths: new URL('ort/', location.href).href });
  const session = await ort.InferenceSession.create(url, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });
  const [input] = session.inputNames;
  answer = async (pixels) => {
    // Channels come first here.
    const planes = new Float32Array(pixels.length);
    const area = size * size;
    for (let place = 0; place < area; place++) for (let c = 0; c < 3; c++) planes[c * area + place] = pixels[3 * place + c];
    const feeds = { [input]: new ort.Tensor('float32', planes, [1, 3, size, size]) };
    return async () => (await session.run(feeds))[session.outputNames[0]].data;
  };
}

async function litert(url, size, threads) {
  await loadLiteRt(new URL('litert/', location.href).href, { threads: threads > 1 });
  const model = await loadAndCompile(url, { accelerator: 'wasm', cpuOptions: { numThreads: threads } });
  answer = async (pixels) => {
    const input = new Tensor(pixels, [1, size, size, 3]);
    return async () => {
      const [output] = await model.run(input);
      const values = output.toTypedArray().slice();
      output.delete();
      return values;
    };
  };
}

const noise = (count) => Float32Array.from({ length: count }, (_, i) => (((i * 1103515245) >>> 8) % 256) / 127.5 - 1);
const runtimes = { onnxruntime, litert };
let run;

globalThis.bench = {
  /** Opens a runtime. Gives what it answers to an image of noise. */
  async open(name, url, size, threads) {
    await runtimes[name](new URL(url, location.href).href, size, threads);
    run = await answer(noise(3 * size * size));
    return { answer: [...(await run())] };
  },
  async turn({ milliseconds }) {
    const begin = performance.now();
    let done = 0;
    for (; done === 0 || performance.now() - begin < milliseconds; done++) await run();
    return { rate: (1000 * done) / (performance.now() - begin) };
  },
};
