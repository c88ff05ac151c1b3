#!/usr/bin/env bash
# ort-pool-same-dilation.sh: ONNX Runtime's dilated pools with auto_pad=SAME shrink the image that they should keep.
#
# Expected: a pool with auto_pad=SAME_UPPER and strides of 1 has an output as large as its input, whatever its dilation.
# A 3x3 window with a dilation of 2 spans 5 pixels, so two pixels of padding on each side keep a 5x5 image at 5x5.
#
# What happens in ONNX Runtime 1.30.0 on the CPU, with MaxPool and AveragePool: the padding is that of the window
# without dilation, one pixel, so the answer is 3x3. With strides of 2 it is 2x2 instead of 3x3. There is no error. The
# session announces the output as 5x5 when it is created, and then returns 3x3. The same node with its pads written out
# (2, 2, 2, 2) gives 5x5. Conv with the same attributes refuses to run and says that dilation is not supported there.
#
# Why it matters: padding "same" is how Keras and TensorFlow describe layers, and auto_pad is its name in ONNX. If a
# global pool follows, any size is welcome to it: the network runs, and answers something else. Whoever saw Conv's
# error may think that pools would complain too. Write pads out before a dilated network moves to ONNX Runtime.
#
# Who is right: ONNX's text. For SAME_UPPER and SAME_LOWER it computes the output of MaxPool and AveragePool from
# the input and the strides alone: 5 for strides of 1 in every version. It takes the padding from the dilated window,
# (kernel - 1) * dilation + 1. It calls auto_pad deprecated, but valid. With strides of 2, versions of the text round
# differently; there the session's own announcement, 3x3, and its answer without dilation, 3x3, speak against 2x2.
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

// As much of protobuf as an ONNX model with one node needs.
const varint = (value) => {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Buffer.from([...bytes, value]);
};
const integer = (field, value) => Buffer.concat([varint(field * 8), varint(value)]);
const message = (field, ...parts) => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([varint(field * 8 + 2), varint(body.length), body]);
};

const attribute = (name, value) =>
  typeof value === 'string'
    ? message(5, message(1, name), message(4, value), integer(20, 3))
    : message(5, message(1, name), ...value.map((one) => integer(8, one)), integer(20, 7));
const floats = (field, name, shape) => {
  const sizes = shape ? [message(2, ...shape.map((size) => message(1, integer(1, size))))] : [];
  return message(field, message(1, name), message(2, message(1, integer(1, 1), ...sizes)));
};
/** A model of one node: x is a 5x5 image, w a 3x3 kernel of ones where the op is Conv. */
function model(op, opset, attributes) {
  const conv = op === 'Conv';
  const inputs = conv ? ['x', 'w'] : ['x'];
  const ones = new Uint8Array(Float32Array.from({ length: 9 }, () => 1).buffer);
  const kernel = message(5, ...[1, 1, 3, 3].map((size) => integer(1, size)), integer(2, 1), message(8, 'w'), message(9, ones));
  const node = message(
    1,
    ...inputs.map((name) => message(1, name)),
    message(2, 'y'),
    message(4, op),
    ...Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  );
  const graph = message(7, node, message(2, 'graph'), ...(conv ? [kernel] : []), floats(11, 'x', [1, 1, 5, 5]), floats(12, 'y'));
  return Buffer.concat([integer(1, 8), graph, message(8, message(1, ''), integer(2, opset))]);
}

/** What the session announces and what it then returns. */
async function result(op, opset, stride, dilation, padding) {
  const attributes = { kernel_shape: [3, 3], strides: [stride, stride], dilations: [dilation, dilation], ...padding };
  const session = await ort.InferenceSession.create(model(op, opset, attributes), { logSeverityLevel: 4 });
  const announced = session.outputMetadata[0].shape.join('x');
  const image = Float32Array.from({ length: 25 }, (_, i) => i + 1);
  try {
    const { y } = await session.run({ x: new ort.Tensor('float32', image, [1, 1, 5, 5]) });
    return `announced ${announced}, returned ${y.dims.join('x')}: ${[...y.data].join(' ')}`;
  } catch (error) {
    if (!/Dilation not supported/.test(error.message)) throw error;
    return `announced ${announced}, refused: dilation not supported`;
  }
}

const upper = { auto_pad: 'SAME_UPPER' };
const lower = { auto_pad: 'SAME_LOWER' };
const written = { pads: [2, 2, 2, 2] };
const shrunk = 'announced 1x1x5x5, returned 1x1x3x3: 19 20 19 24 25 24 19 20 19';
const whole = 'announced 1x1x5x5, returned 1x1x5x5: 13 14 15 14 15 18 19 20 19 20 23 24 25 24 25 18 19 20 19 20 23 24 25 24 25';
const flat = 'announced 1x1x5x5, returned 1x1x3x3: 13 13 13 13 13 13 13 13 13';
const seen = [
  ['MaxPool', 22, 1, 2, written, whole],
  ['MaxPool', 22, 1, 2, upper, shrunk],
  ['MaxPool', 22, 1, 2, lower, shrunk],
  ['MaxPool', 12, 1, 2, upper, shrunk],
  ['MaxPool', 22, 2, 2, upper, 'announced 1x1x3x3, returned 1x1x2x2: 19 19 19 19'],
  ['MaxPool', 22, 2, 1, upper, 'announced 1x1x3x3, returned 1x1x3x3: 7 9 10 17 19 20 22 24 25'],
  ['AveragePool', 22, 1, 2, upper, flat],
  ['Conv', 22, 1, 2, upper, 'announced 1x1x5x5, refused: dilation not supported'],
];

async function main() {
  console.log(`onnxruntime-node ${require('onnxruntime-node/package.json').version}, Node ${process.version}, ${process.arch}`);
  let changed = 0;
  for (const [op, opset, stride, dilation, padding, before] of seen) {
    const now = await result(op, opset, stride, dilation, padding);
    if (now !== before) changed++;
    console.log(`${op}-${opset}, stride ${stride}, dilation ${dilation}, ${JSON.stringify(padding)}: ${now}`);
    if (now !== before) console.log(`  CHANGED, was: ${before}`);
  }
  if (changed > 0) {
    console.error(`CHANGED: ${changed} results`);
    process.exitCode = 1;
  }
}
main();
SCRIPT
node finding.cjs
