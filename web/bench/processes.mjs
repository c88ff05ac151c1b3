// Contenders that are processes of their own: modules in Node, the command line, PyTorch.
import { execFile, fork, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** A module of this engine in Node. */
export async function openNode(file, name, threads) {
  const path = here(`../../build/${file.includes('threads') ? 'wasm-threads' : 'wasm'}/web/bindings/${file}.js`);
  // Node 20 has relaxed SIMD behind a flag; later ones know the flag no more.
  const execArgv = file.includes('relaxed') && Number(process.versions.node.split('.')[0]) < 22 ? ['--experimental-wasm-relaxed-simd'] : [];
  const child = fork(here('node-session.mjs'), [path, name, String(threads)], { execArgv });
  const answer = () =>
    new Promise((resolve, reject) => {
      const gone = (code) => reject(new Error(`${file} in Node ended with code ${code}`));
      child.once('exit', gone);
      child.once('message', (message) => {
        child.off('exit', gone);
        resolve(message);
      });
    });
  const given = await answer();
  const turn = async (request) => {
    child.send(request);
    return (await answer()).rate;
  };
  return { ...given, turn, close: () => child.kill() };
}

/** The command line, one thread, with an instruction set of its choice; a process each turn. */
export function openNative(name, arch) {
  const program = here('../../build/release/cnnlab');
  const turn = async ({ milliseconds }) => {
    const seconds = String(milliseconds / 1000);
    const words = ['bench', name, '--arch', arch, '--threads', '1', '--no-peers', '--json', '--rounds', '1', '--seconds', seconds];
    return JSON.parse((await promisify(execFile)(program, words)).stdout).images_per_second;
  };
  return { turn, close: () => {} };
}

/** PyTorch with so many threads, training; null where `./lab setup peers` has not been run. */
export async function openPytorch(name, threads) {
  const script = here('../../tests/peer/run.sh');
  if (!existsSync(script) || !existsSync(here('../../.toolchain/peers/sid/usr'))) return null;
  const words = ['pytorch_bench.py', '--network', name, '--threads', String(threads), '--serve', 'train:64'];
  const child = spawn(script, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('PyTorch has ended without an answer: run ./lab setup peers again');
    return JSON.parse(value);
  };
  const { library, version, variants } = await answer();
  // The best of the ways in which it can do the same counts.
  const turn = async ({ batch, milliseconds }) => {
    let best = 0;
    for (const variant of variants.keys()) {
      child.stdin.write(`${JSON.stringify({ variant, seconds: milliseconds / 1000 / variants.length })}\n`);
      const { seconds } = await answer();
      best = Math.max(best, (batch * seconds.length) / seconds.reduce((sum, one) => sum + one, 0));
    }
    return best;
  };
  return { label: `${library} ${version}`, turn, close: () => child.stdin.end() };
}
