import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { LabEngine, type Experiment, type ImageSet, type LabSession } from '../../src/engine/client.js';

// What web/bench/chromium.mjs calls: each function measures one thing and gives numbers.

const batch = 64;
const count = 512;

type Shape = [number, number, number];

function pixelsOf(shape: Shape, images: number): Uint8Array {
  const pixels = new Uint8Array(images * shape[0] * shape[1] * shape[2]);
  let state = 1;
  for (let i = 0; i < pixels.length; i++) pixels[i] = (state = (state * 1103515245 + 12345) % 2147483648) >> 23;
  return pixels;
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const sleep = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

async function open(
  name: string,
  options: { threads: number; relaxed: boolean },
): Promise<{ lab: LabEngine; session: LabSession; shape: Shape }> {
  const lab = await LabEngine.start({ engineUrl: 'engine/', ...options });
  const experiment: Experiment = await lab.experiment(name);
  const validation = await lab.validate(experiment);
  if (!validation.ok) throw new Error(validation.error.problem);
  const shape = validation.description.layers[0]!.input as Shape;
  experiment.train = { ...experiment.train, epochs: 1_000_000 };
  const set: ImageSet = { count, shape, pixels: pixelsOf(shape, count), labels: Int32Array.from({ length: count }, (_, i) => i % 10) };
  const card = {
    name: 'random',
    title: 'random',
    image: shape,
    classes: Array.from({ length: 10 }, (_, i) => String(i)),
    mean: Array<number>(shape[2]).fill(0.5),
    std: Array<number>(shape[2]).fill(0.25),
  };
  const session = await lab.open({ experiment, data: { kind: 'images', card, train: set, test: set }, evaluate: 0 });
  return { lab, session, shape };
}

/** Images a second of training, a figure a round. */
async function train(name: string, options: { threads: number; relaxed: boolean }, rounds: number, milliseconds: number): Promise<object> {
  const { lab, session } = await open(name, options);
  let steps = 0;
  session.on('batches', (event) => (steps += event.step.length));
  await session.train();
  // The browser compiles the hot functions a second time while they run.
  await sleep(2000);
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [begin, before] = [performance.now(), steps];
    await sleep(milliseconds);
    rates.push(((steps - before) * (count / session.info.stepsPerEpoch) * 1000) / (performance.now() - begin));
  }
  const result = { backend: lab.backend, rates, median: median(rates), gflops: (median(rates) * session.info.flopsPerImage) / 1e9 };
  lab.close();
  return result;
}

/** Milliseconds of one answer for so many images, through the page's own interface. */
async function predict(name: string, options: { threads: number; relaxed: boolean }, images: number, rounds: number): Promise<number> {
  const { lab, session, shape } = await open(name, options);
  const pixels = pixelsOf(shape, images);
  const times: number[] = [];
  for (let round = 0; round < rounds + 20; round++) {
    const begin = performance.now();
    await session.predict({ pixels, count: images });
    if (round >= 20) times.push(performance.now() - begin);
  }
  lab.close();
  return median(times);
}

/** The same network in TensorFlow.js. */
function peer(name: string): { model: tf.Sequential; shape: Shape } {
  const model = tf.sequential();
  const conv = (filters: number, inputShape?: Shape): void =>
    model.add(tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', ...(inputShape ? { inputShape } : {}) }));
  const relu = (): void => model.add(tf.layers.activation({ activation: 'relu' }));
  const pool = (): void => model.add(tf.layers.maxPooling2d({ poolSize: 2 }));
  const dense = (units: number): void => model.add(tf.layers.dense({ units }));
  let shape: Shape;
  if (name === 'cifar10-simple') {
    shape = [32, 32, 3];
    [32, 64].forEach((filters, i) => {
      conv(filters, i ? undefined : shape);
      relu();
      pool();
    });
    model.add(tf.layers.flatten());
    dense(128);
    relu();
    model.add(tf.layers.dropout({ rate: 0.5 }));
    dense(10);
  } else {
    shape = [28, 28, 1];
    [32, 64].forEach((filters, i) => {
      for (let twice = 0; twice < 2; twice++) {
        conv(filters, i || twice ? undefined : shape);
        relu();
        model.add(tf.layers.batchNormalization());
      }
      pool();
    });
    model.add(tf.layers.flatten());
    dense(128);
    relu();
    model.add(tf.layers.dropout({ rate: 0.3 }));
    dense(10);
  }
  const loss = (labels: tf.Tensor, logits: tf.Tensor): tf.Tensor => tf.losses.softmaxCrossEntropy(labels, logits);
  model.compile({ optimizer: tf.train.adam(0.001), loss });
  return { model, shape };
}

async function useBackend(backend: string): Promise<void> {
  if (backend === 'wasm') setWasmPaths('tfjs/');
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend ${backend} here`);
  await tf.ready();
}

const inputsOf = (shape: Shape, images: number): tf.Tensor4D =>
  tf.tensor4d(
    Float32Array.from(pixelsOf(shape, images), (byte) => byte / 127.5 - 1),
    [images, ...shape],
  );

async function peerTrain(name: string, backend: string, milliseconds: number): Promise<{ parameters: number; rate: number }> {
  await useBackend(backend);
  const { model, shape } = peer(name);
  const x = inputsOf(shape, batch);
  const y = tf.oneHot(
    Array.from({ length: batch }, (_, i) => i % 10),
    10,
  );
  // The first batch compiles shaders; on the slowest backend one batch takes longer than all the time there is.
  const first = performance.now();
  await model.trainOnBatch(x, y);
  let [begin, steps] = [performance.now(), 0];
  if (begin - first > milliseconds) [begin, steps] = [first, 1];
  while (performance.now() - begin < milliseconds) {
    await model.trainOnBatch(x, y);
    steps++;
  }
  return { parameters: model.countParams(), rate: (1000 * steps * batch) / (performance.now() - begin) };
}

async function peerPredict(name: string, backend: string, images: number, rounds: number): Promise<number> {
  await useBackend(backend);
  const { model, shape } = peer(name);
  const x = inputsOf(shape, images);
  const times: number[] = [];
  for (let round = 0; round < rounds + 20; round++) {
    const begin = performance.now();
    const y = model.predict(x) as tf.Tensor;
    await y.data();
    y.dispose();
    if (round >= 20) times.push(performance.now() - begin);
  }
  return median(times);
}

Object.assign(globalThis, { bench: { train, predict, peerTrain, peerPredict } });
