import { zipSync, type Zippable } from 'fflate';
import type { Files } from './site.js';

/** A ZIP of these files. The same files give the same bytes, whenever. */
export function zipOf(files: Files): Uint8Array<ArrayBuffer> {
  const entries: Zippable = {};
  for (const [path, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    entries[path] = [bytes, { level: /\.(woff2|bin|safetensors)$/.test(path) ? 0 : 9 }];
  return zipSync(entries, { mtime: new Date(1980, 0, 1) });
}
