// WebKitGTK's MiniBrowser by WebDriver (w3.org/TR/webdriver2), on a screen of its own. WEBKIT_DRIVER and
// MINI_BROWSER name the programs.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const elementKey = 'element-6066-11e4-a52e-4f735466cecf';
const keys = { ArrowLeft: '\uE012', ArrowUp: '\uE013', ArrowRight: '\uE014', ArrowDown: '\uE015', Enter: '\uE007', Tab: '\uE004' };

/** Debian keeps it out of PATH, in a folder with the machine's name. */
export function miniBrowser() {
  if (process.env.MINI_BROWSER) return process.env.MINI_BROWSER;
  return readdirSync('/usr/lib')
    .flatMap((folder) => ['webkit2gtk-4.1', 'webkitgtk-6.0'].map((name) => `/usr/lib/${folder}/${name}/MiniBrowser`))
    .find(existsSync);
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A screen that nobody sees. Xvfb writes the number that it chose to descriptor 3. */
async function openScreen() {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const number = await new Promise((resolve, reject) => {
    server.on('error', reject);
    server.on('exit', () => reject(new Error('Xvfb did not start')));
    server.stdio[3].once('data', (text) => resolve(String(text).trim()));
  });
  return { server, display: `:${number}` };
}

export async function open({ downloads, width, height, home, locale = 'C.UTF-8' }) {
  const { server, display } = await openScreen();
  const port = await freePort();
  // A home of its own: nobody's settings or cookies, and downloads where the tests look for them.
  mkdirSync(join(home, '.config'), { recursive: true });
  writeFileSync(join(home, '.config', 'user-dirs.dirs'), `XDG_DOWNLOAD_DIR="${downloads}"\n`);
  const left = Object.entries(process.env).filter(([name]) => !/^(XDG_|LC_|WAYLAND_DISPLAY$)/.test(name));
  const environment = { ...Object.fromEntries(left), DISPLAY: display, HOME: home, LANG: locale };
  const driver = spawn(process.env.WEBKIT_DRIVER ?? 'WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], {
    stdio: 'ignore',
    env: environment,
  });
  const stop = () => {
    driver.kill();
    server.kill();
  };
  process.on('exit', stop);

  const ask = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`WebDriver ${path.replace(/.*\/session\/[^/]*/, '')}: ${value?.error}: ${value?.message}`);
    return value;
  };
  for (let tries = 0; ; tries++) {
    try {
      await ask('GET', '/status');
      break;
    } catch (error) {
      if (tries > 300) throw error;
      await sleep(100);
    }
  }
  const options = { binary: miniBrowser(), args: ['--automation'] };
  const { sessionId, capabilities } = await ask('POST', '/session', {
    capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options, timeouts: { script: 120_000, pageLoad: 120_000 } } },
  });
  const session = `/session/${sessionId}`;
  const post = (path, body) => ask('POST', session + path, body);
  const run = (body, list = []) =>
    post('/execute/sync', { script: `return (function () { ${body} }).apply(null, arguments[0])`, args: [list] });
  const id = (element) => element[elementKey];

  const tab = {
    version: `WebKitGTK ${capabilities.browserVersion}`,
    goto: (url) => post('/url', { url }),
    run,
    element: run,
    click: (element) => post(`/element/${id(element)}/click`, {}),
    async press(key) {
      const value = keys[key] ?? key;
      const actions = ['keyDown', 'keyUp'].map((type) => ({ type, value }));
      await post('/actions', { actions: [{ type: 'key', id: 'keys', actions }] });
    },
    give: (element, paths) => post(`/element/${id(element)}/value`, { text: paths.join('\n') }),
    /** The window's frame is not the page: what it takes is added. Below 447 pixels GTK makes no window. */
    async resize(size) {
      await post('/window/rect', size);
      const [across, down] = await run('return [innerWidth, innerHeight]');
      await post('/window/rect', { width: size.width + Math.max(0, size.width - across), height: 2 * size.height - down });
    },
    screenshot: async () => Buffer.from(await ask('GET', `${session}/screenshot`), 'base64'),
    async close() {
      try {
        await ask('DELETE', session);
      } finally {
        process.off('exit', stop);
        stop();
      }
    },
  };
  await tab.resize({ width, height });
  return tab;
}
