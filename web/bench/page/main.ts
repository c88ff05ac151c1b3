import { hasRelaxedSimd } from '../../src/client/variant.js';

// The page that web/bench/browser.mjs drives. It holds one contender: the engine in a worker, or
// TensorFlow.js on the main thread.

let turn: (request: object) => Promise<{ rate: number }>;

async function engine(file: string, name: string, threads: number): Promise<object> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const ask = <T>(message: object): Promise<T> =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => (data.failed ? reject(new Error(data.failed)) : resolve(data));
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(message);
    });
  turn = ask;
  return ask({ url: new URL(`engine/${file}.js`, location.href).href, name, threads });
}

async function peer(name: string, backend: string, threads: number): Promise<object> {
  const { openPeer } = await import('./peer.js');
  const { parameters, turn: work } = await openPeer(name, backend, threads);
  turn = async (request) => ({ rate: await work(request as Parameters<typeof work>[0]) });
  return { parameters };
}

Object.assign(globalThis, { bench: { engine, peer, turn: (request: object) => turn(request), relaxed: hasRelaxedSimd } });
