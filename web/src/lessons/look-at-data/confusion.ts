import { html, type TemplateResult } from 'lit';
import type { Lang } from '../../i18n/index.js';
import { plain } from '../../ui/numbers.js';
import { speak } from '../frame/ask.js';
import type { Nearest } from './state.js';

/** How many images of each class, a row, have a nearest one of each class, a column. */
export function confusionOf(votes: readonly Nearest[], classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const { label, near } of votes) counts[label]![near[0]!]!++;
  return counts;
}

/** What a result sheet keeps: the card's classes, and the counts. */
export interface Kept {
  classes: readonly string[];
  counts: readonly (readonly number[])[];
}

/** It may come from anybody's file. */
export function isKept(record: unknown): record is Kept {
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
  words: Readonly<Record<string, string>>;
  lang: Lang;
}

/** Columns have the numbers of their classes: ten names side by side have no room. */
export function drawConfusion({ counts, names, words, lang }: Confusion): TemplateResult {
  const n = counts.flat().reduce((sum, count) => sum + count, 0);
  const caption = speak(words['confusion'] ?? '', lang, { n });
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
