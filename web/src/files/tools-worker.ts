/** Answers the calls of `Tools` by the module's function of the same name. */
import { loadFilesModule } from '../client/load-module.js';
import type { FilesModule, Outcome } from '../client/module.js';
import { asLabError, buffersOf, take } from '../client/outcome.js';
import { toolNames, type FromTools, type ToTools } from './tool-messages.js';

let module: Promise<FilesModule> | null = null;

const post = (message: FromTools, transfer: Transferable[] = []): void => self.postMessage(message, { transfer });

self.onmessage = async ({ data }: MessageEvent<ToTools>): Promise<void> => {
  if ('engineUrl' in data) {
    module = loadFilesModule(data.engineUrl);
    // Each call gets the error.
    module.catch(() => undefined);
    return;
  }
  const { id, name, args } = data;
  try {
    if (!module || !toolNames.includes(name)) throw new Error(`no function ${name}`);
    const functions = (await module) as unknown as Record<string, (...given: readonly unknown[]) => Outcome<unknown>>;
    const value = take(functions[name]!(...args));
    post({ id, value }, buffersOf(value));
  } catch (error) {
    post({ id, problem: asLabError(error, name).toJSON() });
  }
};
