import type { Experiment, Json } from '../client/client.js';
import { insertLayer, sectionOf, setSectionField } from './edits.js';

/** Changes of a design that the doctor offers. */
export const cures = ['lowerRate', 'higherRate', 'clip', 'augment', 'dropout', 'decay'] as const;
export type Cure = (typeof cures)[number];

const clipNorm = 1;
const decay = 0.0005;
const dropped = 0.5;
const shift = 2;

/** `factor` on the learning rate that is trained with now. */
function withRate(design: Experiment, trained: Experiment, factor: number): Experiment | null {
  const { lr } = sectionOf(trained, 'optimizer');
  if (typeof lr !== 'number') return null;
  const next = Number((lr * factor).toPrecision(6));
  return sectionOf(design, 'optimizer')['lr'] === next ? null : setSectionField(design, 'optimizer', 'lr', next);
}

/** Sets a field that is off; null where it is on already, or where the optimizer has none. */
function turnedOn(design: Experiment, trained: Experiment, field: string, value: Json): Experiment | null {
  const isOff = (experiment: Experiment): boolean => (sectionOf(experiment, 'optimizer')[field] ?? 0) === 0;
  return field in sectionOf(trained, 'optimizer') && isOff(trained) && isOff(design)
    ? setSectionField(design, 'optimizer', field, value)
    : null;
}

function withDropout(design: Experiment): Experiment | null {
  const { layers } = design.model;
  const last = layers.length - 1;
  const has = layers.some(({ type }) => type === 'dropout');
  return has || last < 1 || layers[last]!.type !== 'dense' || layers[last]!.from !== undefined
    ? null
    : insertLayer(design, last, { type: 'dropout', p: dropped });
}

function withAugmentation(design: Experiment): Experiment | null {
  const { horizontal_flip: flip, crop } = sectionOf(design, 'augment');
  return flip || crop ? null : { ...design, augment: { ...design.augment, horizontal_flip: true, crop: shift } };
}

/**
 * The design with a cure; null where it has it already, or where it cannot have it. `trained`: the experiment that is
 * trained now, with the engine's defaults in it.
 */
export function cured(design: Experiment, trained: Experiment, cure: Cure): Experiment | null {
  if (cure === 'lowerRate') return withRate(design, trained, 0.1);
  if (cure === 'higherRate') return withRate(design, trained, 10);
  if (cure === 'clip') return turnedOn(design, trained, 'clip_norm', clipNorm);
  if (cure === 'decay') return turnedOn(design, trained, 'weight_decay', decay);
  return cure === 'dropout' ? withDropout(design) : withAugmentation(design);
}
