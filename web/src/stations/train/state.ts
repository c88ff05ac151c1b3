import { choice, integer, number, text, type Table } from '../../state/properties.js';
import { defaultData } from './default-data.js';
import type { PictureOptions } from '../../files/own-images.js';
import { panelNames, type PanelName } from '../../inspect/panel-tabs.js';

/** The state in a link to this station. */
export interface State {
  data: string;
  experiment: string;
  images: number;
  /** Share of the training labels that become another class, on purpose. */
  noise: number;
  /** What the last class keeps of its training images; 1: all. */
  imbalance: number;
  /** The design's code, if it differs from the experiment. */
  net: string;
  rate: number;
  log: 'no' | 'yes';
  tab: PanelName;
  speed: number;
  /** How own images are read. */
  size: number;
  grey: 'no' | 'yes';
  layout: Layout;
  validation: Validation;
  /** Leave out pictures that cannot be read. */
  skip: 'no' | 'yes';
  /** Names of arrays, with commas: images, labels, and those of the test; empty: their usual names. */
  arrays: string;
  /** Which labels of CIFAR-100. */
  labels: 'fine' | 'coarse';
  /** A run of this browser's shelf, to go on with. */
  kept: string;
}

type Layout = PictureOptions['layout'];
type Validation = PictureOptions['validation'];
export const layouts: readonly Layout[] = ['auto', 'classes', 'splits', 'deepest'];
export const validations: readonly Validation[] = ['auto', 'test', 'train', 'unused'];

export const table: Table<State> = {
  data: text(defaultData, 40),
  experiment: text('', 60),
  images: integer(4000, 1, 1_000_000),
  noise: number(0, 0, 1),
  imbalance: number(1, 0.001, 1),
  net: text('', 16_000),
  rate: number(1, 0.001, 1000),
  log: choice('no', ['no', 'yes']),
  tab: choice<PanelName>('network', panelNames),
  speed: integer(4, 1, 4),
  size: integer(32, 8, 128),
  grey: choice('no', ['no', 'yes']),
  layout: choice<Layout>('auto', layouts),
  validation: choice<Validation>('auto', validations),
  skip: choice('no', ['no', 'yes']),
  arrays: text('', 400),
  labels: choice('fine', ['fine', 'coarse']),
  kept: text('', 40),
};

/** "images" and "labels" of "images, labels". */
export const namesIn = (list: string): string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** Steps a second; null: as fast as it goes. */
export const speeds: (number | null)[] = [null, 2, 10, 50, null];
