// The engine at work on images of noise, in Node and in a browser's worker: speed does not depend on what they show.

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

/** Images of noise, `count` of them, and the number that the module gives them. */
function images(lab, [height, width, channels], classes, count) {
  const card = {
    name: 'noise',
    image: { height, width, channels },
    classes: Array.from({ length: classes }, (_, i) => String(i)),
    mean: Array(channels).fill(0.5),
    stddev: Array(channels).fill(0.25),
  };
  const number = take(lab.imagesNew(JSON.stringify(card)));
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes);
  take(lab.imagesAdd(number, 'train', noise(count * height * width * channels), labels));
  return number;
}

/**
 * `create` is a module's factory. `asked`: an experiment's name, or { layers, size, classes }, a network of its own for
 * coloured images of `size` pixels. Gives { backend, flops, turn }.
 */
export async function openSession(create, asked, threads) {
  const lab = await create({ threads });
  lab.setThreads(threads);
  const named = typeof asked === 'string';
  const experiment = named
    ? take(lab.experiment(asked))
    : { name: 'bench', dataset: 'noise', model: { layers: asked.layers }, train: { batch: 1 } };
  const shape = named ? take(lab.describe(JSON.stringify(experiment), '')).layers[0].input : [asked.size, asked.size, 3];
  const [height, width, channels] = shape;
  const count = named ? 512 : 8;
  experiment.train = { ...experiment.train, epochs: 1_000_000 };
  const data = images(lab, shape, named ? 10 : asked.classes, count);
  const session = take(lab.open(JSON.stringify(experiment), data, 0, null, ''));

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
