import type { DataCard, Extents, LayerSpec } from '../client/client.js';
import { asExperiment } from '../design/design-code.js';
import type { NetworksModule } from '../client/module.js';
import { opened } from './archives.js';
import { importNetwork, type ReadHdf5 } from './import-network.js';
import { fromBytes, nameOf, type NamedFile } from './named-file.js';
import { FileProblem } from './problem.js';

/** Where a trained network is cut, so that its first layers serve other classes. */
export interface Cut {
  /** The last layer that is kept. */
  until: string;
  /** What makes a row of numbers of its map, before the new last layer. */
  bridge: LayerSpec[];
}

/** A trained network as a person gave it, or as it lies beside the page. */
export interface GivenBase {
  name: string;
  weights: Uint8Array<ArrayBuffer>;
  /** Its card as JSON, where the weights have no network of their own. */
  network: string | null;
  /** What it was trained on; null: a card does not say. */
  image: DataCard['image'] | null;
  cut: Cut;
}

/** Side of the images of a network that leaves it open: what is kept of a person's pictures (classes/recipe.ts). */
const sizeOfOpen = 128;

const bridges = new Set(['flatten', 'global_avg_pool', 'global_max_pool']);

/** What is known of a layer before and after its network is made. */
type AnyLayer = Pick<LayerSpec, 'type' | 'name'>;

/** The layers' names, as the engine gives them to those that have none: their type and how many there were. */
export function namesOfLayers(layers: readonly AnyLayer[]): string[] {
  const counts = new Map<string, number>();
  return layers.map(({ type, name }) => {
    const count = (counts.get(type) ?? 0) + 1;
    counts.set(type, count);
    return name ? name : `${type}_${count}`;
  });
}

/** Cuts after the last map that the network makes of an image; null: it has no convolution before that. */
export function cutOf(layers: readonly AnyLayer[]): Cut | null {
  const end = layers.findIndex(({ type }) => bridges.has(type) || type === 'dense');
  if (end < 1 || !layers.slice(0, end).some(({ type }) => type === 'conv2d')) return null;
  const { type } = layers[end]!;
  return { until: namesOfLayers(layers)[end - 1]!, bridge: [{ type: bridges.has(type) ? type : 'flatten' }] };
}

export const extentsOfCard = ({ height, width, channels }: DataCard['image']): Extents => [height, width, channels];

/** The texts that a safetensors file carries; null: it is none. */
function metadataOf(bytes: Uint8Array<ArrayBuffer>): Record<string, string> | null {
  if (bytes.length < 8) return null;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length - 8) return null;
  try {
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as { __metadata__?: Record<string, string> };
    return header.__metadata__ ?? {};
  } catch {
    return null;
  }
}

const parsed = (text: string | undefined): unknown => {
  try {
    return text === undefined ? null : JSON.parse(text);
  } catch {
    return null;
  }
};

/** The layers of a value that has some, as an experiment's model and a network's card have them. */
function layersOf(value: unknown): LayerSpec[] | null {
  const layers = (value as { layers?: unknown } | null)?.layers;
  if (!Array.isArray(layers)) return null;
  const all = layers.map((layer: unknown) => (typeof layer === 'string' ? { type: layer } : layer) as LayerSpec | null);
  return all.every((layer) => typeof layer?.type === 'string') ? (all as LayerSpec[]) : null;
}

/** Takes a network's card and its weights together. Throws FileProblem. */
export function baseOfCard(name: string, card: string, weights: Uint8Array<ArrayBuffer>): GivenBase {
  const layers = layersOf(parsed(card));
  const cut = layers && cutOf(layers);
  if (!cut) throw new FileProblem('baseNothingToKeep', { name });
  return { name, weights, network: card, image: null, cut };
}

/**
 * Reads a trained network from what a person gave: model.safetensors of a run, alone, in its folder or in a saved run;
 * a network of another program; or other weights with their network as JSON. Throws FileProblem and LabError.
 */
export async function readBase(
  given: readonly NamedFile[],
  loadModule: () => Promise<NetworksModule>,
  readHdf5?: ReadHdf5,
): Promise<GivenBase> {
  const all = await opened(given);
  const foreign = await importNetwork(all, loadModule, sizeOfOpen, readHdf5);
  const files = foreign ? [fromBytes('model.safetensors', foreign.model)] : all;
  const weights = files.filter((file) => /\.safetensors$/i.test(nameOf(file)) && nameOf(file) !== 'checkpoint.safetensors');
  const file = weights.find((one) => nameOf(one) === 'model.safetensors') ?? weights[0];
  if (!file) throw new FileProblem('baseNoWeights', { name: files[0] ? nameOf(files[0]) : '' });
  const bytes = await file.bytes();
  const name = nameOf(file);
  const metadata = metadataOf(bytes);
  if (!metadata) throw new FileProblem('baseNoWeights', { name });
  const experiment = asExperiment(parsed(metadata['experiment']));
  const { image } = (parsed(metadata['card']) ?? {}) as { image?: DataCard['image'] };
  if (experiment && image) {
    const cut = cutOf(experiment.model.layers);
    if (!cut) throw new FileProblem('baseNothingToKeep', { name: experiment.name });
    return { name: experiment.name, weights: bytes, network: null, image, cut };
  }
  const beside = files.filter((one) => /\.json$/i.test(nameOf(one)));
  for (const one of beside) {
    const text = new TextDecoder().decode(await one.bytes());
    if (layersOf(parsed(text))) return baseOfCard(name, text, bytes);
  }
  throw new FileProblem('baseNoNetwork', { name });
}
