/**
 * Files that a page brings along by itself: a lab in one file opens without a server, and browsers let such a page
 * fetch nothing. Their addresses begin with "cnnlab:/". publish/loader.js puts them there.
 */
export type FilesInside = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

const scope = globalThis as { cnnlabInside?: FilesInside };

/** The bytes of such a file; null: it has to be fetched. */
export const fileInside = (address: string): Uint8Array<ArrayBuffer> | null => scope.cnnlabInside?.get(address) ?? null;

/** Code as an address that can be imported: unlike those of blobs, also in pages without an origin. */
export const codeAddress = (code: Uint8Array): string => `data:text/javascript,${encodeURIComponent(new TextDecoder().decode(code))}`;

interface GivenFiles {
  cnnlabInside: FilesInside;
}

/** Gives a worker the files that its code may ask for. */
export function giveFiles(worker: Worker): void {
  const wanted = [...(scope.cnnlabInside ?? [])].filter(([address]) => !address.startsWith('cnnlab:/assets/'));
  worker.postMessage({ cnnlabInside: new Map(wanted) } satisfies GivenFiles);
}

// In a worker they come with the first message, before any that is for the worker itself.
if (typeof document === 'undefined' && typeof addEventListener === 'function') {
  const take = (event: MessageEvent<Partial<GivenFiles> | null>): void => {
    removeEventListener('message', take);
    if (!event.data?.cnnlabInside) return;
    scope.cnnlabInside = event.data.cnnlabInside;
    event.stopImmediatePropagation();
  };
  addEventListener('message', take);
}
