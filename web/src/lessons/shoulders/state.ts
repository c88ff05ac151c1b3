import type { Measure } from '../../run/curves.js';
import { choice, integer, type Table } from '../../state/properties.js';
import type { NamedCourse } from '../../run/overlay-figure.js';

/** A small network from the beginning, and the trained one with a new last layer, given small and larger images. */
export const entrants = ['scratch', 'low', 'high'] as const;
export type Entrant = (typeof entrants)[number];

export const fewestPictures = 5;

export interface State {
  show: 'sizes' | 'head' | 'shoulders' | 'pixels' | 'own';
  /** Place among the sizes on offer. */
  size: number;
  classes: number;
  /** Of each class. */
  pictures: number;
  measure: Measure;
}

export const mostSizes = 6;

export const table: Table<State> = {
  show: choice('sizes', ['sizes', 'head', 'shoulders', 'pixels', 'own']),
  size: integer(0, 0, mostSizes - 1),
  classes: integer(5, 2, 10),
  pictures: integer(20, fewestPictures, 100),
  measure: choice<Measure>('accuracy', ['accuracy', 'loss']),
};

/** What a network makes of images of one size. */
export interface Sized {
  side: number;
  /** Height and width of the last map, before the mean over its places. */
  map: readonly [number, number];
}

/** A network up to that mean. */
export interface Shoulders {
  title: string;
  sizes: readonly Sized[];
  /** Means that it passes on. */
  features: number;
  /** All that it has learned. */
  parameters: number;
  /** Places that a last map should have. */
  least: number;
}

/** What has come out for one network: accuracies by seed, from 0 to 1. */
export interface Result {
  accuracies: readonly number[];
  seconds: number;
}

export interface Facts {
  state: State;
  /** The network that is looked at: MobileNet where the page knows it, also without its weights. */
  shoulders: Shoulders;
  /** The one that the comparison stands on. */
  compared: Shoulders;
  /** Classes of the comparison. */
  classes: number;
  /** Sides of the images that the trained network was given. */
  low: number;
  high: number;
  /** null where the view shows none. */
  results: Readonly<Record<Entrant, Result>> | null;
  courses: readonly NamedCourse[];
}
