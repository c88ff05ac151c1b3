import { html, nothing, type TemplateResult } from 'lit';
import type { Translate } from '../../i18n/index.js';
import { poolSize, type Scene } from './scene.js';

/** How large the map is, in numbers of rows or of columns. */
function sizeOf(scene: Scene, t: Translate, side: 'rows' | 'columns'): string {
  const { image, kernel, stride, padding } = scene.geometry;
  const size = `(${image[side]} + 2·${padding} − ${kernel[side]}) / ${stride} + 1`;
  const whole = (image[side] + 2 * padding - kernel[side]) % stride === 0;
  return t(side === 'rows' ? 'sizeRows' : 'sizeColumns', { sum: whole ? size : `⌊${size}⌋`, size: scene.geometry[side] });
}

function sayForward(scene: Scene, t: Translate): string[] {
  const { image, kernel, padding, rows, columns } = scene.geometry;
  if (rows === 0 || columns === 0) return [];
  const { left } = scene;
  const isSquare = image.rows === image.columns && kernel.rows === kernel.columns;
  const said = [sizeOf(scene, t, 'rows'), ...(isSquare ? [] : [sizeOf(scene, t, 'columns')])];
  if (padding === 0) said.push(t('sizeValid'));
  else if (rows === image.rows && columns === image.columns) said.push(t('sizeSame'));
  const counts = ([r, c]: readonly [number, number]): { rows: number; columns: number } => ({ rows: r, columns: c });
  if (left.image.some((n) => n > 0)) said.push(t('leftByStride', counts(left.image)));
  if (left.map.some((n) => n > 0)) said.push(t('leftByPooling', { ...counts(left.map), n: poolSize }));
  return said;
}

function sayBackward({ state }: Scene, t: Translate): string[] {
  const said: string[] = [];
  if (state.pool !== 'none') said.push(t(state.pool === 'max' ? 'backMax' : 'backAvg'));
  if (state.activation === 'relu') said.push(t('backRelu'));
  return [...said, t('backKernel')];
}

/** What the picture alone does not say: sizes, what is left over at the edges, and how a gradient comes through. */
export function drawNotes(scene: Scene, t: Translate): TemplateResult | typeof nothing {
  const said = scene.state.way === 'forward' ? sayForward(scene, t) : sayBackward(scene, t);
  return said.length > 0 ? html`<p class="hint" data-testid="notes">${said.join(' ')}</p>` : nothing;
}
