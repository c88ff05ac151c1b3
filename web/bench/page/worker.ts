import { openSession } from '../session.mjs';

// Nothing but the engine and its clock: a message in, a figure out.
interface Open {
  url: string;
  name: string;
  threads: number;
}
let session: Awaited<ReturnType<typeof openSession>> | null = null;

self.onmessage = async ({ data }: MessageEvent<Open | object>) => {
  try {
    if (session) {
      self.postMessage({ rate: session.turn(data) });
      return;
    }
    const { url, name, threads } = data as Open;
    const { default: create } = await import(/* @vite-ignore */ url);
    session = await openSession(create, name, threads);
    self.postMessage({ backend: session.backend, flops: session.flops });
  } catch (error) {
    self.postMessage({ failed: String(error) });
  }
};
