import { codeAddress, fileInside, giveFiles } from './inside.js';
import workerUrl from './worker.ts?worker&url';

/**
 * Starts a worker whose script may lie on another origin. Browsers refuse that, so a blob of the page's own origin
 * imports the script. The page's policy then has to allow `worker-src blob:` and that origin, and the lab's server has
 * to send Access-Control-Allow-Origin.
 */
export function workerAt(address: string, name: string): Worker {
  const options: WorkerOptions = { type: 'module', name };
  const inside = fileInside(address);
  if (inside) {
    const worker = new Worker(codeAddress(inside), options);
    giveFiles(worker);
    return worker;
  }
  const url = new URL(address, import.meta.url);
  if (url.origin === self.origin) return new Worker(url, options);
  const line = `import ${JSON.stringify(url.href)};`;
  // In a frame with a sandbox nothing is of the page's origin, which is none, and Chromium loads no module from its
  // blobs.
  if (self.origin === 'null') return new Worker(`data:text/javascript,${encodeURIComponent(line)}`, options);
  const blob = new Blob([line], { type: 'text/javascript' });
  // The blob's address is never revoked: it is one short line, and browsers differ in when they read it.
  return new Worker(URL.createObjectURL(blob), options);
}

export const startWorker = (): Worker => workerAt(workerUrl, 'cnnlab');
