import type { Experiment } from '../client/client.js';
import { decode, encode } from '../state/code.js';

/** An experiment as text in a link. */
export const encodeDesign = (experiment: Experiment): string => encode(experiment);

/** Reads such a text; null: it is no experiment. The engine says whether it is a network. */
export const decodeDesign = (code: string): Experiment | null => asExperiment(decode(code));

/** Gives the value, "relu" written out as {"type": "relu"}, if it has the fields that the page relies on; else null. */
export function asExperiment(value: unknown): Experiment | null {
  const given = value as Experiment | null;
  const short: unknown = given?.model?.layers;
  if (!given || !Array.isArray(short)) return null;
  const layers = short.map((layer: unknown) => (typeof layer === 'string' ? { type: layer } : layer)) as Experiment['model']['layers'];
  const experiment = { ...given, model: { ...given.model, layers } };
  if (typeof experiment.name !== 'string') return null;
  const sound = layers.every((layer: unknown) => typeof (layer as { type?: unknown } | null)?.type === 'string');
  const data: unknown = experiment.dataset;
  const named = typeof data === 'string' || typeof (data as { name?: unknown } | null)?.name === 'string';
  return sound && named ? experiment : null;
}

/** Whether two values are equal in content, in any order of keys. */
export function sameDesign(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a).filter(([, value]) => value !== undefined);
  const right = Object.entries(b).filter(([, value]) => value !== undefined);
  return left.length === right.length && left.every(([key, value]) => sameDesign(value, (b as Record<string, unknown>)[key]));
}
