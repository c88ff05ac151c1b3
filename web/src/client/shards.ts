import { sha256 } from './checksum.js';
import { fileInside } from './inside.js';
import { say } from './messages.js';
import { LabError, type DataCard, type Message, type SplitName } from './protocol.js';

/** One file: gzip of the labels (a byte each), then of the images. */
export interface ShardEntry {
  file: string;
  count: number;
  /** Of the compressed file. */
  bytes: number;
  sha256: string;
}

export interface ShardedDataset {
  name: string;
  card: DataCard;
  splits: Record<SplitName, ShardEntry[]>;
}

/** index.json of the data folder. */
export interface ShardManifest {
  format: 'cnnlab-data-1';
  datasets: ShardedDataset[];
  /** Data sets that the lab knows and that do not lie here. */
  absent: DataCard[];
}

export interface Shard {
  count: number;
  pixels: Uint8Array;
  labels: Int32Array;
}

function corrupt(file: string, problem: Message): LabError {
  return new LabError({ code: 'corrupt_shard', place: file, problem, remedy: say('shard.again') });
}

export function parseManifest(text: string, place: string): ShardManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw corrupt(place, say('shard.no_json'));
  }
  const manifest = json as ShardManifest;
  if (manifest?.format !== 'cnnlab-data-1' || !Array.isArray(manifest.datasets)) throw corrupt(place, say('shard.no_list'));
  // A folder of before names none.
  return { ...manifest, absent: manifest.absent ?? [] };
}

/** From a stream of our own: WebKit reads no Blob in a worker of a page that was opened from a disk. */
async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  return new Uint8Array(await new Response(packed.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer());
}

/** Checks and unpacks a shard. Throws corrupt_shard. */
export async function readShard(bytes: Uint8Array<ArrayBuffer>, entry: ShardEntry, card: DataCard): Promise<Shard> {
  if (bytes.length !== entry.bytes) throw corrupt(entry.file, say('shard.bytes', { bytes: bytes.length, wanted: entry.bytes }));
  // Where there is none, gzip's own checksum has to do.
  const digest = await sha256(bytes);
  if (digest !== null && entry.sha256 !== '' && digest !== entry.sha256) throw corrupt(entry.file, say('shard.checksum'));
  let raw: Uint8Array;
  try {
    raw = await gunzip(bytes);
  } catch {
    throw corrupt(entry.file, say('shard.not_unpacked'));
  }
  const pixels = card.image.height * card.image.width * card.image.channels;
  if (raw.length !== entry.count * (1 + pixels)) throw corrupt(entry.file, say('shard.images', { bytes: raw.length, images: entry.count }));
  const labels = Int32Array.from(raw.subarray(0, entry.count));
  if (labels.some((label) => label >= card.classes.length)) throw corrupt(entry.file, say('shard.label'));
  return { count: entry.count, pixels: raw.subarray(entry.count), labels };
}

/** Number of shards that hold so many images. */
export function shardsFor(entries: readonly ShardEntry[], images: number): number {
  let have = 0;
  let shards = 0;
  while (shards < entries.length && have < images) have += entries[shards++]!.count;
  return shards;
}

/** A server that sends nothing for so long will send nothing more: browsers themselves would wait on. */
const patience = 30_000;

/**
 * Fetches a file. `progress` gets the bytes that have arrived. Throws offline (also where nothing has come for
 * `patient` milliseconds), missing_data or corrupt_shard.
 */
export async function fetchBytes(
  url: string,
  progress: (bytes: number) => void = () => undefined,
  again = false,
  patient = patience,
): Promise<Uint8Array<ArrayBuffer>> {
  const inside = fileInside(url);
  if (inside) return inside;
  const file = url.slice(url.lastIndexOf('/') + 1);
  const stall = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => stall.abort(), patient);
  };
  alive();
  try {
    const response = await fetch(url, { ...(again ? { cache: 'reload' } : {}), signal: stall.signal });
    if (!response.ok) {
      throw new LabError({
        code: 'missing_data',
        place: file,
        problem: say('data.answer', { status: response.status }),
        remedy: say('data.choose_or_prepare'),
      });
    }
    const parts: Uint8Array[] = [];
    let length = 0;
    const reader = response.body?.getReader();
    if (!reader) return new Uint8Array(await response.arrayBuffer());
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      alive();
      parts.push(value);
      length += value.length;
      progress(length);
    }
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  } catch (error) {
    if (error instanceof LabError) throw error;
    const problem = stall.signal.aborted ? say('data.stalled', { seconds: Math.round(patient / 1000) }) : say('data.not_fetched');
    throw new LabError({ code: 'offline', place: file, problem, remedy: say('page.check_and_retry') });
  } finally {
    clearTimeout(timer);
  }
}
