import { html, type TemplateResult } from 'lit';
import type { Lang } from '../../i18n/index.js';
import { fixed, percent } from '../../ui/numbers.js';
import { speak } from './ask.js';
import { firstSeed } from './laid-training.js';

interface BySeed {
  names: readonly string[];
  /** Accuracies from 0 to 1, a row a network. */
  rows: readonly (readonly number[])[];
  words: Readonly<Record<string, string>>;
  lang: Lang;
}

/** Accuracies by network and seed, with mean and standard deviation. */
export function drawBySeed({ names, rows, words, lang }: BySeed): TemplateResult {
  const word = (key: string, values: Record<string, number> = {}): string => speak(words[key] ?? '', lang, values);
  const seeds = Math.max(...rows.map((row) => row.length));
  const meanOf = (row: readonly number[]): number => row.reduce((sum, value) => sum + value, 0) / row.length;
  const deviation = (row: readonly number[]): number =>
    Math.sqrt(row.reduce((sum, value) => sum + (value - meanOf(row)) ** 2, 0) / (row.length - 1));
  return html`<table data-testid="by-seed">
    <caption>
      ${word('bySeed')}
    </caption>
    <thead>
      <tr>
        <td></td>
        ${Array.from({ length: seeds }, (_, i) => html`<th scope="col">${word('seed', { n: i + firstSeed() })}</th>`)}
        <th scope="col">${word('mean')}</th>
        <th scope="col">${word('deviation')}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row, i) =>
          html`<tr>
            <th scope="row">${names[i]}</th>
            ${row.map((value) => html`<td>${percent(value, lang)}</td>`)}
            <td>${percent(meanOf(row), lang)}</td>
            <td>${row.length > 1 ? fixed(100 * deviation(row), lang, 1) : '–'}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
