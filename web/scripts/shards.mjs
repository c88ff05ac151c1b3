// shards.mjs OUT [NAME=FOLDER...] : data sets as static shards in OUT, with a list of them in OUT/index.json. A
// shard is gzip of the labels, a byte each, and then the images as NHWC bytes. The first one of the training
// images is small, so that images are on the screen at once; the others are loaded when they are wanted. What
// is up to date is not made again.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { cardOf, foldersOf } from './data-folders.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Where the first shards end: samples and a first training; what the test curve takes. */
const ends = { train: [100, 2000], test: [1000] };
const later = 10000;

const say = (text) => console.error(`lab: ${text}`);

/** A call's value, or its error thrown. */
function take(outcome) {
  if (!('error' in outcome)) return outcome.value;
  const { place, problem, remedy } = outcome.error;
  throw new Error(`${place}: ${problem}; ${remedy}`);
}

/** The engine as it runs in the page: what files mean is said once. */
async function loadEngine() {
  const file = join(process.env.CNNLAB_MODULES ?? join(root, 'build', 'wasm', 'web', 'bindings'), 'cnnlab-files.js');
  const { default: create } = await import(pathToFileURL(file).href);
  return create();
}

/** The official files in a folder, and who reads them; null where there are none. */
function open(engine, folder) {
  if (!existsSync(folder)) return null;
  const names = readdirSync(folder);
  const reader = take(engine.readerNew(JSON.stringify(names), '{}'));
  return reader && { folder, id: reader.id, files: reader.files.map((number) => names[number]) };
}

function read(engine, { folder, id, files }) {
  for (const name of files) {
    const bytes = readFileSync(join(folder, name));
    take(engine.readerAdd(id, name.endsWith('.gz') ? gunzipSync(bytes) : bytes));
  }
  return take(engine.readerFinish(id));
}

/** Writes a split's shards into OUT and gives their entries. */
function writeShards(out, name, split, { pixels, labels }) {
  const size = pixels.length / labels.length;
  const bytes = Uint8Array.from(labels);
  const entries = [];
  for (let begin = 0; begin < labels.length;) {
    const end = Math.min(labels.length, ends[split][entries.length] ?? Math.ceil((begin + 1) / later) * later);
    const raw = Buffer.concat([bytes.subarray(begin, end), pixels.subarray(begin * size, end * size)]);
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

export async function prepare(out, given = {}) {
  mkdirSync(out, { recursive: true });
  const list = join(out, 'index.json');
  const before = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : { datasets: [] };
  const version = statSync(fileURLToPath(import.meta.url)).mtimeMs;
  const datasets = [];
  // Cards of those that are not here: the page names them, and says what to do.
  const absent = [];
  const engine = await loadEngine();
  for (const name of readdirSync(join(root, 'datasets'))) {
    const file = join(root, 'datasets', name, 'card.json');
    if (!existsSync(file)) continue;
    const card = cardOf(name);
    if (card.files.length === 0) continue;
    let found = null;
    for (const folder of foldersOf(card, given[name])) found ??= open(engine, folder);
    if (!found) {
      say(`${name} is not on this machine: the page will do without`);
      absent.push(card);
      continue;
    }
    const { folder } = found;
    const known = before.datasets.find((set) => set.name === name);
    const made = join(out, name, 'made');
    if (known && existsSync(made) && statSync(made).mtimeMs > Math.max(version, newest(folder), statSync(file).mtimeMs)) {
      datasets.push(known);
      continue;
    }
    say(`preparing ${name} from ${folder}`);
    rmSync(join(out, name), { recursive: true, force: true });
    mkdirSync(join(out, name));
    const images = read(engine, found);
    if (images.card.name !== name) {
      say(`the files in ${folder} are not those of ${name}: the page will do without`);
      absent.push(card);
      continue;
    }
    datasets.push({
      name,
      card: images.card,
      splits: { train: writeShards(out, name, 'train', images.train), test: writeShards(out, name, 'test', images.test) },
    });
    writeFileSync(made, '');
  }
  writeFileSync(`${list}.new`, `${JSON.stringify({ format: 'cnnlab-data-1', datasets, absent }, null, 1)}\n`);
  renameSync(`${list}.new`, list);
  return datasets;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [out, ...given] = process.argv.slice(2);
  if (!out) {
    console.error('usage: shards.mjs OUT [NAME=FOLDER...]');
    process.exit(2);
  }
  await prepare(out, Object.fromEntries(given.map((pair) => pair.split(/=(.*)/s).slice(0, 2))));
}
