// node tests/exchange/make_layers.mjs: writes layers/NAME/, small models as TensorFlow.js saves them, and
// layers/layers.safetensors with "NAME/input" [N, C, H, W] and what TensorFlow.js makes of it, "NAME/output" [N, K].
// Needs web/node_modules.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(fileURLToPath(new URL('../../web/node_modules/@tensorflow/', import.meta.url)));
const tf = require('@tensorflow/tfjs-core');
const { layers: l, sequential, model, input, loadLayersModel } = require('@tensorflow/tfjs-layers');
require('@tensorflow/tfjs-backend-cpu');
await tf.setBackend('cpu');
const out = fileURLToPath(new URL('layers/', import.meta.url));

let state = 1;
/** From −½ to ½, the same in each run. */
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32 - 0.5;
};
const values = (count, scale = 1, shift = 0) => Float32Array.from({ length: count }, () => random() * scale + shift);
const size = (shape) => shape.reduce((product, extent) => product * extent, 1);
const chain = (...all) => sequential({ layers: all });
const shape = (...inputShape) => ({ inputShape });

/** The network with other numbers; variances are positive. */
function filled(network) {
  network.weights.forEach((weight) => {
    const positive = weight.originalName.endsWith('moving_variance');
    const numbers = values(size(weight.shape), 1, positive ? 0.8 : 0);
    weight.write(tf.tensor(numbers, weight.shape));
  });
  return network;
}

/** The part of MobileNetV2 that has all its kinds of layers. */
function mobile() {
  const image = input({ shape: [12, 12, 3], name: 'input_1' });
  const norm = (name) => l.batchNormalization({ axis: 3, epsilon: 1e-3, momentum: 0.999, name });
  let x = l.zeroPadding2d({ padding: [[0, 1], [0, 1]], name: 'Conv1_pad' }).apply(image);
  x = l.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'valid', useBias: false, name: 'Conv1' }).apply(x);
  x = l.reLU({ maxValue: 6, name: 'Conv1_relu' }).apply(norm('bn_Conv1').apply(x));
  const start = x;
  x = l.depthwiseConv2d({ kernelSize: 3, padding: 'same', useBias: false, name: 'block_1_depthwise' }).apply(x);
  x = l.reLU({ maxValue: 6, name: 'block_1_relu' }).apply(norm('block_1_depthwise_BN').apply(x));
  x = l.conv2d({ filters: 4, kernelSize: 1, padding: 'same', useBias: false, name: 'block_1_project' }).apply(x);
  x = l.add({ name: 'block_1_add' }).apply([start, norm('block_1_project_BN').apply(x)]);
  return model({ inputs: image, outputs: l.reLU({ maxValue: 6, name: 'out_relu' }).apply(x), name: 'mobile' });
}

/** As Teachable Machine nests them. */
function teachable() {
  const features = chain(mobile(), l.globalAveragePooling2d({ name: 'global_average_pooling2d' }));
  const head = chain(
    l.dense({ units: 5, activation: 'relu', inputShape: [4], name: 'dense_Dense1' }),
    l.dense({ units: 3, activation: 'softmax', useBias: false, name: 'dense_Dense2' }),
  );
  return chain(features, head);
}

function graph() {
  const image = input({ shape: [6, 6, 3] });
  const conv = l.conv2d({ filters: 3, kernelSize: 3, padding: 'same', activation: 'tanh', name: 'shared' });
  const once = conv.apply(image);
  const twice = conv.apply(once);
  const joined = l.concatenate().apply([once, twice, l.average().apply([once, twice, image])]);
  const pooled = l.globalMaxPooling2d({}).apply(l.dropout({ rate: 0.25 }).apply(joined));
  return model({ inputs: image, outputs: l.dense({ units: 2 }).apply(pooled) });
}

const act = (activation) => l.activation({ activation });
const networks = {
  teachable_end: teachable,
  graph,
  same: () =>
    chain(
      l.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu', ...shape(10, 9, 3) }),
      l.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      l.averagePooling2d({ poolSize: 2, strides: 2, padding: 'same' }),
      l.flatten(),
      l.dense({ units: 3 }),
    ),
  valid: () =>
    chain(
      l.conv2d({ filters: 4, kernelSize: [3, 2], dilationRate: 2, ...shape(10, 9, 2) }),
      l.averagePooling2d({ poolSize: [2, 3], strides: 1 }),
      l.maxPooling2d({}),
      l.flatten(),
      l.dense({ units: 3 }),
    ),
  separable: () =>
    chain(
      l.separableConv2d({ filters: 5, kernelSize: 3, padding: 'same', activation: 'relu', ...shape(7, 7, 3) }),
      l.depthwiseConv2d({ kernelSize: 3, strides: 2, depthMultiplier: 2 }),
      l.globalAveragePooling2d({}),
    ),
  padded: () =>
    chain(
      l.reLU(shape(7, 7, 3)),
      l.zeroPadding2d({ padding: [[1, 0], [2, 1]] }),
      l.maxPooling2d({ poolSize: 3, strides: 2 }),
      l.zeroPadding2d({}),
      l.averagePooling2d({ poolSize: 3, strides: 2 }),
      l.flatten(),
      l.dense({ units: 2 }),
    ),
  norms: () =>
    chain(
      l.batchNormalization({ scale: false, epsilon: 0.01, ...shape(4, 4, 3) }),
      l.conv2d({ filters: 2, kernelSize: 1 }),
      l.batchNormalization({ center: false }),
      l.flatten(),
      l.batchNormalization({}),
    ),
  activations: () =>
    chain(
      l.conv2d({ filters: 3, kernelSize: 1, activation: 'gelu', ...shape(4, 4, 3) }),
      l.leakyReLU({}),
      act('swish'),
      act('hardSigmoid'),
      l.softmax({ axis: -1 }),
      act('relu6'),
      act('linear'),
      act('sigmoid'),
      l.dense({ units: 4, activation: 'softmax' }),
      l.flatten(),
      l.dense({ units: 3 }),
    ),
  axes: () =>
    chain(
      l.permute({ dims: [3, 1, 2], ...shape(4, 6, 3) }),
      l.reshape({ targetShape: [3, 24] }),
      l.permute({ dims: [2, 1] }),
      l.reshape({ targetShape: [4, -1, 3] }),
      l.conv2d({ filters: 2, kernelSize: 2 }),
      l.reshape({ targetShape: [30] }),
      l.dense({ units: 3 }),
    ),
  rescaled: () =>
    chain(l.rescaling({ scale: 1 / 127.5, offset: -1, ...shape(5, 5, 3) }), l.conv2d({ filters: 2, kernelSize: 5 }), l.flatten()),
};

/** What save() would write. */
async function saved(network) {
  let found;
  await network.save(tf.io.withSaveHandler(async (artifacts) => {
    found = artifacts;
    return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
  }));
  return found;
}

/** Numbers in 8 or 16 bits, as tensorflowjs_converter writes them. */
function quantised(specs, data, dtype) {
  const parts = [];
  let at = 0;
  const weights = specs.map((spec) => {
    const numbers = new Float32Array(data.slice(at, (at += 4 * size(spec.shape))));
    if (dtype === 'float16') {
      const bits = new Uint16Array(numbers.length);
      numbers.forEach((number, i) => {
        // Half of such a number has the same first bits, but for the exponent.
        const [word] = new Uint32Array(Float32Array.of(number).buffer);
        const exponent = ((word >>> 23) & 255) - 112;
        bits[i] = exponent <= 0 ? 0 : ((word >>> 16) & 0x8000) | (exponent << 10) | ((word >>> 13) & 1023);
      });
      parts.push(Buffer.from(bits.buffer));
      return { ...spec, quantization: { dtype, original_dtype: 'float32' } };
    }
    const Numbers = dtype === 'uint8' ? Uint8Array : Uint16Array;
    const most = dtype === 'uint8' ? 255 : 65535;
    const min = Math.min(...numbers);
    const scale = (Math.max(...numbers) - min) / most || 1;
    parts.push(Buffer.from(Numbers.from(numbers, (number) => Math.round((number - min) / scale)).buffer));
    return { ...spec, quantization: { dtype, scale, min, original_dtype: 'float32' } };
  });
  return [weights, Buffer.concat(parts)];
}

const tensors = [];

async function write(name, artifacts, specs, data, shards) {
  const folder = join(out, name);
  mkdirSync(folder, { recursive: true });
  const paths = Array.from({ length: shards }, (_, i) => `group1-shard${i + 1}of${shards}.bin`);
  const each = Math.ceil(data.length / shards);
  paths.forEach((path, i) => writeFileSync(join(folder, path), data.subarray(i * each, (i + 1) * each)));
  const { modelTopology, format, generatedBy, convertedBy } = artifacts;
  const json = { modelTopology, format, generatedBy, convertedBy, weightsManifest: [{ paths, weights: specs }] };
  writeFileSync(join(folder, 'model.json'), JSON.stringify(json));

  const load = async () => ({ modelTopology, weightSpecs: specs, weightData: new Uint8Array(data).buffer });
  const network = await loadLayersModel({ load });
  const [, ...image] = network.inputs[0].shape;
  const pixels = values(2 * size(image), name === 'rescaled' ? 255 : 2, name === 'rescaled' ? 127 : 0);
  const images = tf.tensor(pixels, [2, ...image]);
  tensors.push([`${name}/input`, tf.transpose(images, [0, 3, 1, 2])], [`${name}/output`, network.predict(images)]);
}

function safetensors() {
  let at = 0;
  const header = {};
  const parts = tensors.map(([name, tensor]) => {
    const bytes = Buffer.from(Float32Array.from(tensor.dataSync()).buffer);
    header[name] = { dtype: 'F32', shape: tensor.shape, data_offsets: [at, (at += bytes.length)] };
    return bytes;
  });
  const head = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(head.length));
  return Buffer.concat([length, head, ...parts]);
}

rmSync(out, { recursive: true, force: true });
for (const [name, make] of Object.entries(networks)) {
  const artifacts = await saved(filled(make()));
  const data = Buffer.from(artifacts.weightData);
  await write(name, artifacts, artifacts.weightSpecs, data, name === 'graph' ? 3 : 1);
  for (const dtype of name === 'same' ? ['uint8', 'uint16', 'float16'] : []) {
    const [specs, bytes] = quantised(artifacts.weightSpecs, artifacts.weightData, dtype);
    await write(`${name}_${dtype}`, artifacts, specs, bytes, 1);
  }
}
writeFileSync(join(out, 'layers.safetensors'), safetensors());
