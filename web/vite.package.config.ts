import { defineConfig } from 'vite';
import page from './vite.config.ts';

/** The element and the client alone, for scripts/package.mjs, which names the folder. Both keep what they export. */
export default defineConfig({
  base: './',
  publicDir: false,
  // Only a built lab has pages to publish.
  plugins: (page.plugins ?? []).filter((plugin) => !plugin || !('name' in plugin) || plugin.name !== 'cnnlab-exported'),
  worker: { format: 'es' },
  build: {
    ...page.build,
    rolldownOptions: {
      input: { 'cnn-lab': 'src/embed/element.ts', client: 'src/client/client.ts' },
      preserveEntrySignatures: 'strict',
      output: { entryFileNames: '[name].js' },
    },
  },
});
