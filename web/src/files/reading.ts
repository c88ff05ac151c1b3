import { LabError } from '../client/client.js';
import { workerAt } from '../client/start-worker.js';
import type { GivenBase } from './base-file.js';
import hdf5Url from './hdf5-worker.ts?worker&url';
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

/** What comes of files: data, an experiment or a run; or, where that was asked for, a trained network. */
interface Outcomes {
  done: Intake;
  base: GivenBase;
}

/** Files that are being read, in a worker that ends with the reading. */
class FileReading<Kind extends keyof Outcomes> {
  /** Rejects with FileProblem, with the engine's LabError, or with Stopped. */
  readonly intake: Promise<Outcomes[Kind]>;
  private worker: Worker | null = null;
  private giveUp: (reason: Error) => void = () => undefined;

  /** `files` may still be looked for: folders of a drop are read one by one. */
  constructor(
    files: readonly GivenFile[] | Promise<readonly GivenFile[]>,
    pictures: Kind extends 'base' ? null : PictureOptions,
    engineUrl: string,
    progress: (at: ReadingProgress) => void,
  ) {
    let over = false;
    this.intake = new Promise<Outcomes[Kind]>((resolve, reject) => {
      this.giveUp = reject;
      const begin = (found: readonly GivenFile[]): void => {
        if (over) return;
        const worker = (this.worker = workerAt(workerUrl, 'cnnlab files'));
        worker.onmessage = ({ data }: MessageEvent<FromReader>) => {
          if (data.kind === 'progress') progress(data.at);
          else if (data.kind === 'done') resolve(data.intake as Outcomes[Kind]);
          else if (data.kind === 'base') resolve(data.base as Outcomes[Kind]);
          else reject(data.kind === 'wrong' ? new FileProblem(data.key, data.values) : new LabError(data.problem));
        };
        worker.onerror = (event) => {
          event.preventDefault();
          reject(new FileProblem('readerFailed'));
        };
        worker.onmessageerror = () => reject(new FileProblem('readerFailed'));
        worker.postMessage({ files: found, pictures, engineUrl, hdf5Url } satisfies ToReader);
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

/** Data, an experiment, or a run. */
export class Reading extends FileReading<'done'> {}
/** A trained network, to begin another with. */
export class BaseReading extends FileReading<'base'> {}
