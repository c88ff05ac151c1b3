import type { Experiment } from '../../client/client.js';
import { epochsOr, firstSeed, imagesOr } from '../frame/laid-training.js';

/** Images that the network learns from and is tried on: a tab has no time for more. */
export const extent = { data: 'fashion-mnist', train: 2000, test: 300 } as const;

export const epochs = (): number => epochsOr(3);
export const images = (): number => imagesOr(extent.train);

/** Maps of the two blocks. */
export const widths = [8, 16] as const;

/** Two blocks with batch norm and a dense layer: small, and all that is asked about is in its file. */
export function experiment(classes: number): Experiment {
  const block = (channels: number): Experiment['model']['layers'] => [
    { type: 'conv2d', out_channels: channels, kernel: 3, padding: 'same' },
    { type: 'batch_norm' },
    { type: 'relu' },
    { type: 'max_pool2d', kernel: 2 },
  ];
  const layers = [...widths.flatMap(block), { type: 'flatten' }, { type: 'dense', out_features: classes }];
  return {
    name: 'net',
    title: 'net',
    dataset: { name: extent.data, train_limit: images(), test_limit: extent.test },
    model: { layers },
    loss: 'cross_entropy',
    optimizer: { type: 'adam', lr: 0.003 },
    train: { epochs: epochs(), batch: 32, seed: firstSeed() },
  };
}

/** The layer whose weights are looked at, and the one that gives the logits. */
export const [lookedAt, lastLayer] = ['conv2d_2', 'dense_1'] as const;
