import { asLabError, EngineHost } from './host.js';
import type { ModuleFactory } from './module.js';
import { LabError, type FromWorker, type ToWorker } from './protocol.js';

/** What this file needs of a worker's global scope. */
interface Scope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
}

const scope = self as unknown as Scope;
const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => scope.postMessage(message, transfer);
let host: EngineHost | null = null;

async function start(moduleUrl: string, dataUrl: string): Promise<void> {
  try {
    const { default: create } = (await import(/* @vite-ignore */ moduleUrl)) as { default: ModuleFactory };
    const module = await create({ locateFile: (file) => new URL(file, moduleUrl).href });
    host = new EngineHost(module, dataUrl, post);
    post({ kind: 'ready', backend: module.backend() });
  } catch (error) {
    const { problem, code } = asLabError(error, 'engine');
    post({
      kind: 'failed',
      error: new LabError({
        code: code === 'out_of_memory' ? code : 'load_failed',
        place: 'engine',
        problem: `the engine cannot be loaded (${problem})`,
        remedy: 'check the connection and reload the page',
      }).toJSON(),
    });
  }
}

scope.onmessage = ({ data }) => {
  if (data.kind === 'start') void start(data.moduleUrl, data.dataUrl);
  else void host?.handle(data);
};
