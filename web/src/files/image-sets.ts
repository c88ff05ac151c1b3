import type { DataCard, ImageSet } from '../client/client.js';
import { gunzip } from './archives.js';
import { nameOf, type NamedFile } from './named-file.js';
import type { OwnImages, ReadingProgress } from './own-images.js';
import { FileProblem } from './problem.js';
import { statisticsOf } from './statistics.js';

/** The official files of Fashion-MNIST, MNIST and CIFAR-10. */

const idxName = /^(train|t10k)-(images|labels)[-.]idx[13]-ubyte(\.gz)?$/;
const cifarName = /^(data_batch_\d|test_batch)\.bin$/;

export const isIdx = (file: NamedFile): boolean => idxName.test(nameOf(file));
export const isCifar = (file: NamedFile): boolean => cifarName.test(nameOf(file));

interface Idx {
  extents: number[];
  data: Uint8Array<ArrayBuffer>;
}

/** An IDX file: two zeros, the type 8 (bytes), the number of axes, an extent each, and then the bytes. */
async function readIdx(file: NamedFile, axes: number): Promise<Idx> {
  const name = nameOf(file);
  const packed = await file.bytes();
  const bytes = name.endsWith('.gz') ? await gunzip(packed, name) : packed;
  const start = 4 + 4 * axes;
  if (bytes.length < start || bytes[0] !== 0 || bytes[1] !== 0 || bytes[2] !== 8 || bytes[3] !== axes)
    throw new FileProblem('fileNotIdx', { name });
  const view = new DataView(bytes.buffer);
  const extents = Array.from({ length: axes }, (_, i) => view.getUint32(4 + 4 * i));
  const size = extents.reduce((a, b) => a * b, 1);
  if (bytes.length - start !== size) throw new FileProblem('fileWrongLength', { name, is: bytes.length - start, should: size });
  return { extents, data: bytes.subarray(start) };
}

async function idxSplit(files: readonly NamedFile[], split: 'train' | 't10k', fileDone: () => void): Promise<ImageSet> {
  const find = (what: string): NamedFile => {
    const file = files.find((candidate) => nameOf(candidate).startsWith(`${split}-${what}`));
    if (!file) throw new FileProblem('fileMissing', { name: `${split}-${what}-idx${what === 'images' ? 3 : 1}-ubyte.gz` });
    return file;
  };
  const imageFile = find('images');
  const labelFile = find('labels');
  const images = await readIdx(imageFile, 3);
  fileDone();
  const labels = await readIdx(labelFile, 1);
  fileDone();
  const [count, height, width] = images.extents as [number, number, number];
  if (labels.extents[0] !== count)
    throw new FileProblem('filesDisagree', { name: nameOf(labelFile), is: labels.extents[0]!, other: nameOf(imageFile), should: count });
  return { count, shape: [height, width, 1], pixels: images.data, labels: Int32Array.from(labels.data) };
}

const clothes = ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'];

/** Tells after each file how many of how many are read. */
const counter = (total: number, progress: (at: ReadingProgress) => void): (() => void) => {
  let done = 0;
  progress({ what: 'file', done, total });
  return () => progress({ what: 'file', done: ++done, total });
};

const quietly = (): void => undefined;

export async function readIdxFiles(files: readonly NamedFile[], progress: (at: ReadingProgress) => void = quietly): Promise<OwnImages> {
  const fileDone = counter(4, progress);
  const train = await idxSplit(files, 'train', fileDone);
  const test = await idxSplit(files, 't10k', fileDone);
  if (train.shape.join() !== test.shape.join())
    throw new FileProblem('filesDisagree', {
      name: 't10k-images',
      is: test.shape.join('×'),
      other: 'train-images',
      should: train.shape.join('×'),
    });
  const { mean, std } = statisticsOf(train);
  // The two sets have the same file names; their brightness tells them apart.
  if (train.count === 60_000 && Math.abs(mean[0]! - 0.286) < 0.001) {
    const card: DataCard = {
      name: 'fashion-mnist',
      title: 'Fashion-MNIST',
      image: train.shape,
      classes: clothes,
      mean: [0.286],
      std: [0.353],
    };
    return { card, train, test, dataset: 'fashion-mnist' };
  }
  const most = [...new Set([...train.labels, ...test.labels])].reduce((a, b) => Math.max(a, b), 1);
  const digits = train.count === 60_000 && most === 9;
  const card: DataCard = {
    name: 'folder',
    title: digits ? 'MNIST' : 'IDX',
    image: train.shape,
    classes: Array.from({ length: most + 1 }, (_, label) => String(label).padStart(String(most).length, '0')),
    mean,
    std,
  };
  return { card, train: byClass(train), test: byClass(test), dataset: 'folder' };
}

/** Sorts as the command line reads a folder of classes, so that a saved run continues there with the same steps. */
export function byClass(set: ImageSet): ImageSet {
  const order = Array.from(set.labels.keys()).sort((a, b) => set.labels[a]! - set.labels[b]! || a - b);
  return chosen(set, order);
}

function chosen(set: ImageSet, order: readonly number[]): ImageSet {
  const size = set.shape[0] * set.shape[1] * set.shape[2];
  const out: ImageSet = {
    count: order.length,
    shape: set.shape,
    pixels: new Uint8Array(order.length * size),
    labels: new Int32Array(order.length),
  };
  for (let to = 0; to < order.length; to++) {
    const from = order[to]!;
    out.pixels.set(set.pixels.subarray(from * size, (from + 1) * size), to * size);
    out.labels[to] = set.labels[from]!;
  }
  return out;
}

const plane = 1024;
const record = 1 + 3 * plane;
const things = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

/** Records of a label and three planes of bytes, made rows of pixels. */
async function cifarSplit(files: readonly NamedFile[], fileDone: () => void): Promise<ImageSet> {
  const parts: Uint8Array[] = [];
  for (const file of files) {
    const bytes = await file.bytes();
    if (bytes.length === 0 || bytes.length % record !== 0)
      throw new FileProblem('fileNotRecords', { name: nameOf(file), is: bytes.length, record });
    parts.push(bytes);
  }
  const count = parts.reduce((sum, part) => sum + part.length, 0) / record;
  const set: ImageSet = { count, shape: [32, 32, 3], pixels: new Uint8Array(count * 3 * plane), labels: new Int32Array(count) };
  let n = 0;
  for (const [i, part] of parts.entries()) {
    for (let at = 0; at < part.length; at += record, n++) {
      if (part[at]! > 9) throw new FileProblem('fileBadLabel', { name: nameOf(files[i]!), is: part[at]!, most: 9 });
      set.labels[n] = part[at]!;
      for (let p = 0; p < plane; p++) for (let c = 0; c < 3; c++) set.pixels[(n * plane + p) * 3 + c] = part[at + 1 + c * plane + p]!;
    }
    fileDone();
  }
  return set;
}

export async function readCifarFiles(files: readonly NamedFile[], progress: (at: ReadingProgress) => void = quietly): Promise<OwnImages> {
  const sorted = [...files].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
  const batches = sorted.filter((file) => nameOf(file).startsWith('data_batch'));
  const tests = sorted.filter((file) => nameOf(file).startsWith('test_batch'));
  if (batches.length === 0) throw new FileProblem('fileMissing', { name: 'data_batch_1.bin' });
  if (tests.length === 0) throw new FileProblem('fileMissing', { name: 'test_batch.bin' });
  const card: DataCard = {
    name: 'cifar10',
    title: 'CIFAR-10',
    image: [32, 32, 3],
    classes: things,
    mean: [0.4914, 0.4822, 0.4465],
    std: [0.247, 0.2435, 0.2616],
  };
  const fileDone = counter(batches.length + tests.length, progress);
  return { card, train: await cifarSplit(batches, fileDone), test: await cifarSplit(tests, fileDone), dataset: 'cifar10' };
}
