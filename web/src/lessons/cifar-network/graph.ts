import { html, svg, type TemplateResult } from 'lit';
import type { LayerInfo } from '../../client/client.js';

/** Heights and widths in CSS pixels. */
const [width, row, box, left, right, bend] = [300, 44, 26, 92, 212, 256] as const;

/** The input is no layer of the list, but layers name it. */
export const input = 'input';

export interface Edge {
  from: string;
  to: string;
}

/** Which layer is given the values of which. */
export const edgesOf = (layers: readonly LayerInfo[]): Edge[] =>
  layers.flatMap(({ name, from }, i) =>
    (from.length > 0 ? from : [layers[i - 1]?.name ?? input]).map((one): Edge => ({ from: one, to: name })),
  );

/** Layers on the shortest way from one to another, without both; null: there is none. */
export function between(layers: readonly LayerInfo[], first: string, last: string): number | null {
  const edges = edgesOf(layers);
  let reached = new Set([first]);
  for (let steps = 0; steps <= layers.length; steps++) {
    if (reached.has(last)) return steps - 1;
    reached = new Set([...reached].flatMap((name) => edges.filter(({ from }) => from === name).map(({ to }) => to)));
  }
  return null;
}

/** The layers from top to bottom, with a line from each to those that are given its values; shortcuts go round. */
export function drawGraph(layers: readonly LayerInfo[], words: string, shapeOf: (layer: LayerInfo) => string): TemplateResult {
  const places = new Map([input, ...layers.map(({ name }) => name)].map((name, i) => [name, i]));
  const top = (name: string): number => (places.get(name) ?? 0) * row + 2;
  const height = (layers.length + 1) * row;
  const middle = (left + right) / 2;
  const straight = ({ from, to }: Edge): boolean => places.get(to)! - places.get(from)! === 1;
  const label = ({ name, shape }: { name: string; shape: string }): TemplateResult => svg`
    <rect x=${left} y=${top(name)} width=${right - left} height=${box} rx="4"></rect>
    <text class="name" x=${middle} y=${top(name) + 17} text-anchor="middle">${name}</text>
    <text class="shape" x=${left - 8} y=${top(name) + 17} text-anchor="end">${shape}</text>`;
  const nodes = [
    { name: input, shape: (layers[0]?.input ?? []).join('×') },
    ...layers.map((layer) => ({ name: layer.name, shape: shapeOf(layer) })),
  ];
  return html`<svg class="graph" viewBox="0 0 ${width} ${height}" width=${width} height=${height} role="img" aria-label=${words}>
    ${edgesOf(layers).map((edge) => {
      const [from, to] = [top(edge.from) + box, top(edge.to)];
      if (straight(edge))
        return svg`<path d="M${middle} ${from} V${to - 5}"></path><path class="tip" d="M${middle - 4} ${to - 6} h8 l-4 6 z"></path>`;
      const [out, into] = [from - box / 2, to + box / 2];
      return svg`<path class="round" d="M${right} ${out} H${bend} q16 0 16 16 V${into - 16} q0 16 -16 16 H${right + 6}"></path>
        <path class="tip round" d="M${right + 6} ${into - 4} v8 l-6 -4 z"></path>`;
    })}
    ${nodes.map(label)}
  </svg>`;
}

/** The graph as an SVG that stands by itself, in black on white. */
export function graphFile(drawn: Element): string {
  const copy = drawn.cloneNode(true) as Element;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const style = 'svg{font:12px monospace;background:#fff}rect,path{fill:#fff;stroke:#444}path{fill:none}.tip{fill:#444;stroke:none}';
  return new XMLSerializer().serializeToString(copy).replace('>', `><style>${style}</style>`);
}
