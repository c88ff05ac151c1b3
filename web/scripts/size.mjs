// size.mjs FILE... : what a visitor downloads, packed as servers pack it.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';

const limit = 350;
let total = 0;
for (const file of process.argv.slice(2)) {
  const bytes = readFileSync(file);
  const packed = gzipSync(bytes, { level: 9 }).length / 1000;
  total += packed;
  console.log(`${basename(file)}: ${(bytes.length / 1000).toFixed(0)} kB, ${packed.toFixed(0)} kB gzipped`);
}
console.log(`module: ${total.toFixed(0)} kB gzipped of at most ${limit}`);
if (total > limit) process.exitCode = 1;
