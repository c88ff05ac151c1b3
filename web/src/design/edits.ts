import type { Experiment, Json, LayerSpec, SpecInfo } from '../client/client.js';

/** Edits of a design. Each gives a new experiment and leaves the old one unchanged. */

type Section = 'optimizer' | 'loss' | 'schedule' | 'augment' | 'train';

const sources = (layer: LayerSpec): string[] =>
  layer.from === undefined ? [] : typeof layer.from === 'string' ? [layer.from] : layer.from;

/** Names as the engine gives them: layers of one type are counted, those with an own name too. */
export function layerNames(layers: readonly LayerSpec[]): string[] {
  const counts = new Map<string, number>();
  return layers.map(({ type, name }) => {
    const number = (counts.get(type) ?? 0) + 1;
    counts.set(type, number);
    return name || `${type}_${number}`;
  });
}

function withLayers(experiment: Experiment, layers: LayerSpec[]): Experiment {
  return { ...experiment, model: { ...experiment.model, layers } };
}

/** Fixes the counted names of layers that others refer to: another layer in front would change the count. */
function pinned(layers: readonly LayerSpec[]): LayerSpec[] {
  const names = layerNames(layers);
  const wanted = new Set(layers.flatMap(sources));
  return layers.map((layer, i) => (!layer.name && wanted.has(names[i]!) ? { ...layer, name: names[i]! } : layer));
}

/** Names of the layers that layer `at` reads. */
export function inputsOf(layers: readonly LayerSpec[], at: number): string[] {
  const own = sources(layers[at]!);
  if (own.length > 0) return own;
  return [at === 0 ? 'input' : layerNames(layers)[at - 1]!];
}

export function insertLayer(experiment: Experiment, at: number, layer: LayerSpec): Experiment {
  const layers = pinned(experiment.model.layers);
  layers.splice(at, 0, layer);
  return withLayers(experiment, layers);
}

/** Removes a layer; the layers that read it read its input instead. */
export function removeLayer(experiment: Experiment, at: number): Experiment {
  const old = pinned(experiment.model.layers);
  const names = layerNames(old);
  const gone = names[at]!;
  const before = at === 0 ? 'input' : names[at - 1]!;
  const source = sources(old[at]!)[0] ?? before;
  const layers = old.map((layer, i): LayerSpec => {
    const own = sources(layer);
    if (own.includes(gone)) return { ...layer, from: own.map((name) => (name === gone ? source : name)) };
    if (i === at + 1 && own.length === 0 && source !== before) return { ...layer, from: [source] };
    return layer;
  });
  layers.splice(at, 1);
  // A layer that is read by name keeps that name.
  const left = names.filter((_, i) => i !== at);
  const wanted = new Set(layers.flatMap(sources));
  return withLayers(
    experiment,
    layers.map((layer, i) => (!layer.name && wanted.has(left[i]!) ? { ...layer, name: left[i]! } : layer)),
  );
}

export function moveLayer(experiment: Experiment, at: number, to: number): Experiment {
  const layers = pinned(experiment.model.layers);
  const [layer] = layers.splice(at, 1);
  layers.splice(to, 0, layer!);
  return withLayers(experiment, layers);
}

/** Sets a field; undefined: back to its default. */
export function setLayerField(experiment: Experiment, at: number, field: string, value: Json | undefined): Experiment {
  const layers = field === 'from' ? pinned(experiment.model.layers) : [...experiment.model.layers];
  const changed = { ...layers[at]! };
  if (value === undefined) delete changed[field];
  else changed[field] = value;
  const was = layerNames(layers)[at]!;
  layers[at] = changed;
  const is = layerNames(layers)[at]!;
  if (field !== 'name' || was === is) return withLayers(experiment, layers);
  return withLayers(
    experiment,
    layers.map((layer) =>
      sources(layer).includes(was) ? { ...layer, from: sources(layer).map((name) => (name === was ? is : name)) } : layer,
    ),
  );
}

/** Replaces a layer; fields that both types have stay. */
export function setLayer(experiment: Experiment, at: number, layer: LayerSpec): Experiment {
  const layers = pinned(experiment.model.layers);
  layers[at] = layer;
  return withLayers(experiment, layers);
}

/** A section of the experiment as an object; "cross_entropy" is short for { type: "cross_entropy" }. */
export function sectionOf(experiment: Experiment, section: Section): Record<string, Json | undefined> {
  const value = experiment[section] as Json | undefined;
  if (typeof value === 'string') return { type: value };
  return (value ?? {}) as Record<string, Json | undefined>;
}

export function setSectionField(experiment: Experiment, section: Section, field: string, value: Json | undefined): Experiment {
  const changed = { ...sectionOf(experiment, section) };
  if (value === undefined) delete changed[field];
  else changed[field] = value;
  return { ...experiment, [section]: changed };
}

/** Changes the type of the optimizer, loss or schedule; fields of the same name stay. */
export function setSectionType(experiment: Experiment, section: Section, type: string, fields: readonly string[]): Experiment {
  const old = sectionOf(experiment, section);
  const kept = Object.fromEntries(Object.entries(old).filter(([name]) => fields.includes(name)));
  return { ...experiment, [section]: { type, ...kept } };
}

export type { Section };

/**
 * A layer of a type to insert at a position, with its required fields; one that joins layers
 * reads two that stand before it.
 */
export function newLayer(design: Experiment, at: number, { type, fields }: SpecInfo): LayerSpec {
  const layer: LayerSpec = { type };
  for (const field of fields)
    if (field.required) layer[field.name] = field.name === 'out_channels' ? 16 : field.name === 'out_features' ? 64 : field.default;
  if (type === 'conv2d') layer['padding'] = 'same';
  if (type === 'add' || type === 'concat') {
    const names = layerNames(design.model.layers);
    layer.from = [...new Set([names[Math.max(0, at - 3)] ?? 'input', names[at - 1] ?? 'input'])];
  }
  return layer;
}

/** A layer with another type: it keeps its name, its inputs and the fields that both types have. */
export function withType(old: LayerSpec, { type, fields }: SpecInfo): LayerSpec {
  const layer: LayerSpec = { type };
  if (old.name) layer.name = old.name;
  if (old.from !== undefined) layer.from = old.from;
  for (const { name, required, default: initial } of fields) {
    if (old[name] !== undefined) layer[name] = old[name];
    else if (required) layer[name] = initial;
  }
  return layer;
}
