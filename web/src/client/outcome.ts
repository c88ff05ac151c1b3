import type { Outcome } from './module.js';
import { say } from './messages.js';
import { LabError } from './protocol.js';

/** Turns anything that was thrown into a LabError. */
export function asLabError(error: unknown, place: string): LabError {
  if (error instanceof LabError) return error;
  const text = String(error);
  if (error instanceof RangeError || /out of memory|Aborted\(OOM|bad_alloc/i.test(text)) {
    return new LabError({
      code: 'out_of_memory',
      place,
      problem: say('page.memory'),
      remedy: say('page.use_less'),
    });
  }
  return new LabError({ code: 'internal', place, problem: say('page.internal', { reason: text }), remedy: say('page.report') });
}

/** Gives an outcome's value, or throws its error. */
export function take<T>(outcome: Outcome<T>): T {
  if ('error' in outcome) throw new LabError(outcome.error);
  if ('failed' in outcome) throw asLabError(outcome.failed, 'engine');
  return outcome.value;
}

/** Finds the buffers of a reply's typed arrays, to move them to the page instead of copying. */
export function buffersOf(value: unknown, found = new Set<ArrayBuffer>()): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (Array.isArray(value)) {
    if (typeof value[0] === 'object') for (const item of value) buffersOf(item, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) buffersOf(item, found);
  }
  return [...found];
}

/** Finds the layer and the field that an error of the engine names. */
export function placeOf(place: string): { layer: number | null; field: string | null } {
  const layer = /model\.layers\[(\d+)\]/.exec(place);
  if (!layer) return { layer: null, field: place || null };
  const field = /^(?:\s*\([^)]*\))?\.([A-Za-z_]\w*)/.exec(place.slice(layer.index + layer[0].length));
  return { layer: Number(layer[1]), field: field?.[1] ?? null };
}
