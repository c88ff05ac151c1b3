import { stripsOf, type PixelSource } from './fit-image.js';
import type { Rgba } from './picture-messages.js';

/** A canvas's pixels on white. */
export function sourceOf({ width, height, data }: Rgba): PixelSource & { close(): void } {
  const read = (top: number, rows: number): Uint8ClampedArray => {
    const part = data.slice(4 * width * top, 4 * width * (top + rows));
    for (let at = 0; at < part.length; at += 4) {
      const alpha = part[at + 3]! / 255;
      if (alpha < 1) for (let c = 0; c < 3; c++) part[at + c] = 255 * (1 - alpha) + alpha * part[at + c]!;
    }
    return part;
  };
  return { width, height, orientation: 1, read, close: () => undefined };
}

/** Mean colour of the outermost pixels: red, green, blue. */
export function borderColour(source: PixelSource): [number, number, number] {
  const { width, height } = source;
  const sum: [number, number, number] = [0, 0, 0];
  let count = 0;
  let y = 0;
  for (const strip of stripsOf(source)) {
    for (let at = 0; at < strip.length; at += 4 * width, y++) {
      const step = y === 0 || y === height - 1 ? 1 : Math.max(1, width - 1);
      for (let x = 0; x < width; x += step, count++) for (let c = 0; c < 3; c++) sum[c]! += strip[at + 4 * x + c]!;
    }
  }
  return sum.map((value) => value / Math.max(1, count)) as [number, number, number];
}

/** The whole picture within its border's colour, of a shape's aspect ratio. */
export function framed(source: PixelSource, [rows, columns]: readonly [number, number, number]): PixelSource {
  const [down, across] = source.orientation >= 5 ? [columns, rows] : [rows, columns];
  const width = Math.max(source.width, Math.round((source.height * across) / down));
  const height = Math.max(source.height, Math.round((source.width * down) / across));
  if (width === source.width && height === source.height) return source;
  const [left, above] = [Math.floor((width - source.width) / 2), Math.floor((height - source.height) / 2)];
  const colour = [...borderColour(source), 255];
  const line = Uint8ClampedArray.from({ length: 4 * width }, (_, i) => colour[i % 4]!);
  return {
    width,
    height,
    orientation: source.orientation,
    read: (top, count) => {
      const data = new Uint8ClampedArray(4 * width * count);
      for (let y = 0; y < count; y++) data.set(line, 4 * width * y);
      const [first, end] = [Math.max(top, above), Math.min(top + count, above + source.height)];
      if (first >= end) return data;
      const inner = source.read(first - above, end - first);
      for (let y = first; y < end; y++) {
        const from = 4 * source.width * (y - first);
        data.set(inner.subarray(from, from + 4 * source.width), 4 * (width * (y - top) + left));
      }
      return data;
    },
  };
}
