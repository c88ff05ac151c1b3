// nginx and Apache of Debian, with the lines that HOSTS.md has for them. Skipped where they are not installed.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { course, freePort, openHost, site, withSpareCores } from './host.mjs';
import { openLab } from './lab.mjs';

const folder = mkdtempSync(join(tmpdir(), 'cnnlab-servers-'));
const www = join(folder, 'www');
const closing = [];
let lab;
before(async () => {
  mkdirSync(www);
  // Apache reads as a user of its own.
  chmodSync(folder, 0o755);
  symlinkSync(site, join(www, 'lab'));
  lab = await openLab();
});
afterEach(() => lab.clear());
after(async () => {
  await lab?.close();
  for (const close of closing) close();
  rmSync(folder, { recursive: true, force: true });
});

/** The indented lines below the first line of HOSTS.md that begins so, for this folder. */
function documented(start) {
  const lines = readFileSync(new URL('../../HOSTS.md', import.meta.url), 'utf8').split('\n');
  const from = lines.findIndex((line) => line.startsWith(start)) + 2;
  const end = lines.findIndex((line, i) => i > from && line !== '' && !line.startsWith('    '));
  return lines.slice(from, end).join('\n').replace('/var/www/html/LAB', join(www, 'lab')).replace('/LAB/', '/lab/');
}

const modules = ['mpm_event', 'authz_core', 'dir', 'mime', 'headers'];
const servers = {
  nginx: {
    program: '/usr/sbin/nginx',
    types: '/etc/nginx/mime.types',
    lines: 'nginx, in',
    options: (file) => ['-c', file, '-e', 'stderr'],
    settings: (port, lines) => `daemon off; user root; pid ${folder}/${port}.pid; error_log stderr error; events { }
http { include /etc/nginx/mime.types; default_type application/octet-stream; access_log ${folder}/${port}.log;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
server { listen 127.0.0.1:${port}; root ${www};
${lines}
} }`,
  },
  Apache: {
    program: '/usr/sbin/apache2',
    types: '/etc/mime.types',
    lines: 'Apache, with',
    options: (file) => ['-X', '-f', file],
    settings: (port, lines) => `ServerName 127.0.0.1
Listen 127.0.0.1:${port}
User www-data
Group www-data
PidFile ${folder}/${port}.pid
CustomLog ${folder}/${port}.log "%r"
ErrorLog ${folder}/${port}.errors
${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
TypesConfig /etc/mime.types
DirectoryIndex index.html
DocumentRoot ${www}
<Directory ${www}>
Options FollowSymLinks
Require all granted
</Directory>
${lines}`,
  },
};

/** Starts one and gives its address. Its log lies in the folder, by its port. */
async function start({ program, options, settings }, lines) {
  const port = await freePort();
  const file = join(folder, `${port}.conf`);
  writeFileSync(file, settings(port, lines));
  const server = spawn(program, options(file), { stdio: ['ignore', 'ignore', 'pipe'] });
  closing.push(() => server.kill());
  let said = '';
  server.stderr.on('data', (text) => (said += text));
  const at = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries++) {
    if (await fetch(at).catch(() => null)) return at;
    assert.equal(server.exitCode, null, said);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return assert.fail(`it does not answer: ${said}`);
}

for (const [name, server] of Object.entries(servers)) {
  const lines = documented(server.lines);
  const other = lines.replace('isolate-and-credentialless', 'isolate-and-require-corp');
  const skip = existsSync(server.program) && existsSync(server.types) ? false : `${server.program} is not installed`;

  test(`${name} as it comes: the folder works in a sub-path`, { skip }, async () => {
    const at = await start(server, '');
    const page = await lab.page('/lab/#filter?lang=en&speed=4', { at, reducedMotion: 'no-preference' });
    await page.locator('[data-testid=progress][data-finished=true]').waitFor();
    assert.equal(await page.evaluate(() => globalThis.crossOriginIsolated), false);
    assert.deepEqual(page.complaints, []);
  });

  for (const [policy, said] of [
    ['isolate-and-credentialless', lines],
    ['isolate-and-require-corp', other],
  ])
    test(`${name} with its lines and ${policy}: a frame has threads`, { skip }, async () => {
      assert.ok(said.includes(policy), said);
      const far = await start(server, said);
      const frame = `<iframe title="Frame" src="${far}/lab/embed.html?station=filter&amp;lang=en&amp;state=speed%3D4"></iframe>`;
      const host = await openHost({ pages: { '/course': course(frame) } });
      closing.push(() => host.close());
      const page = await lab.page('/course', { at: host.url, allowed: [far], prepare: withSpareCores, reducedMotion: 'no-preference' });
      await page.frameLocator('iframe').locator('[data-testid=progress][data-finished=true]').waitFor();
      const inside = page.frames().find((one) => one.url().startsWith(far));
      assert.equal(await inside.evaluate(() => globalThis.crossOriginIsolated), true);
      assert.equal(await page.evaluate(() => globalThis.crossOriginIsolated), false);
      const asked = readFileSync(join(folder, `${new URL(far).port}.log`), 'utf8').match(/engine\/[\w-]+\.wasm/g) ?? [];
      assert.ok(asked.length > 0 && asked.every((path) => path.includes('threads')), asked.join(' '));
      assert.deepEqual(page.complaints, []);
    });
}
