import { test } from 'vitest';
import { startEngine } from '/work/main/web/test/node-engine.ts';
test('x', async () => {
  const { lab } = await startEngine();
  for (const n of ['lines']) {
    const s = await lab.open({ experiment: n });
    console.log(JSON.stringify(s.info));
    const t = await s.tap({ images: { split: 'test', indices: [0] }, gradients: true });
    for (const k of ['activations', 'gradients'] as const) for (const [a, b] of Object.entries(t[k])) console.log(k, a, b.shape);
    await s.steps(3);
    for (const x of await s.tensors()) console.log(x.name, x.shape, x.data.slice(0, 4));
    console.log(await s.tap({ images: { split: 'test', indices: [0, 1] }, layers: ['input'] }));
    const im = await s.images('test', [0, 1]);
    console.log(im);
  }
  const e = await lab.experiment('fashion-cnn');
  const v = await lab.validate(e, {
    name: 'fashion-mnist',
    title: '',
    image: [28, 28, 1],
    classes: Array.from({ length: 10 }, (_, i) => 'c' + i),
    mean: [0.28],
    std: [0.35],
  });
  console.log(JSON.stringify(v));
  const card = {
    name: 'fashion-mnist',
    title: '',
    image: [28, 28, 1] as [number, number, number],
    classes: Array.from({ length: 10 }, (_, i) => 'c' + i),
    mean: [0.28],
    std: [0.35],
  };
  const mk = (n: number) => ({
    count: n,
    shape: [28, 28, 1] as [number, number, number],
    pixels: Uint8Array.from({ length: n * 784 }, () => Math.random() * 255),
    labels: Int32Array.from({ length: n }, (_, i) => i % 10),
  });
  const s = await lab.open({ experiment: e, data: { kind: 'images', card, train: mk(640), test: mk(1000) }, evaluate: 0 });
  let t0 = performance.now();
  await s.evaluate({});
  console.log('eval 1000', performance.now() - t0);
  t0 = performance.now();
  await s.steps(2);
  console.log('2 steps', performance.now() - t0);
  t0 = performance.now();
  const tp = await s.tap({ images: { split: 'train', indices: Array.from({ length: 64 }, (_, i) => i) }, gradients: true });
  console.log('tap64', performance.now() - t0);
  t0 = performance.now();
  await s.tap({ images: { split: 'train', indices: [0] }, gradients: true, layers: ['conv2d_1'] });
  console.log('tap1', performance.now() - t0);
  t0 = performance.now();
  await s.predict({ split: 'test', indices: Array.from({ length: 12 }, (_, i) => i) });
  console.log('predict12', performance.now() - t0);
  for (const [a, b] of Object.entries(tp.gradients)) console.log('g', a, b.shape);
  for (const x of await s.tensors()) console.log(x.name, x.shape, x.data.slice(0, 3));
});
