import { expect, test } from 'vitest';
import { dropped } from '../../src/files/named-file.js';

/** An entry as a drop gives it. What is no folder and no text cannot be read. */
type Tree = { [name: string]: Tree | string | null };

function entryOf(path: string, content: Tree | string | null): FileSystemEntry {
  const failure = new DOMException('A requested file or directory could not be found', 'NotFoundError');
  const isFile = typeof content === 'string' || path.endsWith('.png');
  if (isFile) {
    const file = (resolve: (file: File) => void, reject: (error: DOMException) => void): void =>
      content === null ? reject(failure) : resolve(new File([content as string], path));
    return { isFile: true, fullPath: path, file } as unknown as FileSystemEntry;
  }
  const createReader = (): object => {
    const left = Object.entries(content ?? {}).map(([name, inner]) => entryOf(`${path}/${name}`, inner as Tree));
    return {
      // One at a time, as browsers give a hundred at a time.
      readEntries: (resolve: (entries: FileSystemEntry[]) => void, reject: (error: DOMException) => void) =>
        content === null ? reject(failure) : resolve(left.splice(0, 1)),
    };
  };
  return { isFile: false, fullPath: path, createReader } as unknown as FileSystemEntry;
}

const drop = (tree: Tree): DataTransfer => {
  const entries = Object.entries(tree).map(([name, content]) => entryOf(`/${name}`, content));
  return { items: entries.map((entry) => ({ webkitGetAsEntry: () => entry })), files: [] } as unknown as DataTransfer;
};

test('folders in folders are read to their end', async () => {
  const files = await dropped(drop({ pets: { cats: { '0.png': 'a', '1.png': 'b' }, dogs: { '0.png': 'c' } }, 'more.png': 'd' }));
  expect(files.map(({ path }) => path)).toEqual(['pets/cats/0.png', 'pets/cats/1.png', 'pets/dogs/0.png', 'more.png']);
});

test('what the system does not let the browser read is named, all of it', async () => {
  const tree = { pets: { cats: null, dogs: { '0.png': 'a', '1.png': null }, cows: { '0.png': 'b' } } };
  await expect(dropped(drop(tree))).rejects.toMatchObject({
    name: 'FileProblem',
    key: 'cannotBeRead',
    values: { names: 'pets/cats/, pets/dogs/1.png' },
  });
  const many = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`c${i}`, null]));
  await expect(dropped(drop({ pets: many }))).rejects.toMatchObject({
    values: { names: 'pets/c0/, pets/c1/, pets/c2/, pets/c3/, pets/c4/, …' },
  });
});

test('a folder for which the browser never answers is named, too', async () => {
  const silent = { isFile: false, fullPath: '/pets', createReader: () => ({ readEntries: () => undefined }) } as unknown as FileSystemEntry;
  const transfer = { items: [{ webkitGetAsEntry: () => silent }], files: [] } as unknown as DataTransfer;
  await expect(dropped(transfer, 20)).rejects.toMatchObject({ key: 'cannotBeRead', values: { names: 'pets/' } });
});
