import { LabError } from '../client/client.js';
import { workerAt } from '../client/start-worker.js';
import { FileProblem } from './problem.js';
import workerUrl from './picture-worker.ts?worker&url';
import type { Fit, FromPictures, Rgba, ToPictures } from './picture-messages.js';

type Done = Extract<FromPictures, { kind: 'done' }>;
interface Waiting {
  resolve: (done: Done) => void;
  reject: (reason: Error) => void;
}

/** One worker for all stations of the page, from the first picture on. */
let worker: Worker | null = null;
const waiting = new Map<number, Waiting>();
let next = 1;

function end(reason: Error): void {
  worker?.terminate();
  worker = null;
  for (const { reject } of waiting.values()) reject(reason);
  waiting.clear();
}

function start(): Worker {
  const started = workerAt(workerUrl, 'cnnlab pictures');
  started.onmessage = ({ data }: MessageEvent<FromPictures>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.kind === 'done') asked?.resolve(data);
    else asked?.reject(data.kind === 'wrong' ? new FileProblem(data.key, data.values) : new LabError(data.problem));
  };
  started.onerror = (event) => {
    event.preventDefault();
    end(new FileProblem('readerFailed'));
  };
  return started;
}

function ask(engineUrl: string, picture: Blob | Rgba, as: ToPictures['as']): Promise<Done> {
  return new Promise((resolve, reject) => {
    const id = next++;
    waiting.set(id, { resolve, reject });
    worker ??= start();
    worker.postMessage({ id, engineUrl, picture, as } satisfies ToPictures);
  });
}

/** A picture as a network takes it: bytes [height, width, channels], those that the program would read. */
export async function fitted(
  engineUrl: string,
  picture: Blob | Rgba,
  shape: readonly [number, number, number],
  fit: Fit,
): Promise<Uint8Array<ArrayBuffer>> {
  return (await ask(engineUrl, picture, { shape, fit })).pixels;
}

/** A picture file to look at: upright, on white, no side longer than that. */
export async function shown(engineUrl: string, picture: Blob, longest: number): Promise<ImageData> {
  const { height, width, pixels } = await ask(engineUrl, picture, longest);
  const image = new ImageData(width, height);
  for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) {
    image.data.set(pixels.subarray(from, from + 3), to);
    image.data[to + 3] = 255;
  }
  return image;
}
