// node tests/peer/tfjs_resize.mjs > tests/golden/tensorflow_resize.json: small images, and what TensorFlow's bilinear
// resize (TensorFlow 2's, with centres of pixels at halves, without antialiasing) makes of them, by TensorFlow.js of
// web/node_modules.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(fileURLToPath(new URL('../../web/node_modules/@tensorflow/', import.meta.url)));
const tf = require('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-backend-cpu');
await tf.setBackend('cpu');

const sizes = [
  [[5, 7, 2], [9, 12]], // larger
  [[4, 3, 3], [8, 6]], // twice
  [[9, 7, 1], [4, 5]], // smaller
  [[16, 12, 3], [5, 3]], // much smaller: some pixels count for nothing
  [[6, 11, 1], [13, 4]], // larger and smaller
  [[3, 8, 2], [1, 1]],
];
let seed = 1;
const pixel = () => (seed = (seed * 48271) % 2147483647) % 256;
const cases = sizes.map(([image, size]) => {
  const pixels = Array.from({ length: image.reduce((product, extent) => product * extent, 1) }, pixel);
  const input = tf.tensor(pixels.map((value) => value / 255), image);
  return { image, size, pixels, resized: [...tf.image.resizeBilinear(input, size, false, true).dataSync()] };
});
console.log(JSON.stringify({ by: `TensorFlow.js ${tf.version_core}`, cases }));
