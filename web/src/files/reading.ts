import { LabError } from '../client/client.js';
import { workerAt } from '../client/start-worker.js';
import type { Intake } from './intake.js';
import workerUrl from './intake-worker.ts?worker&url';
import type { GivenFile } from './named-file.js';
import type { PictureOptions, ReadingProgress } from './own-images.js';
import { FileProblem } from './problem.js';
import type { FromReader, ToReader } from './reader-messages.js';

/** The reader stopped the reading. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Files that are being read, in a worker that ends with the reading. */
export class Reading {
  /** Rejects with FileProblem, with the engine's LabError, or with Stopped. */
  readonly intake: Promise<Intake>;
  private worker: Worker | null = null;
  private giveUp: (reason: Error) => void = () => undefined;

  /** `files` may still be looked for: folders of a drop are read one by one. */
  constructor(
    files: readonly GivenFile[] | Promise<readonly GivenFile[]>,
    pictures: PictureOptions,
    engineUrl: string,
    progress: (at: ReadingProgress) => void,
  ) {
    let over = false;
    this.intake = new Promise<Intake>((resolve, reject) => {
      this.giveUp = reject;
      const begin = (found: readonly GivenFile[]): void => {
        if (over) return;
        const worker = (this.worker = workerAt(workerUrl, 'cnnlab files'));
        worker.onmessage = ({ data }: MessageEvent<FromReader>) => {
          if (data.kind === 'progress') progress(data.at);
          else if (data.kind === 'done') resolve(data.intake);
          else reject(data.kind === 'wrong' ? new FileProblem(data.key, data.values) : new LabError(data.problem));
        };
        worker.onerror = (event) => {
          event.preventDefault();
          reject(new FileProblem('readerFailed'));
        };
        worker.onmessageerror = () => reject(new FileProblem('readerFailed'));
        worker.postMessage({ files: found, pictures, engineUrl } satisfies ToReader);
      };
      Promise.resolve(files).then(begin).catch(reject);
    }).finally(() => {
      over = true;
      this.worker?.terminate();
    });
  }

  stop(): void {
    this.giveUp(new Stopped());
  }
}
