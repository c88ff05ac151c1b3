// publish.mjs SITE NAME --out FOLDER|FILE.html|FILE.zip [--scorm 1.2|2004] [--lang en|es] [--state QUERY]
// publish.mjs SITE --list
// Writes a lesson or a station of the built page SITE as a page of its own. What is written is there as a whole or not
// at all, and nothing is replaced that this script has not made.
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

/** What the person at the keyboard can mend. */
class Refusal extends Error {}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

const options = {
  out: { type: 'string' },
  scorm: { type: 'string' },
  lang: { type: 'string' },
  state: { type: 'string' },
  list: { type: 'boolean' },
};

function read(args) {
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true, tokens: true });
  } catch (error) {
    throw new Refusal(`${error.message.split('. ')[0]}; ./lab publish --help`);
  }
  const given = parsed.tokens.filter(({ kind }) => kind === 'option').map((one) => one.name);
  const twice = given.find((one, at) => given.indexOf(one) < at);
  if (twice) throw new Refusal(`--${twice} is given twice: give it once`);
  const [site, name, ...more] = parsed.positionals;
  const beside = name ?? given.filter((one) => one !== 'list').map((one) => `--${one}`)[0];
  if (parsed.values.list && beside) throw new Refusal(`--list prints all names and takes nothing else, not '${beside}'`);
  if (more.length > 0) throw new Refusal(`one lesson or station at a time, not also '${more[0]}'`);
  const packed = /\.(tar(\.\w+)?|tgz|txz|7z|rar|gz|xz|zst)$/i.exec(parsed.values.out ?? '');
  if (packed) throw new Refusal(`an archive for any host is a ZIP: --out FILE.zip, not '${packed[0]}'`);
  return { site: resolve(site), name, ...parsed.values };
}

/** 'folder', 'page' or 'archive', by the name of what is to be written. */
function kindOf(out, scorm) {
  const kind = /\.html?$/i.test(out) ? 'page' : /\.zip$/i.test(out) ? 'archive' : 'folder';
  if (scorm !== undefined && kind !== 'archive') throw new Refusal(`a SCORM package is one file: --out FILE.zip, not '${out}'`);
  return kind;
}

/** Whether what lies there was written by this script. An archive has the mark as the name of a file in it. */
function isOurs(path, kind, mark) {
  if (kind === 'folder') {
    if (!statSync(path).isDirectory()) return false;
    return readdirSync(path).length === 0 || existsSync(join(path, mark));
  }
  if (!statSync(path).isFile()) return false;
  const bytes = readFileSync(path);
  return bytes.length === 0 || bytes.includes(kind === 'page' ? '<meta name="generator" content="cnnlab" />' : mark);
}

/** With those around it. Node's own way never ends in /proc, where a folder can be missing and not be made. */
function makeFolder(path) {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

function write(out, kind, files) {
  const part = `${out}.part-${process.pid}`;
  try {
    makeFolder(dirname(out));
    if (kind === 'folder') {
      for (const [path, bytes] of files) {
        makeFolder(dirname(join(part, path)));
        writeFileSync(join(part, path), bytes);
      }
      rmSync(out, { recursive: true, force: true });
    } else writeFileSync(part, files);
    renameSync(part, out);
  } catch (error) {
    if (existsSync(part)) rmSync(part, { recursive: true });
    throw error.code ? new Refusal(`${out} cannot be written: ${error.message}`) : error;
  }
}

async function publish(lab, { site, name, out, scorm, lang = '', state = '' }) {
  if (!name) throw new Refusal('which lesson or station? ./lab publish --list prints their names');
  if (!out) throw new Refusal(`where to? ./lab publish ${name} --out FOLDER, FILE.html or FILE.zip`);
  if (scorm !== undefined && !['1.2', '2004'].includes(scorm)) throw new Refusal(`--scorm is 1.2 or 2004, not '${scorm}'`);
  if (lang !== '' && !lab.langs.includes(lang)) throw new Refusal(`--lang is one of ${lab.langs.join(', ')}, not '${lang}'`);
  const publication = lab.publicationOf(name, lang, scorm, state);
  if (!publication) throw new Refusal(`there is no lesson or station '${name}'; ./lab publish --list prints their names`);
  const target = resolve(out);
  const kind = kindOf(target, scorm);
  if (existsSync(target) && !isOurs(target, kind, lab.markFile))
    throw new Refusal(`${out} is there already and was not made by ./lab publish: move it away, or choose another name`);
  const read = async (path) => new Uint8Array(await readFile(join(site, path)));
  const missing = await lab.missingData(read, publication.needs);
  if (missing.length > 0)
    throw new Refusal(`${name} needs ${missing.join(', ')}, which is not on this machine: ./lab help says where data sets come from`);
  let size;
  let left = [];
  if (kind === 'page') {
    const { page, without } = await lab.packWithin(read, publication);
    left = without;
    if (page.length > lab.mostBytes)
      throw new Refusal(
        `${name} in one file would have ${megabytes(page.length)}, more than ${megabytes(lab.mostBytes)}: publish it as a folder or a ZIP`,
      );
    write(target, kind, page);
    size = page.length;
  } else {
    // A folder on a host of one's own has room for all images of a station's data sets.
    const whole = kind === 'folder' && publication.config.station !== 'lessons';
    const files = await (scorm ? lab.packScorm(read, publication, scorm) : lab.packFolder(read, publication, { whole }));
    const packed = kind === 'archive' ? lab.zipOf(files) : files;
    write(target, kind, packed);
    size = kind === 'archive' ? packed.length : [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0);
  }
  const absent = await lab.missingModels(read, publication.needs);
  const lacks = absent.length > 0 ? `, without ${absent.join(', ')}, which is not on this machine` : '';
  const large = left.length > 0 ? `, without ${left.join(', ')}, with which it would be too large: a folder or a ZIP has it` : '';
  console.error(`lab: ${publication.title} (${name}) is in ${out}, ${megabytes(size)}${lacks}${large}`);
}

try {
  const given = read(process.argv.slice(2));
  const lab = await import(pathToFileURL(join(given.site, 'publish.js')).href);
  if (given.list) console.log(lab.names().join('\n'));
  else await publish(lab, given);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`lab: publish: ${error.message}`);
  process.exit(1);
}
