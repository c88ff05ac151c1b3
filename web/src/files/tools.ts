import { LabError } from '../client/client.js';
import type { FilesModule, NetworksModule, Outcome } from '../client/module.js';
import { say } from '../client/messages.js';
import { workerAt } from '../client/start-worker.js';
import type { FromTools, ToTools, ToolName } from './tool-messages.js';
import workerUrl from './tools-worker.ts?worker&url';

type Result<F> = F extends (...args: never[]) => Outcome<infer R> ? R : never;

type Modules = FilesModule & NetworksModule;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: LabError): void;
}

/** The modules without kernels, in a worker that stays: studies, comparisons, looks at data, networks for others. */
export class Tools {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private lost: LabError | null = null;
  private next = 1;

  constructor(engineUrl: string) {
    this.worker = workerAt(workerUrl, 'cnnlab tools');
    this.worker.onmessage = ({ data }: MessageEvent<FromTools>) => {
      const call = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      if ('value' in data) call?.resolve(data.value);
      else call?.reject(new LabError(data.problem));
    };
    const fail = (reason: string): void => {
      const problem = say('page.worker_stopped_as', { reason });
      this.lost = new LabError({ code: 'internal', place: 'tools', problem, remedy: say('page.reload') });
      for (const { reject } of this.waiting.values()) reject(this.lost);
      this.waiting.clear();
    };
    this.worker.onerror = (event) => {
      event.preventDefault();
      fail(event.message);
    };
    this.worker.onmessageerror = () => fail('messageerror');
    this.worker.postMessage({ engineUrl } satisfies ToTools);
  }

  /** Calls the module's function of this name. Rejects with LabError. `transfer`: buffers that move. */
  call<N extends ToolName>(name: N, args: Parameters<Modules[N]>, transfer: Transferable[] = []): Promise<Result<Modules[N]>> {
    if (this.lost) return Promise.reject(this.lost);
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.worker.postMessage({ id, name, args } satisfies ToTools, transfer);
    });
  }
}

const all = new Map<string, Tools>();

/** One worker for all who ask with the same address. */
export function toolsAt(engineUrl: string): Tools {
  let found = all.get(engineUrl);
  if (!found) all.set(engineUrl, (found = new Tools(engineUrl)));
  return found;
}
