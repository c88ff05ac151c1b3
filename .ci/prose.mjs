// prose.mjs FILE... : names every line of prose over 120 characters: comments, and Markdown outside tables and code.
// Exits with 1 if there are any. A line may be longer where a link or another word that cannot be broken makes it so.
import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';

const limit = 120;

const slashes = new Set(['.cpp', '.hpp', '.cu', '.ts', '.mjs', '.cjs', '.js']);
const hashes = new Set(['.sh', '.py', '.cmake', '.txt']);

/** Whether each line of a C++ or TypeScript file is a comment or ends with one. */
function* slashComments(lines) {
  let inside = false;
  for (const line of lines) {
    const starts = /^\s*(\/\/|\/\*)/.test(line);
    yield inside || starts || /\s\/\/[/!<]* (?!prettier-ignore|eslint-)/.test(withoutStrings(line));
    if (!inside && /^\s*\/\*/.test(line)) inside = true;
    if (line.includes('*/')) inside = false;
  }
}

/** A line without its strings, in which comment marks mean nothing. */
const withoutStrings = (line) => line.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`/g, '""');

/** Whether each line of a script has a comment; a text in triple quotes counts as one. */
function* hashComments(lines) {
  let inside = false;
  for (const line of lines) {
    const quotes = line.split('"""').length - 1;
    yield inside || quotes > 0 || /(^|\s)#/.test(withoutStrings(line));
    if (quotes % 2 === 1) inside = !inside;
  }
}

/** Whether each line of a Markdown file is text. */
function* markdownText(lines) {
  let code = false;
  for (const line of lines) {
    const fence = /^\s*(```|~~~)/.test(line);
    yield !code && !fence && !/^\s*(\||\[[^\]]*\]:|!\[)/.test(line) && !/^ {4}/.test(line);
    if (fence) code = !code;
  }
}

function proseOf(file, lines) {
  const extension = extname(file);
  if (extension === '.md') return markdownText(lines);
  if (slashes.has(extension)) return slashComments(lines);
  if (hashes.has(extension) || basename(file) === 'lab' || lines[0]?.startsWith('#!')) return hashComments(lines);
  return [];
}

/** Whether the line could not be broken before the limit. */
const unbreakable = (line) => !/\s/.test(line.trim().replace(/^(\/\/[/!<]*|\*|#|[-*]|\d+\.)\s+/, '').slice(0, limit));
const withoutLinks = (line) => line.replace(/\]\([^)]*\)/g, ']').replace(/https?:\/\/\S+/g, '');

let found = 0;
for (const file of process.argv.slice(2)) {
  const lines = readFileSync(file, 'utf8').split('\n');
  if (/^\/\*\* Generated from /.test(lines[0])) continue;
  let number = 0;
  for (const prose of proseOf(file, lines)) {
    const line = lines[number++];
    const length = Array.from(line).length;
    if (!prose || length <= limit || unbreakable(line) || Array.from(withoutLinks(line)).length <= limit) continue;
    console.log(`${file}:${number}: ${length} characters`);
    ++found;
  }
}
if (found > 0) process.exitCode = 1;
