import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
// @ts-expect-error: plain JavaScript without types
import { listen as untypedListen, makeServer as untypedMakeServer } from '../server/serve.mjs';

const makeServer = untypedMakeServer as (folder: string, options?: { isolated?: boolean }) => Server;
const listen = untypedListen as (server: Server, port: number, host: string) => Promise<number>;

let folder: string;
let port: number;
const servers: Server[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnnlab-'));
  await mkdir(join(folder, 'page'));
  await writeFile(join(folder, 'secret.txt'), 'secret');
  for (const [name, text] of [
    ['index.html', '<p>page'],
    ['a.wasm', '0123456789'],
    ['a.mjs', 'export {}'],
    ['a-0123abcd.bin', 'x'],
  ]) {
    await writeFile(join(folder, 'page', name!), text!);
  }
  servers.push(makeServer(join(folder, 'page')));
  port = await listen(servers[0]!, 0, 'localhost');
});
afterAll(async () => {
  for (const server of servers) server.close();
  await rm(folder, { recursive: true });
});

/** fetch() tidies paths up; a raw request does not. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<{ response: IncomingMessage; text: string }> {
  return new Promise((resolve, reject) => {
    request({ host: 'localhost', port, path, headers, method }, (response) => {
      let text = '';
      response.on('data', (part: Buffer) => (text += part.toString()));
      response.on('end', () => resolve({ response, text }));
    })
      .on('error', reject)
      .end();
  });
}

test('types, isolation and caching', async () => {
  const page = await get('/');
  expect(page.response.headers['content-type']).toMatch(/^text\/html/);
  expect(page.response.headers).toMatchObject({
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cache-control': 'no-cache',
  });
  expect((await get('/a.wasm')).response.headers['content-type']).toBe('application/wasm');
  expect((await get('/a.mjs')).response.headers['content-type']).toMatch(/^text\/javascript/);
  expect((await get('/a-0123abcd.bin')).response.headers['cache-control']).toMatch(/immutable/);
});

test('byte ranges', async () => {
  const { response, text } = await get('/a.wasm', { Range: 'bytes=2-4' });
  expect(response.statusCode).toBe(206);
  expect(response.headers['content-range']).toBe('bytes 2-4/10');
  expect(text).toBe('234');
  expect((await get('/a.wasm', { Range: 'bytes=90-99' })).response.statusCode).toBe(416);
});

test.each(['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/page/../../secret.txt', '//secret.txt', '/%00', '/%zz'])(
  'nothing outside the folder: %s',
  async (path) => {
    const { response, text } = await get(path);
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    expect(text).not.toContain('secret');
  },
);

test('only reading', async () => {
  expect((await get('/', {}, 'POST')).response.statusCode).toBe(405);
});

test('a port in use gives the next one', async () => {
  const other = makeServer(folder);
  servers.push(other);
  const error = console.error;
  const said: string[] = [];
  console.error = (text: string) => said.push(text);
  const got = await listen(other, port, 'localhost');
  console.error = error;
  expect(got).toBeGreaterThan(port);
  expect(said[0]).toContain(`port ${port} is in use`);
});
