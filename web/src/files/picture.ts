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
  if (plain.format === 'none') throw new FileProblem('fileNotImage', { name });
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
