import { html, nothing, type TemplateResult } from 'lit';
import type { Translate } from '../../i18n/index.js';
import { imageLabels, imageNames, kernelLabels, kernelNames } from './presets.js';
import type { Scene } from './scene.js';
import type { Editable, State } from './state.js';

export interface Chosen {
  what: Editable;
  index: number;
}

export interface SettingsHost {
  scene: Scene;
  t: Translate;
  /** The cell that was clicked last. */
  chosen: Chosen | null;
  canUndo: boolean;
  change(change: Partial<State>): void;
  edit(what: Editable, index: number, value: number): void;
  undo(): void;
  pickPicture(): void;
}

function drawSelect<T extends string>(
  id: string,
  label: string,
  value: T,
  options: readonly (readonly [T, string])[],
  change: (value: T) => void,
): TemplateResult {
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <select id=${id} .value=${value} @change=${(event: Event) => change((event.target as HTMLSelectElement).value as T)}>
      ${options.map(([key, text]) => html`<option value=${key} ?selected=${key === value}>${text}</option>`)}
    </select>
  </div>`;
}

export function drawChoices<T extends string | number>(
  label: string,
  value: T,
  options: readonly (readonly [T, string])[],
  change: (value: T) => void,
): TemplateResult {
  return html`<div class="field" role="group" aria-label=${label}>
    <span class="label">${label}</span>
    <span class="choices"
      >${options.map(([key, text]) => html`<button aria-pressed=${key === value ? 'true' : 'false'} @click=${() => change(key)}>${text}</button>`)}</span
    >
  </div>`;
}

/** The value of the cell that was clicked last, as a number to write. */
function drawChosen({ scene, t, chosen, edit }: SettingsHost): TemplateResult {
  const data = chosen ? scene[chosen.what] : null;
  const known = chosen && data && chosen.index < data.values.length ? chosen : null;
  const key = ({ image: 'chosenPixel', kernel: 'chosenWeight', arriving: 'chosenGradient' } as const)[known?.what ?? 'image'];
  const label = known
    ? t(key, { row: Math.floor(known.index / data!.columns) + 1, column: (known.index % data!.columns) + 1 })
    : t('cellValue');
  return html`<div class="field">
    <label for="value">${label}</label>
    <input
      id="value"
      type="number"
      step="any"
      min="-999"
      max="999"
      ?disabled=${!known}
      .value=${known ? String(Number(data!.values[known.index]!.toFixed(3))) : ''}
      @change=${(event: Event) => {
        const input = event.target as HTMLInputElement;
        if (known && input.value !== '' && input.checkValidity()) edit(known.what, known.index, Number(input.value));
      }}
    />
  </div>`;
}

/** Draws the settings, in the order in which one would choose. */
export function drawSettings(host: SettingsHost): TemplateResult {
  const { scene, t, change } = host;
  const s = scene.state;
  const counted = (from: number): [number, string][] => [0, 1, 2, 3].slice(from).map((n) => [n, String(n)]);
  return html`<div class="settings">
    ${drawSelect(
      'image',
      t('imagePreset'),
      s.image,
      imageNames.filter((name) => name !== 'own' || s.image === 'own').map((name) => [name, t(imageLabels[name])] as const),
      (image) => change({ image, at: 0, stage: 'map' }),
    )}
    ${drawSelect(
      'kernel',
      t('kernelPreset'),
      s.kernel,
      kernelNames.filter((name) => name !== 'own' || s.kernel === 'own').map((name) => [name, t(kernelLabels[name])] as const),
      (kernel) => change({ kernel }),
    )}
    ${drawChosen(host)} ${drawChoices(t('stride'), s.stride, counted(1), (stride) => change({ stride }))}
    ${drawChoices(t('padding'), s.padding, counted(0), (padding) => change({ padding }))}
    ${drawChoices(
      t('activation'),
      s.activation,
      [
        ['relu', 'ReLU'],
        ['none', t('none')],
      ],
      (activation) => change({ activation, stage: 'map' }),
    )}
    ${drawChoices(
      t('pooling'),
      s.pool,
      [
        ['max', t('poolMax')],
        ['avg', t('poolAvg')],
        ['none', t('none')],
      ],
      (pool) => change({ pool, stage: 'map' }),
    )}
    ${
      s.way === 'backward'
        ? drawChoices(
            t('backTo'),
            s.to,
            [
              ['image', t('image')],
              ['kernel', t('kernel')],
            ],
            (to) => change({ to, gradient: 'last', at: scene.telling(to) }),
          )
        : nothing
    }
    <div class="row tight">
      <button ?disabled=${!host.canUndo} @click=${() => host.undo()}>${t('undo')}</button>
      <button @click=${() => host.pickPicture()}>${t('presetPhoto')}</button>
    </div>
  </div>`;
}
