import { css, html, type TemplateResult } from 'lit';
import { plain } from '../ui/numbers.js';
import { LabElement } from '../ui/element.js';
import { base, controls } from '../ui/styles.js';

/** 1, 2 and 5 of each power of ten from 1/1000 to 1000. */
const factors = [-3, -2, -1, 0, 1, 2].flatMap((power) => [1, 2, 5].map((k) => Number((k * 10 ** power).toPrecision(3)))).concat(1000);

/** The schedule's learning rate, times a factor. Event: `rate`. */
export class RateControl extends LabElement {
  static override properties = {
    factor: { type: Number },
    rate: { type: Number },
  };

  static override styles = [
    base,
    controls,
    css`
      .row {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 8px;
        align-items: center;
      }
      button {
        min-height: 30px;
        padding: 2px 10px;
        font-size: var(--lab-small);
      }
    `,
  ];

  declare factor: number;
  /** Learning rate of the last step, with the factor; null: no step yet. */
  declare rate: number | null;

  constructor() {
    super();
    this.factor = 1;
    this.rate = null;
  }

  private change(factor: number): void {
    this.dispatchEvent(new CustomEvent('rate', { detail: factor }));
  }

  protected override render(): TemplateResult {
    const { t } = this;
    const near = factors.reduce(
      (best, value, i) => (Math.abs(Math.log(value / this.factor)) < Math.abs(Math.log(factors[best]! / this.factor)) ? i : best),
      0,
    );
    const times = `× ${plain(this.factor, this.lang, 4)}`;
    return html`<div class="field">
      <label for="factor">
        ${t('rateFactor')}
        <output for="factor">${times}${this.rate === null ? '' : ` = ${plain(this.rate, this.lang, 6)}`}</output>
      </label>
      <div class="row">
        <input
          id="factor"
          type="range"
          min="0"
          max=${factors.length - 1}
          step="1"
          .value=${String(near)}
          aria-valuetext=${times}
          @input=${(event: Event) => this.change(factors[Number((event.target as HTMLInputElement).value)]!)}
        />
        <button ?disabled=${this.factor === 1} @click=${() => this.change(1)}>× 1</button>
      </div>
    </div>`;
  }
}

customElements.define('lab-rate', RateControl);
