import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { noise } from '../session.mjs';

// The same networks in TensorFlow.js.

type Shape = [number, number, number];
export interface Turn {
  work: 'train' | 'infer';
  batch: number;
  milliseconds: number;
}

function network(name: string): { model: tf.Sequential; shape: Shape } {
  const model = tf.sequential();
  const conv = (filters: number, inputShape?: Shape): void =>
    model.add(tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', ...(inputShape ? { inputShape } : {}) }));
  const relu = (): void => model.add(tf.layers.activation({ activation: 'relu' }));
  const pool = (): void => model.add(tf.layers.maxPooling2d({ poolSize: 2 }));
  const dense = (units: number): void => model.add(tf.layers.dense({ units }));
  const end = (rate: number): void => {
    model.add(tf.layers.flatten());
    dense(128);
    relu();
    model.add(tf.layers.dropout({ rate }));
    dense(10);
  };
  let shape: Shape;
  if (name === 'cifar10-simple') {
    shape = [32, 32, 3];
    [32, 64].forEach((filters, i) => {
      conv(filters, i ? undefined : shape);
      relu();
      pool();
    });
    end(0.5);
  } else if (name === 'fashion-cnn') {
    shape = [28, 28, 1];
    [32, 64].forEach((filters, i) => {
      for (let twice = 0; twice < 2; twice++) {
        conv(filters, i || twice ? undefined : shape);
        relu();
        model.add(tf.layers.batchNormalization());
      }
      pool();
    });
    end(0.3);
  } else {
    throw new Error(`${name} is not written down for TensorFlow.js: cifar10-simple and fashion-cnn are`);
  }
  const loss = (labels: tf.Tensor, logits: tf.Tensor): tf.Tensor => tf.losses.softmaxCrossEntropy(labels, logits);
  model.compile({ optimizer: tf.train.adam(0.001), loss });
  return { model, shape };
}

/** `threads` counts for the backend wasm only. */
export async function openPeer(
  name: string,
  backend: string,
  threads: number,
): Promise<{ parameters: number; turn: (turn: Turn) => Promise<number> }> {
  if (backend === 'wasm') {
    setWasmPaths('tfjs/');
    // With one thread the module without threads: it is the faster one.
    if (threads === 1) tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    else setThreadsCount(threads);
  }
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend ${backend} here`);
  await tf.ready();
  const { model, shape } = network(name);
  const inputs = new Map<number, tf.Tensor4D>();
  const inputsOf = (batch: number): tf.Tensor4D => {
    const kept = inputs.get(batch);
    if (kept) return kept;
    const values = Float32Array.from(noise(batch * shape[0] * shape[1] * shape[2]), (byte) => byte / 127.5 - 1);
    const made = tf.tensor4d(values, [batch, ...shape]);
    inputs.set(batch, made);
    return made;
  };
  /** Images a second. The input is a tensor that is there already. */
  const turn = async ({ work, batch, milliseconds }: Turn): Promise<number> => {
    const x = inputsOf(batch);
    const y = tf.oneHot(
      Array.from({ length: batch }, (_, i) => i % 10),
      10,
    );
    const begin = performance.now();
    let done = 0;
    for (; done === 0 || performance.now() - begin < milliseconds; done++) {
      if (work === 'train') {
        await model.trainOnBatch(x, y);
      } else {
        const answer = model.predict(x) as tf.Tensor;
        await answer.data();
        answer.dispose();
      }
    }
    const rate = (1000 * done * batch) / (performance.now() - begin);
    y.dispose();
    return rate;
  };
  return { parameters: model.countParams(), turn };
}
