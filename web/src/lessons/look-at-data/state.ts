import type { SplitName } from '../../client/client.js';
import { choice, integer, number, type Table } from '../../state/properties.js';

export interface State {
  /** Images by class, their means, nearest images, pairs that are nearly the same, or wrong labels in the test. */
  show: 'counts' | 'means' | 'neighbours' | 'copies' | 'noise';
  /** Per cent of its training images that the last class keeps. */
  imbalance: number;
  /** The class whose mean is compared. */
  kind: number;
  /** The image whose neighbours are shown. */
  of: SplitName;
  at: number;
  /** The distance up to which a test image counts as one that training has seen. */
  limit: number;
  /** Per cent of the test images with a wrong label. */
  noise: number;
}

export const table: Table<State> = {
  show: choice('counts', ['counts', 'means', 'neighbours', 'copies', 'noise']),
  imbalance: integer(100, 1, 100),
  kind: integer(0, 0, 9),
  of: choice<SplitName>('test', ['train', 'test']),
  at: integer(0, 0, 1999),
  limit: number(0.1, 0, 1),
  noise: integer(0, 0, 90),
};

/** An image's class, and the classes of those that are nearest to it, nearest first. */
export interface Nearest {
  label: number;
  near: readonly number[];
}

/** A test image and the training image nearest to it. */
export interface Pair {
  distance: number;
  /** Whether both have the same label. */
  same: boolean;
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
  /** Of all test images, nearest first; empty where the view shows none. */
  copies: readonly Pair[];
  /** Of the image that is chosen; null where the view shows none. */
  chosen: Nearest | null;
}
