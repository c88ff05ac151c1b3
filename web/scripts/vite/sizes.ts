import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

type Chunk = Rolldown.OutputChunk;

const packed = (bytes: string | Uint8Array): number => gzipSync(bytes, { level: 9 }).length;

/** After a build, says what a visitor of an embedded station downloads, gzipped. `engine`: the module's folder. */
export function sizes(engine: string): Plugin {
  return {
    name: 'cnnlab-sizes',
    apply: 'build',
    writeBundle: {
      order: 'post',
      handler({ dir = '' }, bundle) {
        const chunks = Object.values(bundle).filter((item): item is Chunk => item.type === 'chunk');
        const element = chunks.find((chunk) => chunk.fileName === 'cnn-lab.js');
        if (!element) return;
        const reach = (chunk: Chunk, found = new Set<string>()): Set<string> => {
          if (found.has(chunk.fileName)) return found;
          found.add(chunk.fileName);
          for (const name of chunk.imports) {
            const next = bundle[name];
            if (next?.type === 'chunk') reach(next, found);
          }
          return found;
        };
        const size = (name: string): number => packed(readFileSync(join(dir, name)));
        const sum = (names: Iterable<string>): number => [...names].reduce((total, name) => total + size(name), 0);
        const asset = (pattern: RegExp): number => sum(Object.keys(bundle).filter((name) => pattern.test(name)));
        const kB = (bytes: number): string => `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
        const first = reach(element);
        const common = new Set(first);
        for (const chunk of chunks) if (/\/(fonts|i18n)\b/.test(chunk.facadeModuleId ?? '')) reach(chunk, common);
        const worker = asset(/(^|\/)worker-[\w-]+\.js$/);
        const fonts = asset(/(inter|mono)-latin-wght-normal-[\w-]+\.woff2$/);
        const module = ['cnnlab.js', 'cnnlab.wasm'].map((name) => join(engine, name));
        const wasm = module.every(existsSync) ? module.reduce((total, file) => total + packed(readFileSync(file)), 0) : null;
        const lines = [`an embed loads, gzipped: cnn-lab.js ${kB(sum(first))} at once; near the window:`];
        for (const chunk of chunks) {
          const name = /(\w+)\/station\.ts$/.exec(chunk.facadeModuleId ?? '')?.[1];
          if (!name) continue;
          const own = sum(reach(chunk, new Set(common))) - sum(first);
          const rest = `worker ${kB(worker)}, engine ${wasm === null ? 'not built' : kB(wasm)}, fonts ${kB(fonts)}`;
          lines.push(`  ${name}: page ${kB(own)}, ${rest}; together ${kB(sum(first) + own + worker + fonts + (wasm ?? 0))}`);
        }
        console.log(`\n${lines.join('\n')}`);
      },
    },
  };
}
