import { white } from './read-picture.js';
import type { Scene } from './scene.js';
import type { Editable, State } from './state.js';

/** The change of state that gives a number another value; null: it has it already. */
export function edited(scene: Scene, what: Editable, index: number, value: number): Partial<State> | null {
  const from = scene[what];
  if (from.values[index] === value) return null;
  const values = [...from.values];
  values[index] = value;
  const changed = { ...from, values };
  if (what === 'image') return { image: 'own', pixels: changed };
  return what === 'kernel' ? { kernel: 'own', weights: changed } : { arriving: changed };
}

/** What a click makes of a number: it paints a pixel; in other matrices it adds 1, or takes 1 away. */
export function clicked(scene: Scene, what: Editable, index: number, less: boolean): number {
  const value = scene[what].values[index]!;
  if (what === 'image') return value > white / 2 ? 0 : white;
  return Number((value + (less ? -1 : 1)).toFixed(3));
}
