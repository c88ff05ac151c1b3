import { Listeners, type Listener, type Unsubscribe } from './listeners.js';
import {
  LabError,
  namesOf,
  sessionCalls,
  settledCalls,
  withMethods,
  type CallName,
  type LabEvent,
  type LabEventType,
  type SessionCalls,
  type SessionInfo,
  type TrainState,
} from './protocol.js';

/** Passes a call of the session on to the worker. */
export type Call = (name: CallName, args: unknown[]) => Promise<unknown>;

/** One network in training, with a method for each call of a session. */
export class LabSession extends withMethods<SessionCalls>([...namesOf(settledCalls), ...namesOf(sessionCalls)]) {
  readonly info: SessionInfo;
  /** Where the engine's modules lie. */
  readonly engineUrl: string;
  /** Steps done, by the last event. */
  step: number;
  state: TrainState = 'paused';
  private readonly call: Call;
  private readonly listeners = new Listeners();

  constructor(info: SessionInfo, call: Call, engineUrl = '') {
    super();
    this.engineUrl = engineUrl;
    this.info = info;
    this.step = info.step;
    this.call = call;
  }

  protected override async remote(name: string, args: unknown[]): Promise<unknown> {
    const answer = await this.call(name as CallName, args);
    // `info` tells how many test images the session has from now on.
    if (name === 'loadTest') this.info.test_count = (answer as ReturnType<SessionCalls['loadTest']>).test_count;
    return answer;
  }

  on<T extends LabEventType>(type: T, listener: Listener<T>): Unsubscribe {
    return this.listeners.add(type, listener as (event: LabEvent) => void);
  }

  /** For the engine only. */
  deliver(event: LabEvent): void {
    if (event.type === 'batches') this.step = event.step[event.step.length - 1]! + 1;
    if (event.type === 'state') {
      this.state = event.state;
      this.step = event.step;
    }
    this.listeners.send(event);
  }

  /** Does so many steps. Resolves when they are done or pause() ends them; rejects when training fails. */
  async steps(count: number): Promise<void> {
    const stopped = new Promise<void>((resolve, reject) => {
      const off = this.on('state', (event) => {
        if (event.state === 'running') return;
        off();
        if (event.error) reject(new LabError(event.error));
        else resolve();
      });
    });
    stopped.catch(() => undefined);
    await this.train({ steps: count });
    return stopped;
  }
}
