#!/usr/bin/env bash
# onnx-antialias-outside.sh: ONNX's antialiased Resize is not that of PyTorch, Pillow and TensorFlow until one more
# attribute is set.
#
# Expected: Resize with mode=linear, coordinate_transformation_mode=half_pixel and antialias=1 shrinks an image as
# PyTorch's interpolate(mode="bilinear", antialias=True), Pillow's BILINEAR and TensorFlow's resize(antialias=True) do:
# a triangle as wide as the step, over the pixels that there are, divided by the sum of their weights. The row
# 8 0 0 0 0 0 0 0 becomes 24/7 0 0 0: the triangle's weights are 1/4 3/4 3/4 1/4, the first lies outside, 8 * 3/4 / 7/4.
#
# What happens in ONNX Runtime 1.30.0 on the CPU: it becomes 4 0 0 0. The place outside counts as a copy of the edge:
# 8 * (1/4 + 3/4) / 2. So does every pixel whose triangle reaches over the edge; those inside are the same. With
# exclude_outside=1 as well it is 24/7. Nothing changes where the image grows.
#
# Why it matters: a network that was trained on pictures shrunk by one of the three answers a little otherwise, only
# near the edge, and only for large pictures, so a comparison on images of the network's own size does not show it.
# Models that hold their own preprocessing are made for just this.
#
# Who is right: the runtime. The standard's exclude_outside is 0 unless given, which keeps places outside, with the
# values at the edge. Its text ties the attribute to no mode, though its best known use is with cubic.
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

// As much of protobuf as a model with one Resize needs.
const varint = (value) => (value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]);
const number = (field, value) => Buffer.from([...varint(field * 8), ...varint(value)]);
const nested = (field, ...parts) => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(body.length)]), body]);
};
const word = (name, text) => nested(5, nested(1, name), nested(4, text), number(20, 3));
const flag = (name, value) => nested(5, nested(1, name), number(3, value), number(20, 2));
const floats = (field, name) => nested(field, nested(1, name), nested(2, nested(1, number(1, 1))));

function resize(columns, flags) {
  const sizes = new Uint8Array(BigInt64Array.from([1, 1, 1, columns].map(BigInt)).buffer);
  const node = nested(
    1,
    ...['x', '', '', 'sizes'].map((name) => nested(1, name)),
    nested(2, 'y'),
    nested(4, 'Resize'),
    word('mode', 'linear'),
    word('coordinate_transformation_mode', 'half_pixel'),
    ...Object.entries(flags).map(([name, value]) => flag(name, value)),
  );
  const tensor = nested(5, number(1, 4), number(2, 7), nested(8, 'sizes'), nested(9, sizes));
  const graph = nested(7, node, nested(2, 'graph'), tensor, floats(11, 'x'), floats(12, 'y'));
  return Buffer.concat([number(1, 8), graph, nested(8, nested(1, ''), number(2, 18))]);
}

const row = [8, 0, 0, 0, 0, 0, 0, 0];
const middle = [0, 0, 0, 8, 0, 0, 0, 0];
const seen = [
  ['the first pixel', row, 4, { antialias: 1 }, '4.000 0.000 0.000 0.000'],
  ['the first pixel', row, 4, { antialias: 1, exclude_outside: 1 }, '3.429 0.000 0.000 0.000'],
  ['a pixel inside', middle, 4, { antialias: 1 }, '0.000 3.000 1.000 0.000'],
  ['a pixel inside', middle, 4, { antialias: 1, exclude_outside: 1 }, '0.000 3.000 1.000 0.000'],
  ['larger', [8, 0], 4, { antialias: 1 }, '8.000 6.000 2.000 0.000'],
  ['larger', [8, 0], 4, { antialias: 1, exclude_outside: 1 }, '8.000 6.000 2.000 0.000'],
];

async function main() {
  console.log(`onnxruntime-node ${require('onnxruntime-node/package.json').version}, Node ${process.version}, ${process.arch}`);
  let changed = 0;
  for (const [what, values, columns, flags, before] of seen) {
    const session = await ort.InferenceSession.create(resize(columns, flags), { logSeverityLevel: 4 });
    const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.from(values), [1, 1, 1, values.length]) });
    const now = [...y.data].map((value) => value.toFixed(3)).join(' ');
    console.log(`${what}, ${values.length} to ${columns} columns, ${JSON.stringify(flags)}: ${now}`);
    if (now === before) continue;
    changed++;
    console.log(`  CHANGED, was: ${before}`);
  }
  if (changed > 0) {
    console.error(`CHANGED: ${changed} results`);
    process.exitCode = 1;
  }
}
main();
SCRIPT
node finding.cjs
