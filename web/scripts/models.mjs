// models.mjs OUT : trained networks that the page begins others with, and a list of them in OUT/index.json. Their
// weights are copied where they are found, in the folder that CNNLAB_MODELS names or in models/ of the checkout, as the
// command line looks for them. A page without them says what is missing.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Networks small enough for a page: MobileNetV1 .25 has 1.9 MB. */
const offered = ['mobilenet-v1'];

const say = (text) => console.error(`lab: ${text}`);

export const cardOfNetwork = (name) => JSON.parse(readFileSync(join(root, 'engine', 'networks', `${name}.json`), 'utf8'));

/** The card's weights in the folders that are looked into, or in a folder there. undefined: on none of them. */
export function weightsOf({ file }) {
  const folders = process.env.CNNLAB_MODELS ? [process.env.CNNLAB_MODELS] : [join(root, 'models')];
  const inside = (folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isFile())
      .map(({ name }) => join(folder, name))
      .sort();
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => [folder, ...inside(folder)])
    .map((folder) => join(folder, file))
    .find((path) => existsSync(path));
}

/** Copies what there is to OUT and lists it there. */
export function copyModels(out) {
  mkdirSync(out, { recursive: true });
  const networks = offered.map((name) => {
    const card = cardOfNetwork(name);
    const { title, file, sha256, source, licence } = card;
    const found = weightsOf(card);
    const bytes = found && readFileSync(found);
    const right = bytes !== undefined && createHash('sha256').update(bytes).digest('hex') === sha256;
    if (!found) say(`${name} is not on this machine (models/${file}, or CNNLAB_MODELS): the page will do without`);
    else if (!right) say(`${found} is not the file of ${name}, its SHA-256 is another: the page will do without`);
    else {
      const target = join(out, file);
      if (!existsSync(target) || statSync(target).size !== bytes.length) {
        writeFileSync(`${target}.part`, bytes);
        renameSync(`${target}.part`, target);
      }
      say(`the page has ${name}, from ${found}`);
    }
    return { name, title, file, bytes: right ? bytes.length : 0, sha256, source, licence, there: right, card };
  });
  const list = join(out, 'index.json');
  writeFileSync(`${list}.part`, `${JSON.stringify({ format: 'cnnlab-models-1', networks }, null, 1)}\n`);
  renameSync(`${list}.part`, list);
  return networks;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [out] = process.argv.slice(2);
  if (!out) {
    console.error('usage: models.mjs OUT');
    process.exit(2);
  }
  copyModels(out);
}
