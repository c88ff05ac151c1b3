import { html, type TemplateResult } from 'lit';
import type { Lang, Translate } from '../i18n/index.js';
import { percent } from '../ui/numbers.js';

/** What is wrong with training images on purpose. */
export interface Flaws {
  /** Share of the training labels that become another class. */
  noise: number;
  /** What the last class keeps of its training images; 1: all. */
  imbalance: number;
}

/** Shares that the last class may keep. */
const shares = [1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01];

interface FlawOptions {
  t: Translate;
  lang: Lang;
  /** A slider tells of each of its places on the way, not of the last alone. */
  live?: boolean;
  change(flaws: Partial<Flaws>): void;
}

/** Draws the controls of both, as Train and Data have them. */
export function drawFlaws({ noise, imbalance }: Flaws, { t, lang, live = false, change }: FlawOptions): TemplateResult {
  const kept = [...new Set([...shares, imbalance])].sort((a, b) => b - a);
  const send = (event: Event): void => change({ noise: Number((event.target as HTMLInputElement).value) });
  return html`<div class="field">
      <label for="noise">${t('labelNoise')}<output for="noise">${percent(noise, lang)}</output></label>
      <input
        id="noise"
        type="range"
        min="0"
        max="1"
        step="0.05"
        .value=${String(noise)}
        @input=${(event: Event) => {
          if (live) send(event);
        }}
        @change=${(event: Event) => {
          if (!live) send(event);
        }}
      />
    </div>
    <div class="field">
      <label for="imbalance">${t('imbalanceKept')}</label>
      <select id="imbalance" @change=${(event: Event) => change({ imbalance: Number((event.target as HTMLSelectElement).value) })}>
        ${kept.map((share) => html`<option value=${share} ?selected=${share === imbalance}>${percent(share, lang)}</option>`)}
      </select>
    </div>
    <p class="note">${t('flawsNote')}</p>`;
}
