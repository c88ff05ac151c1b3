#!/usr/bin/env bash
# ort-dilated-max-pool.sh: ONNX Runtime loads no max pool whose padding is as large as its kernel, though a dilated
# window needs just that to keep the size of an image.
#
# Expected: MaxPool with kernel_shape=[3, 3], dilations=[3, 3] and pads=[3, 3, 3, 3] keeps the size of its input, as a
# convolution with the same three attributes does. The window reaches over 7 pixels, so none lies in the padding alone.
#
# What happens in ONNX Runtime 1.30.0 on the CPU: with a dilation of 2 and pads of 2 it is so. With 3 and 3 the session
# is not made: "Pad should be smaller than kernel". The check knows nothing of the dilation, and AveragePool, which has
# dilations since opset 19, has the same one. A Conv of the same window is loaded.
#
# The way out: a Pad of the least float before a MaxPool without pads. The graph optimiser leaves it alone. (A Pad of
# zeros it joins to the MaxPool, after which the check fails again: see ort-pad-into-maxpool.sh.)
#
# Why it matters: networks for segmentation and for music take dilated pools in place of strides. The standard names no
# limit, onnx's checker passes the file, and it fails only where it is deployed.
#
# Who is right: the standard's text allows it. PyTorch draws the same line for its own max pool, in its documentation.
#
# Exit code 0: still so. Otherwise: 1 and the word CHANGED, or that of the tool that failed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
cd -- "$folder"
printf '{ "private": true }\n' > package.json
npm install --save-exact --ignore-scripts --no-audit --no-fund --loglevel=error onnxruntime-node@1.30.0

cat > finding.cjs <<'SCRIPT'
const ort = require('onnxruntime-node');

// As much of protobuf as a model of two nodes needs.
const varint = (value) => (value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]);
const number = (field, value) => Buffer.from([...varint(field * 8), ...varint(value)]);
const nested = (field, ...parts) => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(body.length)]), body]);
};
const list = (name, values) => nested(5, nested(1, name), ...values.map((value) => number(8, value)), number(20, 7));
const constant = (name, type, sizes, bytes) => nested(5, ...sizes.map((size) => number(1, size)), number(2, type), nested(8, name), nested(9, bytes));
const image = (field, name) =>
  nested(field, nested(1, name), nested(2, nested(1, number(1, 1), nested(2, ...[1, 1, 7, 7].map((size) => nested(1, number(1, size)))))));
const node = (type, inputs, output, ...attributes) =>
  nested(1, ...inputs.map((name) => nested(1, name)), nested(2, output), nested(4, type), ...attributes);
const model = (...parts) => Buffer.concat([number(1, 8), nested(8, number(2, 19)), nested(7, ...parts, nested(2, 'g'), image(11, 'x'), image(12, 'y'))]);

const pads = Buffer.alloc(64);
[0, 0, 3, 3, 0, 0, 3, 3].forEach((pad, i) => pads.writeBigInt64LE(BigInt(pad), 8 * i));
const least = Buffer.alloc(4);
least.writeFloatLE(-3.4028234663852886e38);
const window = (dilation, pad) => [
  list('kernel_shape', [3, 3]),
  list('dilations', [dilation, dilation]),
  list('pads', [pad, pad, pad, pad]),
];
const weight = constant('w', 1, [1, 1, 3, 3], Buffer.from(new Float32Array(9).fill(1).buffer));

// The first row of the answer to 49 numbers, or how the loading failed.
async function answer(bytes) {
  let session;
  try {
    session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 4 });
  } catch (error) {
    return /Pad should be smaller than kernel/.test(error.message) ? 'refused' : error.message;
  }
  const x = new ort.Tensor('float32', Float32Array.from({ length: 49 }, (_, i) => -1 - i), [1, 1, 7, 7]);
  return (await session.run({ x })).y.data.slice(0, 7).join(' ');
}

const wanted = {
  'MaxPool, dilation and pads 2': [model(node('MaxPool', ['x'], 'y', ...window(2, 2))), '-1 -2 -1 -2 -3 -4 -5'],
  'MaxPool, dilation and pads 3': [model(node('MaxPool', ['x'], 'y', ...window(3, 3))), 'refused'],
  'AveragePool, dilation and pads 3': [model(node('AveragePool', ['x'], 'y', ...window(3, 3))), 'refused'],
  'Conv, dilation and pads 3': [model(node('Conv', ['x', 'w'], 'y', ...window(3, 3)), weight), '-52 -56 -60 -87 -56 -60 -64'],
  'Pad of the least number, MaxPool, dilation 3': [
    model(
      node('Pad', ['x', 'p', 'v'], 'z'),
      node('MaxPool', ['z'], 'y', ...window(3, 0)),
      constant('p', 7, [8], pads),
      constant('v', 1, [], least),
    ),
    '-1 -2 -3 -1 -2 -3 -4',
  ],
};
(async () => {
  let changed = false;
  for (const [name, [bytes, before]] of Object.entries(wanted)) {
    const now = await answer(bytes);
    console.log(`${name}: ${now}`);
    if (now !== before) {
      console.log(`CHANGED: it was ${before}`);
      changed = true;
    }
  }
  process.exit(changed ? 1 : 0);
})();
SCRIPT
node finding.cjs
