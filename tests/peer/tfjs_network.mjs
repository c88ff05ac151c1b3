// node tests/peer/tfjs_network.mjs FOLDER: each FOLDER/NAME/model.json in TensorFlow.js, on the CPU. Beside it stand
// pixels.bin, float32 [N, H, W, C], and logits.bin, float32 [N, K]. Prints a line for each network that is off by more
// than 1e-4 of its largest logit, or whose weights are other bits after saving, then exits with 1.
// Exit code 3: TensorFlow.js is not in web/node_modules.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../../web/node_modules/@tensorflow/', import.meta.url));
if (!existsSync(packages)) {
  console.log('TensorFlow.js is not in web/node_modules');
  process.exit(3);
}
const require = createRequire(packages);
const tf = require('@tensorflow/tfjs-core');
const layers = require('@tensorflow/tfjs-layers');
require('@tensorflow/tfjs-backend-cpu');
await tf.setBackend('cpu');

const floats = (file) => new Float32Array(new Uint8Array(readFileSync(file)).buffer);

/** What tf.loadLayersModel() asks for, from a folder. */
function files(folder) {
  return {
    load: async () => {
      const json = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
      return tf.io.getModelArtifactsForJSON(json, async (manifest) => {
        const bytes = manifest.flatMap((group) => group.paths.map((path) => readFileSync(join(folder, path))));
        return [manifest.flatMap((group) => group.weights), new Uint8Array(Buffer.concat(bytes)).buffer];
      });
    },
  };
}

/** The bytes of each tensor; TensorFlow.js writes those that do not learn last. */
function byName(specs, data) {
  let at = 0;
  return new Map(specs.map(({ name, shape }) => {
    const size = 4 * shape.reduce((product, extent) => product * extent, 1);
    return [name, data.subarray(at, (at += size))];
  }));
}

/** How far TensorFlow.js is off, as a share of the largest logit. */
async function check(folder) {
  const model = await layers.loadLayersModel(files(folder));
  const [, ...shape] = model.inputs[0].shape;
  const pixels = floats(join(folder, 'pixels.bin'));
  const logits = floats(join(folder, 'logits.bin'));
  // A large network takes seconds an image.
  const all = pixels.length / shape.reduce((product, extent) => product * extent, 1);
  const images = model.countParams() > 100_000 ? 1 : all;
  const input = tf.tensor(pixels.subarray(0, (images * pixels.length) / all), [images, ...shape]);
  const found = tf.tidy(() => model.predict(input).dataSync());
  const wanted = logits.subarray(0, (images * logits.length) / all);
  if (found.length !== wanted.length) throw new Error(`gives ${found.length} numbers instead of ${wanted.length}`);
  let worst = 0;
  let largest = 1e-30;
  wanted.forEach((value, i) => {
    const off = Math.abs(value - found[i]);
    worst = Number.isNaN(off) ? Infinity : Math.max(worst, off);
    largest = Math.max(largest, Math.abs(value));
  });
  let saved;
  await model.save(tf.io.withSaveHandler(async (artifacts) => {
    saved = artifacts;
    return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
  }));
  const [{ paths, weights }] = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')).weightsManifest;
  const before = byName(weights, readFileSync(join(folder, paths[0])));
  const after = byName(saved.weightSpecs, Buffer.from(saved.weightData));
  if (before.size !== after.size) throw new Error('has other weights after saving');
  for (const [name, bytes] of before)
    if (Buffer.compare(bytes, after.get(name)) !== 0) throw new Error(`${name} has other bits after saving`);
  if (saved.userDefinedMetadata?.experiment === undefined) throw new Error('says nothing of its experiment after saving');
  model.dispose();
  return worst / largest;
}

let worst = 0;
const wrong = [];
const names = readdirSync(process.argv[2], { withFileTypes: true }).filter((entry) => entry.isDirectory());
for (const { name } of names) {
  try {
    const off = await check(join(process.argv[2], name));
    worst = Math.max(worst, off);
    if (!(off <= 1e-4)) wrong.push(`${name}: off by ${off.toPrecision(2)}`);
  } catch (problem) {
    wrong.push(`${name}: ${problem.message}`);
  }
}
console.log(`TensorFlow.js ${tf.version_core}: ${names.length} networks, largest error ${worst.toExponential(1)}`);
if (wrong.length > 0) console.log(wrong.join('\n'));
process.exit(wrong.length > 0 || names.length === 0 ? 1 : 0);
