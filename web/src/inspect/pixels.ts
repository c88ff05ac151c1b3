import type { Rgba } from '../files/picture-messages.js';

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
