// modules.mjs OUT [--plain] FOLDER... : copies the modules in FOLDERs to OUT and lists them in OUT/modules.json,
// from which the page chooses, but for those without kernels. `./lab serve` builds one first, and the others while
// the page is there. What OUT held before is no longer listed.
import { copyFileSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A page may be loading: whatever it asks for is there as a whole, the old one or the new one. */
function replace(file, write) {
  write(`${file}.part`);
  renameSync(`${file}.part`, file);
}

/** The names of the modules that OUT then has. `only`: no others than this one. */
export function copyModules(out, folders, only) {
  mkdirSync(out, { recursive: true });
  const names = [];
  for (const folder of folders) {
    for (const file of readdirSync(folder)) {
      const [, name] = /^(cnnlab[\w-]*)\.js$/.exec(file) ?? [];
      const small = name === 'cnnlab-files' || name === 'cnnlab-networks';
      if (!name || (only && name !== only && !small)) continue;
      if (!small) names.push(file);
      for (const part of [`${name}.wasm`, file]) replace(join(out, part), (target) => copyFileSync(join(folder, part), target));
    }
  }
  replace(join(out, 'modules.json'), (target) => writeFileSync(target, `${JSON.stringify(names)}\n`));
  return names;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [out, ...folders] = process.argv.slice(2);
  const only = folders[0] === '--plain' ? (folders.shift(), 'cnnlab') : undefined;
  if (!out || folders.length === 0) {
    console.error('usage: modules.mjs OUT [--plain] FOLDER...');
    process.exit(2);
  }
  copyModules(out, folders, only);
}
