import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Relative addresses: the built folder works from any path.
  base: './',
  publicDir: false,
  build: {
    outDir: fileURLToPath(new URL('../build/web', import.meta.url)),
    // engine/ and data/ lie there too, and are made by other tools.
    emptyOutDir: false,
    target: 'es2022',
    assetsInlineLimit: 0,
    sourcemap: false,
  },
  worker: { format: 'es' },
  test: { include: ['test/**/*.test.ts'], testTimeout: 120_000 },
});
