import type { Tensor } from '../client/protocol.js';

/** A tensor cut into maps of rows × columns cells. Cell i of map m is data[start(m) + i · stride]. */
export interface MapSet {
  rows: number;
  columns: number;
  /** Cells that hold a number: the last row of a vector may be shorter. */
  cells: number;
  count: number;
  data: Float32Array;
  stride: number;
  /** 3: a cell is a colour, with its channels beside each other. */
  channels: 1 | 3;
  start(map: number): number;
  /** What the map shows, counted from 1: [filter, channel] or [channel]. */
  place(map: number): number[];
}

export interface Range {
  low: number;
  high: number;
}

/** Rows and columns for a vector's cells: near a square, wider than high. */
function layOut(length: number): { rows: number; columns: number; cells: number } {
  const columns = length <= 16 ? Math.max(1, length) : 2 ** Math.ceil(Math.log2(Math.sqrt(length)));
  return { rows: Math.max(1, Math.ceil(length / columns)), columns, cells: length };
}

/** Maps of one image's activations or gradients: one for each channel of [N, H, W, C], one of all units of [N, C]. */
export function mapsOfActivation({ shape, data }: Tensor, image = 0): MapSet {
  if (shape.length === 4) {
    const [, rows, columns, channels] = shape as [number, number, number, number];
    if (rows > 1 || columns > 1) {
      const from = image * rows * columns * channels;
      return {
        rows,
        columns,
        cells: rows * columns,
        count: channels,
        data,
        stride: channels,
        channels: 1,
        start: (map) => from + map,
        place: (map) => [map + 1],
      };
    }
  }
  const length = shape.slice(1).reduce((a, b) => a * b, 1);
  return { ...layOut(length), count: 1, data, stride: 1, channels: 1, start: () => image * length, place: () => [] };
}

/**
 * A parameter [filters, height, width, channels]: one map for each filter and channel. Parameters
 * without a plane are laid out in rows.
 */
export function mapsOfWeight({ shape, data }: Tensor, options: { colour?: boolean; filter?: number | null } = {}): MapSet {
  if (shape.length !== 4) {
    return { ...layOut(data.length), count: 1, data, stride: 1, channels: 1, start: () => 0, place: () => [] };
  }
  const [filters, rows, columns, channels] = shape as [number, number, number, number];
  const size = rows * columns * channels;
  const only = options.filter ?? null;
  const first = only ?? 0;
  const chosen = only === null ? filters : 1;
  if (rows === 1 && columns === 1) {
    const start = (map: number): number => (first + map) * size;
    return { ...layOut(channels), count: chosen, data, stride: 1, channels: 1, start, place: (map) => [first + map + 1] };
  }
  const plane = { rows, columns, cells: rows * columns, data, stride: channels };
  if (options.colour && channels === 3) {
    return { ...plane, count: chosen, channels: 3, start: (map) => (first + map) * size, place: (map) => [first + map + 1] };
  }
  return {
    ...plane,
    count: chosen * channels,
    channels: 1,
    start: (map) => (first + Math.floor(map / channels)) * size + (map % channels),
    place: (map) => (channels === 1 ? [first + map + 1] : [first + Math.floor(map / channels) + 1, (map % channels) + 1]),
  };
}

export const valueAt = (maps: MapSet, map: number, cell: number, channel = 0): number =>
  maps.data[maps.start(map) + cell * maps.stride + channel]!;

/** The range of the colour scale. Signed: centred on zero. Else from the minimum (at most zero) to the maximum. */
export function rangeOf(maps: MapSet, signed: boolean, from = 0, to = maps.count): Range {
  let [low, high] = [0, 0];
  for (let map = from; map < to; map++) {
    const start = maps.start(map);
    for (let cell = 0; cell < maps.cells; cell++) {
      for (let channel = 0; channel < maps.channels; channel++) {
        const value = maps.data[start + cell * maps.stride + channel]!;
        if (value < low) low = value;
        else if (value > high) high = value;
      }
    }
  }
  if (!signed) return { low, high };
  const reach = Math.max(-low, high);
  return { low: -reach, high: reach };
}

export interface Histogram {
  low: number;
  high: number;
  counts: number[];
  mean: number;
  stddev: number;
  /** Share of values that are exactly zero. */
  zeros: number;
  finite: number;
}

/** Counts of values in equally wide bins between the lowest and the highest. */
export function histogramOf(values: ArrayLike<number>, bins = 41): Histogram {
  let [low, high, sum, squares, zeros, finite] = [Infinity, -Infinity, 0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    finite++;
    if (value < low) low = value;
    if (value > high) high = value;
    sum += value;
    squares += value * value;
    if (value === 0) zeros++;
  }
  if (finite === 0) return { low: 0, high: 0, counts: [], mean: NaN, stddev: NaN, zeros: 0, finite };
  const counts = new Array<number>(bins).fill(0);
  const width = high > low ? (high - low) / bins : 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isFinite(value)) counts[Math.min(bins - 1, Math.floor((value - low) / width))]!++;
  }
  const mean = sum / finite;
  return { low, high, counts, mean, stddev: Math.sqrt(Math.max(0, squares / finite - mean * mean)), zeros: zeros / finite, finite };
}
