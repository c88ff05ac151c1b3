import type { DataCard, ImageSet, Tensor } from '../../client/client.js';
import { choice, integer, type Table } from '../../state/properties.js';
import type { OnnxFile } from './onnx-file.js';

/** Files for other programs. */
export const formats = ['onnx', 'pth', 'safetensors'] as const;
export type Format = (typeof formats)[number];

/** How pixels are given to the network: as in training, and with a mistake each. */
export const feeds = ['trained', 'unit', 'bytes', 'inverted', 'turned', 'small'] as const;
export type Feed = (typeof feeds)[number];

/** Per cent that an answer's probability must reach. */
export const thresholds = [0, 50, 60, 70, 80, 90, 95, 99] as const;
/** Images to choose from. */
export const offers = 6;

export interface State {
  show: 'file' | 'layout' | 'fold' | 'runtime' | 'pixels' | 'answer';
  format: Format;
  /** The weights as the lab has them, or as the file. */
  order: 'lab' | 'file';
  fold: 'no' | 'yes';
  /** The map whose batch norm is looked at, from 1. */
  map: number;
  /** Place among the images on offer. */
  image: number;
  feed: Feed;
  /** Place in the list. */
  threshold: number;
}

export const table: Table<State> = {
  show: choice('file', ['file', 'layout', 'fold', 'runtime', 'pixels', 'answer']),
  format: choice('onnx', formats),
  order: choice('lab', ['lab', 'file']),
  fold: choice('no', ['no', 'yes']),
  map: integer(1, 1, 8),
  image: integer(0, 0, offers - 1),
  feed: choice<Feed>('trained', feeds),
  threshold: integer(0, 0, thresholds.length - 1),
};

/** The trained network and its files. */
export interface Made {
  card: DataCard;
  /** Numbers that training changes. */
  learned: number;
  /** Bytes of each file. */
  sizes: Readonly<Record<Format, number>>;
  bytes: Readonly<Record<Format, Uint8Array<ArrayBuffer>>>;
  plain: OnnxFile;
  /** With batch norm taken into the convolutions. */
  folded: OnnxFile;
  /** The lab's own weights of the layer that is looked at. */
  weights: Tensor;
}

/** What comes of answering only where the network is sure enough. */
export interface Answered {
  /** Share of the images that get an answer. */
  share: number;
  /** Share of these answers that are right. */
  right: number;
}

/** What the network says, in the lab and elsewhere; a row of logits each image. */
export interface Measured {
  images: ImageSet;
  lab: Float32Array;
  /** Those of the other runtime. */
  other: Float32Array;
  folded: Float32Array;
  /** Shares of right answers of the other runtime, by how it is given the pixels. */
  accuracies: Readonly<Record<Feed, number>>;
  /** The same with weights of one layer in the order of the lab. */
  unordered: number;
  /** The largest difference of a logit between the lab and the other runtime, and between both files. */
  apart: number;
  apartFolded: number;
  /** By threshold. */
  answered: readonly Answered[];
  /** Bytes of the first image on offer with each number written out. */
  jsonBytes: number;
  /** Images on offer. */
  offered: readonly number[];
}

export interface Facts {
  state: State;
  made: Made;
  /** null where the step asks for nothing of it. */
  measured: Measured | null;
}

/** The test image that is shown. */
export const imageOf = ({ offered }: Measured, { image }: Pick<State, 'image'>): number => offered[image] ?? offered[0]!;
