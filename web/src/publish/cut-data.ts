import { gunzipSync, gzipSync } from 'fflate';
import { sha256 } from '../client/checksum.js';
import { parseManifest, type ShardedDataset, type ShardEntry, type ShardManifest } from '../client/shards.js';
import type { SplitName } from '../client/client.js';
import type { Needs } from '../state/needs.js';
import { bytesOf, textOf, type Files, type Site } from './site.js';

/** The first images of a shard, as a shard. */
async function firstOf(bytes: Uint8Array, entry: ShardEntry, count: number): Promise<{ bytes: Uint8Array<ArrayBuffer>; sum: string }> {
  const raw = gunzipSync(bytes);
  const size = raw.length / entry.count - 1;
  const part = new Uint8Array(count * (1 + size));
  part.set(raw.subarray(0, count));
  part.set(raw.subarray(entry.count, entry.count + count * size), count);
  // No time of day: the same page comes out the same.
  const packed = gzipSync(part, { level: 9, mtime: 0 });
  return { bytes: packed, sum: (await sha256(packed)) ?? '' };
}

/** Writes what holds the first so many images of a split into `files`, and gives its entries. */
async function cutSplit(
  site: Site,
  files: Files,
  { name, splits }: ShardedDataset,
  split: SplitName,
  images: number,
): Promise<ShardEntry[]> {
  const entries: ShardEntry[] = [];
  let left = images;
  for (const entry of splits[split]) {
    if (left <= 0) break;
    const bytes = await site(`data/${entry.file}`);
    if (entry.count <= left) {
      files.set(`data/${entry.file}`, bytes);
      entries.push(entry);
    } else {
      const part = await firstOf(bytes, entry, left);
      const file = `${name}/${split}-first-${left}.bin`;
      files.set(`data/${file}`, part.bytes);
      entries.push({ file, count: left, bytes: part.bytes.length, sha256: part.sum });
    }
    left -= entry.count;
  }
  return entries;
}

/** The lab's data folder with no more than what is needed. `whole`: with all images of the data sets that are. */
export async function cutData(site: Site, needs: Needs, whole: boolean): Promise<Files> {
  const files: Files = new Map();
  const manifest = parseManifest(textOf(await site('data/index.json')), 'data/index.json');
  const datasets: ShardedDataset[] = [];
  for (const set of manifest.datasets) {
    const wanted = needs.data?.[set.name];
    if (!wanted) continue;
    const splits = {} as ShardedDataset['splits'];
    for (const split of ['train', 'test'] as const)
      splits[split] = await cutSplit(site, files, set, split, whole ? Infinity : wanted[split]);
    datasets.push({ ...set, splits });
  }
  // Others are said to be absent: the page then names them.
  const absent = [...manifest.absent, ...manifest.datasets.filter(({ name }) => !needs.data?.[name]).map(({ card }) => card)];
  files.set('data/index.json', bytesOf(JSON.stringify({ format: 'cnnlab-data-1', datasets, absent } satisfies ShardManifest)));
  return files;
}

/** Names of data sets that are needed and that the lab does not have. */
export async function missingData(site: Site, needs: Needs): Promise<string[]> {
  const { datasets } = parseManifest(textOf(await site('data/index.json')), 'data/index.json');
  return Object.keys(needs.data ?? {}).filter((name) => !datasets.some((set) => set.name === name));
}
