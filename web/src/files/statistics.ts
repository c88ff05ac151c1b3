import type { ImageSet } from '../client/client.js';

/** Mean and standard deviation of each channel, of pixels / 255. */
export function statisticsOf({ pixels, shape }: ImageSet): { mean: number[]; std: number[] } {
  const channels = shape[2];
  const sums = new Array<number>(channels).fill(0);
  const squares = new Array<number>(channels).fill(0);
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i]!;
    sums[i % channels]! += value;
    squares[i % channels]! += value * value;
  }
  const each = pixels.length / channels;
  const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
  return {
    mean: sums.map((sum) => rounded(sum / each / 255)),
    // Images of one flat colour would divide by nothing.
    std: squares.map((square, c) => rounded(Math.max(1 / 255, Math.sqrt(Math.max(0, square / each - (sums[c]! / each) ** 2)) / 255))),
  };
}
