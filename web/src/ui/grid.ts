import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Lang } from '../i18n/index.js';
import { cellColours, reachOf, type Scale } from './color.js';
import { plain } from './numbers.js';
import { scaleOf } from './scale.js';
import { styleMap } from './style-map.js';
import { base } from './styles.js';
import { afterUpdate } from './update.js';

export interface CellDetail {
  index: number;
}

export interface EditDetail {
  index: number;
  value: number;
}

export interface Span {
  top: number;
  left: number;
  height: number;
  width: number;
}

/**
 * A map of numbers as crisp cells, with a margin of padding where asked. One cell is in the tab order: arrows move,
 * digits and minus write, + and − count. Events: `cell` (pointed at or reached by keyboard), `edit` (a new value),
 * `pick` (clicked).
 */
export class LabGrid extends LitElement {
  static override properties = {
    values: { attribute: false },
    rows: { type: Number },
    columns: { type: Number },
    padding: { type: Number },
    scale: { type: String },
    reach: { type: Number },
    cell: { type: Number },
    label: { type: String },
    lang: { type: String },
    editable: { type: Boolean },
    paintable: { type: Boolean },
    interactive: { type: Boolean },
    lit: { attribute: false },
    window: { attribute: false },
    marks: { attribute: false },
    covered: { attribute: false },
    active: { state: true },
  };

  static override styles = [
    base,
    css`
      :host {
        display: inline-block;
      }
      /* Its colours are what it says: it keeps them where colours are forced, and on paper. */
      [role='grid'] {
        display: inline-grid;
        position: relative;
        border: 1px solid var(--lab-line);
        background: var(--lab-line);
        touch-action: manipulation;
        forced-color-adjust: none;
        print-color-adjust: exact;
      }
      .paintable {
        touch-action: none;
      }
      .row {
        display: contents;
      }
      .cell {
        display: flex;
        align-items: center;
        justify-content: center;
        width: var(--cell);
        height: var(--cell);
        font-family: var(--lab-mono);
        font-size: clamp(10px, calc(var(--cell) * 0.36), 15px);
        line-height: 1;
        user-select: none;
        -webkit-user-select: none;
        letter-spacing: -0.04em;
      }
      /* As "−0.14": beside its like it would run into it. */
      .cell.long {
        font-size: clamp(9px, calc(var(--cell) * 0.29), 13px);
      }
      .interactive .cell[role='gridcell'] {
        cursor: pointer;
      }
      .cell.pad {
        background: repeating-linear-gradient(135deg, var(--lab-sunk) 0 4px, var(--lab-ground) 4px 8px);
        color: var(--lab-ink-soft);
      }
      .cell.covered {
        background: var(--lab-sunk);
        color: var(--lab-ink-soft);
      }
      .cell.one {
        outline: 3px solid var(--lab-lit);
        outline-offset: -3px;
      }
      .cell.mark::after {
        content: '';
        position: absolute;
        width: 5px;
        height: 5px;
        margin: calc(var(--cell) * 0.62) 0 0 calc(var(--cell) * 0.62);
        border-radius: 50%;
        background: currentColor;
      }
      .cell:focus-visible {
        outline: 3px solid var(--lab-accent);
        outline-offset: -3px;
      }
      .window {
        position: absolute;
        border: 3px solid var(--lab-lit);
        pointer-events: none;
        transition: all 90ms ease-out;
      }
      @media (prefers-reduced-motion: reduce) {
        .window {
          transition: none;
        }
      }
    `,
  ];

  declare values: ArrayLike<number>;
  declare rows: number;
  declare columns: number;
  declare padding: number;
  declare scale: Scale;
  declare reach: number;
  declare cell: number;
  declare label: string;
  declare lang: Lang;
  declare editable: boolean;
  /** Dragging writes: a finger draws and does not scroll the page. */
  declare paintable: boolean;
  declare interactive: boolean;
  /** The cell that is being computed; −1: none. */
  declare lit: number;
  /** The window that is read, in cells; may lie on the padding. */
  declare window: Span | null;
  /** Cells with a dot: the winners of pooling. */
  declare marks: ReadonlySet<number> | null;
  /** Cells whose numbers are not shown yet. */
  declare covered: ReadonlySet<number> | null;
  declare private active: number;
  private typed = '';
  private painting: number | null = null;

  constructor() {
    super();
    this.values = [];
    this.rows = this.columns = 0;
    this.padding = 0;
    this.scale = 'signed';
    this.reach = 0;
    this.cell = 36;
    this.label = '';
    this.lang = 'en';
    this.editable = this.interactive = this.paintable = false;
    this.lit = -1;
    this.window = null;
    this.marks = null;
    this.covered = null;
    this.active = 0;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('lit') && this.lit >= 0) this.active = this.lit;
    if (this.active >= this.rows * this.columns) this.active = 0;
  }

  /** Rectangle of cells on the screen; rows and columns may be on the padding. */
  rectOf(span: Span): DOMRect {
    const grid = this.renderRoot.querySelector<HTMLElement>('[role=grid]');
    if (!grid) return new DOMRect();
    const { x, y } = grid.getBoundingClientRect();
    const scale = scaleOf(grid);
    const pitch = this.cell + this.gap;
    return new DOMRect(
      x + scale * (1 + (span.left + this.padding) * pitch),
      y + scale * (1 + (span.top + this.padding) * pitch),
      scale * (span.width * pitch - this.gap),
      scale * (span.height * pitch - this.gap),
    );
  }

  private get gap(): number {
    return this.cell > 12 ? 1 : 0;
  }

  protected override render(): TemplateResult {
    const { rows, columns, padding } = this;
    const grid: TemplateResult[] = [];
    const reach = this.reach || reachOf(this.values);
    for (let row = -padding; row < rows + padding; row++) {
      const line: TemplateResult[] = [];
      for (let column = -padding; column < columns + padding; column++) {
        const inside = row >= 0 && row < rows && column >= 0 && column < columns;
        line.push(inside ? this.drawCell(row, column, reach) : this.drawPadding());
      }
      grid.push(
        row < 0 || row >= rows
          ? html`<div class="row" role="none" aria-hidden="true">${line}</div>`
          : html`<div class="row" role="row">${line}</div>`,
      );
    }
    const span = this.window;
    const pitch = this.cell + this.gap;
    return html`<div
      role="grid"
      aria-label=${this.label}
      aria-readonly=${this.editable ? 'false' : 'true'}
      class="${this.interactive || this.editable ? 'interactive' : ''} ${this.paintable ? 'paintable' : ''}"
      style=${styleMap({
        '--cell': `${this.cell}px`,
        gap: `${this.gap}px`,
        gridTemplateColumns: `repeat(${columns + 2 * padding}, ${this.cell}px)`,
      })}
      @pointerover=${this.onPoint}
      @pointerdown=${this.onDown}
      @pointerup=${() => (this.painting = null)}
      @pointercancel=${() => (this.painting = null)}
      @pointerleave=${this.onLeave}
      @keydown=${this.onKey}
      @focusin=${this.onFocus}
    >
      ${grid}
      ${
        span
          ? html`<div
              class="window"
              aria-hidden="true"
              style=${styleMap({
                left: `${(span.left + padding) * pitch - 2}px`,
                top: `${(span.top + padding) * pitch - 2}px`,
                width: `${span.width * pitch - this.gap + 4}px`,
                height: `${span.height * pitch - this.gap + 4}px`,
              })}
            ></div>`
          : nothing
      }
    </div>`;
  }

  private drawCell(row: number, column: number, reach: number): TemplateResult {
    const index = row * this.columns + column;
    if (this.covered?.has(index)) return this.drawCovered(row, column);
    const value = this.values[index] ?? 0;
    const { background, ink } = cellColours(value, reach, this.scale);
    const text = plain(value, this.lang, Math.abs(value) >= 10 ? 0 : Math.abs(value) >= 1 ? 1 : 2);
    const reachable = this.interactive || this.editable;
    return html`<div
      role="gridcell"
      class="cell ${text.length > 4 ? 'long' : ''} ${index === this.lit ? 'one' : ''} ${this.cell > 12 && this.marks?.has(index) ? 'mark' : ''}"
      data-index=${index}
      tabindex=${reachable ? (index === this.active ? '0' : '-1') : nothing}
      aria-label="${row + 1}, ${column + 1}: ${this.cell >= 26 ? text : plain(value, this.lang, 3)}"
      style=${styleMap({ background, color: ink })}
    >
      ${this.cell >= 26 ? text : ''}
    </div>`;
  }

  private drawCovered(row: number, column: number): TemplateResult {
    return html`<div
      role="gridcell"
      class="cell covered ${row * this.columns + column === this.lit ? 'one' : ''}"
      aria-label="${row + 1}, ${column + 1}: ?"
    >
      ?
    </div>`;
  }

  private drawPadding(): TemplateResult {
    return html`<div class="cell pad" aria-hidden="true">${this.cell >= 26 ? '0' : ''}</div>`;
  }

  private indexOf(event: Event): number | null {
    const index = (event.target as HTMLElement).dataset.index;
    return index === undefined ? null : Number(index);
  }

  private send(name: 'cell' | 'pick' | 'edit', detail: CellDetail | EditDetail): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  private onPoint(event: PointerEvent): void {
    const index = this.indexOf(event);
    if (index === null) return;
    if (this.painting !== null && this.editable && event.buttons === 1) this.send('edit', { index, value: this.painting });
    else if (this.interactive && event.pointerType !== 'touch') this.send('cell', { index });
  }

  private onLeave(): void {
    this.painting = null;
    this.dispatchEvent(new CustomEvent('leave'));
  }

  private onDown(event: PointerEvent): void {
    const index = this.indexOf(event);
    if (index === null) return;
    // A touch stays with its first cell unless it is released; then the next cell gets it.
    const cell = event.target as HTMLElement;
    if (cell.hasPointerCapture(event.pointerId)) cell.releasePointerCapture(event.pointerId);
    this.active = index;
    this.send('pick', { index });
    if (this.interactive) this.send('cell', { index });
  }

  /** From now on dragging writes this value. */
  paint(value: number): void {
    this.painting = value;
  }

  private onFocus(event: FocusEvent): void {
    const index = this.indexOf(event);
    if (index === null) return;
    this.typed = '';
    if (this.active !== index) this.active = index;
    if (this.interactive && (event.target as HTMLElement).matches(':focus-visible')) this.send('cell', { index });
  }

  private onKey(event: KeyboardEvent): void {
    const index = this.indexOf(event);
    if (index === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const [row, column] = [Math.floor(index / this.columns), index % this.columns];
    const moves: Record<string, [number, number]> = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      Home: [row, 0],
      End: [row, this.columns - 1],
    };
    const move = moves[event.key];
    if (move) {
      const [toRow, toColumn] = move;
      if (toRow >= 0 && toRow < this.rows && toColumn >= 0 && toColumn < this.columns) this.focusCell(toRow * this.columns + toColumn);
    } else if (this.editable && /^[\d.,-]$/.test(event.key)) {
      this.typed += event.key === ',' ? '.' : event.key;
      const value = Number(this.typed);
      if (Number.isFinite(value) && Math.abs(value) < 1000) this.send('edit', { index, value });
    } else if (this.editable && event.key === '+') this.send('edit', { index, value: (this.values[index] ?? 0) + 1 });
    else if (this.editable && (event.key === 'Backspace' || event.key === 'Delete')) {
      this.typed = '';
      this.send('edit', { index, value: 0 });
    } else if (event.key === 'Enter') this.send('pick', { index });
    else if (event.key === 'Escape') (event.target as HTMLElement).blur();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  focusCell(index: number): void {
    this.active = index;
    afterUpdate(this, () => this.renderRoot.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus());
  }
}

customElements.define('lab-grid', LabGrid);
