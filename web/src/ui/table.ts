import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { LabElement } from './element.js';
import { base, controls, tables } from './styles.js';

/** A number or a word to sort by, and its text. */
export interface Cell {
  value: number | string | null;
  text: string;
}

/** Rows that are drawn in one go. */
const rowsAFrame = 24;

/** Whether these rows are those before with more at their end, as of a training that goes on. */
function goesOn(before: readonly (readonly Cell[])[] | undefined, rows: readonly (readonly Cell[])[]): boolean {
  const last = before?.at(-1)?.[0]?.text;
  return last !== undefined && before![0]![0]?.text === rows[0]?.[0]?.text && rows[before!.length - 1]?.[0]?.text === last;
}

/** A table that can be sorted by any column and copied for a spreadsheet. The first column names its row. */
export class LabTable extends LabElement {
  static override properties = {
    head: { attribute: false },
    rows: { attribute: false },
    label: { type: String },
    order: { state: true },
    copied: { state: true },
    drawn: { state: true },
  };

  static override styles = [
    base,
    controls,
    tables,
    css`
      :host {
        min-width: 0;
      }
      table {
        width: 100%;
      }
      thead th {
        padding: 0;
        position: sticky;
        top: 0;
        background: var(--lab-ground);
      }
      thead button {
        width: 100%;
        min-height: 32px;
        padding: 4px 10px 4px 0;
        border: 0;
        background: none;
        font-size: inherit;
        text-align: inherit;
        white-space: nowrap;
      }
      th:first-child,
      th:first-child button {
        text-align: left;
      }
      .copy {
        display: block;
        margin: 8px 0 4px;
        font-size: var(--lab-small);
      }
    `,
  ];

  declare head: readonly string[];
  declare rows: readonly (readonly Cell[])[];
  declare label: string;
  /** The column that it is sorted by; null: the order in which rows came. */
  declare private order: { column: number; down: boolean } | null;
  declare private copied: boolean;
  /** Rows that are drawn so far: more in each frame, so that none takes long. */
  declare private drawn: number;

  constructor() {
    super();
    this.head = [];
    this.rows = [];
    this.label = '';
    this.order = null;
    this.copied = false;
    this.drawn = rowsAFrame;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('rows') && !goesOn(changed.get('rows') as typeof this.rows, this.rows)) this.drawn = rowsAFrame;
  }

  protected override updated(_changed: PropertyValues): void {
    if (this.drawn < this.rows.length) requestAnimationFrame(() => (this.drawn = Math.min(this.rows.length, this.drawn + rowsAFrame)));
  }

  /** A click sorts by largest first, then by smallest first, then not at all. */
  private sort(column: number): void {
    if (this.order?.column !== column) this.order = { column, down: true };
    else this.order = this.order.down ? { column, down: false } : null;
  }

  private get sorted(): readonly (readonly Cell[])[] {
    const { order } = this;
    if (!order) return this.rows;
    const sign = order.down ? -1 : 1;
    return [...this.rows].sort((a, b) => {
      const [x, y] = [a[order.column]!.value, b[order.column]!.value];
      if (x === null || y === null) return Number(x === null) - Number(y === null);
      return sign * (typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y), this.lang));
    });
  }

  private async copy(): Promise<void> {
    const lines = [this.head, ...this.sorted.map((row) => row.map(({ value }) => String(value ?? '')))];
    try {
      await navigator.clipboard.writeText(lines.map((line) => line.join('\t')).join('\n'));
      this.copied = true;
      this.say(this.t('tableCopied'));
      setTimeout(() => (this.copied = false), 2000);
    } catch {
      // The browser forbids it: select the rows, so that a key copies them.
      getSelection()?.selectAllChildren(this.renderRoot.querySelector('table')!);
    }
  }

  protected override render(): TemplateResult {
    const { order, t } = this;
    return html`<div class="wide" tabindex="0" role="region" aria-label=${this.label}>
        <table>
          <thead>
            <tr>
              ${this.head.map(
                (name, column) =>
                  html`<th scope="col" aria-sort=${order?.column === column ? (order.down ? 'descending' : 'ascending') : nothing}>
                    <button title=${t('sortBy', { name })} @click=${() => this.sort(column)}>
                      ${name}${order?.column === column ? (order.down ? ' ↓' : ' ↑') : ''}
                    </button>
                  </th>`,
              )}
            </tr>
          </thead>
          <tbody>
            ${this.sorted.slice(0, this.drawn).map(
              ([first, ...rest]) =>
                html`<tr>
                  <th scope="row">${first?.text}</th>
                  ${rest.map(({ text }) => html`<td>${text}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      <button class="copy" @click=${() => this.attempt(this.copy())}>${this.copied ? t('tableCopied') : t('copyTable')}</button>
      ${this.drawVoice()}`;
  }
}

customElements.define('lab-table', LabTable);
