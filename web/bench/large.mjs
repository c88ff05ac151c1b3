// bench.mjs --large : MobileNetV2 for one image, in Chromium, beside ONNX Runtime and LiteRT (both WebAssembly) in the
// same browser. All have the same layers; the two others have the same weights, and their answers must agree.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { onnxNetwork } from '../../tests/peer/onnx_network.mjs';
import { tfliteNetwork } from '../../tests/peer/tflite_network.mjs';
import { addRuntimes } from './browser.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const packages = here('../../.toolchain/peers/node');

const versionOf = (name) => JSON.parse(readFileSync(`${packages}/node_modules/${name}/package.json`, 'utf8')).version;

/** How far apart two answers are, of the largest value in them. */
function difference(one, other) {
  const largest = Math.max(...one.map(Math.abs));
  return Math.max(...one.map((value, i) => Math.abs(value - other[i]))) / largest;
}

/**
 * `browser`: what openBrowser() gives. `contest(contenders, request)` lets them take turns and sets their `rates`.
 * Gives rows { what, figure, must, aim }: our best module against the better of the two.
 */
export async function largeNetworks(browser, { contest, ratio, say }) {
  if (!existsSync(`${packages}/node_modules/@litertjs/core`)) throw new Error('the other runtimes are not here: ./lab setup peers');
  await addRuntimes(packages, browser.out);
  const flatbuffers = createRequire(`${packages}/node_modules/.`)('flatbuffers');
  const { layers } = JSON.parse(readFileSync(here('../../engine/networks/mobilenet-v2.json'), 'utf8'));
  const experiment = { name: 'mobilenet-v2', model: { layers } };
  const names = { onnxruntime: `onnxruntime-web ${versionOf('onnxruntime-web')}`, litert: `LiteRT ${versionOf('@litertjs/core')}` };
  const rows = [];
  mkdirSync(`${browser.out}/runtimes/models`, { recursive: true });
  for (const size of [224, 96]) {
    const image = [3, size, size];
    writeFileSync(`${browser.out}/runtimes/models/${size}.onnx`, onnxNetwork(experiment, image, 1).model);
    writeFileSync(`${browser.out}/runtimes/models/${size}.tflite`, tfliteNetwork(flatbuffers, experiment, image));
    for (const threads of [1, 2]) {
      const suffix = `${threads === 1 ? '' : '-threads'}${browser.relaxed ? '-relaxed' : ''}`;
      const contenders = [
        { label: `cnnlab${suffix}`, ...(await browser.engine(`cnnlab${suffix}`, { layers, size, classes: 1001 }, threads)) },
        { label: names.onnxruntime, ...(await browser.runtime('onnxruntime', `models/${size}.onnx`, size, threads)) },
        { label: names.litert, ...(await browser.runtime('litert', `models/${size}.tflite`, size, threads)) },
      ];
      const [, onnxruntime, litert] = contenders;
      const apart = difference(onnxruntime.answer, litert.answer);
      if (!(apart < 1e-3)) throw new Error(`ONNX Runtime and LiteRT do not compute the same network: ${String(apart)} apart`);
      await contest(contenders, { work: 'infer', batch: 1 });
      for (const { close } of contenders) await close();
      const better = onnxruntime.rate > litert.rate ? onnxruntime : litert;
      const what = `MobileNetV2 at ${size}, one image, ${threads === 1 ? 'one thread' : 'two threads'}`;
      say(what, contenders);
      if (threads === 1) rows.push({ what: `${what}, against ${better.label}`, figure: ratio(contenders[0], better), must: 1.2, aim: 1.8 });
    }
  }
  return rows;
}
