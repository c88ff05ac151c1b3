import { say } from './messages.js';
import { LabError, type Description, type LayerInfo } from './protocol.js';

/** What a module can have: addresses of 32 bits. Some of it is code, images and what is being read. */
const most = 4 * 2 ** 30 * 0.9;
const floatBytes = 4;

const gigabytes = (bytes: number): string => (bytes / 1e9).toPrecision(2);

const largest = (layers: readonly LayerInfo[], of: (layer: LayerInfo) => number): string =>
  layers.reduce((most, layer) => (of(layer) > of(most) ? layer : most), layers[0]!).name;

/**
 * Throws LabError (out_of_memory) for a training that cannot fit into the memory of a tab, before anything is taken: it
 * names what takes most. The estimate is what any training needs at least, so a smaller one may still not fit: then the
 * module says so.
 */
export function checkMemory({ experiment, layers, parameters, output_bytes }: Description): void {
  // Weights and their gradients; of the maps those that the way back needs, which is more than half.
  const weights = 2 * floatBytes * parameters;
  const batch = experiment.train?.batch ?? 1;
  const images = (batch * output_bytes) / 2;
  if (weights + images <= most || layers.length === 0) return;
  const ofWeights = weights > images;
  throw new LabError({
    code: 'out_of_memory',
    place: ofWeights ? 'model' : 'train.batch',
    problem: say('page.memory_needed', { needed: gigabytes(weights + images), most: gigabytes(most) }),
    remedy: ofWeights
      ? say('page.smaller_layer', { layer: largest(layers, (layer) => layer.parameters) })
      : say('page.smaller_batch', { batch, layer: largest(layers, (layer) => layer.output_bytes) }),
  });
}
