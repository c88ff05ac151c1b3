import type { FilesModule } from '../client/module.js';
import { take } from '../client/outcome.js';
import type { PixelSource } from './fit-image.js';
import { FileProblem } from './problem.js';

/** A decoded picture, to be closed. */
export interface OpenPicture extends PixelSource {
  close(): void;
}

/**
 * Opens a picture file. The browser decodes it, after the engine has taken out what browsers heed differently: so its
 * pixels are those that the program reads. Throws FileProblem for what is no picture, by its contents.
 */
export async function openPicture(bytes: Uint8Array<ArrayBuffer>, name: string, module: FilesModule): Promise<OpenPicture> {
  const plain = take(module.plainPicture(bytes, name));
  if (plain.format === 'none' || (plain.format === 'png' && !(await hasSoundPixels(plain.bytes))))
    throw new FileProblem('fileNotImage', { name });
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(new Blob([plain.bytes], { type: `image/${plain.format}` }));
  } catch {
    throw new FileProblem('fileNotImage', { name });
  }
  const { width, height } = picture;
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  return {
    width,
    height,
    orientation: plain.orientation,
    read: (top, rows) => {
      canvas.width = width;
      canvas.height = rows;
      context.imageSmoothingEnabled = false;
      context.fillStyle = '#fff';
      context.fillRect(0, 0, width, rows);
      context.drawImage(picture, 0, top, width, rows, 0, 0, width, rows);
      return context.getImageData(0, 0, width, rows).data;
    },
    close: () => picture.close(),
  };
}

/**
 * Whether the packed pixels of a PNG have the checksum that stands behind them, as the program wants it. Where it is
 * wrong or lacks, one browser takes all rows, another refuses the picture, and a third leaves rows out in silence.
 */
export async function hasSoundPixels(png: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 8; at + 12 <= png.length;) {
    const length = view.getUint32(at);
    if (at + 12 + length > png.length) break;
    if (view.getUint32(at + 4) === 0x49444154) parts.push(png.slice(at + 8, at + 8 + length)); // IDAT
    at += 12 + length;
  }
  // A window that is said to be too small is no fault: all browsers read with the largest.
  const first = parts[0];
  if (first && first.length > 1 && (first[0]! & 15) === 8) first.set([0x78, 0x9c]);
  const reader = new Blob(parts).stream().pipeThrough(new DecompressionStream('deflate')).getReader();
  try {
    while (!(await reader.read()).done);
    return true;
  } catch {
    return false;
  }
}

/**
 * Browsers that resist fingerprinting (Tor Browser, privacy.resistFingerprinting) answer with noise.
 * Nobody should train on that unaware.
 */
export function requireTruePixels(): void {
  const context = new OffscreenCanvas(8, 8).getContext('2d', { willReadFrequently: true })!;
  context.fillStyle = '#369';
  context.fillRect(0, 0, 8, 8);
  const { data } = context.getImageData(0, 0, 8, 8);
  if (data.some((value, i) => value !== [0x33, 0x66, 0x99, 0xff][i % 4])) throw new FileProblem('pixelsHidden', {});
}
