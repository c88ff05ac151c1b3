// shards.mjs OUT [NAME=FOLDER...] : data sets as static shards in OUT, with a list of them in OUT/index.json. A
// shard is gzip of the labels, a byte each, and then the images as NHWC bytes. The first one of the training
// images is small, so that images are on the screen at once; the others are loaded when they are wanted. Of a set that
// is large there is a part. What is up to date is not made again.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable, pipeline } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createGunzip, gunzipSync, gzipSync } from 'node:zlib';
import { cardOf, foldersIn, foldersOf } from './data-folders.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Where the first shards end: samples and a first training; what the test curve takes. */
const ends = { train: [100, 2000], test: [1000] };
const later = 10000;
/** The first images, which `train_limit` and `test_limit` of the command line take as well. */
const most = { cifar10: { train: 10000, test: 2000 } };

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

/** The entries of an archive. Throws an error that names it. */
async function unpacked(file) {
  const { unpackTar } = await import('modern-tar');
  try {
    const plain = createGunzip();
    // What goes wrong with the file reaches who reads `plain`.
    pipeline(createReadStream(file), plain, () => undefined);
    return await unpackTar(Readable.toWeb(plain), { strict: true });
  } catch (error) {
    throw new Error(`${file}: is a damaged archive (${error.message}); get it again`, { cause: error });
  }
}

/** A file's bytes as they were before they were packed. Throws an error that names it. */
function plainBytes(folder, name, bytes) {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new Error(`${join(folder, name)}: is a damaged archive (${error.message}); get it again`, { cause: error });
  }
}

/** The files in a folder, or in an archive of the data set's in it: a name and bytes. */
async function* places(folder, card) {
  if (!existsSync(folder)) return;
  const names = readdirSync(folder);
  yield names.map((name) => ({ name, bytes: () => readFileSync(join(folder, name)) }));
  const archives = [...card.files.map((file) => file.name), 'cifar-10-python.tar.gz'].filter((name) => /\.tar\.gz$/.test(name));
  for (const name of names.filter((file) => archives.includes(file))) {
    const entries = await unpacked(join(folder, name));
    yield entries.flatMap(({ header, data }) => (header.type === 'file' && data ? [{ name: header.name, bytes: () => data }] : []));
  }
}

/** Reads the data set in a folder; null where there are no files of one. */
async function read(engine, folder, card) {
  for await (const files of places(folder, card)) {
    const reader = take(engine.readerNew(JSON.stringify(files.map(({ name }) => name)), '{}'));
    if (!reader) continue;
    for (const number of reader.files) {
      const { name, bytes } = files[number];
      take(engine.readerAdd(reader.id, plainBytes(folder, name, bytes())));
    }
    return take(engine.readerFinish(reader.id));
  }
  return null;
}

/** Whether a folder has what a data set is read from, without opening it. */
const looksLikely = (folder, card) =>
  existsSync(folder) &&
  readdirSync(folder).some((name) => card.files.some((file) => name === file.name) || /\.tar\.gz$|^(data|test)_batch|ubyte/.test(name));

/** Writes a split's shards into OUT and gives their entries. */
function writeShards(out, name, split, { pixels, labels }) {
  const size = pixels.length / labels.length;
  const bytes = Uint8Array.from(labels);
  const entries = [];
  const count = Math.min(labels.length, most[name]?.[split] ?? Infinity);
  for (let begin = 0; begin < count;) {
    const end = Math.min(count, ends[split][entries.length] ?? Math.ceil((begin + 1) / later) * later);
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

/** A folder that somebody has named is taken, or said to be none. Throws. */
function checkGiven(given, names) {
  for (const [name, folder] of Object.entries(given)) {
    const place = `${name}=${folder ?? ''}`;
    if (!names.includes(name) || !existsSync(join(root, 'datasets', name, 'card.json')))
      throw new Error(`${place}: there is no data set ${name}; give one of ${names.join(', ')}`);
    const card = cardOf(name);
    if (card.files.length === 0) throw new Error(`${place}: the images of ${name} come from no files; leave it out`);
    const near = folder ? foldersIn(folder) : [];
    if (near.some((one) => looksLikely(one, card))) continue;
    const files = card.files.map((file) => file.name).join(', ');
    throw new Error(`${place}: this folder has no files of ${name}; give one that has ${files}`);
  }
}

/** Makes the shards of the data sets that are on this machine. `given`: folders by name; `names`: only these sets. */
export async function prepare(out, given = {}, names = readdirSync(join(root, 'datasets'))) {
  checkGiven(given, names);
  mkdirSync(out, { recursive: true });
  const list = join(out, 'index.json');
  const before = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : { datasets: [] };
  const version = statSync(fileURLToPath(import.meta.url)).mtimeMs;
  const datasets = [];
  // Cards of those that are not here: the page names them, and says what to do.
  const absent = [];
  for (const name of names) {
    const file = join(root, 'datasets', name, 'card.json');
    if (!existsSync(file)) continue;
    const card = cardOf(name);
    if (card.files.length === 0) continue;
    const known = before.datasets.find((set) => set.name === name);
    const made = join(out, name, 'made');
    const time = known && existsSync(made) ? statSync(made).mtimeMs : 0;
    const folders = foldersOf(card, given[name]).filter((folder) => looksLikely(folder, card));
    if (folders[0] && time > Math.max(version, newest(folders[0]), statSync(file).mtimeMs)) {
      datasets.push(known);
      continue;
    }
    let images = null;
    for (const folder of folders) {
      say(`preparing ${name} from ${folder}`);
      // A module of its own: what large files take is given back.
      images ??= await read(await loadEngine(), folder, card);
      if (images && images.card.name !== name) say(`the files in ${folder} are not those of ${name}`);
      if (images?.card.name !== name) images = null;
      if (images) break;
    }
    if (!images) {
      say(`${name} is not on this machine: the page will do without`);
      absent.push(card);
      continue;
    }
    rmSync(join(out, name), { recursive: true, force: true });
    mkdirSync(join(out, name));
    const splits = { train: writeShards(out, name, 'train', images.train), test: writeShards(out, name, 'test', images.test) };
    datasets.push({ name, card: images.card, splits });
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
  try {
    await prepare(out, Object.fromEntries(given.map((pair) => pair.split(/=(.*)/s).slice(0, 2))));
  } catch (error) {
    say(error.message);
    process.exit(1);
  }
}
