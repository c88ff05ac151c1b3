import { gzipSync } from 'fflate';
import loader from './loader.js?raw';
import { contents, framePage, pageOf, presentModels, type Publication } from './pack.js';
import { bare, bytesOf, crawl, movable, textOf, type Site } from './site.js';

/** Larger pages take browsers long to read, and mail and learning platforms refuse them. */
export const mostBytes = 6_000_000;

function base64(bytes: Uint8Array): string {
  let text = '';
  // String.fromCharCode takes so many arguments at once.
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}

/** What reads files of Keras is nearly as large as all the rest: such a page says that it does not have it. */
const isLeftOut = (path: string): boolean => /\/hdf5-worker-/.test(path);

/** What is packed already does not become smaller. */
const isPacked = (path: string): boolean => /\.(woff2|bin)$/.test(path);

function fileScript(path: string, bytes: Uint8Array, kind: 'module' | 'file'): string {
  const packed = !isPacked(path);
  const text = base64(packed ? gzipSync(bytes, { level: 9, mtime: 0 }) : bytes);
  return `<script type="text/plain" data-${kind}="${path}"${packed ? ' data-packed' : ''}>${text}</script>`;
}

/** A text in a comment, which nothing in it can end. */
const comment = (text: string): string => `<!--\n${text.replaceAll('--', '- -')}\n-->`;

/** A page in one file, and trained networks that it has to do without, because they would make it too large. */
export interface OneFile {
  page: Uint8Array<ArrayBuffer>;
  without: readonly string[];
}

/** The same without trained networks where it is too large with them, but not without. */
export async function packWithin(site: Site, publication: Publication): Promise<OneFile> {
  const page = await packOneFile(site, publication);
  const { needs } = publication;
  if (page.length <= mostBytes || !needs.models) return { page, without: [] };
  const smaller = await packOneFile(site, { ...publication, needs: { ...needs, models: false } });
  return smaller.length <= mostBytes ? { page: smaller, without: await presentModels(site, needs) } : { page, without: [] };
}

/** One page that needs no server: it opens from a disk and trains. */
export async function packOneFile(site: Site, publication: Publication): Promise<Uint8Array<ArrayBuffer>> {
  const { html, entries, styles, modules, others } = await crawl(site, framePage);
  const files = await contents(site, publication, { modules: ['cnnlab.js'], whole: false });
  const icon = `data:image/svg+xml,${encodeURIComponent(textOf(await site('icon.svg')))}`;
  const sheets = await Promise.all(styles.map(async (path) => textOf(await site(path))));
  const page = pageOf(bare(html), publication, `\n    <style>${sheets.join('')}</style>`).replace(
    /href="[^"]*icon\.svg"/,
    `href="${icon}"`,
  );
  // In a worker too an address beside it has to mean something, though its code has none.
  const beside = [...others].map(([path, bytes]): [string, Uint8Array<ArrayBuffer>] =>
    path.endsWith('.js') ? [path, bytesOf(movable(path, textOf(bytes)))] : [path, bytes],
  );
  const inside = [
    ...[...modules].map(([path, bytes]) => fileScript(path, bytesOf(movable(path, textOf(bytes))), 'module')),
    ...[...beside, ...files].filter(([path]) => !isLeftOut(path)).map(([path, bytes]) => fileScript(path, bytes, 'file')),
    `<script data-entries="${entries.join(' ')}">${loader.replaceAll('</', '<\\/')}</script>`,
    comment(textOf(await site('licences.txt'))),
  ];
  return bytesOf(page.replace('</body>', () => `${inside.join('\n')}\n</body>`));
}
