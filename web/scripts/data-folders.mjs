// Where the official files of a data set lie on this machine, for the page's build and its tests.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The card of a data set, as datasets/ has it. */
export const cardOf = (name) => JSON.parse(readFileSync(join(root, 'datasets', name, 'card.json'), 'utf8'));

/** A folder, and those that the archives of CIFAR-10 make in it. */
export const foldersIn = (folder) => [folder, join(folder, 'cifar-10-batches-bin'), join(folder, 'cifar-10-batches-py')];

/**
 * The folders in which its files may lie, in the order in which the command line looks into them. `given`
 * comes first, if there is one.
 */
export function foldersOf(card, given) {
  const { HOME, XDG_CACHE_HOME } = process.env;
  const cache = XDG_CACHE_HOME ?? (HOME && join(HOME, '.cache'));
  return [given, join(root, 'data', card.name), card.system_directory, cache && join(cache, 'cnnlab', card.name)]
    .filter(Boolean)
    .flatMap(foldersIn);
}
