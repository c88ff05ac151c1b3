import { take } from '../client/outcome.js';
import { gunzip } from './archives.js';
import { nameOf, type NamedFile } from './named-file.js';
import type { OwnImages, PictureOptions, Reader } from './own-images.js';

/** Not by its name: a browser that unpacks what it downloads leaves ".gz" in it. */
const isPacked = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The official files of a data set, which the engine knows by their names; null where none of these is one. */
export async function readOfficial(
  files: readonly NamedFile[],
  pictures: PictureOptions,
  { module, progress }: Reader,
): Promise<OwnImages | null> {
  const reader = take(module.readerNew(JSON.stringify(files.map(({ path }) => path)), JSON.stringify(pictures)));
  if (!reader) return null;
  try {
    const total = reader.files.length;
    for (const [done, number] of reader.files.entries()) {
      progress({ what: 'file', done, total });
      const file = files[number]!;
      const bytes = await file.bytes();
      take(module.readerAdd(reader.id, isPacked(bytes) ? await gunzip(bytes, nameOf(file)) : bytes));
    }
    progress({ what: 'file', done: total, total });
    const images = take(module.readerFinish(reader.id));
    return { ...images, dataset: images.card.name, fixed: images.card.name === 'folder' };
  } finally {
    module.readerDrop(reader.id);
  }
}
