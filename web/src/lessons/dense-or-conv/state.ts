import type { StudyRecord } from '../../client/client.js';
import type { Key } from '../../i18n/index.js';
import type { Measure } from '../../run/curves.js';
import { choice, integer, type Table } from '../../state/properties.js';
import type { Network } from '../frame/lesson-study.js';
import { farthest, others, type Moved, type Other } from './moved.js';

/** The networks, by variant; the study calls them so as well. */
export const names: readonly Key[] = ['studyDense', 'studyDenseShuffled', 'studyConvolutional', 'studyConvolutionalShuffled'];

export interface State {
  /** The networks, their race on images, that on shuffled pixels too, an image that is moved, or where it is. */
  show: 'networks' | 'race' | 'shuffled' | 'shift' | 'place';
  /** The network whose layers are listed. */
  network: 'dense' | 'conv';
  measure: Measure;
  pixels: 'ordered' | 'shuffled';
  /** Pixels to the right. */
  shift: number;
  /** What else is done to the image, instead of moving it. */
  other: 'none' | Other;
}

export const table: Table<State> = {
  show: choice('networks', ['networks', 'race', 'shuffled', 'shift', 'place']),
  network: choice('dense', ['dense', 'conv']),
  measure: choice<Measure>('accuracy', ['accuracy', 'loss']),
  pixels: choice('ordered', ['ordered', 'shuffled']),
  shift: integer(0, -farthest, farthest),
  other: choice('none', ['none', ...others]),
};

export interface Facts {
  state: State;
  /** By variant: dense, dense shuffled, convolutional, convolutional shuffled. */
  networks: readonly Network[];
  /** Those that are trained; none where the view needs none. */
  records: readonly StudyRecord[];
  /** The image and what the networks make of it; null where the view does not need it. */
  moved: Moved | null;
}
