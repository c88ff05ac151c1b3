import type { DataCard, Experiment, LayerSpec, OptimizerSpec } from '../../client/client.js';
import type { StudyPlan } from '../../client/module.js';
import { planOf, type Rival } from '../../stations/study/small-studies.js';
import type { StudyExtent } from '../../stations/study/study-run.js';
import type { Race } from './state.js';

/** Maps of each block: deeper ones are smaller, and there are more of them. */
const widths = [8, 16, 32, 64] as const;
/** Blocks of the networks that are compared. */
const compared = 3;
/** Maps between which the shortcut leads. */
const wide = 16;

/** Where gradients are clipped, their norm is at most this. */
export const clipNorm = 0.5;

/** The images of each comparison, of one seed: a tab has no time for more. */
export const extents = {
  optimizers: { images: 1000, tests: 500, epochs: 4 },
  norm: { images: 1000, tests: 500, epochs: 3 },
  clipping: { images: 1000, tests: 500, epochs: 2 },
  dropout: { images: 300, tests: 500, epochs: 20 },
} as const satisfies Record<Race, Omit<StudyExtent, 'data' | 'seeds'>>;

const conv = (channels: number): LayerSpec => ({ type: 'conv2d', out_channels: channels, kernel: 3, padding: 'same' });
const pool: LayerSpec = { type: 'max_pool2d', kernel: 2 };
const block = (channels: number, norm: boolean): LayerSpec[] => [
  conv(channels),
  ...(norm ? [{ type: 'batch_norm' }] : []),
  { type: 'relu' },
  pool,
];

const last = (card: DataCard): LayerSpec[] => [{ type: 'flatten' }, { type: 'dense', out_features: card.classes.length }];

export function stack(card: DataCard, blocks: number, norm = false): LayerSpec[] {
  return [...widths.slice(0, blocks).flatMap((channels) => block(channels, norm)), ...last(card)];
}

/** Two convolutions, and with `shortcut` a way past them. */
export function forked(card: DataCard, shortcut: boolean): LayerSpec[] {
  const relu = (name: string): LayerSpec => ({ type: 'relu', name });
  const fork = 'relu_1';
  return [
    conv(wide),
    relu(fork),
    conv(wide),
    relu('relu_2'),
    { ...conv(wide), name: 'conv2d_3' },
    ...(shortcut ? [{ type: 'add', from: ['conv2d_3', fork] }] : []),
    relu('relu_3'),
    pool,
    ...block(2 * wide, false),
    ...last(card),
  ];
}

export function experimentOf(card: DataCard, name: string, layers: LayerSpec[], optimizer: OptimizerSpec = adam): Experiment {
  return { name, title: name, dataset: card.name, model: { layers }, loss: 'cross_entropy', optimizer, train: { batch: 32 } };
}

const adam: OptimizerSpec = { type: 'adam', lr: 0.002 };
/** Rates of the optimizers that are compared. */
export const rates = { sgd: 0.02, momentum: 0.02, rmsprop: 0.001, adam: 0.002 } as const;

function rivals(race: Race, card: DataCard): [name: string, layers: LayerSpec[], optimizer: OptimizerSpec][] {
  const plain = stack(card, compared);
  if (race === 'optimizers')
    return [
      ['sgd', plain, { type: 'sgd', lr: rates.sgd }],
      ['momentum', plain, { type: 'sgd', lr: rates.momentum, momentum: 0.9 }],
      ['rmsprop', plain, { type: 'rmsprop', lr: rates.rmsprop }],
      ['adam', plain, { type: 'adam', lr: rates.adam }],
    ];
  if (race === 'norm') {
    const sgd: OptimizerSpec = { type: 'sgd', lr: 0.1 };
    return [
      ['plain', plain, sgd],
      ['norm', stack(card, compared, true), sgd],
    ];
  }
  if (race === 'clipping') {
    const sgd: OptimizerSpec = { type: 'sgd', lr: 0.4 };
    return [
      ['free', plain, sgd],
      ['clipped', plain, { ...sgd, clip_norm: clipNorm }],
    ];
  }
  const head = (dropout: LayerSpec[]): LayerSpec[] => [
    ...block(16, false),
    ...block(32, false),
    { type: 'flatten' },
    { type: 'dense', out_features: 64 },
    { type: 'relu' },
    ...dropout,
    { type: 'dense', out_features: card.classes.length },
  ];
  return [
    ['all', head([]), adam],
    ['dropout', head([{ type: 'dropout', p: 0.5 }]), adam],
  ];
}

export const planFor = (race: Race, card: DataCard): StudyPlan =>
  planOf(
    race,
    rivals(race, card).map(([name, layers, optimizer]): Rival => ({ name, experiment: experimentOf(card, name, layers, optimizer) })),
  );
