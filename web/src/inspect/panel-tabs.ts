import { html, nothing, type TemplateResult } from 'lit';
import { html as staticHtml, unsafeStatic } from 'lit/static-html.js';
import type { Key, Lang, Translate } from '../i18n/index.js';
import type { KeptView, MeasuredView, TestedView } from '../run/run-view.js';

interface Tab {
  name: string;
  title: Key;
  /** The panel's element, which all-panels.ts defines; a station draws tabs without one itself. */
  element?: string;
}

/** The tabs in the order in which they are offered. */
const tabs = [
  { name: 'network', title: 'tabNetwork' },
  { name: 'layers', title: 'tabLayers', element: 'lab-layer-panel' },
  { name: 'images', title: 'tabImages', element: 'lab-images-panel' },
  { name: 'confusion', title: 'tabConfusion', element: 'lab-confusion-panel' },
  { name: 'own', title: 'tabOwn', element: 'lab-own-image-panel' },
  { name: 'doctor', title: 'tabDoctor', element: 'lab-doctor-panel' },
  { name: 'speed', title: 'tabSpeed', element: 'lab-speed-panel' },
  { name: 'time', title: 'tabTime', element: 'lab-time-panel' },
  { name: 'files', title: 'tabFiles' },
] as const satisfies readonly Tab[];

export type PanelName = (typeof tabs)[number]['name'];

export const panelNames: readonly PanelName[] = tabs.map(({ name }) => name);

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
    ${tabs.map(
      ({ name, title }) =>
        html`<button
          role="tab"
          id="tab-${name}"
          aria-selected=${name === chosen ? 'true' : 'false'}
          aria-controls="panel"
          tabindex=${name === chosen ? 0 : -1}
          @click=${() => choose(name)}
        >
          ${t(title)}
        </button>`,
    )}
  </div>`;
}

/** Draws the chosen panel alone, so that the others ask nothing of the engine. */
export function drawInspection(
  chosen: PanelName,
  run: (MeasuredView & TestedView & KeptView) | null,
  lang: Lang,
): TemplateResult | typeof nothing {
  const tab: Tab | undefined = tabs.find(({ name }) => name === chosen);
  if (!tab?.element) return nothing;
  const element = unsafeStatic(tab.element);
  return staticHtml`<${element} .run=${run} .lang=${lang}></${element}>`;
}
