import type { DataSource, ImageSet } from '../client/client.js';
import { breather } from '../ui/breathe.js';

/** Bytes that are copied between two looks at the clock: about a millisecond. */
const piece = 4_000_000;

/**
 * Copies own images piece by piece, so that the page can draw meanwhile; the copies then move to the worker. A plain
 * postMessage would copy all in one go, a tenth of a second for CIFAR-10.
 */
export async function sent(source: DataSource): Promise<{ data: DataSource; transfer: Transferable[] }> {
  if (source.kind !== 'images') return { data: source, transfer: [] };
  const breathe = breather();
  const copy = async (set: ImageSet): Promise<ImageSet> => {
    const pixels = new Uint8Array(set.pixels.length);
    for (let at = 0; at < pixels.length; at += piece) {
      pixels.set(set.pixels.subarray(at, at + piece), at);
      await breathe();
    }
    return { ...set, pixels, labels: set.labels.slice() };
  };
  const [train, test] = [await copy(source.train), await copy(source.test)];
  return { data: { ...source, train, test }, transfer: [train, test].flatMap(({ pixels, labels }) => [pixels.buffer, labels.buffer]) };
}
