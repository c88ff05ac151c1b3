import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gunzip, isOtherArchive, opened } from '../../src/files/archives.js';
import { fromBytes } from '../../src/files/named-file.js';
import { paxOf, tarOf, zipOf, type TarEntry, type ZipEntry } from './archive-bytes.js';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
/** Paths and contents of the files in an archive, or the key of what is wrong with it. */
async function open(name: string, bytes: Uint8Array): Promise<Record<string, string> | string> {
  try {
    const files = await opened([fromBytes(name, bytes)]);
    return Object.fromEntries(await Promise.all(files.map(async (file) => [file.path, text(await file.bytes())] as const)));
  } catch (error) {
    return String(error);
  }
}
const zip = (...entries: ZipEntry[]) => open('x.zip', zipOf(entries));
const tar = (...entries: TarEntry[]) => open('x.tar', tarOf(entries));

describe('ZIP archives', () => {
  it('open as a folder of their name, without what is no file', async () => {
    expect(await zip({ name: 'cats/' }, { name: 'cats/1.png', data: 'one' }, { name: 'two', data: 'stored', method: 0 })).toEqual({
      'x/cats/1.png': 'one',
      'x/two': 'stored',
    });
    const inside = fromBytes('data/train.ZIP', zipOf([{ name: 'a/1.png' }]));
    expect((await opened([inside])).map(({ path }) => path)).toEqual(['data/train/a/1.png']);
    expect((await opened([fromBytes('m.npz', zipOf([{ name: 'x_train.npy' }]))]))[0]!.path).toBe('m.npz/x_train.npy');
  });

  it('have names in UTF-8, with and without the bit that says so, else in code page 437', async () => {
    expect(await zip({ name: 'ratón/1', flags: 0x800 }, { name: 'ratán/1' })).toEqual({ 'x/ratón/1': '', 'x/ratán/1': '' });
    // ó is 0xA2 there
    expect(await zip({ name: Uint8Array.of(0x72, 0x61, 0x74, 0xa2, 0x6e) })).toEqual({ 'x/ratón': '' });
  });

  it('take backslashes for slashes, and leave out "." and ".."', async () => {
    expect(await zip({ name: 'pets\\cats\\' }, { name: 'pets\\cats\\1.png', data: '1' }, { name: './../a/./b' })).toEqual({
      'x/pets/cats/1.png': '1',
      'x/a/b': '',
    });
  });

  it('may be ZIP64', async () => {
    expect(await zip({ name: 'a', data: 'sixty-four', zip64: true })).toEqual({ 'x/a': 'sixty-four' });
  });

  it('say by their name what is wrong with them', async () => {
    expect(await zip({ name: 'a', data: 'secret', flags: 1 })).toBe('FileProblem: archiveEncrypted {"name":"x.zip"}');
    expect(await zip({ name: 'a', data: 'deflate64', method: 9 })).toBe('FileProblem: archiveMethod {"name":"x.zip"}');
    expect(await open('x.zip', new Uint8Array(100))).toBe('FileProblem: fileNotZip {"name":"x.zip"}');
    const whole = zipOf([{ name: 'a', data: 'cut' }]);
    expect(await open('x.zip', whole.subarray(0, whole.length - 10))).toBe('FileProblem: fileNotZip {"name":"x.zip"}');
    const damaged = zipOf([{ name: 'a', data: 'damaged', method: 0 }]);
    damaged[32] = damaged[32]! + 1;
    expect(await open('x.zip', damaged)).not.toEqual({ 'x/a': 'damaged' });
    expect(typeof (await open('x.zip', damaged))).toBe('string');
  });
});

describe('tar archives', () => {
  it('open as a folder of their name, packed or not', async () => {
    const bytes = tarOf([
      { name: 'cifar/', kind: '5' },
      { name: 'cifar/data_batch_1.bin', data: 'abc' },
    ]);
    for (const [name, packed] of [
      ['x.tar', bytes],
      ['x.tgz', gzipSync(bytes)],
      ['x.tar.gz', gzipSync(bytes)],
      ['x.tar (1).gz', gzipSync(bytes)],
      ['x.tar.gz', bytes], // as a browser has unpacked it
    ] as const)
      expect(await open(name, packed)).toEqual({ 'x/cifar/data_batch_1.bin': 'abc' });
  });

  it('of "." have no folder "."', async () => {
    expect(await tar({ name: './', kind: '5' }, { name: './cats/1', data: '1' })).toEqual({ 'x/cats/1': '1' });
  });

  it('have long names and accents, by PAX and by GNU', async () => {
    const long = `${'d'.repeat(90)}/${'f'.repeat(90)}.png`;
    expect(await tar({ name: 'PaxHeader/x', kind: 'x', data: paxOf({ path: 'ratón/1', mtime: '1.5' }) }, { name: 'rat?n/1', data: '1' })).toEqual({ 'x/ratón/1': '1' }); // prettier-ignore
    expect(await tar({ name: 'x', kind: 'x', data: paxOf({ path: long }) }, { name: 'short', data: '1' })).toEqual({ [`x/${long}`]: '1' });
    expect(await tar({ name: '././@LongLink', kind: 'L', data: `${long}\0` }, { name: long.slice(0, 99), data: '2' })).toEqual({ [`x/${long}`]: '2' }); // prettier-ignore
    expect(await tar({ name: 'x', kind: 'g', data: paxOf({ comment: 'a commit' }) }, { name: 'a', data: '3' })).toEqual({ 'x/a': '3' });
  });

  it('whose names are no UTF-8 are refused: two of them could become one', async () => {
    expect(await tar({ name: Uint8Array.of(0x72, 0xf3, 0x6e) })).toBe('FileProblem: archiveNames {"name":"x.tar"}');
  });

  it('say by their name what is wrong with them', async () => {
    const whole = tarOf([{ name: 'a', data: 'content' }]);
    expect(await open('x.tar', whole.subarray(0, 515))).toBe('FileProblem: fileCut {"name":"x.tar"}');
    expect(await open('x.tar', new Uint8Array(1024).fill(65))).toBe('FileProblem: fileNotTar {"name":"x.tar"}');
    const packed = gzipSync(tarOf([{ name: 'a', data: Array.from({ length: 9999 }, (_, i) => (i * i) % 977).join(' ') }]));
    expect(await open('x.tgz', packed.subarray(0, packed.length >> 1))).toMatch(/FileProblem: (fileNotGzip|fileCut)/);
    packed.fill(0xff, 100, 120);
    expect(await open('x.tgz', packed)).toMatch(/FileProblem: fileNot(Gzip|Tar)/);
    await expect(gunzip(new Uint8Array(whole), 'x.gz')).rejects.toThrow('fileNotGzip');
  });

  it('given by themselves are known by their contents; in folders they stay closed where that is asked', async () => {
    const bytes = zipOf([{ name: 'cats/1.png', data: '1' }]);
    expect(await open('pets.jpg', bytes)).toEqual({ 'pets.jpg/cats/1.png': '1' });
    for (const start of [
      [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c],
      [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07],
      [0x42, 0x5a, 0x68],
      [0x28, 0xb5, 0x2f, 0xfd],
    ])
      // prettier-ignore
      expect(await open('pets', Uint8Array.from([...start, 0, 0]))).toBe('FileProblem: archiveOther {"name":"pets"}');
    const files = [fromBytes('pets/cats/1.png', new Uint8Array()), fromBytes('pets/more.zip', bytes)];
    expect((await opened(files, false)).map(({ path }) => path)).toEqual(['pets/cats/1.png', 'pets/more.zip']);
    expect((await opened(files)).map(({ path }) => path)).toEqual(['pets/cats/1.png', 'pets/more/cats/1.png']);
  });

  it('that the system does not let the browser read are named', async () => {
    const blob = { slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException('no', 'NotReadableError')) }) } as unknown as Blob;
    for (const path of ['pets.zip', 'pets.tar', 'pets'])
      await expect(opened([{ path, size: 9, blob, bytes: () => Promise.reject(new Error('never asked')) }])).rejects.toThrow(
        `cannotBeRead {"names":"${path}"}`,
      );
  });

  it('of other kinds are known by their names', () => {
    const other = (path: string): boolean => isOtherArchive(fromBytes(path, new Uint8Array()));
    expect(['a.rar', 'b.7z', 'c.tar.bz2', 'd.TXZ', 'e.tar.zst'].every(other)).toBe(true);
    expect(['a.zip', 'b.tar', 'c.png', 'd.gz'].some(other)).toBe(false);
  });
});
