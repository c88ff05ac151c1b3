import { html, type TemplateResult } from 'lit';
import type { Lang } from '../i18n/index.js';
import { figures } from '../ui/numbers.js';
import { valueAt, type MapSet } from './maps.js';

/** Rows and columns that a table shows at most. */
const mostCells = 64;

/** The numbers of one map, row by row. */
export function drawMapTable(maps: MapSet, map: number, name: string, lang: Lang): TemplateResult {
  const [rows, columns] = [Math.min(maps.rows, mostCells), Math.min(maps.columns, mostCells)];
  const text = (cell: number): string =>
    Array.from({ length: maps.channels }, (_, c) => figures(valueAt(maps, map, cell, c), lang)).join(' · ');
  const row = (r: number): TemplateResult =>
    html`<tr>
      <th scope="row">${r + 1}</th>
      ${Array.from({ length: columns }, (_, c) => {
        const cell = r * maps.columns + c;
        return html`<td>${cell < maps.cells ? text(cell) : ''}</td>`;
      })}
    </tr>`;
  return html`<table>
    <caption class="note">
      ${name}
    </caption>
    <tr>
      <td></td>
      ${Array.from({ length: columns }, (_, c) => html`<th scope="col">${c + 1}</th>`)}
    </tr>
    ${Array.from({ length: rows }, (_, r) => row(r))}
  </table>`;
}
