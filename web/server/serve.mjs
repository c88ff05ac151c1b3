// serve.mjs FOLDER [--port N] [--host NAME] [--plain] : serves a built page.
// --plain sends no isolation headers, as most hosts of course pages do.
import { createServer } from 'node:http';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import send from 'send';

/**
 * Headers that make the page cross-origin isolated, which shared memory needs. Pages of other origins may still take
 * script, module, data and frame from here: nothing here is private. The last one isolates a frame in a page that sends
 * nothing of the kind, in browsers that know it (Chromium).
 */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Access-Control-Allow-Origin': '*',
  'Document-Isolation-Policy': 'isolate-and-credentialless',
};

const words = {
  400: ['This address cannot be read.', 'Esta dirección no se puede leer.'],
  404: ['There is no page at this address.', 'No hay ninguna página en esta dirección.'],
  405: ['This server only hands out pages.', 'Este servidor solo entrega páginas.'],
  500: ['This file cannot be read.', 'Este archivo no se puede leer.'],
};

/** A page for people; nothing of the request comes back in it. */
function refuse(request, response, status, headers = {}) {
  const [english, spanish] = words[status] ?? words[500];
  const page = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>${status} · cnnlab</title>
<body style="font: 1.125rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 20vh auto; padding: 0 1rem">
<p>${english}<br><span lang="es">${spanish}</span></p>
<p><a href="/">cnnlab</a></p>
`;
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': Buffer.byteLength(page), ...headers });
  response.end(request.method === 'HEAD' ? undefined : page);
}

/** How long a client may take to send its request, and stay without reading or sending anything. */
const patience = { headersTimeout: 10_000, requestTimeout: 15_000, keepAliveTimeout: 5_000, connectionsCheckingInterval: 2_000 };
const idle = 60_000;

/** The path that a request asks for; a proxy may send the whole address (RFC 9112, 3.2.2). */
function pathOf(url) {
  const [path] = url.replace(/^https?:\/\/[^/?#]*/i, '').split('?');
  return path === '' ? '/' : path;
}

/** A folder's files, with byte ranges, ETags and the right types; `send` refuses every path that leads out of it. */
export function makeServer(folder, { isolated = true, limits = patience, idleLimit = idle } = {}) {
  const server = createServer(limits, (request, response) => {
    if (isolated) for (const [name, value] of Object.entries(isolation)) response.setHeader(name, value);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      refuse(request, response, 405, { Allow: 'GET, HEAD' });
      return;
    }
    send(request, pathOf(request.url), { root: folder, dotfiles: 'ignore', extensions: ['html'], cacheControl: false })
      .on('headers', (_, file) => {
        // What has its content in its name never changes.
        const named = /-[\w-]{8}\.\w+$/.test(file);
        response.setHeader('Cache-Control', named ? 'public, max-age=31536000, immutable' : 'no-cache');
      })
      .on('error', (error) => {
        // A range beyond the end: the headers that say how long the file is are in the error.
        if (error.status === 416) response.writeHead(416, error.headers).end();
        else refuse(request, response, error.status === 403 ? 404 : error.status);
      })
      .pipe(response);
  });
  return server.setTimeout(idleLimit, (socket) => socket.destroy());
}

/** Whether other machines can reach a server that listens there. */
const isOpen = (host) => !/^(localhost|127(\.\d+){3}|::1)$/.test(host);

/** Listens on the port, or on the next one that is free. Gives the port. */
export async function listen(server, port, host, tries = 20) {
  for (let at = port; ; ++at) {
    try {
      await new Promise((done, fail) => {
        server.once('error', fail);
        server.listen(at, host, () => {
          server.off('error', fail);
          done();
        });
      });
      return server.address().port;
    } catch (error) {
      // A bare system may lack the line of its hosts file.
      if (host === 'localhost' && ['ENOTFOUND', 'EAI_AGAIN'].includes(error.code)) return listen(server, at, '127.0.0.1', tries);
      if (error.code !== 'EADDRINUSE' || port === 0 || at + 1 >= port + tries || at === 65535) throw error;
      console.error(`lab: port ${at} is in use, trying ${at + 1}`);
    }
  }
}

async function main(args) {
  const options = { port: 8080, host: 'localhost', isolated: true, folder: null };
  while (args.length > 0) {
    const word = args.shift();
    if (word === '--port') options.port = Number(args.shift());
    else if (word === '--host') options.host = args.shift();
    else if (word === '--plain') options.isolated = false;
    else if (!word.startsWith('-') && !options.folder) options.folder = resolve(word);
    else throw new Error(`serve: '${word}' is not --port N, --host NAME or --plain`);
  }
  if (!Number.isInteger(options.port) || options.port < 0 || options.port > 65535)
    throw new Error('serve: --port wants a number from 0 to 65535');
  if (!options.host) throw new Error('serve: --host wants a name');
  if (!options.folder || !existsSync(join(options.folder, 'index.html'))) throw new Error(`serve: there is no page in ${options.folder}`);
  const server = makeServer(options.folder, options);
  const port = await listen(server, options.port, options.host);
  console.log(`cnnlab is at http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}/ (stop it with Ctrl-C)`);
  if (isOpen(options.host)) console.error(`lab: every machine that reaches this one can open it (--host ${options.host})`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(`lab: ${error.message}`);
    process.exit(1);
  });
}
