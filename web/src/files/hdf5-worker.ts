/** Reads one HDF5 file, in a worker that ends with it. */
import * as library from 'h5wasm';
import { readHdf5, type FromHdf5 } from './hdf5.js';

const post = (message: FromHdf5, transfer: Transferable[] = []): void => self.postMessage(message, { transfer });

// A library that does not start is the worker's error, which its owner hears of.
library.ready.then(() => post({ kind: 'ready' })).catch((error: unknown) => self.reportError(error));

self.onmessage = async ({ data }: MessageEvent<Uint8Array<ArrayBuffer>>): Promise<void> => {
  try {
    const file = await readHdf5(library, data);
    post(
      { kind: 'done', file },
      file.tensors.map(({ values }) => values.buffer),
    );
  } catch {
    post({ kind: 'damaged' });
  }
};
