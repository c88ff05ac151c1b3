import { BlobReader, configure, Uint8ArrayWriter, ZipReader, type FileEntry } from '@zip.js/zip.js/lib/zip-core-native.js';
import { unpackTar, type ParsedTarEntryWithData } from 'modern-tar';
import { fromBytes, nameOf, type NamedFile } from './named-file.js';
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

/**
 * The files with archives opened, each a folder of the archive's name; other packed files are opened by who reads
 * them.
 */
export async function opened(files: readonly NamedFile[]): Promise<NamedFile[]> {
  const all: NamedFile[] = [];
  for (const file of files) {
    // "pets.tar (1).gz": what a browser calls the second download.
    const tar = /^(.+?)(?:\.tar|\.tgz|\.tar(?: ?\(\d+\))?\.gz)$/i.exec(file.path);
    const zip = /^(.+)\.zip$/i.exec(file.path);
    if (zip) all.push(...(await unzip(file, zip[1]!)));
    else if (/\.npz$/i.test(file.path)) all.push(...(await unzip(file, file.path)));
    else if (tar) all.push(...(await untar(file, tar[1]!)));
    else all.push(file);
  }
  return all;
}
