import type { OwnImages } from './own-images.js';

/** The images that somebody has brought last, for all stations of the page. Event: `changed`. */
class Brought extends EventTarget {
  images: OwnImages | null = null;

  put(images: OwnImages | null): void {
    if (images === this.images) return;
    this.images = images;
    this.dispatchEvent(new Event('changed'));
  }
}

export const brought = new Brought();
