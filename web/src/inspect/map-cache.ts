import type { Tensor } from '../client/client.js';
import type { MapSet } from './maps.js';

const cuts = new WeakMap<Tensor, { key: string; maps: MapSet }>();

/** Returns the same maps for the same tensor and choices, so that a sheet is drawn once. */
export function cut(tensor: Tensor, key: string, make: (tensor: Tensor) => MapSet): MapSet {
  let found = cuts.get(tensor);
  if (found?.key !== key) cuts.set(tensor, (found = { key, maps: make(tensor) }));
  return found.maps;
}
