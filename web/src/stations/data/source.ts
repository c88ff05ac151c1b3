import type { DataCard, ImageSet, LabEngine, SplitName } from '../../client/client.js';
import type { Library } from '../train/library.js';
import type { LookSource } from './look.js';

/** Test images that are looked at with a part of the training images. */
const fewTests = 1000;

/** Images that are in the page already. */
function inMemory(card: DataCard, sets: Record<SplitName, ImageSet>): LookSource {
  const size = card.image.height * card.image.width * card.image.channels;
  return {
    card,
    count: { train: sets.train.count, test: sets.test.count },
    piece: (split, first, count) => {
      const { shape, pixels, labels } = sets[split];
      const end = first + count;
      return Promise.resolve({ count, shape, pixels: pixels.slice(first * size, end * size), labels: labels.slice(first, end) });
    },
  };
}

function besideThePage(engine: LabEngine, name: string, card: DataCard, count: LookSource['count']): LookSource {
  return {
    card,
    count,
    piece: (split, first, n) =>
      engine.images(
        name,
        split,
        Array.from({ length: n }, (_, i) => first + i),
      ),
  };
}

/** The first `images` training images of a data set that the library has, and test images with them. */
export async function sourceOf(library: Library, data: string, images: number): Promise<LookSource> {
  const { engine } = library;
  const info = library.datasets.find(({ name }) => name === data);
  if (info) {
    const train = Math.min(images, info.train);
    return besideThePage(engine, data, info.card, { train, test: train < info.train ? Math.min(fewTests, info.test) : info.test });
  }
  const source = await library.source(data, images);
  if (source.kind === 'images') return inMemory(source.card, source);
  const lines = await engine.lines({});
  return inMemory(lines.card, lines);
}
