#!/usr/bin/env bash
# opencv-antialias-ignored.sh: OpenCV's dnn takes a Resize with antialias=1, and resizes without.
#
# Expected: ONNX has Resize's attribute antialias from opset 18 on. A reader that does not know it refuses the model, or
# the opset. A row of 16 pixels, 8 at each fourth and 0 between, shrinks to about 2 2 2 2: the triangles of four pixels
# each see one 8. ONNX Runtime 1.30.0 answers so, with exclude_outside=1 at the edges.
#
# What happens in OpenCV 4.6.0 (Debian 12's version) and 4.12.0: the model is read, and the row becomes 0 0 0 0, with
# antialias=1 as without. These are the pixels midway, as a Resize without it has them. Nothing is said.
#
# Why it matters: a network with its preprocessing inside sees other images than it was trained on. Where images are
# shrunk far, fine lines are gone, and accuracy with them. The model passes ONNX's checker, and no message points there.
#
# Who is right: the standard and ONNX Runtime. Shrink images before they go to OpenCV's dnn.
#
# Exit code 0: still so. Otherwise: 1 and the word CHANGED, or that of the tool that failed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
cd -- "$folder"

cat > model.cjs <<'SCRIPT'
// As much of protobuf as a model with one Resize needs.
const varint = (value) => (value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]);
const number = (field, value) => Buffer.from([...varint(field * 8), ...varint(value)]);
const nested = (field, ...parts) => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(body.length)]), body]);
};
const word = (name, text) => nested(5, nested(1, name), nested(4, text), number(20, 3));
const flag = (name, value) => nested(5, nested(1, name), number(3, value), number(20, 2));
const tensor = (name, shape, type, values) =>
  nested(5, ...shape.map((extent) => number(1, extent)), number(2, type), nested(8, name), nested(9, new Uint8Array(values.buffer)));
const floats = (field, name, shape) =>
  nested(field, nested(1, name), nested(2, nested(1, number(1, 1), nested(2, ...shape.map((extent) => nested(1, number(1, extent)))))));


exports.row = Float32Array.from({ length: 16 }, (_, i) => (i % 4 === 0 ? 8 : 0));
exports.resize = (antialias) => {
  const node = nested(
    1,
    ...['x', '', '', 'sizes'].map((name) => nested(1, name)),
    nested(2, 'y'),
    nested(4, 'Resize'),
    word('mode', 'linear'),
    word('coordinate_transformation_mode', 'half_pixel'),
    ...(antialias ? [flag('antialias', 1), flag('exclude_outside', 1)] : []),
  );
  const sizes = tensor('sizes', [4], 7, BigInt64Array.from([1n, 1n, 1n, 4n]));
  const graph = nested(7, node, nested(2, 'graph'), sizes, floats(11, 'x', [1, 1, 1, 16]), floats(12, 'y', [1, 1, 1, 4]));
  return Buffer.concat([number(1, 8), graph, nested(8, nested(1, ''), number(2, 18))]);
};
exports.compare = (program, antialias, values, before) => {
  const now = [...values].map((value) => value.toFixed(3)).join(' ');
  console.log(`${program}, antialias=${antialias}: ${now}`);
  if (now === before) return;
  console.error(`CHANGED, was: ${before}`);
  process.exitCode = 1;
};
SCRIPT

cat > opencv.cjs <<'SCRIPT'
const { row, resize, compare } = require('./model.cjs');
const cv = require('@techstark/opencv-js');
function main() {
  const version = /OpenCV (\d+\.\d+\.\d+)/.exec(cv.getBuildInformation())[1];
  for (const antialias of [0, 1]) {
    cv.FS_createDataFile('/', `${antialias}.onnx`, resize(antialias), true, false, false);
    const pixels = new cv.Mat(1, 16, cv.CV_32FC1);
    pixels.data32F.set(row);
    const network = cv.readNetFromONNX(`/${antialias}.onnx`);
    network.setInput(cv.blobFromImage(pixels, 1, new cv.Size(16, 1), new cv.Scalar(0), false, false, cv.CV_32F));
    compare(`OpenCV ${version}`, antialias, network.forward('').data32F, '0.000 0.000 0.000 0.000');
  }
  process.exit();
}
// The module has a method "then", so a promise must not be resolved with it.
if (cv.Mat) main();
else cv.onRuntimeInitialized = main;
SCRIPT

cat > ort.cjs <<'SCRIPT'
const { row, resize, compare } = require('./model.cjs');
const ort = require('onnxruntime-node');
async function main() {
  const { version } = require('onnxruntime-node/package.json');
  const seen = ['0.000 0.000 0.000 0.000', '2.286 2.000 2.000 1.429'];
  for (const antialias of [0, 1]) {
    const session = await ort.InferenceSession.create(resize(antialias), { logSeverityLevel: 4 });
    const { y } = await session.run({ x: new ort.Tensor('float32', row, [1, 1, 1, 16]) });
    compare(`ONNX Runtime ${version}`, antialias, y.data, seen[antialias]);
  }
}
main();
SCRIPT

printf '{ "private": true }\n' > package.json
install() { npm install --save-exact --ignore-scripts --no-audit --no-fund --loglevel=error "$@"; }
install onnxruntime-node@1.30.0
node ort.cjs
for version in 4.6.0-release.1 4.12.0-release.1; do
    install "@techstark/opencv-js@$version"
    node opencv.cjs
done
