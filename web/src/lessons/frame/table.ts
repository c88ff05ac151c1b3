import { html, type TemplateResult } from 'lit';

/** What a row is called, and its cells. */
export type Row = readonly [name: string, ...cells: string[]];

export interface Table {
  title: string;
  /** One for each column; empty: the column needs none. */
  head: readonly string[];
  rows: readonly Row[];
  /** For tests. */
  id: string;
}

/** A table that can be moved sideways where the page is narrow. The first column names its row. */
export function drawTable({ title, head, rows, id }: Table): TemplateResult {
  return html`<div class="wide" tabindex="0" role="group" aria-label=${title}>
    <table data-testid=${id}>
      <caption>
        ${title}
      </caption>
      <thead>
        <tr>
          ${head.map((name) => (name === '' ? html`<td></td>` : html`<th scope="col">${name}</th>`))}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name, ...cells]) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
