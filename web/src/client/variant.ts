/** A module with one function that uses a relaxed multiply-add: valid only where the browser has relaxed SIMD. */
const relaxedProbe = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 17, 65, 0, 253, 17, 65, 0, 253, 17, 253,
  133, 2, 11,
]);

export interface Variant {
  /** The module's file in the engine's folder. */
  file: string;
  threads: number;
}

/** More threads have too little to do in the networks of a tab. */
const mostThreads = 8;

export const hasRelaxedSimd = (): boolean => WebAssembly.validate(relaxedProbe);

/**
 * Whether workers can share memory. Isolation should tell, but WebKitGTK 2.50 is isolated without SharedArrayBuffer:
 * there a module with threads would wait for them for ever.
 */
export const sharesMemory = (scope: { crossOriginIsolated: boolean; SharedArrayBuffer?: unknown }): boolean =>
  scope.crossOriginIsolated && typeof scope.SharedArrayBuffer === 'function';

/**
 * Chooses one of the modules that were built. Threads need shared memory, which a page has only where it is isolated,
 * and a script on the page's own origin.
 */
export function chooseVariant(
  can: { threads: number; isolated: boolean; sameOrigin: boolean; relaxed: boolean },
  modules: readonly string[],
): Variant {
  const most = can.isolated && can.sameOrigin ? Math.max(1, Math.min(mostThreads, can.threads)) : 1;
  for (const threads of most > 1 ? [most, 1] : [1]) {
    for (const relaxed of can.relaxed ? ['-relaxed', ''] : ['']) {
      const file = `cnnlab${threads > 1 ? '-threads' : ''}${relaxed}.js`;
      if (modules.includes(file)) return { file, threads };
    }
  }
  throw new Error(modules.length > 0 ? `none of ${modules.join(', ')} runs here` : 'modules.json lists no module');
}
