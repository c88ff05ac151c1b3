import { createHash } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { DataCard, LabError } from '../../src/client/protocol.js';
import { fetchBytes, parseManifest, readShard, shardsFor, type ShardEntry } from '../../src/client/shards.js';

const card: DataCard = {
  name: 'tiny',
  title: 'Tiny',
  image: { height: 2, width: 2, channels: 1 },
  classes: ['a', 'b'],
  mean: [0],
  stddev: [1],
};

function shard(raw: number[]): { bytes: Uint8Array<ArrayBuffer>; entry: ShardEntry } {
  const bytes = new Uint8Array(gzipSync(Uint8Array.from(raw)));
  return {
    bytes,
    entry: { file: 'tiny/train-0.bin', count: 2, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
  };
}

const whole = [0, 1, 1, 2, 3, 4, 5, 6, 7, 8];

test('a shard is labels and images', async () => {
  const { bytes, entry } = shard(whole);
  const read = await readShard(bytes, entry, card);
  expect([...read.labels]).toEqual([0, 1]);
  expect([...read.pixels]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test.each([
  ['a flipped byte', (bytes: Uint8Array<ArrayBuffer>) => bytes.map((byte, i) => (i === 15 ? byte ^ 1 : byte))],
  ['a missing end', (bytes: Uint8Array<ArrayBuffer>) => bytes.slice(0, -3)],
])('%s is a corrupt shard', async (_, spoil) => {
  const { bytes, entry } = shard(whole);
  await expect(readShard(spoil(bytes), entry, card)).rejects.toMatchObject({ code: 'corrupt_shard', place: 'tiny/train-0.bin' });
});

test('a shard with the wrong number of images or a label that is no class is corrupt', async () => {
  for (const raw of [whole.slice(0, 9), [0, 2, ...whole.slice(2)]]) {
    const { bytes, entry } = shard(raw);
    await expect(readShard(bytes, entry, card)).rejects.toMatchObject({ code: 'corrupt_shard' });
  }
});

test('as many shards as are needed', () => {
  const entries = [500, 9500, 10000].map((count) => ({ file: '', count, bytes: 0, sha256: '' }));
  expect([0, 1, 500, 501, 10000, 10001, Infinity].map((n) => shardsFor(entries, n))).toEqual([0, 1, 1, 2, 2, 3, 3]);
});

test('a list that is none is corrupt', () => {
  for (const text of ['<html>', '{}', 'null']) expect(() => parseManifest(text, 'data/index.json')).toThrowError(/data\/index\.json/);
});

test('a list names the data sets that are not here; one of before names none', () => {
  const list = { format: 'cnnlab-data-1', datasets: [], absent: [card] };
  expect(parseManifest(JSON.stringify(list), 'data/index.json').absent).toEqual([card]);
  expect(parseManifest('{"format": "cnnlab-data-1", "datasets": []}', 'data/index.json').absent).toEqual([]);
});

/** What is fetched from a server that answers so, and gives up after 200 ms without a byte. */
async function fetched(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    const bytes = await fetchBytes(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x.bin`, () => undefined, false, 200);
    return new TextDecoder().decode(bytes);
  } catch (error) {
    return `${(error as LabError).code} ${(error as LabError).problem.id}`;
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test('a server that falls silent is not waited for for ever, and a slow one is', async () => {
  expect(await fetched(() => undefined)).toBe('offline data.stalled');
  expect(await fetched((_, response) => void response.writeHead(200).write('some'))).toBe('offline data.stalled');
  const slow: RequestListener = (_, response) => {
    let left = 5;
    const timer = setInterval(() => {
      if (left-- > 0) response.write('x');
      else response.end(() => clearInterval(timer));
    }, 100);
  };
  expect(await fetched(slow)).toBe('xxxxx');
});
