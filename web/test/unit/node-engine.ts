import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { protocolVersion, LabEngine, type FromWorker, type ToWorker, type WorkerLike } from '../../src/client/client.js';
import { EngineHost } from '../../src/client/host.js';
import type { CnnlabModule, FilesModule, ModuleFactory, NetworksModule } from '../../src/client/module.js';

/** Where `./lab build wasm` leaves the modules. */
const modules = process.env.CNNLAB_MODULES ?? fileURLToPath(new URL('../../../build/wasm/web/bindings', import.meta.url));
export const moduleFile = join(modules, 'cnnlab.js');

async function load<Module>(file: string): Promise<Module> {
  const { default: create } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { default: ModuleFactory<Module> };
  return create();
}
export const loadModule = (): Promise<CnnlabModule> => load(moduleFile);
export const loadFilesModule = (): Promise<FilesModule> => load(join(modules, 'cnnlab-files.js'));
export const loadNetworksModule = (): Promise<NetworksModule> => load(join(modules, 'cnnlab-networks.js'));

/** The worker's host in this thread, behind a worker's face; messages are cloned as between threads. */
export class InlineWorker implements WorkerLike {
  onmessage: ((event: { data: FromWorker }) => void) | null = null;
  onerror: ((event: { message?: string }) => void) | null = null;
  readonly received: FromWorker[] = [];
  private host: EngineHost | null = null;
  private ended = false;

  postMessage(message: ToWorker, transfer: Transferable[] = []): void {
    const data = structuredClone(message, { transfer: transfer as ArrayBuffer[] });
    queueMicrotask(() => {
      this.take(data).catch((error: unknown) => this.onerror?.({ message: String(error) }));
    });
  }

  terminate(): void {
    this.ended = true;
    this.host?.close();
  }

  private post(message: FromWorker, transfer: ArrayBuffer[] = []): void {
    const data = structuredClone(message, { transfer });
    this.received.push(data);
    queueMicrotask(() => {
      if (!this.ended) this.onmessage?.({ data });
    });
  }

  private async take(message: ToWorker): Promise<void> {
    if (message.kind === 'start') {
      const module = await loadModule();
      this.host = new EngineHost(module, message.dataUrl, (reply, transfer) => this.post(reply, transfer));
      this.post({ kind: 'ready', protocol: protocolVersion, backend: module.backend() });
    } else {
      await this.host?.handle(message);
    }
  }
}

export async function startEngine(dataUrl = 'http://localhost:1/data/'): Promise<{ lab: LabEngine; worker: InlineWorker }> {
  const worker = new InlineWorker();
  const lab = await LabEngine.start({ engineUrl: 'http://localhost:1/engine/', dataUrl, worker: () => worker });
  return { lab, worker };
}
