// The engine at work on images of noise, in Node and in a browser's worker: speed does not depend on what they show.

const count = 512;
/** What the page's worker gives a slice of training (web/src/client/host.ts). */
const slice = 12;

const take = ({ value, error }) => {
  if (error) throw new Error(`${error.place}: ${error.problem}; ${error.remedy}`);
  return value;
};

export function noise(bytes) {
  const pixels = new Uint8Array(bytes);
  let state = 1;
  for (let i = 0; i < bytes; i++) pixels[i] = (state = (state * 1103515245 + 12345) % 2147483648) >> 23;
  return pixels;
}

/** `create` is a module's factory, `name` an experiment. Gives { backend, flops, turn }. */
export async function openSession(create, name, threads) {
  const lab = await create({ threads });
  lab.setThreads(threads);
  const experiment = take(lab.experiment(name));
  const shape = take(lab.describe(JSON.stringify(experiment), '')).layers[0].input;
  const [height, width, channels] = shape;
  const card = {
    name: 'noise',
    image: { height, width, channels },
    classes: Array.from({ length: 10 }, (_, i) => String(i)),
    mean: Array(channels).fill(0.5),
    stddev: Array(channels).fill(0.25),
  };
  const images = take(lab.imagesNew(JSON.stringify(card)));
  const labels = Int32Array.from({ length: count }, (_, i) => i % 10);
  take(lab.imagesAdd(images, 'train', noise(count * height * width * channels), labels));
  experiment.train = { ...experiment.train, epochs: 1_000_000 };
  const session = take(lab.open(JSON.stringify(experiment), images, 0));

  const train = (milliseconds) => {
    const begin = performance.now();
    let steps = 0;
    while (performance.now() - begin < milliseconds) steps += take(lab.run(session.id, Infinity, slice)).batches.length / 6;
    return (1000 * steps * (count / session.steps_per_epoch)) / (performance.now() - begin);
  };
  // From the bytes of images to their logits, as the page asks for them.
  const predict = (pixels) => {
    take(lab.beginTap(session.id, pixels, null, '[]', false));
    while (!take(lab.tapSlice(session.id, 1000)));
  };
  const infer = (batch, milliseconds) => {
    const pixels = noise(batch * height * width * channels);
    const begin = performance.now();
    let answers = 0;
    for (; answers === 0 || performance.now() - begin < milliseconds; answers++) predict(pixels);
    return (1000 * answers * batch) / (performance.now() - begin);
  };
  return {
    backend: lab.backend(),
    flops: session.flops_per_image,
    /** Images a second of { work: 'train' | 'infer', batch, milliseconds }. */
    turn: ({ work, batch, milliseconds }) => (work === 'train' ? train(milliseconds) : infer(batch, milliseconds)),
  };
}
