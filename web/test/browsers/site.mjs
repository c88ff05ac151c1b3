// The built page on a server of its own, as `./lab serve` hands it out or as a plain host does. Each page keeps a list
// of its complaints: WebDriver has no console to listen to.
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { makeServer } from '../../server/serve.mjs';

const built = process.env.CNNLAB_SITE ?? fileURLToPath(new URL('../../../build/web', import.meta.url));

export function recorder() {
  const complaints = (globalThis.complaints = []);
  const keep = (what) => complaints.push(String(what));
  addEventListener('error', (event) => keep(event.message ?? `${event.target.src ?? event.target.href} did not load`), true);
  addEventListener('unhandledrejection', (event) => keep(`unhandled: ${event.reason?.stack ?? event.reason}`));
  for (const level of ['error', 'warn']) {
    const write = console[level];
    console[level] = (...words) => {
      keep(words.join(' '));
      write.apply(console, words);
    };
  }
}

/** `pages`: text by path, for pages of somebody's around the lab. `lost`: paths that are refused while it matches. */
export async function openSite({ isolated, pages = {} }) {
  const inner = makeServer(built, { isolated });
  await new Promise((resolve) => inner.listen(0, '127.0.0.1', resolve));
  const site = { isolated, lost: null, asked: [], url: '', close: () => undefined };
  const outer = createServer((request, response) => {
    void (async () => {
      const path = request.url.split('?')[0];
      site.asked.push(path);
      if (site.lost?.test(path)) {
        response.writeHead(503).end();
        return;
      }
      if (!(path in pages) && !/(\/|\.html)$/.test(path)) {
        inner.emit('request', request, response);
        return;
      }
      // A page: the same headers, and the recorder before all else.
      const answer = await fetch(`http://127.0.0.1:${inner.address().port}${path in pages ? '/' : request.url}`);
      for (const [name, value] of answer.headers)
        if (!/^(content-length|etag|last-modified|connection|keep-alive|date|transfer-encoding|accept-ranges)$/.test(name))
          response.setHeader(name, value);
      const html = pages[path] ?? (await answer.text());
      response.writeHead(answer.status).end(html.replace('<head>', `<head><script>(${recorder.toString()})()</script>`));
    })();
  });
  await new Promise((resolve) => outer.listen(0, '127.0.0.1', resolve));
  site.url = `http://127.0.0.1:${outer.address().port}/`;
  site.close = () => {
    for (const server of [outer, inner]) {
      server.close();
      server.closeAllConnections();
    }
  };
  return site;
}
