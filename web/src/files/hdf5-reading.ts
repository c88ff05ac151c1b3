import type { Hdf5File } from '../client/module.js';
import type { FromHdf5 } from './hdf5.js';
import { FileProblem } from './problem.js';

/** Milliseconds after which a file is given up, as the command line does. */
const patience = 20_000;

/**
 * Reads an HDF5 file with h5wasm, which is loaded for it, in a worker of its own. What makes the library crash or run
 * on ends with that worker, which `start` starts. Throws FileProblem, which names the file.
 */
export function hdf5Reading(bytes: Uint8Array<ArrayBuffer>, name: string, start: () => Worker, milliseconds = patience): Promise<Hdf5File> {
  let worker: Worker | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new Promise<Hdf5File>((resolve, reject) => {
    let loaded = false;
    const failed = (): void => reject(new FileProblem(loaded ? 'hdf5Damaged' : 'hdf5NotLoaded', { name }));
    try {
      worker = start();
    } catch {
      return failed(); // a page in one file does not have it
    }
    worker.onmessage = ({ data }: MessageEvent<FromHdf5>) => {
      if (data.kind === 'done') return resolve(data.file);
      if (data.kind === 'damaged') return failed();
      loaded = true;
      timer = setTimeout(failed, milliseconds);
      worker!.postMessage(bytes, { transfer: [bytes.buffer] });
    };
    worker.onerror = (event) => {
      event.preventDefault();
      failed();
    };
    worker.onmessageerror = failed;
  }).finally(() => {
    clearTimeout(timer);
    worker?.terminate();
  });
}
