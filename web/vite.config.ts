import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { embedWords } from './scripts/vite/embed-words.ts';
import { exported } from './scripts/vite/exported.ts';
import { licences } from './scripts/vite/licences.ts';
import { plainLocale } from './scripts/vite/plain-locale.ts';
import { sizes } from './scripts/vite/sizes.ts';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  // Relative addresses: the built folder works from any path.
  base: './',
  // The example course and the script beside it are copied as they are: they are what one copies.
  publicDir: 'public',
  plugins: [
    plainLocale(),
    embedWords(path('src/i18n')),
    exported('publish', path('src/app/publish.ts')),
    licences(path('.'), ['h5wasm']),
    sizes(path('../build/wasm/web/bindings')),
  ],
  build: {
    outDir: path('../build/web'),
    // engine/ and data/ lie there too, and are made by other tools.
    emptyOutDir: false,
    target: 'es2022',
    // Keep light-dark(): its replacement would not follow a color-scheme set by a script or by the page around.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    sourcemap: false,
    // An element must put nothing into the head of the page it stands in.
    modulePreload: false,
    rolldownOptions: {
      input: { index: path('index.html'), embed: path('embed.html'), 'cnn-lab': path('src/embed/element.ts') },
      output: {
        // Course pages name this file; all others have their content in their name.
        entryFileNames: ({ name }) => (name === 'cnn-lab' ? 'cnn-lab.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  worker: { format: 'es' },
  // The engine's module is Node's to load.
  test: { server: { deps: { external: [/\/build\/wasm(-threads)?\/web\//] } }, include: ['test/unit/**/*.test.ts'], testTimeout: 120_000 },
});
