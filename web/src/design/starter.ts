import type { DataCard, Experiment, LayerSpec } from '../client/client.js';

/** The page's first network, so small that a phone trains it while one watches. */
export const starterName = 'small-cnn';

export function starter(dataset: string, classes: number): Experiment {
  return {
    name: starterName,
    title: 'Two small convolutions',
    dataset,
    model: {
      layers: [
        { type: 'conv2d', out_channels: 16, kernel: 3, padding: 'same' },
        { type: 'relu' },
        { type: 'max_pool2d', kernel: 2 },
        { type: 'conv2d', out_channels: 32, kernel: 3, padding: 'same' },
        { type: 'relu' },
        { type: 'max_pool2d', kernel: 2 },
        { type: 'flatten' },
        { type: 'dense', out_features: classes },
      ],
    },
    loss: 'cross_entropy',
    optimizer: { type: 'adam', lr: 0.002 },
    train: { epochs: 10, batch: 32 },
  };
}

export const datasetOf = (experiment: Experiment): string =>
  typeof experiment.dataset === 'string' ? experiment.dataset : experiment.dataset.name;

/**
 * Adapts an experiment to other images, with one output for each class. Null if its loss
 * cannot tell so many classes apart.
 */
export function fitted(experiment: Experiment, dataset: string, card: DataCard): Experiment {
  const layers = experiment.model.layers.map((layer): LayerSpec => ({ ...layer }));
  const last = layers.findLast((layer) => layer.type === 'dense');
  if (last) last['out_features'] = card.classes.length;
  return { ...experiment, dataset, model: { layers } };
}

/** Limits an experiment to its first so many training images; null: all. The command line takes the same ones. */
export function limited(experiment: Experiment, images: number | null): Experiment {
  const fields = typeof experiment.dataset === 'string' ? { name: experiment.dataset } : { ...experiment.dataset };
  delete (fields as Record<string, unknown>)['train_limit'];
  if (images !== null) (fields as Record<string, unknown>)['train_limit'] = images;
  return { ...experiment, dataset: fields };
}
