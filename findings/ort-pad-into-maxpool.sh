#!/usr/bin/env bash
# ort-pad-into-maxpool.sh: ONNX Runtime makes zeros around an image part of the MaxPool after them, where they no
# longer count.
#
# Expected: Pad with zeros and then MaxPool give the largest value of each window, the zeros among them. An image of -1
# everywhere, 5×4, padded by one on each side, under a kernel of 3 and a stride of 2, becomes 0 wherever a window
# reaches over the edge, and -1 in the one place where none does: 0 0, 0 -1, 0 0. So PyTorch has it.
#
# What happens in ONNX Runtime 1.30.0 on the CPU, with the optimisations that are on by default and already with the
# basic ones: -1 in all six places. The graph optimiser takes the Pad for the padding of the MaxPool, which never wins
# by the standard. With optimisations off the answer is right. AveragePool is not touched: its answers are the same.
#
# Why it matters: after ReLU no value is below zero, and nothing shows. Where the pooling comes first, or after batch
# norm, leaky ReLU, GELU or SiLU, the answers near the edge change with no word, and comparing the exported model with
# PyTorch once, on one picture, may miss it. Converters write such a Pad for ZeroPadding2D and for F.pad.
#
# Who is right: the graph says zeros. The standard's padding of MaxPool is implicit and no value.
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

// As much of protobuf as a model of a Pad and a pooling needs.
const varint = (value) => (value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]);
const number = (field, value) => Buffer.from([...varint(field * 8), ...varint(value)]);
const nested = (field, ...parts) => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(body.length)]), body]);
};
const list = (name, values) => nested(5, nested(1, name), ...values.map((value) => number(8, value)), number(20, 7));
const floats = (field, name) => nested(field, nested(1, name), nested(2, nested(1, number(1, 1))));
const node = (op, inputs, output, ...attributes) =>
  nested(1, ...inputs.map((name) => nested(1, name)), nested(2, output), nested(4, op), ...attributes);

function padded(pooling) {
  const pads = new Uint8Array(BigInt64Array.from([0, 0, 1, 1, 0, 0, 1, 1].map(BigInt)).buffer);
  const tensor = nested(5, number(1, 8), number(2, 7), nested(8, 'pads'), nested(9, pads));
  const pool = node(pooling, ['padded'], 'y', list('kernel_shape', [3, 3]), list('strides', [2, 2]));
  const graph = nested(7, node('Pad', ['x', 'pads'], 'padded'), pool, nested(2, 'graph'), tensor, floats(11, 'x'), floats(12, 'y'));
  return Buffer.concat([number(1, 8), graph, nested(8, nested(1, ''), number(2, 17))]);
}

const mean = '-0.444 -0.667 -0.667 -1.000 -0.444 -0.667';
const seen = [
  ['MaxPool', 'disabled', '0.000 0.000 0.000 -1.000 0.000 0.000'],
  ['MaxPool', 'basic', '-1.000 -1.000 -1.000 -1.000 -1.000 -1.000'],
  ['MaxPool', 'all', '-1.000 -1.000 -1.000 -1.000 -1.000 -1.000'],
  ['AveragePool', 'disabled', mean],
  ['AveragePool', 'all', mean],
];

async function main() {
  console.log(`onnxruntime-node ${require('onnxruntime-node/package.json').version}, Node ${process.version}, ${process.arch}`);
  let changed = 0;
  for (const [pooling, level, before] of seen) {
    const session = await ort.InferenceSession.create(padded(pooling), { graphOptimizationLevel: level, logSeverityLevel: 4 });
    const { y } = await session.run({ x: new ort.Tensor('float32', new Float32Array(20).fill(-1), [1, 1, 5, 4]) });
    const now = [...y.data].map((value) => value.toFixed(3)).join(' ');
    console.log(`Pad and ${pooling}, optimisations ${level}: ${now}`);
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
