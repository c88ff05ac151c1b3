import { html, type TemplateResult } from 'lit';
import type { Lang } from '../../i18n/index.js';
import { plain } from '../../ui/numbers.js';

/** What a result sheet keeps: the card's classes, and the counts. */
export interface KeptConfusion {
  classes: readonly string[];
  counts: readonly (readonly number[])[];
}

/** It may come from anybody's file. */
export function isConfusion(record: unknown): record is KeptConfusion {
  const { counts } = (record ?? {}) as { counts?: unknown };
  const classes = namesOf(record);
  if (classes.length === 0 || !Array.isArray(counts) || counts.length !== classes.length) return false;
  const isRow = (row: unknown): boolean =>
    Array.isArray(row) && row.length === classes.length && row.every((count) => Number.isInteger(count) && count >= 0);
  return counts.every(isRow);
}

/** The card's classes, as a result sheet keeps them; none where it has kept none. It may come from anybody's file. */
export function namesOf(record: unknown): readonly string[] {
  const { classes } = (record ?? {}) as { classes?: unknown };
  return Array.isArray(classes) && classes.length <= 20 && classes.every((name) => typeof name === 'string') ? classes : [];
}

interface Confusion {
  counts: readonly (readonly number[])[];
  names: readonly string[];
  /** What it says, by the number of images. */
  said: (images: number) => string;
  lang: Lang;
}

/** Columns have the numbers of their classes: ten names side by side have no room. */
export function drawConfusion({ counts, names, said, lang }: Confusion): TemplateResult {
  const caption = said(counts.flat().reduce((sum, count) => sum + count, 0));
  return html`<div class="wide" tabindex="0" role="group" aria-label=${caption}>
    <table data-testid="confusion">
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          <td></td>
          ${names.map((name, c) => html`<th scope="col" aria-label=${name} title=${name}>${plain(c + 1, lang)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${counts.map(
          (row, c) =>
            html`<tr>
              <th scope="row">${plain(c + 1, lang)} ${names[c]}</th>
              ${row.map((count, other) => html`<td>${c === other ? html`<b>${plain(count, lang)}</b>` : plain(count, lang)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
