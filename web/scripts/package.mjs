// package.mjs [--out FOLDER] [--engine FOLDER] : leaves a folder for `npm pack`: the element, the engine's
// client and module, their types.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { copyModules } from './modules.mjs';

const web = fileURLToPath(new URL('..', import.meta.url));
const root = resolve(web, '..');
const { values } = parseArgs({ options: { out: { type: 'string' }, engine: { type: 'string' } } });
const out = resolve(values.out ?? join(root, 'build', 'web-package'));
const engines = values.engine
  ? [resolve(values.engine)]
  : ['wasm', 'wasm-threads'].map((preset) => join(root, 'build', preset, 'web', 'bindings'));
const own = JSON.parse(readFileSync(join(web, 'package.json'), 'utf8'));

/** The declarations that the two entries reach, and no others. */
function types() {
  const emitted = mkdtempSync(join(tmpdir(), 'cnnlab-types-'));
  try {
    const tsc = join(web, 'node_modules', 'typescript', 'bin', 'tsc');
    execFileSync(process.execPath, [tsc, '-p', join(web, 'tsconfig.package.json'), '--outDir', emitted], { stdio: 'inherit' });
    const wanted = ['embed/element.d.ts', 'client/client.d.ts'];
    for (const name of wanted) {
      const text = readFileSync(join(emitted, name), 'utf8');
      for (const [, next] of text.matchAll(/from ['"](\.[^'"]*)\.js['"]/g)) {
        const file = relative(emitted, join(emitted, dirname(name), `${next}.d.ts`));
        if (!wanted.includes(file)) wanted.push(file);
      }
      mkdirSync(dirname(join(out, 'types', name)), { recursive: true });
      writeFileSync(join(out, 'types', name), text);
    }
  } finally {
    rmSync(emitted, { recursive: true });
  }
}

rmSync(out, { recursive: true, force: true });
await build({ root: web, configFile: join(web, 'vite.package.config.ts'), logLevel: 'warn', build: { outDir: out } });
types();
copyModules(join(out, 'engine'), engines.filter(existsSync));
// The workers load what the browser and the page can run.
for (const variant of ['', '-relaxed', '-threads', '-threads-relaxed', '-files']) {
  const name = `cnnlab${variant}.wasm`;
  if (!existsSync(join(out, 'engine', name))) throw new Error(`there is no ${name} in ${engines.join(', ')}: ./lab build web makes it`);
}
copyFileSync(join(web, 'public', 'cnn-lab-frames.js'), join(out, 'cnn-lab-frames.js'));
copyFileSync(join(root, 'LICENSE'), join(out, 'LICENSE'));
copyFileSync(join(web, 'PACKAGE.md'), join(out, 'README.md'));
const { version, license } = own;
writeFileSync(
  join(out, 'package.json'),
  `${JSON.stringify(
    {
      name: 'cnnlab',
      version,
      description: 'Stations of a laboratory for convolutional networks, for any web page, and the engine behind them',
      license,
      type: 'module',
      exports: {
        '.': { types: './types/embed/element.d.ts', default: './cnn-lab.js' },
        './client': { types: './types/client/client.d.ts', default: './client.js' },
        './protocol': { types: './types/client/protocol.d.ts' },
        './frames': './cnn-lab-frames.js',
        './engine/*': './engine/*',
        './package.json': './package.json',
      },
      files: readdirSync(out).filter((name) => existsSync(join(out, name)) && name !== 'package.json'),
      sideEffects: ['./cnn-lab.js', './cnn-lab-frames.js', './assets/*.js'],
    },
    null,
    2,
  )}\n`,
);
console.log(`the package is in ${out}: npm pack ${relative(process.cwd(), out) || '.'}`);
