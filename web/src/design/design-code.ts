import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate';
import type { Experiment } from '../client/client.js';

/** An experiment as text in a link: JSON, deflated, in base64 without characters that a link escapes. */
export function encodeDesign(experiment: Experiment): string {
  const bytes = deflateSync(strToU8(JSON.stringify(experiment)), { level: 9 });
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Reads such a text; null: it is no experiment. The engine says whether it is a network. */
export function decodeDesign(code: string): Experiment | null {
  try {
    const bytes = Uint8Array.from(atob(code.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0));
    return asExperiment(JSON.parse(strFromU8(inflateSync(bytes))));
  } catch {
    return null;
  }
}

/** Gives the value if it has the fields that the page relies on; else null. */
export function asExperiment(value: unknown): Experiment | null {
  const experiment = value as Experiment | null;
  const layers: unknown = experiment?.model?.layers;
  if (typeof experiment?.name !== 'string' || !Array.isArray(layers)) return null;
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
