import { BlobReader, configure, Uint8ArrayWriter, ZipReader, type FileEntry } from '@zip.js/zip.js/lib/zip-core-native.js';
import { unpackTar, type ParsedTarEntryWithData } from 'modern-tar';
import { fromBytes, nameOf, type NamedFile } from './named-file.js';
import { isNetworkPath } from './network-endings.js';
import { FileProblem } from './problem.js';

// This is a worker already.
configure({ useWebWorkers: false });

const blobOf = async (file: NamedFile): Promise<Blob> => file.blob ?? new Blob([await file.bytes()]);

const unzipped = (blob: Blob): ReadableStream<Uint8Array<ArrayBuffer>> => blob.stream().pipeThrough(new DecompressionStream('gzip'));

export async function gunzip(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await new Response(unzipped(new Blob([bytes]))).arrayBuffer());
  } catch {
    throw new FileProblem('fileNotGzip', { name });
  }
}

/** An entry's path below the folder that the archive is, with "/" between folders; "" where it has no name. */
function pathIn(folder: string, entry: string): string {
  const parts = entry.split(/[/\\]/).filter((part) => part !== '' && part !== '.' && part !== '..');
  return parts.length > 0 ? `${folder}/${parts.join('/')}` : '';
}

/** The files of a tar archive, packed with gzip or not, in a folder of that name. Throws FileProblem. */
export async function untar(file: NamedFile, folder: string): Promise<NamedFile[]> {
  const name = nameOf(file);
  const blob = await blobOf(file);
  // Not by its name: some browsers unpack a .gz while they download it.
  const [first, second] = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  const packed = first === 0x1f && second === 0x8b;
  let entries: ParsedTarEntryWithData[];
  try {
    entries = await unpackTar(packed ? unzipped(blob) : (blob.stream() as ReadableStream<Uint8Array>), { strict: true });
  } catch (error) {
    // What is wrong with the packing is a TypeError of a browser, and has a code in Node.
    if (error instanceof TypeError || (error as { code?: unknown }).code !== undefined) throw new FileProblem('fileNotGzip', { name });
    throw new FileProblem(/truncated/i.test(String(error)) ? 'fileCut' : 'fileNotTar', { name });
  }
  const files: NamedFile[] = [];
  for (const { header, data } of entries) {
    // Names of another encoding would become one name.
    if (header.name.includes('\ufffd')) throw new FileProblem('archiveNames', { name });
    const path = pathIn(folder, header.name);
    if (header.type === 'file' && data && path) files.push(fromBytes(path, data));
  }
  return files;
}

/** Stored, and deflated. */
const readMethods = [0, 8];

/** The files of a ZIP archive, in a folder of that name; each is unpacked when its bytes are asked for. */
export async function unzip(file: NamedFile, folder: string): Promise<NamedFile[]> {
  const name = nameOf(file);
  const reader = new ZipReader(new BlobReader(await blobOf(file)), { checkSignature: true, filenameValidation: 'tolerant' });
  let entries;
  try {
    entries = await reader.getEntries();
  } catch (error) {
    throw new FileProblem(/encrypt/i.test(String(error)) ? 'archiveEncrypted' : 'fileNotZip', { name });
  }
  const found = entries.filter((entry): entry is FileEntry => !entry.directory);
  if (found.some((entry) => entry.encrypted)) throw new FileProblem('archiveEncrypted', { name });
  if (found.some((entry) => !readMethods.includes(entry.compressionMethod))) throw new FileProblem('archiveMethod', { name });
  return found.flatMap((entry) => {
    const path = pathIn(folder, entry.filename);
    if (!path || entry.filename.endsWith('\\')) return [];
    return [{ path, size: entry.uncompressedSize, bytes: () => entry.getData(new Uint8ArrayWriter()) as Promise<Uint8Array<ArrayBuffer>> }];
  });
}

/** Archives that are not opened here. */
export const isOtherArchive = (file: NamedFile): boolean => /\.(rar|7z|t?bz2?|t?xz|t?zst|t?lz|lzma|cab|iso|dmg)$/i.test(nameOf(file));

/** Archives that are opened here, if they are not in another one. */
export const isArchive = (file: NamedFile): boolean => /\.(zip|tar|tgz|tar(?: ?\(\d+\))?\.gz)$/i.test(nameOf(file));

/** The first bytes of a file. Throws FileProblem where the system does not let the browser read it. */
async function startOf(file: NamedFile): Promise<Uint8Array> {
  const length = 6;
  if (!file.blob) return (await file.bytes()).subarray(0, length);
  try {
    return new Uint8Array(await file.blob.slice(0, length).arrayBuffer());
  } catch {
    throw new FileProblem('cannotBeRead', { names: file.path });
  }
}

/** What an archive is by its first bytes: "zip", or one that is not opened here; null: it is none. */
async function kindOf(file: NamedFile): Promise<'zip' | 'other' | null> {
  const start = await startOf(file);
  const begins = (...bytes: number[]): boolean => bytes.every((byte, i) => start[i] === byte);
  if (begins(0x50, 0x4b, 3, 4)) return 'zip';
  const others = [
    [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], // 7-Zip
    [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07], // RAR
    [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], // xz
    [0x42, 0x5a, 0x68], // bzip2
    [0x28, 0xb5, 0x2f, 0xfd], // Zstandard
  ];
  return others.some((bytes) => begins(...bytes)) ? 'other' : null;
}

/**
 * The files with archives opened, each a folder of the archive's name; other packed files are opened by who reads
 * them. `inFolders`: also those that lie in folders. What was given by itself is known by its contents, too.
 */
export async function opened(files: readonly NamedFile[], inFolders = true): Promise<NamedFile[]> {
  const all: NamedFile[] = [];
  for (const file of files) {
    const isInFolder = file.path.includes('/');
    if (isInFolder && !inFolders) {
      all.push(file);
      continue;
    }
    // "pets.tar (1).gz": what a browser calls the second download.
    const tar = /^(.+?)(?:\.tar|\.tgz|\.tar(?: ?\(\d+\))?\.gz)$/i.exec(file.path);
    const zip = /^(.+)\.zip$/i.exec(file.path);
    const isNpz = /\.npz$/i.test(file.path);
    if (zip || tar || isNpz) await startOf(file);
    // A .pth and a .keras are archives, too; who knows networks opens them.
    const kind = isInFolder || zip || tar || isNpz || isNetworkPath(file.path) ? null : await kindOf(file);
    if (kind === 'other') throw new FileProblem('archiveOther', { name: nameOf(file) });
    if (kind === 'zip') all.push(...(await unzip(file, file.path)));
    else if (zip) all.push(...(await unzip(file, zip[1]!)));
    else if (isNpz) all.push(...(await unzip(file, file.path)));
    else if (tar) all.push(...(await untar(file, tar[1]!)));
    else all.push(file);
  }
  return all;
}
