/** From a picture of any size to what a network takes: bytes [height, width, channels]. */
export interface Rgba {
  width: number;
  height: number;
  /** Red, green, blue and opacity of each pixel, row by row. */
  data: Uint8ClampedArray;
}

export interface Shaping {
  /** The whole picture with its border's colour around it, or its middle. */
  fit: 'whole' | 'fill';
  invert: boolean;
}

const brightness = (r: number, g: number, b: number): number => 0.299 * r + 0.587 * g + 0.114 * b;

/** Mean brightness along the border, 0 … 255; see-through counts as white, as browsers show it. */
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

/** Shares of the source's pixels [from, to) along one axis. */
function shares(from: number, to: number, size: number): { index: number; share: number }[] {
  const found: { index: number; share: number }[] = [];
  for (let i = Math.max(0, Math.floor(from)); i < Math.min(size, Math.ceil(to)); i++) {
    const share = Math.min(i + 1, to) - Math.max(i, from);
    if (share > 1e-9) found.push({ index: i, share });
  }
  return found;
}

/** Means over areas: every pixel of the source counts as much as it covers. */
export function toPixels(source: Rgba, shape: readonly [number, number, number], { fit, invert }: Shaping): Uint8Array {
  const [rows, columns, channels] = shape;
  const scales = [source.width / columns, source.height / rows];
  const scale = fit === 'whole' ? Math.max(...scales) : Math.min(...scales);
  const [left, top] = [(source.width - columns * scale) / 2, (source.height - rows * scale) / 2];
  const border = borderColour(source);
  const across = Array.from({ length: columns }, (_, x) => shares(left + x * scale, left + (x + 1) * scale, source.width));
  const pixels = new Uint8Array(rows * columns * channels);
  for (let y = 0; y < rows; y++) {
    const down = shares(top + y * scale, top + (y + 1) * scale, source.height);
    for (let x = 0; x < columns; x++) {
      const colour = [0, 0, 0];
      let covered = 0;
      for (const { index: row, share: high } of down) {
        for (const { index: column, share: wide } of across[x]!) {
          const part = high * wide;
          covered += part;
          for (let c = 0; c < 3; c++) colour[c]! += part * over(source.data, (row * source.width + column) * 4, c);
        }
      }
      const area = scale * scale;
      for (let c = 0; c < 3; c++) {
        const value = (colour[c]! + (area - covered) * border[c]!) / area;
        colour[c] = invert ? 255 - value : value;
      }
      const at = (y * columns + x) * channels;
      if (channels === 1) pixels[at] = Math.round(brightness(colour[0]!, colour[1]!, colour[2]!));
      else for (let c = 0; c < channels; c++) pixels[at + c] = Math.round(colour[Math.min(c, 2)]!);
    }
  }
  return pixels;
}
