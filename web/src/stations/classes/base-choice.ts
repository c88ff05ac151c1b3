import { html, nothing, type TemplateResult } from 'lit';
import { networkEndings } from '../../files/network-endings.js';
import type { Lang, Translate } from '../../i18n/index.js';
import { plain } from '../../ui/numbers.js';
import type { Beginnings } from './beginnings.js';
import { side } from './recipe.js';
import type { State } from './state.js';

interface Choice {
  t: Translate;
  lang: Lang;
  beginnings: Beginnings;
  chosen: State['base'];
  choose(base: State['base']): void;
  give(files: File[]): void;
}

/** Draws what the network begins with, and a way to give another. */
export function drawBaseChoice({ t, lang, beginnings, chosen, choose, give }: Choice): TemplateResult {
  const { site, given } = beginnings;
  const what = beginnings.of(chosen);
  const missing = site !== null && !site.there;
  const shown: State['base'] = what === 'site' ? 'auto' : what;
  const option = (value: State['base'], words: string, off = false): TemplateResult =>
    html`<option value=${value} ?selected=${value === shown} ?disabled=${off}>${words}</option>`;
  const name = site?.title.split(',')[0] ?? '';
  const pick = (event: Event): void => (event.currentTarget as HTMLElement).closest('.base')!.querySelector('input')!.click();
  const note = (): string => {
    if (what === 'none') return t('baseNoneNote');
    if (what === 'site') return t('baseSiteNote', { size: plain(site!.bytes / 1e6, lang, 1), side });
    return t('baseFileNote', { name: given!.title, until: given!.cut.until, size: given!.shape.join('×') });
  };
  const changed = (event: Event): void => {
    const select = event.target as HTMLSelectElement;
    const base = select.value as State['base'];
    if (base !== 'file' || given) return choose(base);
    // It is chosen when the file is here.
    select.value = shown;
    pick(event);
  };
  const picked = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    input.value = '';
    if (files.length > 0) give(files);
  };
  return html`<div class="base">
    <div class="field">
      <label for="base">${t('baseChoice')}</label>
      <select id="base" @change=${changed}>
        ${site ? option('auto', missing ? t('baseNotThere', { name }) : t('baseSite', { name }), missing) : nothing}
        ${option('file', given ? t('baseOwn', { name: given.title }) : t('baseFile'))} ${option('none', t('baseNone'))}
      </select>
    </div>
    <p class="note">${note()}</p>
    ${missing ? html`<p class="note" data-testid="missing">${t('baseMissing', { file: site.file })}</p>` : nothing}
    <div class="buttons"><button class="small framed" @click=${pick}>${t('baseGive')}</button></div>
    <input
      type="file"
      multiple
      accept=${['.zip', '.safetensors', '.json', ...networkEndings].join()}
      aria-label=${t('baseGive')}
      @change=${picked}
    />
    <p class="note">${t('baseGiveNote')}</p>
  </div>`;
}
