/** Reads a file of the built page by its path. Rejects where there is none. */
export type Site = (path: string) => Promise<Uint8Array<ArrayBuffer>>;

/** Files by path, to write into a folder, a ZIP or one page. */
export type Files = Map<string, Uint8Array<ArrayBuffer>>;

export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** The path of what a file names by a relative address. */
const resolved = (from: string, address: string): string => new URL(address, `http://site/${from}`).pathname.slice(1);

/** An import of another file of the page, as the bundler writes it. */
const imports = /((?:\bfrom|\bimport)\s*\(?\s*)(["'`])(\.\.?\/[\w./-]+\.js)\2/g;
/** The address of a worker or a font, beside the script that has it. */
const addresses = /new URL\((["'`])([\w./-]+)\1,\s*import\.meta\.url\)/g;

/** Paths that a script needs. `modules`: those that it imports. */
export function neededBy(path: string, code: string): { modules: string[]; others: string[] } {
  return {
    modules: [...code.matchAll(imports)].map(([, , , address]) => resolved(path, address!)),
    others: [...code.matchAll(addresses)].map(([, , address]) => resolved(path, address!)),
  };
}

/** A script whose imports and addresses mean the same wherever it stands: see loader.js. */
export const movable = (path: string, code: string): string =>
  code
    .replace(imports, (_, word: string, quote: string, address: string) => `${word}${quote}cnnlab/${resolved(path, address)}${quote}`)
    .replaceAll('import.meta.url', JSON.stringify(`cnnlab:/${path}`));

/** A page of the site: its scripts, its styles, and all that these need. */
export interface Crawl {
  html: string;
  /** Scripts that the page itself starts with. */
  entries: string[];
  styles: string[];
  /** Scripts that import each other. */
  modules: Files;
  /** Workers and fonts. */
  others: Files;
}

const scripts = /\s*<script type="module"[^>]*\bsrc="\.\/([^"]+)"[^>]*><\/script>/g;
const sheets = /\s*<link rel="stylesheet"[^>]*\bhref="\.\/([^"]+)"[^>]*>/g;

/** The page without what the crawl found in it. */
export const bare = (html: string): string => html.replace(scripts, '').replace(sheets, '');

export async function crawl(site: Site, page: string): Promise<Crawl> {
  const html = textOf(await site(page));
  const found = (pattern: RegExp): string[] => [...html.matchAll(pattern)].map(([, path]) => path!);
  const entries = found(scripts);
  const modules: Files = new Map();
  const others: Files = new Map();
  const open = [...entries];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (modules.has(path)) continue;
    const bytes = await site(path);
    modules.set(path, bytes);
    const needs = neededBy(path, textOf(bytes));
    open.push(...needs.modules);
    for (const other of needs.others) if (!others.has(other)) others.set(other, await site(other));
  }
  return { html, entries, styles: found(sheets), modules, others };
}
