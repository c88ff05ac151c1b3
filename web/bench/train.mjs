// train.mjs [EXPERIMENT...] : images and GFLOP a second of training in Node, on one thread, on random images.
import { fileURLToPath, pathToFileURL } from 'node:url';

const variant = process.env.CNNLAB_VARIANT ?? 'cnnlab';
const file = fileURLToPath(
  new URL(`../../build/${variant.includes('threads') ? 'wasm-threads' : 'wasm'}/web/engine/${variant}.mjs`, import.meta.url),
);
const { default: create } = await import(pathToFileURL(file).href);
const lab = await create();
const take = ({ value, error }) => {
  if (error) throw new Error(`${error.place}: ${error.problem}; ${error.remedy}`);
  return value;
};

const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : ['cifar10-simple', 'fashion-cnn']) {
  const experiment = take(lab.experiment(name));
  const [height, width, channels] = take(lab.describe(JSON.stringify(experiment), '')).layers[0].input;
  const count = 512;
  const card = {
    name: 'random',
    image: [height, width, channels],
    classes: Array.from({ length: 10 }, (_, i) => String(i)),
    mean: Array(channels).fill(0.5),
    std: Array(channels).fill(0.25),
  };
  const images = take(lab.imagesNew(JSON.stringify(card)));
  const pixels = Uint8Array.from({ length: count * height * width * channels }, () => Math.random() * 256);
  take(
    lab.imagesAdd(
      images,
      'train',
      pixels,
      Int32Array.from({ length: count }, (_, i) => i % 10),
    ),
  );
  experiment.train = { ...experiment.train, epochs: 1000000 };
  const session = take(lab.open(JSON.stringify(experiment), images, 0));
  const train = (steps, milliseconds) => take(lab.run(session.id, steps, milliseconds)).batches.length / 6;
  // V8 compiles the hot functions again while they run: the first steps do not count.
  train(Infinity, 1500);
  let best = 0;
  for (let round = 0; round < 5; ++round) {
    const begin = performance.now();
    const steps = train(Infinity, 1000);
    best = Math.max(best, (1000 * steps * (session.trainCount / session.stepsPerEpoch)) / (performance.now() - begin));
  }
  console.log(
    `${name}: ${best.toFixed(0)} img/s, ${((best * session.flopsPerImage) / 1e9).toFixed(1)} GFLOP/s (Node ${process.versions.node}, one thread, best of five seconds)`,
  );
  take(lab.close(session.id));
  take(lab.imagesDrop(images));
}
