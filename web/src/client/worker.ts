import { EngineHost } from './host.js';
import type { CnnlabModule, ModuleFactory } from './module.js';
import { say } from './messages.js';
import { asLabError } from './outcome.js';
import { LabError, type FromWorker, type StartMessage, type ToWorker } from './protocol.js';
import { chooseVariant, hasRelaxedSimd, sharesMemory } from './variant.js';

/** What this file needs of a worker's global scope. */
interface Scope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  readonly crossOriginIsolated: boolean;
  readonly SharedArrayBuffer?: unknown;
  readonly origin: string;
}

const scope = self as unknown as Scope;
const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => scope.postMessage(message, transfer);
let host: EngineHost | null = null;

/** The modules in the engine's folder: web/scripts/modules.mjs lists them, as they may be built one after the other. */
async function modulesIn(engineUrl: string): Promise<string[]> {
  const response = await fetch(new URL('modules.json', engineUrl), { cache: 'no-cache' });
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return (await response.json()) as string[];
}

async function load({ engineUrl, threads: wanted, relaxed = hasRelaxedSimd() }: StartMessage): Promise<CnnlabModule> {
  try {
    const can = {
      // One core is the page's: threads that wait for each other wait for whatever takes a core from one of them.
      threads: wanted ?? navigator.hardwareConcurrency - 1,
      isolated: sharesMemory(scope),
      sameOrigin: new URL(engineUrl).origin === scope.origin,
      relaxed,
    };
    const { file, threads } = chooseVariant(can, await modulesIn(engineUrl));
    const moduleUrl = new URL(file, engineUrl).href;
    const { default: create } = (await import(/* @vite-ignore */ moduleUrl)) as { default: ModuleFactory };
    const module = await create({ threads, locateFile: (name) => new URL(name, moduleUrl).href });
    module.setThreads(threads);
    return module;
  } catch (error) {
    const { problem, code } = asLabError(error, 'engine');
    throw new LabError({
      code: code === 'out_of_memory' ? code : 'load_failed',
      place: 'engine',
      problem: say('page.engine_not_loaded', { reason: problem }),
      remedy: say('page.check_and_reload'),
    });
  }
}

/** Data are handed out while the module is on its way. */
function start(message: StartMessage): void {
  const module = load(message);
  host = new EngineHost(module, message.dataUrl, post);
  module.then(
    (there) => post({ kind: 'ready', backend: there.backend() }),
    (error: unknown) => post({ kind: 'failed', error: asLabError(error, 'engine').toJSON() }),
  );
}

scope.onmessage = ({ data }) => {
  if (data.kind === 'start') start(data);
  else void host?.handle(data);
};
