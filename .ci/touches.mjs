// touches.mjs : holds HACKING.md's table "Add something" to the code. For one sample of each kind it counts the
// files that name the sample, and compares with the number in the sample's row. Tests, Markdown, experiments and
// generated files do not count. Prints each row that is wrong, with the files, and exits with 1.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const samples = {
  Scale: 'layers/scale\\.hpp|struct Scale\\b|scale\\.factor',
  AvgPool2d: 'AvgPool2d\\b|avg_pool2d\\.',
  RmsProp: 'RmsProp|rmsprop\\.',
  MeanSquaredError: 'MeanSquaredError\\b|mean_squared_error\\.',
  Silu: 'ActivationKind::silu|\\bSilu\\b|"silu"|\\bsilu\\b',
  'cifar10-threeconv': 'cifar10-threeconv',
  Cifar10Binary: 'Cifar10Binary|cifar10_binary',
  tableCopied: 'tableCopied',
  filter: "stations/filter/station|(name:|name ===) 'filter'|stationFilter",
  'by-hand': "'by-hand'",
};
const places = ['engine', 'native', 'web/bindings', 'web/src', 'datasets'];
const left_out = [':!engine/experiments', ':!*generated*', ':!*.md'];

const root = new URL('..', import.meta.url).pathname;
const table = readFileSync(`${root}/HACKING.md`, 'utf8');

function files_naming(pattern) {
  try {
    const found = execFileSync('git', ['grep', '-lE', pattern, '--', ...places, ...left_out], { cwd: root });
    return found.toString().trim().split('\n');
  } catch {
    return []; // git grep exits with 1 where nothing matches
  }
}

let wrong = 0;
for (const [sample, pattern] of Object.entries(samples)) {
  const row = table.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${sample}\``));
  const promised = row ? Number(row.split('|')[2]) : NaN;
  const files = files_naming(pattern);
  if (files.length === promised) continue;
  wrong += 1;
  if (row) console.log(`HACKING.md says ${promised} files for ${sample}, the code has ${files.length}:`);
  else console.log(`HACKING.md has no row for ${sample}; the code has ${files.length} files:`);
  for (const file of files) console.log(`  ${file}`);
}
process.exit(wrong > 0 ? 1 : 0);
