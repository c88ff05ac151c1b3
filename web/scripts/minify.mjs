// minify.mjs FILE : gives the script that Emscripten writes around a module short names.
import { readFileSync, writeFileSync } from 'node:fs';

const fail = (problem) => {
  console.error(`minify.mjs: ${problem}`);
  process.exit(1);
};
const [file] = process.argv.slice(2);
const vite = await import('vite').catch(() => fail("the page's packages are not here: (cd web && npm ci), as ./lab build web does"));
// Names of properties stay: browsers and the module give them.
const { code, errors } = vite.minifySync(file, readFileSync(file, 'utf8'), { module: true, compress: { target: 'es2022' } });
if (errors.length > 0) fail(`${file}: ${errors.map(({ message }) => message).join('; ')}`);
writeFileSync(file, code);
