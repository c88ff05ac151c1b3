import { EngineHost } from './host.js';
import { loadModule } from './load-module.js';
import { asLabError } from './outcome.js';
import { protocolVersion, type FromWorker, type StartMessage, type ToWorker } from './protocol.js';

/** The part of a worker's global scope that this file uses. */
interface Scope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
}

const scope = self as unknown as Scope;
const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => scope.postMessage(message, transfer);
let host: EngineHost | null = null;

/** Answers calls for data while the module is loading. */
function start(message: StartMessage): void {
  // Leave one core to the page: a barrier is as slow as its slowest thread.
  const module = loadModule({ threads: navigator.hardwareConcurrency - 1, ...message });
  host = new EngineHost(module, message.dataUrl, post);
  module.then(
    (there) => post({ kind: 'ready', protocol: protocolVersion, backend: there.backend() }),
    (error: unknown) => post({ kind: 'failed', error: asLabError(error, 'engine').toJSON() }),
  );
}

scope.onmessage = ({ data }) => {
  if (data.kind === 'start') start(data);
  else host?.handle(data).catch((error: unknown) => console.error(error));
};
