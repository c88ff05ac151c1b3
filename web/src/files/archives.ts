import { unzipSync } from 'fflate';
import { fromBytes, nameOf, type NamedFile } from './named-file.js';
import { FileProblem } from './problem.js';

export async function gunzip(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new FileProblem('fileNotGzip', { name });
  }
}

/** The files of a tar archive: headers of 512 bytes, each before its file. */
export function untar(bytes: Uint8Array<ArrayBuffer>, name: string): NamedFile[] {
  const text = (at: number, length: number): string => new TextDecoder().decode(bytes.subarray(at, at + length)).replace(/\0.*$/s, '');
  const files: NamedFile[] = [];
  let at = 0;
  while (at + 512 <= bytes.length && bytes[at] !== 0) {
    const magic = text(at + 257, 5);
    const size = parseInt(text(at + 124, 12).trim(), 8);
    if (magic !== 'ustar' || !Number.isFinite(size)) throw new FileProblem('fileNotTar', { name });
    if (at + 512 + size > bytes.length) throw new FileProblem('fileCut', { name });
    const kind = String.fromCharCode(bytes[at + 156]!);
    const prefix = text(at + 345, 155);
    const path = (prefix ? `${prefix}/` : '') + text(at, 100);
    if (kind === '0' || kind === '\0') files.push(fromBytes(path, bytes.subarray(at + 512, at + 512 + size)));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

export function unzip(bytes: Uint8Array, name: string): NamedFile[] {
  try {
    return Object.entries(unzipSync(bytes))
      .filter(([path]) => !path.endsWith('/'))
      .map(([path, content]) => fromBytes(path, content));
  } catch {
    throw new FileProblem('fileNotZip', { name });
  }
}

/** The files with archives opened; other packed files are opened by who reads them. */
export async function opened(files: readonly NamedFile[]): Promise<NamedFile[]> {
  const all: NamedFile[] = [];
  for (const file of files) {
    const name = nameOf(file);
    if (/\.zip$/i.test(name)) all.push(...unzip(await file.bytes(), name));
    else if (/\.(tar\.gz|tgz)$/i.test(name)) all.push(...untar(await gunzip(await file.bytes(), name), name));
    else if (/\.tar$/i.test(name)) all.push(...untar(await file.bytes(), name));
    else all.push(file);
  }
  return all;
}
