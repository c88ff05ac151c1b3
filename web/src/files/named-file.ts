import { inTime, patience } from '../client/in-time.js';
import { FileProblem } from './problem.js';

/** A file of the disk, a folder or an archive. `path` has the folders that were given with it. */
export interface NamedFile {
  path: string;
  size: number;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /** Where it lies on a disk: it can be read in parts. */
  blob?: Blob;
}

/** A file of the reader's, as it is sent to the worker that reads it. */
export interface GivenFile {
  path: string;
  file: File;
}

export const given = (file: File): GivenFile => ({ path: file.webkitRelativePath || file.name, file });

export const fromFile = ({ path, file }: GivenFile): NamedFile => ({
  path,
  size: file.size,
  blob: file,
  bytes: async () => {
    try {
      return new Uint8Array(await file.arrayBuffer());
    } catch {
      throw new FileProblem('cannotBeRead', { names: path });
    }
  },
});

export const fromBytes = (path: string, bytes: Uint8Array): NamedFile => ({
  path,
  size: bytes.length,
  bytes: () => Promise.resolve(bytes.slice()),
});

export const nameOf = ({ path }: NamedFile): string => path.slice(path.lastIndexOf('/') + 1);

/**
 * What the system does not let the browser read goes to `closed`, by its path. So does what browsers never answer for,
 * such as a folder whose name is no UTF-8.
 */
async function walk(entry: FileSystemEntry, closed: string[], wait: number): Promise<GivenFile[]> {
  const path = entry.fullPath.replace(/^\//, '');
  const found: GivenFile[] = [];
  try {
    if (entry.isFile) {
      const file = await inTime(new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)), wait);
      return [{ path, file }];
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      // The browser gives a hundred or so at a time, and none at the end.
      const entries = await inTime(new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject)), wait);
      if (entries.length === 0) return found;
      for (const child of entries) found.push(...(await walk(child, closed, wait)));
    }
  } catch {
    closed.push(entry.isFile ? path : `${path}/`);
    return found;
  }
}

/** Names that a sentence can hold. */
const mostNamed = 5;

/**
 * Gives all dropped files, and those in dropped folders. Throws FileProblem with the names of what cannot be read, or
 * is not within `wait` milliseconds.
 */
export async function dropped(transfer: DataTransfer, wait = patience): Promise<GivenFile[]> {
  // Read both before the first await: the browser empties the list after the event.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null).filter((entry) => entry !== null);
  const plain = [...transfer.files].map(given);
  if (entries.length === 0) return plain;
  const closed: string[] = [];
  const found = (await Promise.all(entries.map((entry) => walk(entry, closed, wait)))).flat();
  if (closed.length > 0) {
    const names = closed.slice(0, mostNamed).join(', ') + (closed.length > mostNamed ? ', …' : '');
    throw new FileProblem('cannotBeRead', { names });
  }
  return found;
}
