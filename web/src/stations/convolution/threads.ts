import { html, svg, type TemplateResult } from 'lit';
import type { LabGrid } from '../../ui/grid.js';
import { scaleOf } from '../../ui/scale.js';
import type { Scene } from './scene.js';

/** Draws an empty layer for the two threads, over the whole view. */
export const drawThreads = (): TemplateResult => html`<svg class="threads" aria-hidden="true">${svg`<line></line><line></line>`}</svg>`;

/**
 * Draws two lines from the corners of the cells read to the corners of the cells written,
 * once the grids have their layout.
 */
export function layThreads(view: HTMLElement, scene: Scene): void {
  const marks = [...view.querySelectorAll('.threads line')];
  const [from, to] = ends(view, scene);
  for (const mark of marks) mark.toggleAttribute('hidden', !from || !to);
  if (!from || !to) return;
  const { left, top } = view.getBoundingClientRect();
  const scale = scaleOf(view);
  const beside = to.left > from.right || from.left > to.right;
  const [start, end] = to.left > from.right ? [from.right, to.left] : [from.left, to.right];
  const lines: [number, number, number, number][] = beside
    ? [
        [start, from.top, end, to.top],
        [start, from.bottom, end, to.bottom],
      ]
    : [
        [from.left, from.bottom, to.left, to.top],
        [from.right, from.bottom, to.right, to.top],
      ];
  marks.forEach((mark, i) => {
    const [x1, y1, x2, y2] = lines[i]!;
    for (const [name, value] of Object.entries({ x1: x1 - left, y1: y1 - top, x2: x2 - left, y2: y2 - top }))
      mark.setAttribute(name, String(value / scale));
  });
}

function ends(view: HTMLElement, scene: Scene): [DOMRect | null, DOMRect | null] {
  const grids = [...view.querySelectorAll<LabGrid>('lab-grid')];
  const target = grids.find((grid) => grid.dataset['place'] === scene.spot.matrix);
  const source = grids.find((grid) => grid.window && grid !== target);
  if (!target || !source?.window || !scene.result) return [null, null];
  const [top, left] = scene.rowAndColumn(scene.spot);
  return [source.rectOf(source.window), target.rectOf({ top, left, height: 1, width: 1 })];
}
