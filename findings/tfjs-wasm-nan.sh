#!/usr/bin/env bash
# tfjs-wasm-nan.sh: NaN goes into a convolution of TensorFlow.js on WebAssembly, and -Infinity or 0 comes out.
#
# Expected: not-a-number spreads. A network whose weights have diverged answers NaN, on each backend of TensorFlow.js.
# That is how its cpu backend does it for conv2d, matMul, avgPool and clipByValue.
#
# What happens on the wasm backend of 4.22.0, for float32 and valid shapes, without a warning:
#   conv2d and depthwiseConv2d give -Infinity where the result is NaN, and 0 with a ReLU after it, fused or not;
#   avgPool gives -Infinity for every window with a NaN in it;
#   maxPool's answer depends on where the NaN stands: last of (1, 2, 3, NaN) gives 3, first of (NaN, 1, 2, 3)
#   gives -Infinity;
#   relu6 and clipByValue give their lower bound, while relu gives NaN;
#   matMul gives NaN, but 0 when a ReLU is fused into it.
# The cpu backend is no model for maxPool either: it skips NaN, and a window of four NaNs gives -Infinity.
# So a convolution with NaN for weights, a ReLU, a mean, a dense layer and softmax give probabilities that look sound.
#
# Why it matters: "is the loss NaN?" is the usual test for a training that diverged or a file that was converted badly.
# Moved to this backend, such a network passes the test and answers with what its last biases say, for each image alike.
# So test the weights themselves for NaN before and after a network moves, not its answers.
#
# Who is right: TensorFlow.js promises nothing in writing about NaN in these ops. IEEE 754-2019 makes sums and products
# with NaN a NaN, so the convolution and the mean are not its arithmetic. For a maximum it has two operations: `maximum`
# gives NaN and `maximumNumber` the largest number. For (NaN, 1, 2, 3) they give NaN and 3; -Infinity is neither.
#
# Exit code 0: still so. Otherwise: 1 and the word CHANGED, or that of the tool that failed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
cd -- "$folder"
printf '{ "private": true }\n' > package.json
npm install --save-exact --ignore-scripts --no-audit --no-fund --loglevel=error \
    @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0

cat > finding.cjs <<'SCRIPT'
const tf = require('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-backend-cpu');
require('@tensorflow/tfjs-backend-wasm');

/** Each op on a few numbers, one of them NaN, and a small network whose first weights are NaN. */
function results() {
  const image = (...values) => tf.tensor4d(values, [1, 2, 2, 1]);
  const kernel = (value) => tf.fill([1, 1, 1, 1], value);
  const some = image(1, 2, NaN, 3);
  const sound = image(1, 2, 3, 4);
  const row = tf.tensor2d([[1, NaN]]);
  const column = tf.ones([2, 1]);
  const broken = tf.relu(tf.conv2d(sound, kernel(NaN), 1, 'valid'));
  const logits = tf.add(tf.matMul(tf.mean(broken, [1, 2]), tf.tensor2d([[1, -1]])), tf.tensor1d([2, 0]));
  const found = {
    'conv2d': tf.conv2d(some, kernel(1), 1, 'valid'),
    'depthwiseConv2d': tf.depthwiseConv2d(some, kernel(1), 1, 'valid'),
    'conv2d, NaN weight': tf.conv2d(sound, kernel(NaN), 1, 'valid'),
    'conv2d, NaN weight, relu': broken,
    'conv2d fused with relu, NaN weight': tf.fused.conv2d({ x: sound, filter: kernel(NaN), strides: 1, pad: 'valid', activation: 'relu' }),
    'avgPool of 1 2 3 NaN': tf.avgPool(image(1, 2, 3, NaN), 2, 2, 'valid'),
    'maxPool of 1 2 3 NaN': tf.maxPool(image(1, 2, 3, NaN), 2, 2, 'valid'),
    'maxPool of NaN 1 2 3': tf.maxPool(image(NaN, 1, 2, 3), 2, 2, 'valid'),
    'maxPool of four NaNs': tf.maxPool(image(NaN, NaN, NaN, NaN), 2, 2, 'valid'),
    'relu': tf.relu(some),
    'relu6': tf.relu6(some),
    'clipByValue to -9..9': tf.clipByValue(some, -9, 9),
    'matMul': tf.matMul(row, column),
    'matMul fused with relu': tf.fused.matMul({ a: row, b: column, activation: 'relu' }),
    'network with NaN weights: probabilities': tf.softmax(logits),
  };
  return Object.fromEntries(
    Object.entries(found).map(([name, tensor]) => [name, [...tensor.dataSync()].map((x) => String(+x.toFixed(3))).join(' ')]),
  );
}

const seen = {
  cpu: {
    'conv2d': '1 2 NaN 3',
    'depthwiseConv2d': '1 2 NaN 3',
    'conv2d, NaN weight': 'NaN NaN NaN NaN',
    'conv2d, NaN weight, relu': 'NaN NaN NaN NaN',
    'conv2d fused with relu, NaN weight': 'NaN NaN NaN NaN',
    'avgPool of 1 2 3 NaN': 'NaN',
    'maxPool of 1 2 3 NaN': '3',
    'maxPool of NaN 1 2 3': '3',
    'maxPool of four NaNs': '-Infinity',
    'relu': '1 2 NaN 3',
    'relu6': '1 2 NaN 3',
    'clipByValue to -9..9': '1 2 NaN 3',
    'matMul': 'NaN',
    'matMul fused with relu': 'NaN',
    'network with NaN weights: probabilities': 'NaN NaN',
  },
  wasm: {
    'conv2d': '1 2 -Infinity 3',
    'depthwiseConv2d': '1 2 -Infinity 3',
    'conv2d, NaN weight': '-Infinity -Infinity -Infinity -Infinity',
    'conv2d, NaN weight, relu': '0 0 0 0',
    'conv2d fused with relu, NaN weight': '0 0 0 0',
    'avgPool of 1 2 3 NaN': '-Infinity',
    'maxPool of 1 2 3 NaN': '3',
    'maxPool of NaN 1 2 3': '-Infinity',
    'maxPool of four NaNs': '-Infinity',
    'relu': '1 2 NaN 3',
    'relu6': '1 2 0 3',
    'clipByValue to -9..9': '1 2 -9 3',
    'matMul': 'NaN',
    'matMul fused with relu': '0',
    'network with NaN weights: probabilities': '0.881 0.119',
  },
};

async function main() {
  console.log(`tfjs-core ${tf.version_core}, Node ${process.version}, ${process.arch}`);
  let changed = 0;
  for (const backend of ['cpu', 'wasm']) {
    if (!(await tf.setBackend(backend))) throw new Error(`no backend ${backend}`);
    await tf.ready();
    const now = results();
    console.log(`\n${backend}`);
    for (const [name, value] of Object.entries(now)) {
      const same = value === seen[backend][name];
      if (!same) changed++;
      console.log(`  ${name}: ${value}${same ? '' : `   CHANGED, was ${seen[backend][name]}`}`);
    }
  }
  if (changed > 0) {
    console.error(`CHANGED: ${changed} results`);
    process.exitCode = 1;
  }
}
main();
SCRIPT
node finding.cjs
