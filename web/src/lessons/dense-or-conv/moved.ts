import type { Experiment, ImageSet, LabEngine, LabSession, Tensor } from '../../client/client.js';
import { smallPlan } from '../../stations/study/small-studies.js';
import { trainedExperiment } from '../../stations/study/study-run.js';
import { extent, variants } from './shuffle-study.js';

/** The image is moved so far at most, to either side. */
export const farthest = 4;
/** Free columns on both sides: moved, the image still keeps off the border and what the convolution sees there. */
const margin = farthest + 2;
/** Test images among which one with such margins is looked for. */
const candidates = 200;

/** A square map of numbers. */
export interface Map {
  side: number;
  values: number[];
}

/** What two untrained networks make of the image at one place. */
export interface Place {
  /** In pixels to the right. */
  shift: number;
  /** Bytes. */
  image: Map;
  /** One filter's map, and it after ReLU and max pooling. */
  map: Map;
  pooled: Map;
  /** Means of the first filters' maps after ReLU: global average pooling. */
  averages: number[];
  /** The dense layer's values. */
  dense: Map;
}

/** Changes of an image that are no move. */
export const others = ['mirrored', 'turned', 'mixed'] as const;
export type Other = (typeof others)[number];

export interface Moved {
  /** From −farthest to farthest. */
  places: Place[];
  /** The image in its place, changed otherwise. */
  others: Record<Other, Place>;
  /** The image with its pixels shuffled, as the network gets it. */
  shuffled: Map;
}

export const placeAt = ({ places }: Moved, shift: number): Place => places.find((place) => place.shift === shift)!;

/** Moves an image to the right; what comes in is 0. */
export function moveRight({ side, values }: Map, by: number): Map {
  const at = (row: number, column: number): number => (column < 0 || column >= side ? 0 : values[row * side + column]!);
  return { side, values: values.map((_, i) => at(Math.floor(i / side), (i % side) - by)) };
}

/** A place for each pixel, the same ones each time: the next number of a linear congruential generator says which. */
function mixedUp({ side, values }: Map): Map {
  const mixed = [...values];
  let number = 1;
  for (let last = mixed.length - 1; last > 0; last--) {
    number = (number * 48_271) % 0x7fffffff;
    const from = number % (last + 1);
    [mixed[last], mixed[from]] = [mixed[from]!, mixed[last]!];
  }
  return { side, values: mixed };
}

/** Left for right, turned by a quarter, or with its pixels shuffled. */
export function changedBy(other: Other, image: Map): Map {
  const { side, values } = image;
  if (other === 'mixed') return mixedUp(image);
  const from = (row: number, column: number): number =>
    other === 'mirrored' ? row * side + side - 1 - column : (side - 1 - column) * side + row;
  return { side, values: values.map((_, i) => values[from(Math.floor(i / side), i % side)]!) };
}

/** Whether a map is another one moved so many cells to the right, apart from the border. */
export function isMoved(from: Map, to: Map, by: number): boolean {
  const { side } = from;
  const reach = Math.max(...from.values.map(Math.abs)) || 1;
  for (let row = 0; row < side; row++)
    for (let column = 1 + Math.max(0, by); column < side - 1 + Math.min(0, by); column++)
      if (Math.abs(to.values[row * side + column]! - from.values[row * side + column - by]!) > 1e-3 * reach) return false;
  return true;
}

/** By how many whole cells the map after pooling has moved; null: it is another map. */
export function cellsMoved(moved: Moved, shift: number): number | null {
  const [from, to] = [placeAt(moved, 0).pooled, placeAt(moved, shift).pooled];
  return [0, 1, 2, 3, 4].find((by) => isMoved(from, to, by)) ?? null;
}

/** How far values have changed, as a share of their size. */
export function change(from: readonly number[], to: readonly number[]): number {
  const size = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
  return size(from.map((value, i) => to[i]! - value)) / (size(from) || 1);
}

/** The first image with empty margins left and right. */
function framed({ shape: [rows, columns], pixels, count }: ImageSet): number {
  const size = rows * columns;
  const isFree = (image: number): boolean => {
    for (let row = 0; row < rows; row++)
      for (let i = 0; i < margin; i++) {
        const start = image * size + row * columns;
        if (pixels[start + i] !== 0 || pixels[start + columns - 1 - i] !== 0) return false;
      }
    return true;
  };
  return Math.max(
    0,
    Array.from({ length: count }, (_, i) => i).findIndex((image) => isFree(image)),
  );
}

/** The numbers of one image and channel in a layer's output. */
function channelOf({ shape, data }: Tensor, image: number, channel: number): Map {
  const [, side = 1, , channels = 1] = shape;
  const start = image * side * side * channels + channel;
  return { side, values: Array.from({ length: side * side }, (_, i) => data[start + i * channels]!) };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

async function within<T>(engine: LabEngine, experiment: Experiment, look: (session: LabSession) => Promise<T>): Promise<T> {
  const few = { ...extent, images: 32, tests: candidates };
  const session = await engine.open({
    experiment: trainedExperiment(experiment, few, 1),
    data: { kind: 'shards', name: extent.data, train: few.images, test: few.tests },
  });
  try {
    return await look(session);
  } finally {
    await session.close().catch(() => undefined);
  }
}

/** Moves one test image, and asks both networks before any training. */
async function look(engine: LabEngine): Promise<Moved> {
  const indices = Array.from({ length: candidates }, (_, i) => i);
  const [sets, images] = await Promise.all([engine.datasets(), engine.images(extent.data, 'test', indices)]);
  const { card } = sets.find(({ name }) => name === extent.data)!;
  const { experiments } = smallPlan('permutation', extent.data, card, (key) => key);
  const [side, size] = [images.shape[0], images.shape[0] * images.shape[1]];
  const chosen = framed(images);
  const original: Map = { side, values: Array.from(images.pixels.subarray(chosen * size, (chosen + 1) * size)) };
  const moved = Array.from({ length: 2 * farthest + 1 }, (_, i) => i - farthest).map((shift) => ({
    shift,
    image: moveRight(original, shift),
  }));
  const asked = [...moved, ...others.map((other) => ({ shift: 0, image: changedBy(other, original) }))];
  const pixels = Uint8Array.from(asked.flatMap(({ image }) => image.values));
  const request = { images: { pixels, count: asked.length } };
  const conv = await within(engine, experiments[variants.conv]!, (session) => session.tap(request));
  const dense = await within(engine, experiments[variants.dense]!, (session) => session.tap(request));
  const shuffled = await within(engine, experiments[variants.denseShuffled]!, (session) =>
    session.tap({ images: { split: 'test', indices: [chosen] }, layers: ['input'] }),
  );
  const layer = ({ activations }: typeof conv, name: string): Tensor => activations[name]!;
  // The filter that answers most to the garment, and not to what is around it.
  const answers = Array.from({ length: layer(conv, 'conv2d_1').shape[3] ?? 1 }, (_, channel): number => {
    const { values } = channelOf(layer(conv, 'relu_1'), farthest, channel);
    return mean(values) - values[side * Math.floor(side / 2) + 1]!;
  });
  const strongest = answers.indexOf(Math.max(...answers));
  const units = layer(dense, 'dense_1').shape[1]!;
  const places = asked.map(({ shift, image }, i): Place => ({
    shift,
    image,
    map: channelOf(layer(conv, 'conv2d_1'), i, strongest),
    pooled: channelOf(layer(conv, 'max_pool2d_1'), i, strongest),
    averages: [0, 1, 2, 3].map((channel) => mean(channelOf(layer(conv, 'relu_1'), i, channel).values)),
    dense: { side: Math.sqrt(units), values: Array.from(layer(dense, 'dense_1').data.subarray(i * units, (i + 1) * units)) },
  }));
  const otherPlaces = Object.fromEntries(others.map((other, i) => [other, places[moved.length + i]!])) as Moved['others'];
  return { places: places.slice(0, moved.length), others: otherPlaces, shuffled: channelOf(layer(shuffled, 'input'), 0, 0) };
}

const looks = new WeakMap<LabEngine, Promise<Moved>>();

export function movedOf(engine: LabEngine): Promise<Moved> {
  let found = looks.get(engine);
  if (!found) {
    looks.set(engine, (found = look(engine)));
    // What has failed can be asked for again.
    found.catch(() => looks.delete(engine));
  }
  return found;
}
