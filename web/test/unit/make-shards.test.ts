// What ./lab build web makes of a data set's files.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { afterEach, beforeEach, expect, it } from 'vitest';
// @ts-expect-error: plain JavaScript without types
import { prepare as untypedPrepare } from '../../scripts/shards.mjs';
import { parseManifest, readShard, type ShardedDataset } from '../../src/client/shards.js';

const prepare = untypedPrepare as (out: string, given: Record<string, string>, names: string[]) => Promise<unknown>;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'cnnlab-shards-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Records of CIFAR-10: a label, then red, green and blue. */
function records(count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count * 3073);
  for (let i = 0; i < bytes.length; i++) bytes[i] = i % 3073 === 0 ? (i / 3073) % 10 : i % 251;
  return bytes;
}

async function made(files: Record<string, Uint8Array>): Promise<ShardedDataset | undefined> {
  const given = join(folder, 'given');
  mkdirSync(given, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(given, name), bytes);
  await prepare(join(folder, 'out'), { cifar10: given }, ['cifar10']);
  return parseManifest(readFileSync(join(folder, 'out', 'index.json'), 'utf8'), 'index.json').datasets[0];
}

const counts = ({ splits }: ShardedDataset): number[][] => [splits.train, splits.test].map((entries) => entries.map(({ count }) => count));

it('opens the archive that `./lab data cifar10 --fetch` keeps, and takes a part of it', async () => {
  const file = (name: string, count: number) => ({
    header: { name: `cifar-10-batches-bin/${name}`, size: count * 3073 },
    body: records(count),
  });
  const tar = await packTar([file('data_batch_1.bin', 2100), file('test_batch.bin', 2100)]);
  const set = (await made({ 'cifar-10-binary.tar.gz': gzipSync(tar, { level: 1 }) }))!;
  expect(counts(set)).toEqual([
    [100, 1900, 100],
    [1000, 1000],
  ]);
  // The card says how many there are in all.
  expect([set.card.train_count, set.card.test_count]).toEqual([2100, 2100]);
  const first = set.splits.train[0]!;
  const bytes = new Uint8Array(readFileSync(join(folder, 'out', first.file)));
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(first.sha256);
  const shard = await readShard(bytes, first, set.card);
  expect([...shard.labels.subarray(0, 3)]).toEqual([0, 1, 2]);
  // Pixels lie channel beside channel: red and green of the first one are 1024 bytes apart in the file.
  expect([...shard.pixels.subarray(0, 3)]).toEqual([1, 1025 % 251, 2049 % 251]);
});

it('makes nothing again that is up to date, and reads files that are not packed', async () => {
  const files = { 'data_batch_1.bin': records(20), 'test_batch.bin': records(10) };
  expect(await made(files)).toBeDefined();
  // Files of earlier than the shards, whatever the clock's grain.
  const earlier = new Date(Date.now() - 60_000);
  for (const name of Object.keys(files)) utimesSync(join(folder, 'given', name), earlier, earlier);
  const written = statSync(join(folder, 'out', 'cifar10', 'made')).mtimeMs;
  const before = readFileSync(join(folder, 'out', 'index.json'), 'utf8');
  await prepare(join(folder, 'out'), { cifar10: join(folder, 'given') }, ['cifar10']);
  expect(readFileSync(join(folder, 'out', 'index.json'), 'utf8')).toBe(before);
  expect(statSync(join(folder, 'out', 'cifar10', 'made')).mtimeMs).toBe(written);
});

it('a folder that was given is taken, or said to be none', async () => {
  const out = join(folder, 'out');
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  await expect(prepare(out, { cifar10: empty }, ['cifar10'])).rejects.toThrow(`cifar10=${empty}: this folder has no files of cifar10`);
  await expect(prepare(out, { cifar11: empty }, ['cifar10'])).rejects.toThrow('there is no data set cifar11; give one of cifar10');
  await expect(prepare(out, { lines: empty }, ['cifar10', 'lines'])).rejects.toThrow('come from no files');
});

it('a damaged archive is named with its file', async () => {
  const broken = gzipSync(new Uint8Array(2000)).subarray(0, 20);
  await expect(made({ 'cifar-10-binary.tar.gz': broken })).rejects.toThrow(/given\/cifar-10-binary\.tar\.gz: is a damaged archive/);
  rmSync(join(folder, 'given'), { recursive: true });
  await expect(made({ 'cifar-10-binary.tar.gz': Uint8Array.of(1, 2, 3) })).rejects.toThrow(/binary\.tar\.gz: is a damaged archive/);
});
