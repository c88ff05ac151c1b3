// border.mjs : counts in how many files one number of a training step and one call of a session stand, between the
// backend that computes the number or does the call and the page that shows or asks for it. What a backend does with
// them (engine/cpu, engine/reference, native/cuda), who uses them at the end (stations, panels, bench), tests and
// generated files do not count. Exits with 1 if there are more than `most`.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const samples = [
  {
    what: 'a number of a training step, gradient_norm',
    words: /gradient_norm|gradientNorm/,
    rooms: /^(engine\/(backend|train|model)|native\/(run|report|commands)|web\/bindings|web\/src\/(client|run|files))\//,
    most: 4,
  },
  {
    what: "a session's call, setProfiling",
    words: /set_profiling|setProfiling/,
    rooms: /^web\/(bindings|src\/client)\//,
    most: 3,
  },
];

const sources = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.(cpp|hpp|ts)$/.test(file) && !/generated\.ts$/.test(file));
let failed = false;
for (const { what, words, rooms, most } of samples) {
  const found = sources.filter((file) => rooms.test(file) && words.test(readFileSync(file, 'utf8')));
  console.log(`${what}: ${found.length} files (at most ${most}): ${found.join(', ')}`);
  failed ||= found.length === 0 || found.length > most;
}
process.exit(failed ? 1 : 0);
