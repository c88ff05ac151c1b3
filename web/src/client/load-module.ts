import { inTime } from './in-time.js';
import { codeAddress, fileInside } from './inside.js';
import { say } from './messages.js';
import type { CnnlabModule, FilesModule, ModuleFactory, NetworksModule } from './module.js';
import { asLabError } from './outcome.js';
import { LabError } from './protocol.js';
import { chooseVariant, hasRelaxedSimd, sharesMemory, type Variant } from './variant.js';

/** What is asked of the global scope of a worker. */
interface Scope {
  readonly crossOriginIsolated: boolean;
  readonly SharedArrayBuffer?: unknown;
  readonly origin: string;
}

export interface ModuleChoice {
  /** The modules' folder, an absolute address. */
  engineUrl: string;
  /** At most so many threads, if the page can share memory with any. */
  threads: number;
  /** Relaxed SIMD: by default where the browser has it. */
  relaxed?: boolean;
}

/** A list of a few names that has not come within so many milliseconds will not come. */
const listPatience = 30_000;

/** Threads that have not started so many milliseconds after their module was asked for will not start. */
const threadPatience = 30_000;

/** The modules in the engine's folder: web/scripts/modules.mjs lists them, as they may be built one after the other. */
async function modulesIn(engineUrl: string): Promise<string[]> {
  const list = new URL('modules.json', engineUrl);
  const inside = fileInside(list.href);
  if (inside) return JSON.parse(new TextDecoder().decode(inside)) as string[];
  const response = await fetch(list, { cache: 'no-cache', signal: AbortSignal.timeout(listPatience) });
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return (await response.json()) as string[];
}

async function start(engineUrl: string, { file, threads }: Variant): Promise<CnnlabModule> {
  const module = await created<CnnlabModule>(new URL(file, engineUrl).href, threads);
  module.setThreads(threads);
  module.fitThreads();
  return module;
}

/** The module, in the variant that this worker can run. Throws load_failed or out_of_memory. */
export async function loadModule({ engineUrl, threads: wanted, relaxed = hasRelaxedSimd() }: ModuleChoice): Promise<CnnlabModule> {
  const scope = self as unknown as Scope;
  try {
    const can = {
      threads: wanted,
      isolated: sharesMemory(scope),
      sameOrigin: new URL(engineUrl).origin === scope.origin,
      relaxed,
    };
    const modules = await modulesIn(engineUrl);
    const chosen = chooseVariant(can, modules);
    // Where threads cannot start nothing fails: the module waits for them.
    if (chosen.threads > 1)
      return await inTime(start(engineUrl, chosen), threadPatience).catch(() =>
        start(engineUrl, chooseVariant({ ...can, threads: 1 }, modules)),
      );
    return await start(engineUrl, chosen);
  } catch (error) {
    throw notLoaded(error);
  }
}

/** A module without kernels, one for all browsers. Throws load_failed or out_of_memory. */
async function loadSmall<Module>(engineUrl: string, file: string): Promise<Module> {
  try {
    return await created<Module>(new URL(file, engineUrl).href, 1);
  } catch (error) {
    throw notLoaded(error);
  }
}

/** The module that reads people's files. Throws load_failed or out_of_memory. */
export const loadFilesModule = (engineUrl: string): Promise<FilesModule> => loadSmall(engineUrl, 'cnnlab-files.js');

/** The module of other programs' formats. Throws load_failed or out_of_memory. */
export const loadNetworksModule = (engineUrl: string): Promise<NetworksModule> => loadSmall(engineUrl, 'cnnlab-networks.js');

async function created<Module>(moduleUrl: string, threads: number): Promise<Module> {
  const code = fileInside(moduleUrl);
  const wasmBinary = fileInside(moduleUrl.replace(/\.js$/, '.wasm'));
  const { default: create } = (await import(/* @vite-ignore */ code ? codeAddress(code) : moduleUrl)) as { default: ModuleFactory<Module> };
  return create({ threads, locateFile: (name) => new URL(name, moduleUrl).href, ...(wasmBinary ? { wasmBinary } : {}) });
}

function notLoaded(error: unknown): LabError {
  const { problem, code } = asLabError(error, 'engine');
  return new LabError({
    code: code === 'out_of_memory' ? code : 'load_failed',
    place: 'engine',
    problem: say('page.engine_not_loaded', { reason: problem }),
    remedy: say('page.check_and_reload'),
  });
}
