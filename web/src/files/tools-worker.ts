/** Answers the calls of `Tools` by the function of the same name, of the module that has it. */
import { loadFilesModule, loadNetworksModule } from '../client/load-module.js';
import type { Outcome } from '../client/module.js';
import { asLabError, buffersOf, take } from '../client/outcome.js';
import { filesTools, networkTools, type FromTools, type ToTools } from './tool-messages.js';

type Functions = Record<string, (...given: readonly unknown[]) => Outcome<unknown>>;

let engineUrl = '';
const modules: { names: readonly string[]; load: (engineUrl: string) => Promise<unknown>; loaded: Promise<unknown> | null }[] = [
  { names: filesTools, load: loadFilesModule, loaded: null },
  { names: networkTools, load: loadNetworksModule, loaded: null },
];

const post = (message: FromTools, transfer: Transferable[] = []): void => self.postMessage(message, { transfer });

self.onmessage = async ({ data }: MessageEvent<ToTools>): Promise<void> => {
  if ('engineUrl' in data) {
    engineUrl = data.engineUrl;
    return;
  }
  const { id, name, args } = data;
  try {
    const module = modules.find(({ names }) => names.includes(name));
    if (!module) throw new Error(`no function ${name}`);
    // One that has failed to load fails each call.
    module.loaded ??= module.load(engineUrl);
    const value = take(((await module.loaded) as Functions)[name]!(...args));
    post({ id, value }, buffersOf(value));
  } catch (error) {
    post({ id, problem: asLabError(error, name).toJSON() });
  }
};
