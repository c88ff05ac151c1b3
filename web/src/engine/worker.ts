import { asLabError, EngineHost } from './host.js';
import type { ModuleFactory } from './module.js';
import { LabError, type FromWorker, type StartMessage, type ToWorker } from './protocol.js';
import { chooseVariant, hasRelaxedSimd } from './variant.js';

/** What this file needs of a worker's global scope. */
interface Scope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  readonly crossOriginIsolated: boolean;
  readonly origin: string;
}

const scope = self as unknown as Scope;
const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => scope.postMessage(message, transfer);
let host: EngineHost | null = null;

async function start({ engineUrl, dataUrl, threads: wanted, relaxed = hasRelaxedSimd() }: StartMessage): Promise<void> {
  try {
    const { file, threads } = chooseVariant({
      // One core is the page's: threads that wait for each other wait for whatever takes a core from one of them.
      threads: wanted ?? navigator.hardwareConcurrency - 1,
      isolated: scope.crossOriginIsolated,
      sameOrigin: new URL(engineUrl).origin === scope.origin,
      relaxed,
    });
    const moduleUrl = new URL(file, engineUrl).href;
    const { default: create } = (await import(/* @vite-ignore */ moduleUrl)) as { default: ModuleFactory };
    const module = await create({ threads, locateFile: (name) => new URL(name, moduleUrl).href });
    module.setThreads(threads);
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
  if (data.kind === 'start') void start(data);
  else void host?.handle(data);
};
