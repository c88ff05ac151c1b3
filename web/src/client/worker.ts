import { EngineHost } from './host.js';
import { loadModule } from './load-module.js';
import { asLabError } from './outcome.js';
import { protocolVersion, type FromWorker, type StartMessage, type ToWorker } from './protocol.js';

/** What this file needs of a worker's global scope. */
interface Scope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
}

const scope = self as unknown as Scope;
const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => scope.postMessage(message, transfer);
let host: EngineHost | null = null;

/** Data are handed out while the module is on its way. */
function start(message: StartMessage): void {
  // One core is the page's: threads that wait for each other wait for whatever takes a core from one of them.
  const module = loadModule({ threads: navigator.hardwareConcurrency - 1, ...message });
  host = new EngineHost(module, message.dataUrl, post);
  module.then(
    (there) => post({ kind: 'ready', protocol: protocolVersion, backend: there.backend() }),
    (error: unknown) => post({ kind: 'failed', error: asLabError(error, 'engine').toJSON() }),
  );
}

scope.onmessage = ({ data }) => {
  if (data.kind === 'start') start(data);
  else void host?.handle(data);
};
