import { requireFeatures } from './features.js';
import { LabSession } from './lab-session.js';
import { Listeners, type Listener, type Unsubscribe } from './listeners.js';
import { say } from './messages.js';
import {
  LabError,
  moduleCalls,
  namesOf,
  protocolVersion,
  withMethods,
  workerCalls,
  type CallName,
  type FromWorker,
  type LabEvent,
  type LabEventType,
  type SessionInfo,
  type SessionRequest,
  type ToWorker,
} from './protocol.js';
import { startWorker } from './start-worker.js';

export { LabSession } from './lab-session.js';
export type { Listener, Unsubscribe } from './listeners.js';
export * from './protocol.js';

/** The part of a Worker that the client uses. Tests can stand in for it. */
export interface WorkerLike {
  postMessage(message: ToWorker, transfer?: Transferable[]): void;
  onmessage: ((event: { data: FromWorker }) => void) | null;
  onerror: ((event: { message?: string; preventDefault?(): void }) => void) | null;
  onmessageerror?: (() => void) | null;
  terminate(): void;
}

export interface EngineOptions {
  /** The module's folder, "engine/" beside the page by default. */
  engineUrl?: string;
  /** The shards' folder, "data/" beside the page by default. */
  dataUrl?: string;
  /**
   * Largest number of threads; default: one less than the processor has. A page that is not cross-origin isolated has
   * one.
   */
  threads?: number;
  /** false: never loads the module with relaxed SIMD. */
  relaxed?: boolean;
  /** Makes the worker. For tests, and for bundlers that start workers in their own way. */
  worker?: () => WorkerLike;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: LabError): void;
}

/**
 * The engine in its worker, with a method for each call of protocol/calls.ts. Every method gives a promise; a failure
 * is a LabError. Free a session by close(); nothing else has to be freed.
 *
 *     const lab = await LabEngine.start();
 *     const session = await lab.open({ experiment: 'lines' });
 *     session.on('batches', (event) => draw(event.loss));
 *     await session.train();
 */
export class LabEngine extends withMethods<typeof moduleCalls & typeof workerCalls>([...namesOf(moduleCalls), ...namesOf(workerCalls)]) {
  /**
   * Resolves when the module is loaded. Before that only calls for data sets and their images are answered; others
   * wait.
   */
  readonly ready: Promise<void>;
  /** The module's folder, an absolute address. */
  readonly engineUrl: string;
  private readonly worker: WorkerLike;
  private readonly pending = new Map<number, Pending>();
  private readonly listeners = new Listeners();
  private readonly sessions = new Map<number, LabSession>();
  private nextCall = 1;
  private closed: LabError | null = null;
  private loaded: string | null = null;
  private notReady: (error: LabError) => void = () => undefined;

  private constructor(worker: WorkerLike, engineUrl: string) {
    super();
    this.worker = worker;
    this.engineUrl = engineUrl;
    this.ready = new Promise((resolve, reject) => {
      this.notReady = reject;
      const fail = (error: LabError): void => {
        worker.terminate();
        this.shut(error);
        reject(error);
      };
      worker.onmessage = ({ data }) => {
        if (data.kind === 'ready' && data.protocol !== protocolVersion) {
          const problem = say('page.other_protocol', { worker: data.protocol, page: protocolVersion });
          fail(new LabError({ code: 'load_failed', place: 'worker', problem, remedy: say('page.reload') }));
        } else if (data.kind === 'ready') {
          this.loaded = data.backend;
          resolve();
        } else if (data.kind === 'failed') fail(new LabError(data.error));
        else this.receive(data);
      };
      worker.onerror = (event) => {
        event.preventDefault?.();
        const reason = event.message;
        if (this.loaded === null) {
          const problem = reason ? say('page.worker_not_loaded_as', { reason }) : say('page.worker_not_loaded');
          fail(new LabError({ code: 'load_failed', place: 'worker', problem, remedy: say('page.check_and_reload') }));
        } else {
          const problem = reason ? say('page.worker_stopped_as', { reason }) : say('page.worker_stopped');
          this.shut(new LabError({ code: 'internal', place: 'worker', problem, remedy: say('page.reload') }));
        }
      };
      // An answer that the browser cannot hand over would be waited for for ever.
      worker.onmessageerror = () =>
        fail(new LabError({ code: 'internal', place: 'worker', problem: say('page.answer_lost'), remedy: say('page.reload') }));
    });
    // Each caller that waits gets the error; nobody else must.
    this.ready.catch(() => undefined);
  }

  /** "cpu (wasm, 1 thread)"; empty before the module is loaded. */
  get backend(): string {
    return this.loaded ?? '';
  }

  /**
   * Starts a worker, which loads the module. Throws no_webassembly, no_simd or no_worker. `ready` fails with
   * load_failed.
   */
  static begin(options: EngineOptions = {}): LabEngine {
    requireFeatures();
    const base = typeof document === 'undefined' ? import.meta.url : document.baseURI;
    let worker: WorkerLike;
    try {
      worker = options.worker ? options.worker() : (startWorker() as unknown as WorkerLike);
    } catch (error) {
      throw new LabError({
        code: 'no_worker',
        place: 'browser',
        problem: say('page.no_worker', { reason: String(error) }),
        remedy: say('page.open_over_http'),
      });
    }
    const engineUrl = new URL(options.engineUrl ?? 'engine/', base).href;
    const engine = new LabEngine(worker, engineUrl);
    worker.postMessage({
      kind: 'start',
      engineUrl,
      dataUrl: new URL(options.dataUrl ?? 'data/', base).href,
      ...(options.threads === undefined ? {} : { threads: options.threads }),
      ...(options.relaxed === undefined ? {} : { relaxed: options.relaxed }),
    });
    return engine;
  }

  /** Starts a worker and waits for the module. Throws no_webassembly, no_simd, no_worker or load_failed. */
  static async start(options: EngineOptions = {}): Promise<LabEngine> {
    const engine = LabEngine.begin(options);
    await engine.ready;
    return engine;
  }

  protected override remote(name: string, args: unknown[]): Promise<unknown> {
    return this.call(null, name as CallName, args);
  }

  /** Calls the worker; the methods are the usual way. `transfer`: buffers that move instead of being copied. */
  private call(session: number | null, name: CallName, args: unknown[], transfer: Transferable[] = []): Promise<unknown> {
    if (this.closed) return Promise.reject(this.closed);
    const id = this.nextCall++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      try {
        this.worker.postMessage({ kind: 'call', id, session, name, args }, transfer);
      } catch (error) {
        this.pending.delete(id);
        reject(
          new LabError({
            code: 'internal',
            place: name,
            problem: say('page.internal', { reason: String(error) }),
            remedy: say('page.report'),
          }),
        );
      }
    });
  }

  on<T extends LabEventType>(type: T, listener: Listener<T>): Unsubscribe {
    return this.listeners.add(type, listener as (event: LabEvent) => void);
  }

  async open(request: SessionRequest, transfer: Transferable[] = []): Promise<LabSession> {
    const info = (await this.call(null, 'open', [request], transfer)) as SessionInfo;
    const session = new LabSession(
      info,
      (name, args) => {
        if (name === 'close') this.sessions.delete(info.id);
        return this.call(info.id, name, args);
      },
      this.engineUrl,
    );
    this.sessions.set(info.id, session);
    return session;
  }

  /** Ends the worker and all sessions; whoever waits for it to be ready gets `closed`. */
  close(): void {
    this.worker.terminate();
    this.shut(new LabError({ code: 'closed', place: 'engine', problem: say('page.engine_closed'), remedy: say('page.start_another') }));
  }

  private shut(error: LabError): void {
    this.closed = error;
    this.notReady(error);
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
    for (const session of this.sessions.values()) {
      session.deliver({ type: 'state', session: session.info.id, state: 'failed', step: session.step, error: error.toJSON() });
    }
  }

  private receive(message: FromWorker): void {
    if (message.kind === 'reply') {
      const call = this.pending.get(message.id);
      this.pending.delete(message.id);
      if (message.ok) call?.resolve(message.value);
      else call?.reject(new LabError(message.error));
    } else if (message.kind === 'events') {
      for (const event of message.events) {
        this.listeners.send(event);
        if ('session' in event) this.sessions.get(event.session)?.deliver(event);
      }
    }
  }
}
