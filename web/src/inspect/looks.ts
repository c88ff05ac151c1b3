import type { Extents, Tensor } from '../client/client.js';
import { heat } from '../ui/color.js';

/** A map of numbers from 0 up, [1, rows, columns]. */
const sizeOf = ({ shape }: Tensor): [number, number] => [shape[1]!, shape[2]!];

/** The map between the centres of its cells; places from 0 to 1. */
function valueAt(map: Tensor, down: number, right: number): number {
  const [rows, columns] = sizeOf(map);
  const within = (at: number, last: number): number => Math.min(Math.max(at, 0), last);
  const v = within(down * rows - 0.5, rows - 1);
  const u = within(right * columns - 0.5, columns - 1);
  const [y, x] = [Math.floor(v), Math.floor(u)];
  const cell = (row: number, column: number): number => map.data[Math.min(row, rows - 1) * columns + Math.min(column, columns - 1)]!;
  const across = (row: number): number => cell(row, x) + (u - x) * (cell(row, x + 1) - cell(row, x));
  return across(y) + (v - y) * (across(y + 1) - across(y));
}

const mostOf = ({ data }: Tensor): number => data.reduce((most, value) => Math.max(most, value), 0) || 1;

/** The image in grey under a map's colours, as bytes [rows, columns, 3]. */
export function overlaid(pixels: ArrayLike<number>, [rows, columns, channels]: Extents, map: Tensor): Uint8Array {
  const most = mostOf(map);
  const bytes = new Uint8Array(rows * columns * 3);
  for (let place = 0; place < rows * columns; place++) {
    const [y, x] = [Math.floor(place / columns), place % columns];
    let grey = 0;
    for (let c = 0; c < channels; c++) grey += pixels[place * channels + c]! / channels;
    const colour = heat(valueAt(map, (y + 0.5) / rows, (x + 0.5) / columns) / most);
    for (let c = 0; c < 3; c++) bytes[place * 3 + c] = Math.round(0.4 * grey + 0.6 * colour[c]!);
  }
  return bytes;
}

/** A map by itself, as bytes [rows, columns, 3]; the largest number as bright as the scale goes. */
export function painted(map: Tensor): Uint8Array {
  const most = mostOf(map);
  return Uint8Array.from(map.data.length === 0 ? [] : Array.from(map.data).flatMap((value) => heat(value / most)));
}

export const shapeOf = (map: Tensor): [number, number, number] => [...sizeOf(map), 3];
