import { sha256 } from '../../client/checksum.js';
import { LabError } from '../../client/client.js';
import { fetchBytes } from '../../client/shards.js';
import { baseOfCard, extentsOfCard, type GivenBase } from '../../files/base-file.js';
import { FileProblem } from '../../files/problem.js';
import { pictureShape, type Base } from './recipe.js';

/** A network that the page knows: its card, and whether its weights lie beside the page. */
export interface SiteNetwork {
  name: string;
  title: string;
  /** The weights, beside index.json. */
  file: string;
  bytes: number;
  sha256: string;
  source: string;
  licence: string;
  there: boolean;
  /** The card as it was written. */
  card: unknown;
}

/** index.json of the folder of models. */
export interface SiteModels {
  format: 'cnnlab-models-1';
  networks: SiteNetwork[];
}

/** The folder of models, beside that of the engine. */
export const modelsBeside = (engineUrl: string): string => new URL('../models/', engineUrl).href;

/** The networks that the page knows; none where it was built without the list. */
export async function siteNetworks(folder: string): Promise<SiteNetwork[]> {
  try {
    const bytes = await fetchBytes(new URL('index.json', folder).href);
    const list = JSON.parse(new TextDecoder().decode(bytes)) as SiteModels | null;
    return list?.format === 'cnnlab-models-1' && Array.isArray(list.networks) ? list.networks : [];
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof LabError && error.code === 'missing_data')) return [];
    throw error;
  }
}

/** Fetches a network beside the page and checks it. Throws LabError or FileProblem. */
export async function fetchBase(folder: string, network: SiteNetwork, progress: (share: number) => void): Promise<Base> {
  const bytes = await fetchBytes(new URL(network.file, folder).href, (done) => progress(Math.min(1, done / network.bytes)));
  const sum = await sha256(bytes);
  if (bytes.length !== network.bytes || (sum !== null && sum !== network.sha256))
    throw new FileProblem('baseOtherFile', { name: network.file });
  return baseFrom(baseOfCard(network.name, JSON.stringify(network.card), bytes), network.sha256, network.title);
}

/** What a person has given as a network to begin with. Weights that the page knows need no card beside them. */
export async function baseFrom(given: GivenBase, sum?: string, title = given.name): Promise<Base> {
  const { name, weights, network, image, cut } = given;
  return {
    name,
    title,
    file: network === null ? { weights } : { weights, network },
    sha256: sum ?? (await sha256(weights)) ?? '',
    shape: image ? extentsOfCard(image) : pictureShape,
    cut,
  };
}
