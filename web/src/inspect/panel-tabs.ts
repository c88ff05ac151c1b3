import { html, nothing, type TemplateResult } from 'lit';
import type { Key, Lang, Translate } from '../i18n/index.js';
import type { TrainRun } from '../run/run.js';

export type PanelName = 'network' | 'layers' | 'images' | 'confusion' | 'own' | 'doctor' | 'speed' | 'time' | 'files';

export const panelNames: readonly PanelName[] = ['network', 'layers', 'images', 'confusion', 'own', 'doctor', 'speed', 'time', 'files'];

const titles: Record<PanelName, Key> = {
  network: 'tabNetwork',
  layers: 'tabLayers',
  images: 'tabImages',
  confusion: 'tabConfusion',
  own: 'tabOwn',
  doctor: 'tabDoctor',
  speed: 'tabSpeed',
  time: 'tabTime',
  files: 'tabFiles',
};

/** A row of tabs; arrow keys go from one to the next. */
export function drawTabs(t: Translate, chosen: PanelName, choose: (name: PanelName) => void): TemplateResult {
  const onKey = (event: KeyboardEvent): void => {
    const at = panelNames.indexOf(chosen);
    const last = panelNames.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(panelNames[to]!);
    (event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[role=tab]')[to]?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${t('tabs')} @keydown=${onKey}>
    ${panelNames.map(
      (name) =>
        html`<button
          role="tab"
          id="tab-${name}"
          aria-selected=${name === chosen ? 'true' : 'false'}
          aria-controls="panel"
          tabindex=${name === chosen ? 0 : -1}
          @click=${() => choose(name)}
        >
          ${t(titles[name])}
        </button>`,
    )}
  </div>`;
}

/** The panels that look at a run. Only the chosen one is in the page, so that the others ask nothing of the engine. */
export function drawInspection(name: PanelName, run: TrainRun | null, lang: Lang): TemplateResult | typeof nothing {
  switch (name) {
    case 'layers':
      return html`<lab-layer-panel .run=${run} .lang=${lang}></lab-layer-panel>`;
    case 'images':
      return html`<lab-images-panel .run=${run} .lang=${lang}></lab-images-panel>`;
    case 'confusion':
      return html`<lab-confusion-panel .run=${run} .lang=${lang}></lab-confusion-panel>`;
    case 'own':
      return html`<lab-own-image-panel .run=${run} .lang=${lang}></lab-own-image-panel>`;
    case 'doctor':
      return html`<lab-doctor-panel .run=${run} .lang=${lang}></lab-doctor-panel>`;
    case 'speed':
      return html`<lab-speed-panel .run=${run} .lang=${lang}></lab-speed-panel>`;
    case 'time':
      return html`<lab-time-panel .run=${run} .lang=${lang}></lab-time-panel>`;
    default:
      return nothing;
  }
}
