import { isHeldOut } from '../../stations/classes/album.js';
import type { Entrant, Facts, Shoulders } from './state.js';

/** Mean accuracy over the seeds, in points. */
export function mean({ results }: Pick<Facts, 'results'>, entrant: Entrant): number {
  const all = results?.[entrant].accuracies ?? [];
  return (100 * all.reduce((sum, value) => sum + value, 0)) / all.length;
}

/** By how many points one is ahead of another. */
export const lead = (facts: Pick<Facts, 'results'>, one: Entrant, other: Entrant): number => mean(facts, one) - mean(facts, other);

/** Places of the last map of images with this side. */
export function places({ sizes }: Shoulders, side: number): number {
  const [height, width] = sizes.find((one) => one.side === side)?.map ?? [NaN, NaN];
  return height * width;
}

/** The number of the smallest size whose last map has enough places. */
export const enough = (shoulders: Shoulders): number => shoulders.sizes.findIndex(({ side }) => places(shoulders, side) >= shoulders.least);

/** Numbers that a new last layer learns. */
export const headOf = ({ features }: Shoulders, classes: number): number => classes * (features + 1);

/** Of all the network's numbers, in per cent. */
export const shareOf = (shoulders: Shoulders, classes: number): number =>
  (100 * headOf(shoulders, classes)) / (headOf(shoulders, classes) + shoulders.parameters);

/** Pictures of so many classes that are held out, as the station with classes of one's own does it. */
export const heldOut = (classes: number, pictures: number): number =>
  classes * Array.from({ length: pictures }, (_, place) => place).filter((place) => isHeldOut(place)).length;
