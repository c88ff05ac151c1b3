import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { Plugin } from 'vite';

interface Library {
  name: string;
  version: string;
  license: string;
  text: string;
}

/** The package that a file belongs to; null: our own. */
function libraryOf(file: string): Library | null {
  if (!file.includes(`${sep}node_modules${sep}`)) return null;
  for (let folder = dirname(file); folder.includes(`${sep}node_modules${sep}`); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (!existsSync(manifest)) continue;
    const { name, version, license } = JSON.parse(readFileSync(manifest, 'utf8')) as Partial<Library>;
    // Packages put nameless package.json files into folders of theirs.
    if (!name || !version) continue;
    const found = readdirSync(folder).find((item) => /^(licen[cs]e|copying)/i.test(item));
    if (!license || !found) throw new Error(`${name} has no licence to hand on`);
    return { name, version, license, text: readFileSync(join(folder, found), 'utf8').trim() };
  }
  return null;
}

/**
 * Writes licences.txt: the licence of every library and font that is in the bundle, and of the engine's C++ runtime.
 * `inWorkers`: libraries that are in bundles of workers alone, which a plugin of the page does not see.
 */
export function licences(root: string, inWorkers: readonly string[]): Plugin {
  return {
    name: 'cnnlab-licences',
    apply: 'build',
    generateBundle(_, bundle) {
      const files = new Set<string>();
      for (const item of Object.values(bundle)) {
        if (item.type === 'chunk') for (const id of item.moduleIds) files.add(id.replace(/^\0/, '').replace(/\?.*$/, ''));
        else for (const name of item.originalFileNames) files.add(join(root, name));
      }
      for (const name of inWorkers) files.add(join(root, 'node_modules', name, 'package.json'));
      const libraries = new Map<string, Library>();
      for (const file of files) {
        const library = libraryOf(file);
        if (library) libraries.set(library.name, library);
      }
      const rule = '-'.repeat(100);
      const parts = [
        `cnnlab: ${join('LICENSE')}\n\n${readFileSync(join(root, '..', 'LICENSE'), 'utf8').trim()}`,
        ...[...libraries.values()]
          .sort((a, b) => a.name.localeCompare(b.name))
          .map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}`),
        readFileSync(join(root, 'scripts', 'vite', 'engine-licences.txt'), 'utf8').trim(),
      ];
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source: `${parts.join(`\n\n${rule}\n\n`)}\n` });
      this.info(`licences.txt: ${[...libraries.keys()].sort().join(', ') || `nothing from ${relative(root, 'node_modules')}`}`);
    },
  };
}
