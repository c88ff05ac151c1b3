/** Reads dropped files in a worker: archives, official files, pictures. One question, one answer. */
import { loadFilesModule, loadNetworksModule } from '../client/load-module.js';
import { asLabError } from '../client/outcome.js';
import { workerAt } from '../client/start-worker.js';
import { readBase } from './base-file.js';
import { hdf5Reading } from './hdf5-reading.js';
import type { ReadHdf5 } from './import-network.js';
import { takeIn, type Intake } from './intake.js';
import { fromFile } from './named-file.js';
import type { ReadingProgress } from './own-images.js';
import { FileProblem } from './problem.js';
import type { FromReader, ToReader } from './reader-messages.js';

const post = (message: FromReader, transfer: Transferable[] = []): void => self.postMessage(message, { transfer });

/** Buffers that move to the page instead of being copied. */
function buffersOf(intake: Intake): Transferable[] {
  const sets = intake.images ? [intake.images.train, intake.images.test] : [];
  const buffers = sets.flatMap(({ pixels, labels }) => [pixels.buffer, labels.buffer]);
  if (intake.kind === 'run') buffers.push(intake.run.checkpoint.buffer);
  if (intake.kind === 'network') buffers.push(intake.network.model.buffer);
  return [...new Set(buffers)] as ArrayBuffer[];
}

self.onmessage = async ({ data }: MessageEvent<ToReader>): Promise<void> => {
  const readHdf5: ReadHdf5 = (bytes, name) => hdf5Reading(bytes, name, () => workerAt(data.hdf5Url, 'cnnlab HDF5'));
  try {
    if (!data.pictures) {
      const base = await readBase(data.files.map(fromFile), () => loadNetworksModule(data.engineUrl), readHdf5);
      post({ kind: 'base', base }, [base.weights.buffer]);
      return;
    }
    // A module of this worker's own, so that reading does not hold up a training.
    const module = await loadFilesModule(data.engineUrl);
    const reader = {
      module,
      networks: () => loadNetworksModule(data.engineUrl),
      readHdf5,
      progress: (at: ReadingProgress) => post({ kind: 'progress', at }),
    };
    const intake = await takeIn(data.files.map(fromFile), data.pictures, reader);
    post({ kind: 'done', intake }, buffersOf(intake));
  } catch (error) {
    if (error instanceof FileProblem) post({ kind: 'wrong', key: error.key, values: error.values });
    else post({ kind: 'failed', problem: asLabError(error, 'files').toJSON() });
  }
};
