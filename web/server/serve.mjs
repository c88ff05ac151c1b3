// serve.mjs FOLDER [--port N] [--host NAME] [--plain] : serves a built page.
// --plain sends no isolation headers, as most hosts of course pages do.
import { createServer } from 'node:http';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';

/** Every folder's files, with byte ranges, ETags and the right types; sirv refuses paths that lead out of it. */
export function makeServer(folder, { isolated = true } = {}) {
  const files = sirv(folder, {
    dev: true, // looks at the disk for each request: a new build is served at once
    etag: true,
    dotfiles: false,
    extensions: ['html'],
    setHeaders(response, path) {
      response.setHeader('X-Content-Type-Options', 'nosniff');
      response.setHeader('Cache-Control', /-[\w-]{8}\.\w+$/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
      if (path.endsWith('.mjs')) response.setHeader('Content-Type', 'text/javascript; charset=utf-8');
      if (path.endsWith('.wasm')) response.setHeader('Content-Type', 'application/wasm');
      if (path.endsWith('.bin')) response.setHeader('Content-Type', 'application/octet-stream');
      if (isolated) {
        response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
        response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
        response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
      }
    },
  });
  return createServer((request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end();
      return;
    }
    files(request, response, () => {
      response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('not found\n');
    });
  });
}

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
      if (error.code !== 'EADDRINUSE' || port === 0 || at + 1 >= port + tries) throw error;
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
  if (!options.folder || !existsSync(join(options.folder, 'index.html'))) throw new Error(`serve: there is no page in ${options.folder}`);
  const server = makeServer(options.folder, options);
  const port = await listen(server, options.port, options.host);
  console.log(`cnnlab is at http://${options.host}:${port}/ (stop it with Ctrl-C)`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(`lab: ${error.message}`);
    process.exit(1);
  });
}
