import type { DataCard, ImageSet } from '../../client/client.js';
import type { LookTools } from '../../stations/data/look.js';

/** Distances of a set's images from each other, from 0 to 1, as the engine measures those of neighbours. */
export async function distancesOf(tools: LookTools, card: DataCard, { count, pixels, labels }: ImageSet): Promise<number[][]> {
  const id = await tools.call('lookNew', [card, count, 0]);
  try {
    await tools.call('lookAdd', [id, 'train', pixels, labels]);
    const all = Array.from({ length: count }, (_, image) => image);
    const found = await Promise.all(all.map((image) => tools.call('lookNeighbours', [id, 'train', image, count - 1])));
    return found.map(({ neighbours }) => {
      const row = all.map(() => 0);
      for (const { image, distance } of neighbours) row[image] = distance;
      return row;
    });
  } finally {
    await tools.call('lookDrop', [id]);
  }
}
