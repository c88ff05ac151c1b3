import type { Augmentation, StudyRecord, VariantResult } from '../../client/client.js';
import type { Measure } from '../../run/curves.js';
import { choice, integer, type Table } from '../../state/properties.js';

/** Kinds of changes, each alone. */
export const changes = {
  moved: { crop: 3 },
  mirrored: { horizontal_flip: true },
  turned: { rotation: 20 },
  scaled: { scaling: 0.2 },
  brightened: { brightness: 0.2 },
  contrasted: { contrast: 0.4 },
  blanked: { cutout: 9 },
} as const satisfies Record<string, Augmentation>;
export type Change = keyof typeof changes;
export const changeNames = Object.keys(changes) as Change[];

/** What the networks are asked about after their training: test images as they are, or changed. */
export const asked = {
  asTheyAre: {},
  moved: { crop: 3 },
  mirrored: { horizontal_flip: true },
  turned: { rotation: 180 },
} as const satisfies Record<string, Augmentation>;
export type Asked = keyof typeof asked;
export const askedNames = Object.keys(asked) as Asked[];

/** The networks' augmentation, by variant. */
export const variants = [
  ['without', {}],
  ['with', { horizontal_flip: true, crop: 2 }],
  ['anyAngle', { rotation: 180 }],
] as const satisfies readonly (readonly [string, Augmentation])[];

export interface State {
  /** The forms of an image, what is nearest to them, a race, three of them, or the networks on changed test images. */
  show: 'forms' | 'near' | 'race' | 'worth' | 'moved' | 'wild';
  /** Pixels by which an image may be moved. */
  crop: number;
  flip: 'yes' | 'no';
  change: Change;
  measure: Measure;
  asked: Asked;
  /** Seeds that the table shows. */
  seeds: number;
}

export const mostMoved = 4;

export const table: Table<State> = {
  show: choice('forms', ['forms', 'near', 'race', 'worth', 'moved', 'wild']),
  crop: integer(3, 0, mostMoved),
  flip: choice('yes', ['yes', 'no']),
  change: choice('moved', changeNames),
  measure: choice<Measure>('accuracy', ['accuracy', 'loss']),
  asked: choice('asTheyAre', askedNames),
  seeds: integer(3, 1, 3),
};

/** Changed images, and for how many of them their own original is the nearest training image. */
export interface Kept {
  count: number;
  own: number;
}

/** A network's accuracy by what it is asked about, from 0 to 1. */
export type Judged = Readonly<Record<Asked, number>>;

export interface Facts {
  state: State;
  /** Of each change; null where the view does not show them. */
  kept: Readonly<Record<Change, Kept>> | null;
  /** Of all seeds; empty where the view shows no networks. */
  records: readonly StudyRecord[];
  /** What the seeds come to. */
  results: readonly VariantResult[];
  /** The networks of the first seed, by variant. */
  judged: readonly Judged[];
}
