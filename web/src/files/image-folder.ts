import type { DataCard, ImageSet } from '../client/client.js';
import { fitImage, type PixelSource } from './fit-image.js';
import { nameOf, type NamedFile } from './named-file.js';
import { testShare, type IntakeOptions, type OwnImages } from './own-images.js';
import { FileProblem } from './problem.js';
import { statisticsOf } from './statistics.js';

/** Images of one's own: a folder a class, the test images in train/ and test/ or a share by seed. */

export const isImage = (file: NamedFile): boolean => /\.(png|jpe?g|webp|gif|bmp|avif)$/i.test(nameOf(file));

const types: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  bmp: 'image/bmp',
  avif: 'image/avif',
};

/** The same numbers on every machine. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Takes a class's share of test images by seed; both parts keep the order of names. */
export function divided<T>(files: readonly T[], label: number, seed = 0): { train: T[]; test: T[] } {
  const next = random(seed * 1000 + label);
  const order = files.map((_, i) => ({ i, key: next() })).sort((a, b) => a.key - b.key);
  const count = Math.min(files.length - 1, Math.max(1, Math.round(testShare * files.length)));
  const isTest = new Set(order.slice(0, count).map(({ i }) => i));
  return { train: files.filter((_, i) => !isTest.has(i)), test: files.filter((_, i) => isTest.has(i)) };
}

interface Parts {
  classes: string[];
  train: NamedFile[][];
  test: NamedFile[][];
}

/** Which file is of which class and split, by the folders they lie in. */
export function sortFiles(files: readonly NamedFile[], seed = 0): Parts {
  const splits = new Map<string, Map<string, NamedFile[]>>();
  for (const file of files) {
    const folders = file.path.split('/').slice(0, -1);
    const name = folders.at(-1);
    if (name === undefined) throw new FileProblem('imageWithoutFolder', { name: nameOf(file) });
    const above = folders.at(-2)?.toLowerCase();
    const split = above === 'train' || above === 'test' ? above : '';
    const classes = splits.get(split) ?? new Map<string, NamedFile[]>();
    splits.set(split, classes);
    classes.set(name, [...(classes.get(name) ?? []), file]);
  }
  const inOrder = (split: string): [string, NamedFile[]][] =>
    [...(splits.get(split) ?? [])]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, list]) => [name, list.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))]);
  const train = inOrder('train');
  const test = inOrder('test');
  if (train.length > 0 && test.length > 0) {
    const names = (list: [string, NamedFile[]][]): string => list.map(([name]) => name).join(', ');
    if (names(train) !== names(test)) throw new FileProblem('foldersDiffer', { train: names(train), test: names(test) });
    return { classes: train.map(([name]) => name), train: train.map(([, list]) => list), test: test.map(([, list]) => list) };
  }
  const all = [...inOrder(''), ...train, ...test];
  if (all.length < 2) throw new FileProblem('tooFewClasses', { n: all.length });
  const parts: Parts = { classes: [], train: [], test: [] };
  all.forEach(([name, list], label) => {
    if (list.length < 2) throw new FileProblem('tooFewImages', { name });
    const { train: mine, test: theirs } = divided(list, label, seed);
    parts.classes.push(name);
    parts.train.push(mine);
    parts.test.push(theirs);
  });
  return parts;
}

/** A picture's pixels on white, in parts. */
function pixelsOf(picture: ImageBitmap): PixelSource {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  return {
    width: picture.width,
    height: picture.height,
    read: (left, top, width, height) => {
      canvas.width = width;
      canvas.height = height;
      context.imageSmoothingEnabled = false;
      context.fillStyle = '#fff';
      context.fillRect(0, 0, width, height);
      context.drawImage(picture, left, top, width, height, 0, 0, width, height);
      return context.getImageData(0, 0, width, height).data;
    },
  };
}

/**
 * Browsers that resist fingerprinting (Tor Browser, privacy.resistFingerprinting) answer with noise.
 * Nobody should train on that unaware.
 */
function requireTruePixels(): void {
  const context = new OffscreenCanvas(8, 8).getContext('2d', { willReadFrequently: true })!;
  context.fillStyle = '#369';
  context.fillRect(0, 0, 8, 8);
  const { data } = context.getImageData(0, 0, 8, 8);
  if (data.some((value, i) => value !== [0x33, 0x66, 0x99, 0xff][i % 4])) throw new FileProblem('pixelsHidden', {});
}

/** Upright, cropped at the centre, on white, resized. */
async function readPicture(file: NamedFile, shape: readonly [number, number, number]): Promise<Uint8Array> {
  const name = nameOf(file);
  const type = types[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? '';
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(new Blob([await file.bytes()], { type }));
  } catch {
    throw new FileProblem('fileNotImage', { name: file.path });
  }
  const pixels = fitImage(pixelsOf(picture), shape);
  picture.close();
  return pixels;
}

export interface FolderOptions extends IntakeOptions {
  /** Already as they are to be: what a saved run brings along. */
  exact?: { height: number; width: number };
}

export async function readFolder(files: readonly NamedFile[], options: FolderOptions): Promise<OwnImages> {
  const stray = files.find((file) => !isImage(file) && isInClass(file, files));
  if (stray) throw new FileProblem('fileNotImage', { name: stray.path });
  const images = files.filter(isImage);
  const parts = sortFiles(images);
  requireTruePixels();
  const height = options.exact?.height ?? options.size;
  const width = options.exact?.width ?? options.size;
  const channels = options.grey ? 1 : 3;
  let done = 0;
  const read = async (lists: NamedFile[][]): Promise<ImageSet> => {
    const count = lists.reduce((sum, list) => sum + list.length, 0);
    const size = height * width * channels;
    const set: ImageSet = { count, shape: [height, width, channels], pixels: new Uint8Array(count * size), labels: new Int32Array(count) };
    let at = 0;
    for (const [label, list] of lists.entries())
      for (const file of list) {
        set.pixels.set(await readPicture(file, set.shape), at * size);
        set.labels[at++] = label;
        options.progress({ what: 'image', done: ++done, total: images.length });
      }
    return set;
  };
  const train = await read(parts.train);
  const test = await read(parts.test);
  const { mean, std } = await statisticsOf(train);
  const folder = images[0]!.path.split('/')[0]!;
  const card: DataCard = { name: 'folder', title: folder, image: train.shape, classes: parts.classes, mean, std };
  return { card, train, test, dataset: 'folder' };
}

/** Files beside the class folders (a read-me, a list) are nobody's images. */
function isInClass(file: NamedFile, all: readonly NamedFile[]): boolean {
  const folder = file.path.slice(0, file.path.lastIndexOf('/'));
  return all.some((other) => isImage(other) && other.path.slice(0, other.path.lastIndexOf('/')) === folder);
}
