import type { Experiment, Json, LabProblem } from '../client/client.js';
import { setLayerField, setSectionField, type Section } from './edits.js';

/** A change that puts right what the engine complains of: for a button. */
export interface Remedy {
  field: string;
  value: Json;
  apply(experiment: Experiment): Experiment;
}

const sections: readonly string[] = ['optimizer', 'loss', 'schedule', 'augment', 'train'];

/** The nearest allowed value where a number is out of range, the right number of outputs, a window that fits. */
export function remedyFor(experiment: Experiment, error: LabProblem, layer: number | null, field: string | null): Remedy | null {
  if (layer !== null) {
    const spec = experiment.model.layers[layer];
    if (!spec) return null;
    const set = (name: string, value: Json): Remedy => ({
      field: name,
      value,
      apply: (design) => setLayerField(design, layer, name, value),
    });
    const outputs = /^let the last layer have (\d+) outputs?$/.exec(error.remedy);
    if (outputs && spec.type === 'dense') return set('out_features', Number(outputs[1]));
    if (outputs && spec.type === 'conv2d') return set('out_channels', Number(outputs[1]));
    if (error.code === 'shape_mismatch' && field === 'kernel' && error.remedy.includes('"same"')) {
      const fits = /does not fit an? (\d+)×(\d+) input/.exec(error.problem);
      if (spec.type === 'conv2d' && spec['padding'] !== 'same' && (spec['stride'] ?? 1) === 1) return set('padding', 'same');
      if (fits) return set('kernel', Math.min(Number(fits[1]), Number(fits[2])));
    }
    const nearest = field === null ? null : inRange(spec[field], error.remedy);
    return nearest === null ? null : set(field!, nearest);
  }
  const [section, name] = (field ?? '').split('.');
  if (!name || !section || !sections.includes(section)) return null;
  const given = (experiment[section as Section] as Record<string, Json> | undefined)?.[name];
  const nearest = inRange(given, error.remedy);
  if (nearest === null) return null;
  return { field: name, value: nearest, apply: (design) => setSectionField(design, section as Section, name, nearest) };
}

function inRange(value: Json | undefined, remedy: string): number | null {
  const range = /give a number from (\S+) to (\S+)$/.exec(remedy);
  if (!range || typeof value !== 'number') return null;
  return Math.min(Number(range[2]), Math.max(Number(range[1]), value));
}
