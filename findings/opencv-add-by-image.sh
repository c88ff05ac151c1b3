#!/usr/bin/env bash
# opencv-add-by-image.sh: OpenCV 4.6 adds a number a channel to each image instead, where a batch has as many images as
# there are channels.
#
# Expected: the ONNX node Add of x [N, 3, H, W] and a constant [1, 3, 1, 1] adds the first number of the constant to the
# first channel of every image, the second to the second. So ONNX's rule for broadcasting has it.
#
# What happens in OpenCV 4.6.0's dnn, which Debian 12 has: one image comes out right. With three images the first
# number is added to all of the first image, the second to all of the second. Nothing is said. With two images an
# assertion fails. Mul by the same constant is right for any number. OpenCV 4.12.0 is right in all of them.
#
# Why it matters: (pixels - mean) / deviation at the head of a network is such an Add, for three channels. People try
# one image at a time, and three is a batch that happens: the answers are then wrong without a word.
#
# Who is right: ONNX and OpenCV 4.12. A convolution of single pixels with a group for each channel computes the same,
# and both versions take it.
#
# Exit code 0: still so. Otherwise: 1 and the word CHANGED, or that of the tool that failed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
cd -- "$folder"

cat > finding.cjs <<'SCRIPT'
const cv = require('@techstark/opencv-js');

// As much of protobuf as a model of two nodes needs.
const varint = (value) => (value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]);
const number = (field, value) => Buffer.from([...varint(field * 8), ...varint(value)]);
const nested = (field, ...parts) => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(body.length)]), body]);
};
const node = (op, inputs, output) => nested(1, ...inputs.map((name) => nested(1, name)), nested(2, output), nested(4, op));
const tensor = (name, shape, type, values) =>
  nested(5, ...shape.map((extent) => number(1, extent)), number(2, type), nested(8, name), nested(9, new Uint8Array(values.buffer)));
const floats = (field, name, shape) =>
  nested(field, nested(1, name), nested(2, nested(1, number(1, 1), nested(2, ...shape.map((extent) => nested(1, number(1, extent)))))));

/** y = x op [1000, 2000, 3000] by channels, for images of 3 channels and 2 pixels. OpenCV gets them as rows of one. */
function model(op, images) {
  const shape = [images, 3, 1, 2];
  const graph = nested(
    7,
    node('Reshape', ['rows', 'shape'], 'x'),
    node(op, ['x', 'constant'], 'y'),
    nested(2, 'graph'),
    tensor('shape', [4], 7, BigInt64Array.from(shape.map(BigInt))),
    tensor('constant', [1, 3, 1, 1], 1, Float32Array.of(1000, 2000, 3000)),
    floats(11, 'rows', [1, 1, images, 6]),
    floats(12, 'y', shape),
  );
  return Buffer.concat([number(1, 7), graph, nested(8, nested(1, ''), number(2, 13))]);
}

function answer(op, images) {
  const file = `${op}-${images}.onnx`;
  cv.FS_createDataFile('/', file, model(op, images), true, false, false);
  const rows = new cv.Mat(images, 6, cv.CV_32FC1);
  rows.data32F.set(Float32Array.from({ length: images * 6 }, (_, i) => i));
  try {
    const network = cv.readNetFromONNX(`/${file}`);
    network.setInput(cv.blobFromImage(rows, 1, new cv.Size(6, images), new cv.Scalar(0), false, false, cv.CV_32F));
    return [...network.forward('').data32F].join(' ');
  } catch (error) {
    return error instanceof Error ? error.message : 'an assertion failed';
  }
}

const right = {
  'Add 1': '1000 1001 2002 2003 3004 3005',
  'Add 2': '1000 1001 2002 2003 3004 3005 1006 1007 2008 2009 3010 3011',
  'Add 3': '1000 1001 2002 2003 3004 3005 1006 1007 2008 2009 3010 3011 1012 1013 2014 2015 3016 3017',
  'Mul 3': '0 1000 4000 6000 12000 15000 6000 7000 16000 18000 30000 33000 12000 13000 28000 30000 48000 51000',
};
const seen = {
  '4.6.0': {
    ...right,
    'Add 2': 'an assertion failed',
    'Add 3': '1000 1001 1002 1003 1004 1005 2006 2007 2008 2009 2010 2011 3012 3013 3014 3015 3016 3017',
  },
  '4.12.0': right,
};

function main() {
  const version = /OpenCV (\d+\.\d+\.\d+)/.exec(cv.getBuildInformation())[1];
  let changed = 0;
  for (const [what, before] of Object.entries(seen[version] ?? {})) {
    const [op, images] = what.split(' ');
    const now = answer(op, Number(images));
    console.log(`OpenCV ${version}, ${op} of ${images} image(s): ${now}`);
    if (now === before) continue;
    changed++;
    console.log(`  CHANGED, was: ${before}`);
  }
  if (changed > 0 || !seen[version]) {
    console.error(`CHANGED: ${changed} results of OpenCV ${version}`);
    process.exit(1);
  }
  process.exit(0);
}
// The module has a method "then", so a promise must not be resolved with it.
if (cv.Mat) main();
else cv.onRuntimeInitialized = main;
SCRIPT

printf '{ "private": true }\n' > package.json
for version in 4.6.0-release.1 4.12.0-release.1; do
    npm install --save-exact --ignore-scripts --no-audit --no-fund --loglevel=error "@techstark/opencv-js@$version"
    echo "@techstark/opencv-js $version, Node $(node --version)"
    node finding.cjs
done
