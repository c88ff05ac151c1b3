import type { ImageSet } from '../../client/client.js';

/** One image of a set as a data: address; grey or in colour. */
export function thumbnail(images: ImageSet, index: number): string {
  const [height, width, channels] = images.shape;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d')!;
  const picture = context.createImageData(width, height);
  const at = index * height * width * channels;
  for (let p = 0; p < height * width; p++) {
    for (let c = 0; c < 3; c++) picture.data[4 * p + c] = images.pixels[at + p * channels + (channels === 3 ? c : 0)]!;
    picture.data[4 * p + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
  return canvas.toDataURL();
}
