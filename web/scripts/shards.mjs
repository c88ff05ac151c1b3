// shards.mjs OUT [NAME=FOLDER...] : data sets as static shards in OUT, with a list of them in OUT/index.json. A
// shard is gzip of the labels, a byte each, and then the images as NHWC bytes. The first one of the training
// images is small, so that images are on the screen at once; the others are loaded when they are wanted. What
// is up to date is not made again.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Where the first shards end: samples and a first training; what the test curve takes. */
const ends = { train: [100, 2000], test: [1000] };
const later = 10000;

const say = (text) => console.error(`lab: ${text}`);

/** An IDX file's numbers, packed or not. */
function idx(folder, name) {
  const packed = join(folder, `${name}.gz`);
  const plain = join(folder, name);
  const bytes = existsSync(plain) ? readFileSync(plain) : gunzipSync(readFileSync(packed));
  const rank = bytes[3];
  if (bytes.readUInt16BE(0) !== 0 || bytes[2] !== 8) throw new Error(`${name} in ${folder} is no IDX file of bytes`);
  const extents = Array.from({ length: rank }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  const data = bytes.subarray(4 + 4 * rank);
  if (data.length !== extents.reduce((a, b) => a * b, 1)) throw new Error(`${name} in ${folder} is cut off`);
  return { extents, data };
}

function readIdx(folder) {
  const split = (images, labels) => ({ pixels: idx(folder, images).data, labels: idx(folder, labels).data });
  return {
    train: split('train-images-idx3-ubyte', 'train-labels-idx1-ubyte'),
    test: split('t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'),
  };
}

/** Records of a label and 3 planes of 1,024 bytes, made NHWC. */
function readCifar(folder) {
  const split = (files) => {
    const bytes = Buffer.concat(files.map((file) => readFileSync(join(folder, file))));
    if (bytes.length % 3073 !== 0) throw new Error(`${folder} does not hold whole records`);
    const count = bytes.length / 3073;
    const labels = Buffer.alloc(count);
    const pixels = Buffer.alloc(count * 3072);
    for (let n = 0; n < count; ++n) {
      const at = n * 3073;
      labels[n] = bytes[at];
      for (let p = 0; p < 1024; ++p) {
        for (let c = 0; c < 3; ++c) pixels[n * 3072 + p * 3 + c] = bytes[at + 1 + c * 1024 + p];
      }
    }
    return { pixels, labels };
  };
  return { train: split([1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`)), test: split(['test_batch.bin']) };
}

const readers = {
  idx: {
    read: readIdx,
    has: (folder) => ['train-images-idx3-ubyte', 'train-images-idx3-ubyte.gz'].some((name) => existsSync(join(folder, name))),
  },
  'cifar10-binary': { read: readCifar, has: (folder) => existsSync(join(folder, 'test_batch.bin')) },
};

/** Where a data set's official files may lie, as the command line looks for them. */
function foldersOf(card, given) {
  const cache = process.env.XDG_CACHE_HOME ?? (process.env.HOME ? join(process.env.HOME, '.cache') : null);
  return [
    given,
    join(root, 'data', card.name),
    join(root, 'data', card.name, 'cifar-10-batches-bin'),
    card.system_directory,
    cache && join(cache, 'cnnlab', card.name),
  ].filter(Boolean);
}

function pageCard(card) {
  return {
    name: card.name,
    title: card.title,
    image: [card.image.height, card.image.width, card.image.channels],
    classes: card.classes,
    mean: card.mean,
    std: card.stddev,
    licence: card.licence,
    source: card.source,
  };
}

/** Writes a split's shards into OUT and gives their entries. */
function writeShards(out, name, split, { pixels, labels }) {
  const size = pixels.length / labels.length;
  const entries = [];
  for (let begin = 0; begin < labels.length;) {
    const end = Math.min(labels.length, ends[split][entries.length] ?? Math.ceil((begin + 1) / later) * later);
    const raw = Buffer.concat([labels.subarray(begin, end), pixels.subarray(begin * size, end * size)]);
    const packed = gzipSync(raw, { level: 6 });
    const sha256 = createHash('sha256').update(packed).digest('hex');
    // Not .gz: some servers would unpack it on the way. The checksum in the name lets caches keep it for ever.
    const file = `${name}/${split}-${entries.length}-${sha256.slice(0, 8)}.bin`;
    writeFileSync(join(out, file), packed);
    entries.push({ file, count: end - begin, bytes: packed.length, sha256 });
    begin = end;
  }
  return entries;
}

function newest(folder) {
  return Math.max(...readdirSync(folder).map((file) => statSync(join(folder, file)).mtimeMs));
}

export function prepare(out, given = {}) {
  mkdirSync(out, { recursive: true });
  const list = join(out, 'index.json');
  const before = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : { datasets: [] };
  const version = statSync(fileURLToPath(import.meta.url)).mtimeMs;
  const datasets = [];
  for (const name of readdirSync(join(root, 'datasets'))) {
    const file = join(root, 'datasets', name, 'card.json');
    if (!existsSync(file)) continue;
    const card = JSON.parse(readFileSync(file, 'utf8'));
    const reader = readers[card.format];
    if (!reader) continue;
    const folder = foldersOf(card, given[name]).find((candidate) => existsSync(candidate) && reader.has(candidate));
    if (!folder) {
      say(`${name} is not on this machine: the page will do without`);
      continue;
    }
    const known = before.datasets.find((set) => set.name === name);
    const made = join(out, name, 'made');
    if (known && existsSync(made) && statSync(made).mtimeMs > Math.max(version, newest(folder), statSync(file).mtimeMs)) {
      datasets.push(known);
      continue;
    }
    say(`preparing ${name} from ${folder}`);
    rmSync(join(out, name), { recursive: true, force: true });
    mkdirSync(join(out, name));
    const splits = reader.read(folder);
    datasets.push({
      name,
      card: pageCard(card),
      splits: { train: writeShards(out, name, 'train', splits.train), test: writeShards(out, name, 'test', splits.test) },
    });
    writeFileSync(made, '');
  }
  writeFileSync(`${list}.new`, `${JSON.stringify({ format: 'cnnlab-data-1', datasets }, null, 1)}\n`);
  renameSync(`${list}.new`, list);
  return datasets;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [out, ...given] = process.argv.slice(2);
  if (!out) {
    console.error('usage: shards.mjs OUT [NAME=FOLDER...]');
    process.exit(2);
  }
  prepare(out, Object.fromEntries(given.map((pair) => pair.split(/=(.*)/s).slice(0, 2))));
}
