import type { Explanation, ImageChoice, LabSession, Tensor } from '../client/client.js';
import type { Focus } from '../run/run-view.js';
import { topAnswers } from './answers.js';

export type LayerView = 'filters' | 'maps' | 'gradients' | 'histogram' | 'look';

/** Answers about a layer, all of the same step. */
export interface Seen {
  session: LabSession;
  layer: string;
  view: LayerView;
  step: number;
  tensor: string;
  weight: Tensor | null;
  weightGradient: Tensor | null;
  activation: Tensor | null;
  gradient: Tensor | null;
  /** The class that the gradient's loss takes for right, where none is known. */
  assumed: number | null;
  /** Where the network looks, and the class that this speaks for. */
  explanation: Explanation | null;
  explained: number | null;
}

interface Question {
  layer: string;
  view: LayerView;
  /** The parameter to look at; empty: the layer has none. */
  tensor: string;
  image: Focus['image'];
  /** The network's first layer. */
  first: string;
  /** Whether the layer answers with a map of several places. */
  hasMap: boolean;
  /** The class that is explained; null: the network's answer. */
  wanted: number | null;
}

/** Asks for what a view of a layer shows. */
export async function ask(session: LabSession, { layer, view, tensor, image, first, hasMap, wanted }: Question): Promise<Seen> {
  const seen: Seen = {
    session,
    layer,
    view,
    step: session.step,
    tensor,
    weight: null,
    weightGradient: null,
    activation: null,
    gradient: null,
    assumed: null,
    explanation: null,
    explained: null,
  };
  const images: ImageChoice = 'pixels' in image ? { pixels: image.pixels, count: 1 } : { split: 'test', indices: [image.index] };
  if (tensor && (view === 'filters' || view === 'histogram')) seen.weight = (await session.tensors([tensor]))[0]!;
  if (view === 'maps' || view === 'histogram') {
    seen.activation = (await session.tap({ images, layers: [layer] })).activations[layer] ?? null;
  } else if (view === 'look') {
    const { data } = await session.predict(images);
    seen.explained = wanted ?? topAnswers(data, 1)[0]!.class;
    // One output stands for the second of two classes.
    const outputs = [data.length === 1 ? 0 : seen.explained];
    if (data.length === 1) seen.explained = 1;
    seen.explanation = await session.explain({ images, outputs, ...(hasMap ? { layer } : {}) });
  } else if (view === 'gradients') {
    const labels: { labels?: number[] } = {};
    if ('pixels' in image) {
      // An own picture has no label: the loss takes the network's answer for right.
      seen.assumed = topAnswers((await session.predict(images)).data, 1)[0]!.class;
      labels.labels = [seen.assumed];
    }
    // The input gets no gradient; the first layer stands in, as a tap needs a layer.
    const tap = await session.tap({ images, layers: [layer === 'input' ? first : layer], gradients: true, ...labels });
    seen.gradient = layer === 'input' ? null : (tap.gradients[layer] ?? null);
    seen.weightGradient = tensor ? (tap.gradients[tensor] ?? null) : null;
  }
  return seen;
}
