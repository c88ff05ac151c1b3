#!/usr/bin/env bash
# tfjs-resizing-layer.sh: the Resizing layer of TensorFlow.js is not that of Keras: it lays corners onto corners, and
# cropToAspectRatio crops nothing.
#
# Expected: a layer that has Keras' name and configuration does what Keras' does. Keras' Resizing takes the centres of
# pixels (half a pixel off the corner), and with crop_to_aspect_ratio cuts the middle out of a longer side first.
#
# What happens with tfjs-layers 4.22.0, for rows 0 1 2 3 … and without a warning:
#   bilinear, 8 to 4 pixels: 0 2.333 4.667 7 (corners onto corners); the centres give 0.5 2.5 4.5 6.5, which
#   tf.image.resizeBilinear gives when it is asked for half-pixel centres;
#   nearest, 8 to 4 pixels: 0 2 5 7, distances that differ;
#   with cropToAspectRatio: true nothing is cut. An image of 4 x 8 becomes 4 x 4 of its whole width, and the pixels are
#   at yet other places: 0 2 4 6. Keras cuts to 2 3 4 5, which needs no resizing any more.
#
# Why it matters: a model of Keras with a Resizing in front (a usual start of transfer learning) loads after conversion
# and answers, on other pixels than it was trained on: up to half a pixel off where an image is halved, and with its
# outermost pixels taken as they are. Nothing fails.
# So resize before the model, with tf.image.resizeBilinear(image, size, false, true).
#
# Who is right: TensorFlow.js documents cropToAspectRatio as "whether to keep image aspect ratio", which neither value
# does. It says nothing about corners and centres; models that are converted from Keras need those of Keras.
#
# Exit code 0: still so. Otherwise: 1 and the word CHANGED, or that of the tool that failed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
cd -- "$folder"
printf '{ "private": true }\n' > package.json
npm install --save-exact --ignore-scripts --no-audit --no-fund --loglevel=error \
    @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0 @tensorflow/tfjs-layers@4.22.0

cat > finding.cjs <<'SCRIPT'
const tf = require('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-backend-cpu');
const { layers } = require('@tensorflow/tfjs-layers');

/** An image whose rows are all 0 1 2 3 … */
function ramp(height, width) {
  const pixels = Array.from({ length: height * width }, (_, i) => i % width);
  return tf.tensor4d(pixels, [1, height, width, 1]);
}
function firstRow(image) {
  const row = tf.slice(image, [0, 0, 0, 0], [1, 1, -1, 1]).dataSync();
  return [...row].map((x) => String(+x.toFixed(3))).join(' ');
}
const layer = (image, interpolation, cropToAspectRatio) =>
  firstRow(layers.resizing({ height: 4, width: 4, interpolation, cropToAspectRatio }).apply(image));

const seen = {
  'layer, bilinear, 8x8 to 4x4': '0 2.333 4.667 7',
  'layer, nearest, 8x8 to 4x4': '0 2 5 7',
  'layer, bilinear, 4x8 to 4x4, cropToAspectRatio': '0 2 4 6',
  'layer, nearest, 4x8 to 4x4, cropToAspectRatio': '0 2 4 6',
  'tf.image.resizeBilinear with aligned corners, 8x8 to 4x4': '0 2.333 4.667 7',
  'tf.image.resizeBilinear with half-pixel centres, 8x8 to 4x4': '0.5 2.5 4.5 6.5',
};

async function main() {
  await tf.setBackend('cpu');
  console.log(`tfjs-core ${tf.version_core}, Node ${process.version}, ${process.arch}`);
  const bilinear = (aligned, halfPixel) => firstRow(tf.image.resizeBilinear(ramp(8, 8), [4, 4], aligned, halfPixel));
  const now = {
    'layer, bilinear, 8x8 to 4x4': layer(ramp(8, 8), 'bilinear', false),
    'layer, nearest, 8x8 to 4x4': layer(ramp(8, 8), 'nearest', false),
    'layer, bilinear, 4x8 to 4x4, cropToAspectRatio': layer(ramp(4, 8), 'bilinear', true),
    'layer, nearest, 4x8 to 4x4, cropToAspectRatio': layer(ramp(4, 8), 'nearest', true),
    'tf.image.resizeBilinear with aligned corners, 8x8 to 4x4': bilinear(true, false),
    'tf.image.resizeBilinear with half-pixel centres, 8x8 to 4x4': bilinear(false, true),
  };
  let changed = 0;
  for (const [name, value] of Object.entries(now)) {
    const same = value === seen[name];
    if (!same) changed++;
    console.log(`  ${name}: ${value}${same ? '' : `   CHANGED, was ${seen[name]}`}`);
  }
  if (changed > 0) {
    console.error(`CHANGED: ${changed} results`);
    process.exitCode = 1;
  }
}
main();
SCRIPT
node finding.cjs
