// A web server like that of a course: none of our headers, the built page in a sub-folder,
// and pages that a test makes up.
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import send from 'send';

export const site = process.env.CNNLAB_SITE ?? fileURLToPath(new URL('../../../build/web', import.meta.url));

/** `pages`: text by path. `headers`: what this host sends with everything. The lab lies at `under`. */
export async function openHost({ pages = {}, headers = {}, under = '/a/b/', folder = site } = {}) {
  const server = createServer((request, response) => {
    const path = request.url.split('?')[0];
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (path in pages) {
      response.writeHead(200, { 'Content-Type': path.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8' }).end(pages[path]);
    } else if (path.startsWith(under)) {
      send(request, path.slice(under.length - 1), { root: folder }).pipe(response);
    } else response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    pages,
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A page of somebody's. */
export const course = (body, head = '') =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Course</title><link rel="icon" href="/a/b/icon.svg">${head}</head><body>${body}</body></html>`;

export const script = (from = '/a/b') => `<script type="module" src="${from}/cnn-lab.js"></script>`;

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Prepares a page as on a machine with cores to spare: threads are worth their start there. */
export const withSpareCores = (page) =>
  page.route('**/assets/worker-*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replace('navigator.hardwareConcurrency', '4') });
  });
