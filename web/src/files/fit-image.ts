/**
 * Resizes a picture by the rule of the program's `fit_image` (native/pictures/resize.cpp), so that the page and the
 * program see the same pixels. Browsers' own shrinking does not do: Firefox and WebKitGTK sample single pixels instead
 * of taking means, and lose thin lines.
 */

export interface PixelSource {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and a fourth byte for each pixel of a part, row by row; opaque. */
  read(left: number, top: number, width: number, height: number): Uint8ClampedArray;
}

/** Weights of the source positions first, first + 1, … for one result position; their sum is 1. */
interface Tap {
  first: number;
  weights: number[];
}

/** Shrinking: the mean of the area [i · scale, (i + 1) · scale). Enlarging: linear between the pixels' centres. */
function tapsOf(from: number, to: number): Tap[] {
  const scale = from / to;
  return Array.from({ length: to }, (_, i): Tap => {
    if (scale > 1) {
      const begin = i * scale;
      const end = Math.min((i + 1) * scale, from);
      const first = Math.floor(begin);
      const weights = [];
      for (let j = first; j < from && j < end; j++) weights.push((Math.min(end, j + 1) - Math.max(begin, j)) / scale);
      return { first, weights };
    }
    const centre = Math.min(Math.max((i + 0.5) * scale - 0.5, 0), from - 1);
    const first = Math.min(Math.floor(centre), Math.max(0, from - 2));
    const share = centre - first;
    return { first, weights: from > 1 ? [1 - share, share] : [1] };
  });
}

/** Pixels that are read at once: a photograph of a hundred megapixels would take 400 MB. */
const atOnce = 1 << 22;

/**
 * Cuts the longer side to the shape's aspect ratio, equally at both ends; makes one channel of three by ITU-R BT.601;
 * resizes each axis on its own. Bytes [height, width, channels]; `channels` is 1 or 3.
 */
export function fitImage(source: PixelSource, [height, width, channels]: readonly [number, number, number]): Uint8Array {
  const clamp = (value: number, most: number): number => Math.min(Math.max(Math.round(value), 1), most);
  const across = clamp((source.height * width) / height, source.width);
  const down = clamp((source.width * height) / width, source.height);
  const left = Math.floor((source.width - across) / 2);
  const top = Math.floor((source.height - down) / 2);
  const rows = tapsOf(down, height);
  const columns = tapsOf(across, width);

  // Rows of the result, still as wide as the source.
  const length = across * channels;
  const lines = new Float32Array(height * length);
  const line = new Uint8Array(length);
  const strip = Math.max(1, Math.floor(atOnce / across));
  let open = 0;
  for (let begin = 0; begin < down; begin += strip) {
    const count = Math.min(strip, down - begin);
    const data = source.read(left, top + begin, across, count);
    for (let y = begin; y < begin + count; y++) {
      const at = (y - begin) * across * 4;
      if (channels === 1)
        for (let x = 0; x < across; x++) {
          const p = at + 4 * x;
          line[x] = (299 * data[p]! + 587 * data[p + 1]! + 114 * data[p + 2]! + 500) / 1000;
        }
      else for (let i = 0; i < length; i++) line[i] = data[at + 4 * Math.floor(i / 3) + (i % 3)]!;
      while (open < height && rows[open]!.first + rows[open]!.weights.length <= y) open++;
      for (let k = open; k < height && rows[k]!.first <= y; k++) {
        const weight = rows[k]!.weights[y - rows[k]!.first]!;
        const to = k * length;
        for (let i = 0; i < length; i++) lines[to + i]! += weight * line[i]!;
      }
    }
  }

  const out = new Uint8Array(height * width * channels);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const { first, weights } = columns[x]!;
      for (let c = 0; c < channels; c++) {
        const from = y * length + first * channels + c;
        let sum = 0;
        for (let j = 0; j < weights.length; j++) sum += weights[j]! * lines[from + j * channels]!;
        out[(y * width + x) * channels + c] = Math.round(sum);
      }
    }
  return out;
}
