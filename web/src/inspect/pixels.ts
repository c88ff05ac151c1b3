import { fitImage, type PixelSource } from '../files/fit-image.js';

/** Makes a network's pixels of a picture of any size: bytes [height, width, channels]. */
export interface Rgba {
  width: number;
  height: number;
  /** Red, green, blue and opacity of each pixel, row by row. */
  data: Uint8ClampedArray;
}

export interface Shaping {
  /** The whole picture within its border's colour, or its middle. */
  fit: 'whole' | 'fill';
  invert: boolean;
}

const brightness = (r: number, g: number, b: number): number => 0.299 * r + 0.587 * g + 0.114 * b;

/** Mean brightness of the border, 0 … 255; transparent counts as white, as browsers show it. */
export function borderBrightness({ width, height, data }: Rgba): number {
  let sum = 0;
  let count = 0;
  for (let y = 0; y < height; y++) {
    const step = y === 0 || y === height - 1 ? 1 : Math.max(1, width - 1);
    for (let x = 0; x < width; x += step) {
      const at = (y * width + x) * 4;
      const alpha = data[at + 3]! / 255;
      sum += 255 * (1 - alpha) + alpha * brightness(data[at]!, data[at + 1]!, data[at + 2]!);
      count++;
    }
  }
  return count ? sum / count : 0;
}

/** Mean colour of the border. */
function borderColour({ width, height, data }: Rgba): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  let count = 0;
  for (let y = 0; y < height; y++) {
    const step = y === 0 || y === height - 1 ? 1 : Math.max(1, width - 1);
    for (let x = 0; x < width; x += step) {
      for (let c = 0; c < 3; c++) sum[c]! += over(data, (y * width + x) * 4, c);
      count++;
    }
  }
  return sum.map((value) => value / Math.max(1, count)) as [number, number, number];
}

/** A channel on white. */
function over(data: Uint8ClampedArray, at: number, c: number): number {
  const alpha = data[at + 3]! / 255;
  return 255 * (1 - alpha) + alpha * data[at + c]!;
}

/**
 * Crops an image to the network's shape or pads it with the colour of its border; then
 * resizes it as pictures of one's own.
 */
export function toPixels(source: Rgba, shape: readonly [number, number, number], { fit, invert }: Shaping): Uint8Array {
  const [rows, columns, channels] = shape;
  const whole = fit === 'whole';
  const width = whole ? Math.max(source.width, Math.round((source.height * columns) / rows)) : source.width;
  const height = whole ? Math.max(source.height, Math.round((source.width * rows) / columns)) : source.height;
  const [right, below] = [Math.floor((width - source.width) / 2), Math.floor((height - source.height) / 2)];
  const border = borderColour(source);
  const read: PixelSource['read'] = (left, top, wide, high) => {
    const data = new Uint8ClampedArray(4 * wide * high);
    for (let y = 0; y < high; y++)
      for (let x = 0; x < wide; x++) {
        const [fromX, fromY] = [left + x - right, top + y - below];
        const inside = fromX >= 0 && fromX < source.width && fromY >= 0 && fromY < source.height;
        const at = (fromY * source.width + fromX) * 4;
        for (let c = 0; c < 3; c++) data[(y * wide + x) * 4 + c] = inside ? over(source.data, at, c) : border[c]!;
      }
    return data;
  };
  const pixels = fitImage({ width, height, read }, [rows, columns, channels >= 3 ? 3 : 1]);
  return invert ? pixels.map((value) => 255 - value) : pixels;
}
