import type { Experiment, Json, LabProblem, Message } from '../client/client.js';
import type { EngineMessage } from '../i18n/language.js';
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
    const outputs = numbersOf(error.remedy, 'model.give_outputs', 'outputs');
    if (outputs && spec.type === 'dense') return set('out_features', outputs[0]!);
    if (outputs && spec.type === 'conv2d') return set('out_channels', outputs[0]!);
    if (error.remedy?.id === 'layer.smaller_kernel') {
      if (spec.type === 'conv2d' && spec['padding'] !== 'same' && (spec['stride'] ?? 1) === 1) return set('padding', 'same');
      const input = numbersOf(error.problem, 'layer.kernel_large', 'height', 'width');
      if (input) return set('kernel', Math.min(...input));
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

function inRange(value: Json | undefined, remedy: Message | null): number | null {
  const range = numbersOf(remedy, 'give.between', 'low', 'high');
  return range && typeof value === 'number' ? Math.min(range[1]!, Math.max(range[0]!, value)) : null;
}

/** The numbers in a message, if it is this one. */
function numbersOf(message: Message | null, id: EngineMessage, ...names: string[]): number[] | null {
  return message?.id === id ? names.map((name) => Number(message.args[name])) : null;
}
