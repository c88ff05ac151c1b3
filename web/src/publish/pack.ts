import type { SiteModels } from '../stations/classes/site-base.js';
import type { Needs } from '../state/needs.js';
import { cutData } from './cut-data.js';
import { configId, type PageConfig } from './page-config.js';
import { bytesOf, crawl, textOf, type Crawl, type Files, type Site } from './site.js';

/** A page to publish. */
export interface Publication {
  config: PageConfig;
  title: string;
  needs: Needs;
}

/** The page that shows a station alone: the frame of the lab. */
export const framePage = 'embed.html';
/** By this file a folder or an archive is known to be ours. */
export const markFile = 'cnnlab.json';

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** The frame's page with what it shall show. `head` comes behind the title. */
export function pageOf(html: string, { config, title }: Publication, head = ''): string {
  const inside = `<script type="application/json" id="${configId}">${JSON.stringify(config).replaceAll('<', '\\u003c')}</script>`;
  return html
    .replace('<html lang="en">', () => `<html lang="${escaped(config.lang || 'en')}">`)
    .replace(
      /<title>[^<]*<\/title>/,
      () => `<title>${escaped(title)}</title>\n    <meta name="generator" content="cnnlab" />\n    ${inside}${head}`,
    );
}

/** The trained networks that the lab knows. */
async function networksOf(site: Site): Promise<SiteModels | null> {
  const list = await site('models/index.json').catch(() => null);
  return list && (JSON.parse(textOf(list)) as SiteModels);
}

const modelFiles = async (site: Site, needs: Needs, wanted: boolean): Promise<string[]> => {
  const networks = needs.models === true ? ((await networksOf(site))?.networks ?? []) : [];
  return networks.flatMap(({ file, there }) => (there === wanted ? [file] : []));
};
/** Files of trained networks that a page takes along, and those that the lab does not have. */
export const presentModels = (site: Site, needs: Needs): Promise<string[]> => modelFiles(site, needs, true);
export const missingModels = (site: Site, needs: Needs): Promise<string[]> => modelFiles(site, needs, false);

/** The trained networks; none where the lab has none. */
async function models(site: Site, wanted: boolean): Promise<Files> {
  const files: Files = new Map();
  const all = await networksOf(site);
  if (!all) return files;
  const networks = all.networks.map((network) => ({ ...network, there: wanted && network.there }));
  for (const { file, there } of networks) if (there) files.set(`models/${file}`, await site(`models/${file}`));
  files.set('models/index.json', bytesOf(JSON.stringify({ ...all, networks })));
  return files;
}

/** The engine's modules. `threads`: those for pages that share memory too. */
async function engine(site: Site, names: readonly string[]): Promise<Files> {
  const files: Files = new Map([['engine/modules.json', bytesOf(JSON.stringify(names))]]);
  for (const name of [...names, 'cnnlab-files.js', 'cnnlab-networks.js']) {
    const wasm = name.replace(/\.js$/, '.wasm');
    files.set(`engine/${name}`, await site(`engine/${name}`));
    files.set(`engine/${wasm}`, await site(`engine/${wasm}`));
  }
  return files;
}

const modulesOf = async (site: Site): Promise<string[]> => JSON.parse(textOf(await site('engine/modules.json'))) as string[];

/** All that a page asks for beside its own scripts. */
export async function contents(site: Site, { needs }: Publication, only: { modules?: string[]; whole: boolean }): Promise<Files> {
  const modules = only.modules ?? (await modulesOf(site));
  return new Map([
    ...(await engine(site, modules)),
    ...(await cutData(site, needs, only.whole)),
    ...(await models(site, needs.models === true)),
  ]);
}

async function scriptsOf(site: Site, { styles, modules, others }: Crawl): Promise<Files> {
  const files: Files = new Map([...modules, ...others]);
  for (const path of styles) files.set(path, await site(path));
  for (const path of ['icon.svg', 'licences.txt']) files.set(path, await site(path));
  return files;
}

/**
 * A folder for any host: index.html and what it needs, all of it with relative addresses. `whole`: with all images of
 * its data sets, not only the first ones. `modules`: only these of the engine.
 */
export async function packFolder(site: Site, publication: Publication, only: { modules?: string[]; whole: boolean }): Promise<Files> {
  const found = await crawl(site, framePage);
  const { config, title } = publication;
  return new Map([
    ['index.html', bytesOf(pageOf(found.html, publication))],
    [markFile, bytesOf(`${JSON.stringify({ format: 'cnnlab-published-1', title, ...config }, null, 1)}\n`)],
    ...(await scriptsOf(site, found)),
    ...(await contents(site, publication, only)),
  ]);
}
