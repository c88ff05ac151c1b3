import type { SplitName } from '../../client/client.js';
import { choice, integer, type Table } from '../../state/properties.js';

export interface State {
  /** Images by class, their means, nearest images, or wrong labels in the test. */
  show: 'counts' | 'means' | 'neighbours' | 'noise';
  /** Per cent of its training images that the last class keeps. */
  imbalance: number;
  /** The class whose mean is compared. */
  kind: number;
  /** The image whose neighbours are shown. */
  of: SplitName;
  at: number;
  /** Per cent of the test images with a wrong label. */
  noise: number;
}

export const table: Table<State> = {
  show: choice('counts', ['counts', 'means', 'neighbours', 'noise']),
  imbalance: integer(100, 1, 100),
  kind: integer(0, 0, 9),
  of: choice<SplitName>('test', ['train', 'test']),
  at: integer(0, 0, 1999),
  noise: integer(0, 0, 90),
};

/** An image's class, and the classes of those that are nearest to it, nearest first. */
export interface Nearest {
  label: number;
  near: readonly number[];
}

export interface Facts {
  state: State;
  /** Of the classes, in the reader's language. */
  names: readonly string[];
  /** Images by class; `kept`: training images that the imbalance leaves. */
  train: readonly number[];
  test: readonly number[];
  kept: readonly number[];
  /** Of the mean images, from 0 to 1. */
  distances: readonly (readonly number[])[];
  /** Of the first test images; empty where the view shows none. */
  votes: readonly Nearest[];
  /** Labels of the same images, some of them wrong; empty where the view shows none. */
  given: readonly number[];
  /** Of the image that is chosen; null where the view shows none. */
  chosen: Nearest | null;
}
