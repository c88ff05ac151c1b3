import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingMessage, type Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
// @ts-expect-error: plain JavaScript without types
import { listen as untypedListen, makeServer as untypedMakeServer } from '../../server/serve.mjs';

interface Options {
  isolated?: boolean;
  limits?: { headersTimeout: number; requestTimeout: number; connectionsCheckingInterval: number };
  idleLimit?: number;
}
const makeServer = untypedMakeServer as (folder: string, options?: Options) => Server;
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
    ['a.js', 'export {}'],
    ['a-0123abcd.bin', 'x'],
    ['a.woff2', 'x'],
    ['.hidden', 'secret'],
    ['lesson.html', '<p>lesson'],
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
function get(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  at = port,
): Promise<{ response: IncomingMessage; text: string }> {
  return new Promise((resolve, reject) => {
    request({ host: 'localhost', port: at, path, headers, method }, (response) => {
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
    // So that a course page of another origin, isolated or not, can have frame, script and module from here.
    'cross-origin-resource-policy': 'cross-origin',
    'access-control-allow-origin': '*',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
  });
  expect((await get('/a.wasm')).response.headers['content-type']).toBe('application/wasm');
  expect((await get('/a.js')).response.headers['content-type']).toMatch(/^text\/javascript/);
  expect((await get('/a.woff2')).response.headers['content-type']).toBe('font/woff2');
  expect((await get('/a-0123abcd.bin')).response.headers).toMatchObject({
    'content-type': 'application/octet-stream',
    'cache-control': expect.stringMatching(/immutable/),
  });
  expect((await get('/lesson')).text).toBe('<p>lesson');
});

test('without isolation headers where asked, as most hosts are', async () => {
  const plain = makeServer(join(folder, 'page'), { isolated: false });
  servers.push(plain);
  const { headers } = (await get('/', {}, 'GET', await listen(plain, 0, 'localhost'))).response;
  expect(Object.keys(headers).filter((name) => /^(cross-origin|access-control)/.test(name))).toEqual([]);
});

test('a copy that is still good is not sent again', async () => {
  const { etag } = (await get('/a.wasm')).response.headers;
  const again = await get('/a.wasm', { 'If-None-Match': etag! });
  expect([again.response.statusCode, again.text]).toEqual([304, '']);
});

test.each([
  ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
  ['bytes=7-', 206, '789', 'bytes 7-9/10'],
  ['bytes=-3', 206, '789', 'bytes 7-9/10'],
  ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
  ['bytes=90-99', 416, '', 'bytes */10'],
  // What is no range of bytes gives the whole file.
  ['bytes=4-2', 416, '', 'bytes */10'],
  ['bytes=x', 200, '0123456789', undefined],
  ['lines=1-2', 200, '0123456789', undefined],
])('byte range %s', async (range, status, body, header) => {
  const { response, text } = await get('/a.wasm', { Range: range });
  expect([response.statusCode, text, response.headers['content-range']]).toEqual([status, body, header]);
});

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e%2fsecret.txt',
  '/..%5csecret.txt',
  '/..\\secret.txt',
  '/%252e%252e%252fsecret.txt',
  '/page/../../secret.txt',
  '/./../secret.txt',
  '//secret.txt',
  '/.hidden',
  '/%2ehidden',
  '/%00',
  '/a.wasm%00.html',
  '/%zz',
  'http://localhost/../secret.txt',
])('nothing outside the folder: %s', async (path) => {
  const { response, text } = await get(path);
  expect(response.statusCode).toBeGreaterThanOrEqual(400);
  expect(text).not.toContain('secret');
});

test('what is not there says so, in words', async () => {
  const { response, text } = await get('/nothing?<script>');
  expect(response.statusCode).toBe(404);
  expect(response.headers['content-type']).toMatch(/^text\/html/);
  expect(text).toMatch(/no page at this address.*No hay ninguna página/s);
  expect(text).not.toContain('script');
  const head = await get('/nothing', {}, 'HEAD');
  expect([head.response.statusCode, head.text]).toEqual([404, '']);
});

test('a proxy may ask for the whole address', async () => {
  expect((await get('http://localhost/a.js?x=1')).text).toBe('export {}');
  expect((await get('http://localhost')).text).toBe('<p>page');
});

/** A connection that sends this and then nothing; how long the server keeps it. */
function keptFor(at: number, text: string): Promise<number> {
  const begun = Date.now();
  return new Promise((resolve) => {
    const socket = connect(at, 'localhost', () => socket.write(text));
    socket.on('error', () => undefined).on('close', () => resolve(Date.now() - begun));
    socket.resume();
  });
}

test.each([
  ['no request', ''],
  ['half a request', 'GET / HTTP/1.1\r\nHost: x\r\n'],
])('who sends %s is not waited for', async (_, text) => {
  const hasty = makeServer(join(folder, 'page'), {
    limits: { headersTimeout: 200, requestTimeout: 300, connectionsCheckingInterval: 50 },
    idleLimit: 400,
  });
  servers.push(hasty);
  expect(await keptFor(await listen(hasty, 0, 'localhost'), text)).toBeLessThan(5000);
});

test('HEAD is GET without the body', async () => {
  const { response, text } = await get('/a.wasm', {}, 'HEAD');
  expect([response.statusCode, response.headers['content-length'], text]).toEqual([200, '10', '']);
});

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

/** The program itself, as `./lab serve` runs it. */
function start(...args: string[]): { said: Promise<string>; child: ReturnType<typeof spawn>; ended: Promise<unknown[]> } {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../../server/serve.mjs', import.meta.url)), ...args]);
  const said = new Promise<string>((resolve) => {
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (part: Buffer) => {
        text += part.toString();
        if (text.includes('\n') && (text.includes('cnnlab is at') || text.includes('serve:'))) resolve(text);
      });
    }
  });
  return { said, child, ended: once(child, 'exit') };
}

test('the program says where it is, takes the next port, and ends with Ctrl-C', async () => {
  const { said, child, ended } = start(join(folder, 'page'), '--port', String(port));
  const text = await said;
  expect(text).toContain(`port ${port} is in use, trying ${port + 1}`);
  const at = Number(/http:\/\/localhost:(\d+)\//.exec(text)?.[1]);
  expect(at).toBeGreaterThan(port);
  // A connection that is kept open does not keep the program.
  expect((await get('/', { Connection: 'keep-alive' }, 'GET', at)).text).toBe('<p>page');
  child.kill('SIGINT');
  expect((await ended)[0]).toBe(0);
});

test('the program says when others can reach it', async () => {
  const { child, ended } = start(join(folder, 'page'), '--port', '0', '--host', '0.0.0.0');
  let text = '';
  child.stderr!.on('data', (part: Buffer) => (text += part.toString()));
  while (!text.includes('every machine')) await once(child.stderr!, 'data');
  expect(text).toContain('--host 0.0.0.0');
  child.kill('SIGINT');
  await ended;
});

test.each([
  [['nowhere'], 'there is no page in'],
  [['.', '--port', 'x'], '--port wants a number'],
  [['.', '--colour'], "'--colour' is not"],
])('%s is refused in words', async (args, expected) => {
  const { said, ended } = start(...args);
  expect(await said).toContain(expected);
  expect((await ended)[0]).toBe(1);
});
