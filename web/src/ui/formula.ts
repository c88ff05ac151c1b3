import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import { watchWidth } from './widths.js';

/** What stands between formulas of one line. */
const apart = '\\qquad';

/** TeX as MathML, which browsers draw and screen readers read: no style sheet, no fonts. */
export const formula = (tex: string, block = true): TemplateResult => html`<lab-formula .tex=${tex} .block=${block}></lab-formula>`;

/** Fetches KaTeX, the largest library here, when the first formula comes into view: most stand in folded text. */
export class LabFormula extends LitElement {
  static override properties = {
    tex: { attribute: false },
    block: { attribute: false },
    mathml: { state: true },
    scrolls: { state: true },
  };

  static override styles = css`
    .block {
      display: block;
      min-height: 2.6em;
      margin: 12px 0;
      max-width: 100%;
      overflow-x: auto;
      overflow-y: hidden;
    }
    math {
      font-size: 1.08em;
    }
  `;

  declare tex: string;
  declare block: boolean;
  declare private mathml: string;
  /** Its parts stand below each other: beside each other they are wider than their place. */
  private broken = false;
  /** It is wider than its place, and can be scrolled by keyboard, too. */
  declare private scrolls: boolean;
  private sight: IntersectionObserver | null = null;
  private unwatch: () => void = () => undefined;

  constructor() {
    super();
    this.tex = this.mathml = '';
    this.block = true;
    this.scrolls = false;
  }

  override disconnectedCallback(): void {
    this.unwatch();
    this.sight?.disconnect();
    super.disconnectedCallback();
  }

  protected override firstUpdated(): void {
    this.watch();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.watch();
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (this.mathml && (changed.has('tex') || changed.has('block'))) this.draw();
    if (changed.has('mathml')) this.measure();
  }

  private watch(): void {
    this.unwatch();
    const box = this.renderRoot.firstElementChild!;
    if (this.block) this.unwatch = watchWidth(box, () => this.measure());
    if (this.mathml) return;
    this.sight = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting) return;
      this.sight?.disconnect();
      this.draw();
    });
    this.sight.observe(box);
  }

  private measure(): void {
    if (!this.mathml) return;
    const box = this.renderRoot.firstElementChild;
    const isWide = this.block && box !== null && box.scrollWidth > box.clientWidth;
    if (isWide && !this.broken && this.tex.includes(apart)) {
      this.broken = true;
      this.draw();
    } else this.scrolls = isWide;
  }

  private draw(): void {
    const tex = this.broken ? `\\begin{gathered}${this.tex.split(apart).join('\\\\')}\\end{gathered}` : this.tex;
    import('katex').then(
      ({ default: katex }) => (this.mathml = katex.renderToString(tex, { output: 'mathml', displayMode: this.block, throwOnError: false })),
      // Offline: the TeX stays, and can be read.
      () => undefined,
    );
  }

  protected override render(): TemplateResult {
    // The TeX itself can be read until then.
    return html`<span class=${this.block ? 'block' : ''} tabindex=${this.scrolls ? '0' : nothing}
      >${this.mathml ? unsafeHTML(this.mathml) : this.tex}</span
    >`;
  }
}

customElements.define('lab-formula', LabFormula);
