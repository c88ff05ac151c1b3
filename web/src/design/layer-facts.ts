import type { Json, LayerSpec } from '../client/client.js';
import { textOf } from './list-text.js';

/** Fields that a row of the builder leaves out. */
const skipped = new Set(['type', 'init', 'bias_init']);

/** A layer's fields in a few words, as a row of the builder shows them: "32 · 3×3 · padding same". */
export function factsOf(layer: LayerSpec): string {
  return Object.entries(layer)
    .filter(([name, value]) => !skipped.has(name) && value !== undefined)
    .map(([name, value]) => {
      if (name === 'from') return `← ${[value].flat().join(', ')}`;
      if (name === 'name') return `“${String(value)}”`;
      if (name === 'kernel' && typeof value === 'number') return `${value}×${value}`;
      if (name === 'out_channels' || name === 'out_features') return String(value);
      return value === true ? name : `${name} ${textOf(value as Json)}`;
    })
    .join(' · ');
}
