// What a TAP report of node:test says of tests that failed: FILE<tab>NAME a line; with --why, their errors too.
import { readFileSync } from 'node:fs';

const [report, why] = process.argv.slice(2);
const lines = readFileSync(report, 'utf8').split('\n');
const unquoted = (text) => (/^'.*'$/.test(text) ? text.slice(1, -1).replaceAll("''", "'") : text);

lines.forEach((line, start) => {
  const [, name] = /^not ok \d+ - (.*)$/.exec(line) ?? [];
  if (name === undefined) return;
  const end = lines.indexOf('  ...', start);
  const about = lines.slice(start + 1, end);
  const location = about.find((item) => item.startsWith('  location: '));
  const file = location ? unquoted(location.slice('  location: '.length)).replace(/:\d+:\d+$/, '') : '';
  if (why !== '--why') return console.log(`${file}\t${name.replaceAll('\\#', '#')}`);
  // The error's text, and where it was thrown.
  const error = about.findIndex((item) => item.startsWith('  error: '));
  const after = about.findIndex((item, at) => at > error && /^ {2}\S/.test(item));
  const stack = about.findIndex((item) => item.startsWith('  stack: '));
  console.log(`✖ ${name}`);
  for (const item of about.slice(error, Math.min(after, error + 30))) console.log(item);
  if (stack >= 0) for (const item of about.slice(stack + 1, stack + 4)) console.log(item);
});
