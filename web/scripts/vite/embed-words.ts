import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformWithOxc, type Plugin } from 'vite';

const name = 'virtual:embed-words';

/**
 * The few words of the element <cnn-lab> in each language, taken out of the languages' files (`folder`) when the page
 * is built: a page around the element shall not wait for all words.
 */
export function embedWords(folder: string): Plugin {
  return {
    name: 'cnnlab-embed-words',
    resolveId: (id) => (id === name ? `\0${name}` : null),
    async load(id) {
      if (id !== `\0${name}`) return null;
      const words: Record<string, unknown> = {};
      for (const file of readdirSync(folder).filter((entry) => /^\w\w\.ts$/.test(entry))) {
        const path = join(folder, file);
        this.addWatchFile(path);
        const { code } = await transformWithOxc(readFileSync(path, 'utf8'), path);
        const language = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { default: { embed: unknown } };
        words[file.slice(0, 2)] = language.default.embed;
      }
      return `export default ${JSON.stringify(words)};`;
    },
  };
}
