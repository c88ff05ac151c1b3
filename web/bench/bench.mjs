// bench.mjs [--quick] [EXPERIMENT...] : the page's engine beside itself as a native program, TensorFlow.js and PyTorch.
// --large: MobileNetV2 alone, beside ONNX Runtime and LiteRT. Needs what ./lab build and ./lab build web make.
// Contenders are opened once and take turns; the median of a contender's turns counts.
import { setTimeout as after } from 'node:timers/promises';
import { openBrowser, tensorflow } from './browser.mjs';
import { largeNetworks } from './large.mjs';
import { openNative, openNode, openPytorch } from './processes.mjs';

const quick = process.argv.includes('--quick');
const large = process.argv.includes('--large');
const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = process.argv.slice(2).filter((argument) => argument.startsWith('--') && !['--quick', '--large'].includes(argument));
if (unknown.length > 0) {
  console.error(`${unknown[0]} is no option of bench --web: there are --quick and --large`);
  process.exit(2);
}
const names = chosen.length > 0 ? chosen : quick ? ['cifar10-simple'] : ['cifar10-simple', 'fashion-cnn'];
const peerNames = ['cifar10-simple', 'fashion-cnn'];
const rounds = quick ? 3 : 5;
const milliseconds = quick ? 700 : 1500;

const browser = await openBrowser();
const modules = [
  { file: 'cnnlab', threads: 1, label: 'cnnlab, one thread' },
  { file: 'cnnlab-relaxed', threads: 1, label: 'cnnlab, one thread, relaxed SIMD' },
  { file: 'cnnlab-threads', threads: 2, label: 'cnnlab, two threads' },
  { file: 'cnnlab-threads-relaxed', threads: 2, label: 'cnnlab, two threads, relaxed SIMD' },
].filter(({ file }) => browser.relaxed || !file.includes('relaxed'));

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const cells = (what, ...rest) => console.log(`  ${what.padEnd(52)}${rest.map((cell) => cell.padStart(14)).join('')}`);
const number = (value) => value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });

/** Lets the contenders take turns; gives each its median of images a second. `once`: one turn is enough, it is slow. */
async function contest(contenders, request) {
  const rates = contenders.map(() => []);
  for (let round = 0; round < rounds + 1; round++) {
    for (const [i, { turn, once }] of contenders.entries()) {
      if (once && round !== 1) continue;
      const rate = await turn({ ...request, milliseconds });
      // Before the first turn that counts, browsers compile the hot functions again and caches fill.
      if (round > 0) rates[i].push(rate);
    }
  }
  for (const [i, contender] of contenders.entries()) Object.assign(contender, { rates: rates[i], rate: median(rates[i]) });
}

/** How many times as fast as another: the median over rounds, so that what the machine did in one of them met both. */
const ratio = (one, other) => median(one.rates.map((rate, round) => rate / other.rates[round]));

const results = [];

async function training(name) {
  const contenders = [];
  const add = (kind, label, contender, once = false) => contenders.push({ kind, label, once, ...contender });
  add('native', 'native, 128-bit vectors (SSE4.2), one thread', openNative(name, 'sse4_2'));
  for (const { file, threads, label } of modules) add(`node ${file}`, `Node: ${label}`, await openNode(file, name, threads));
  for (const { file, threads, label } of modules) add(file, `Chromium: ${label}`, await browser.engine(file, name, threads));
  if (peerNames.includes(name)) {
    for (const backend of quick ? ['webgl'] : ['webgl', 'cpu'])
      add('tensorflow', `Chromium: ${tensorflow}, ${backend}`, await browser.peer(name, backend), true);
    const pytorch = await openPytorch(name, 2);
    if (pytorch) add('pytorch', `native: ${pytorch.label}, two threads`, pytorch);
  }
  await contest(contenders, { work: 'train', batch: 64 });
  const flops = contenders.find(({ kind }) => kind === 'cnnlab').flops;
  console.log(`\n${name}, training, batches of 64`);
  cells('', 'img/s', 'GFLOP/s');
  for (const { label, rate } of contenders) cells(label, number(rate), number((rate * flops) / 1e9));
  if (peerNames.includes(name)) cells(`Chromium: ${tensorflow}, wasm`, 'cannot train');
  if (!contenders.some(({ kind }) => kind === 'pytorch')) console.log('  PyTorch is not here to compare with: ./lab setup peers');
  for (const { close } of contenders) await close();
  if (name !== 'cifar10-simple') return;

  const named = (kind) => contenders.find((contender) => contender.kind === kind);
  const over = (one, other) => ratio(named(one), named(other));
  const best = browser.relaxed ? 'cnnlab-relaxed' : 'cnnlab';
  const percent = (share) => `${number(100 * share)} %`;
  const times = (ratio) => `${ratio.toFixed(2)}x`;
  results.push(['share of the native 128-bit rate, one thread', over('cnnlab', 'native'), 0.8, 0.95, percent]);
  results.push(['the same, the module that this browser gets', over(best, 'native'), 0.8, 0.95, percent]);
  results.push(['training, one thread, images a second', named(best).rate, 1100, named('pytorch')?.rate, number]);
  results.push(['two threads over one', over('cnnlab-threads', 'cnnlab'), 1.8, 1.95, times]);
  if (browser.relaxed) results.push(['the same, relaxed SIMD', over('cnnlab-threads-relaxed', 'cnnlab-relaxed'), 1.8, 1.95, times]);
}

/** What `promise` gives, or null if it takes longer. */
const within = (limit, promise) => Promise.race([promise, after(limit, null)]);

/** TensorFlow.js once it has answered: with threads it may wait for its workers for ever. */
async function begun(name, threads) {
  const peer = await browser.peer(name, 'wasm', threads);
  await peer.turn({ work: 'infer', batch: 1, milliseconds: 50 });
  return peer;
}

async function inference(name) {
  const contenders = [];
  for (const { file, threads, label } of modules) contenders.push({ kind: file, label, ...(await browser.engine(file, name, threads)) });
  for (const threads of [1, 2]) {
    const label = `${tensorflow}, wasm, ${threads === 1 ? 'one thread' : 'two threads'}`;
    const peer = await within(20_000, begun(name, threads));
    if (peer) contenders.push({ kind: `tensorflow ${threads}`, label, ...peer });
    else console.log(`\n${label}: gave no answer within 20 s, so it is left out`);
  }
  const rates = {};
  for (const batch of [64, 1]) {
    await contest(contenders, { work: 'infer', batch });
    rates[batch] = Object.fromEntries(contenders.map(({ kind, rate }) => [kind, rate]));
  }
  console.log(`\n${name}, inference in Chromium: milliseconds for so many images`);
  cells('', '64', '1');
  for (const { kind, label } of contenders) cells(label, ...[64, 1].map((batch) => ((1000 * batch) / rates[batch][kind]).toFixed(3)));
  for (const { close } of contenders) await close();
  if (name !== 'cifar10-simple') return;

  const relaxed = browser.relaxed ? '-relaxed' : '';
  for (const [batch, must, aim] of [
    [64, 1.3, 1.8],
    [1, 1, 1.5],
  ]) {
    const against = (kind, threads) => rates[batch][kind] / rates[batch][`tensorflow ${threads}`];
    const times = (ratio) => `${ratio.toFixed(2)}x`;
    results.push([`inference of ${batch}, against TensorFlow.js wasm`, against(`cnnlab${relaxed}`, 1), must, aim, times]);
    results.push([`the same, two threads each`, against(`cnnlab-threads${relaxed}`, 2), must, aim, times]);
  }
}

try {
  console.log(`Chromium ${browser.version}, Node ${process.versions.node}; median of ${rounds} turns of ${milliseconds / 1000} s`);
  if (!browser.relaxed) console.log('This browser has no relaxed SIMD: those modules cannot be loaded.');
  if (large) {
    const say = (what, contenders) => {
      console.log(`\n${what}: milliseconds`);
      for (const { label, rate } of contenders) cells(label, (1000 / rate).toFixed(2));
    };
    const times = (ratio) => `${ratio.toFixed(2)}x`;
    for (const { what, figure, must, aim } of await largeNetworks(browser, { contest, ratio, say }))
      results.push([what, figure, must, aim, times]);
  }
  for (const name of large ? [] : names) {
    await training(name);
    if (peerNames.includes(name)) await inference(name);
  }
  const known = results.filter(([, figure]) => Number.isFinite(figure));
  if (known.length > 0) {
    console.log(`\n${large ? 'MobileNetV2' : 'cifar10-simple'}, what must hold`);
    cells('', 'figure', 'must', 'aim', 'reached');
    for (const [what, figure, must, aim, text] of known) {
      const reached = figure < must ? 'no' : aim !== undefined && figure >= aim ? 'aim' : 'must';
      cells(what, text(figure), text(must), aim === undefined ? 'PyTorch' : text(aim), reached);
    }
  }
} catch (error) {
  console.error(`bench --web: ${error.message}`);
  // The browser may not close while a page of it is at work.
  process.exit(1);
}
await browser.close();
process.exit(0);
