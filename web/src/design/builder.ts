import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Catalog, DataCard, Description, Experiment, Json, LabEngine, LayerInfo, LayerSpec, Validation } from '../client/client.js';
import { type Key, problemIn } from '../i18n/index.js';
import { plain, short } from '../ui/numbers.js';
import { LabElement } from '../ui/element.js';
import { base, controls, troubles } from '../ui/styles.js';
import { afterUpdate } from '../ui/update.js';
import { sameDesign } from './design-code.js';
import { builderStyles } from './builder-styles.js';
import { concernStyles, drawConcerns } from './concerns.js';
import {
  inputsOf,
  insertLayer,
  layerNames,
  moveLayer,
  newLayer,
  removeLayer,
  sectionOf,
  setLayer,
  setLayerField,
  setSectionField,
  setSectionType,
  withType,
  type Section,
} from './edits.js';
import { factsOf } from './layer-facts.js';
import { drawForm, formStyles, type FormField, type FormOptions, type Refused } from './form.js';
import { isParts, textOf } from './list-text.js';
import { sharedHelp } from './shared-help.js';
import { Undo } from './undo.js';
import { remedyFor } from './remedies.js';

const sections: readonly { name: Section; title: Key; specs: 'optimizers' | 'losses' | 'schedules' | null }[] = [
  { name: 'optimizer', title: 'sectionOptimizer', specs: 'optimizers' },
  { name: 'loss', title: 'sectionLoss', specs: 'losses' },
  { name: 'schedule', title: 'sectionSchedule', specs: 'schedules' },
  { name: 'augment', title: 'sectionAugment', specs: null },
  { name: 'train', title: 'sectionTrain', specs: null },
];

const shapeText = (shape: readonly number[]): string => shape.join('×');

/**
 * The layers of a design with their cost, and forms for everything an experiment can hold. The engine says which fields
 * there are and whether a design is a network. Event: `design`, with another experiment.
 */
export class LabBuilder extends LabElement {
  static override properties = {
    engine: { attribute: false },
    design: { attribute: false },
    original: { attribute: false },
    card: { attribute: false },
    catalog: { state: true },
    verdict: { state: true },
    opened: { state: true },
    refused: { state: true },
  };

  static override styles = [base, controls, troubles, formStyles, builderStyles, concernStyles];

  declare engine: LabEngine | null;
  declare design: Experiment | null;
  /** The experiment that "back to the experiment" restores. */
  declare original: Experiment | null;
  declare card: DataCard | null;
  declare private catalog: Catalog | null;
  declare private verdict: Validation | null;
  /** The layer whose form is shown. */
  declare private opened: number | null;
  /** What was written last into a form and cannot be read. */
  declare private refused: Refused | null;
  private good: { design: Experiment; description: Description } | null = null;
  private readonly undo = new Undo<Experiment>();
  private sent: Experiment | null = null;
  private turn = 0;

  constructor() {
    super();
    this.engine = null;
    this.design = this.original = null;
    this.card = null;
    this.catalog = this.verdict = null;
    this.opened = null;
    this.refused = null;
    this.addEventListener('keydown', this.onKey);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('engine')) this.attempt(this.learn());
    if (changed.has('design') && this.design !== this.sent) {
      // This is another experiment, not an edit.
      if (!changed.get('design') || !this.sent || !sameDesign(this.design, this.sent)) this.undo.clear();
      this.sent = this.design;
      if (this.opened !== null && this.opened >= (this.design?.model.layers.length ?? 0)) this.opened = null;
    }
    if (changed.has('design') || changed.has('card') || changed.has('engine')) this.attempt(this.validate());
  }

  /** Asks what layers there are. */
  private async learn(): Promise<void> {
    if (this.engine && !this.catalog) this.catalog = await this.engine.catalog();
  }

  private async validate(): Promise<void> {
    const { engine, design, card } = this;
    if (!engine || !design) return;
    const turn = ++this.turn;
    const verdict = await engine.validate(design, card ?? undefined);
    if (turn !== this.turn) return;
    this.verdict = verdict;
    this.problem = null;
    if (verdict.ok) this.good = { design, description: verdict.description };
  }

  private edit(next: Experiment): void {
    if (!this.design) return;
    this.undo.did(this.design);
    this.show(next);
  }

  private show(next: Experiment): void {
    this.design = this.sent = next;
    this.refused = null;
    this.dispatchEvent(new CustomEvent('design', { detail: next }));
  }

  private step(next: Experiment | null): void {
    if (next) this.show(next);
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    const { design } = this;
    if (!design || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z') return;
    const target = event.composedPath()[0];
    if (target instanceof HTMLInputElement && target.type !== 'checkbox') return;
    event.preventDefault();
    this.step(event.shiftKey ? this.undo.redo(design) : this.undo.undo(design));
  };

  /** Keys of a layer's row: Alt with arrows moves it, Delete removes it. */
  private readonly onRowKey = (event: KeyboardEvent, at: number): void => {
    if (event.key === 'Delete') this.drop(at);
    else if (event.altKey && event.key === 'ArrowUp') this.move(at, at - 1);
    else if (event.altKey && event.key === 'ArrowDown') this.move(at, at + 1);
    else return;
    event.preventDefault();
  };

  private move(at: number, to: number): void {
    if (!this.design || to < 0 || to >= this.design.model.layers.length) return;
    this.edit(moveLayer(this.design, at, to));
    if (this.opened === at) this.opened = to;
    this.focusRow(to);
  }

  private drop(at: number): void {
    if (!this.design) return;
    this.edit(removeLayer(this.design, at));
    this.opened = null;
    this.focusRow(Math.min(at, this.design.model.layers.length - 1));
  }

  private add(type: string): void {
    const { design, catalog } = this;
    const spec = catalog?.layers.find((info) => info.type === type);
    if (!design || !spec) return;
    // Add after the open layer; if none is open, before the last one, which makes the output.
    const at = this.opened !== null ? this.opened + 1 : Math.max(0, design.model.layers.length - 1);
    this.edit(insertLayer(design, at, newLayer(design, at, spec)));
    this.opened = at;
    this.focusRow(at);
  }

  private focusRow(at: number): void {
    afterUpdate(this, () => this.renderRoot.querySelectorAll<HTMLElement>('.open')[at]?.focus());
  }

  // ---- drawing --------------------------------------------------------------------------------------

  /** Shapes and cost of a layer, as long as no layer up to it has changed since the engine gave them. */
  private infoOf(at: number): LayerInfo | null {
    const { good, design } = this;
    if (!good || !design || (this.verdict && !this.verdict.ok && this.verdict.layer !== null && at >= this.verdict.layer)) return null;
    const same = design.model.layers.slice(0, at + 1).every((layer, i) => sameDesign(layer, good.design.model.layers[i]));
    return same ? (good.description.layers[at] ?? null) : null;
  }

  private drawError(id: string): TemplateResult | typeof nothing {
    const { verdict, design, lang } = this;
    if (!verdict || verdict.ok || !design) return nothing;
    const remedy = remedyFor(design, verdict.error, verdict.layer, verdict.field);
    const field = verdict.layer === null ? verdict.error.place : verdict.field;
    return html`<div class="error" id=${id} role="alert">
      <span>${field ? html`<code>${field}</code> ` : nothing}${problemIn(lang, verdict.error)}</span>
      ${
        remedy
          ? html`<button @click=${() => this.edit(remedy.apply(design))}>
              ${this.t('putValue', { field: remedy.field, value: String(remedy.value) })}
            </button>`
          : nothing
      }
    </div>`;
  }

  private drawLayer(layer: LayerSpec, at: number, name: string): TemplateResult {
    const { t } = this;
    const { lang, verdict, opened } = this;
    const wrong = verdict !== null && !verdict.ok && verdict.layer === at;
    const info = this.infoOf(at);
    const last = this.design!.model.layers.length - 1;
    const open = opened === at;
    const facts = factsOf(layer);
    const shape = info ? shapeText(info.output) : '–';
    return html`<li class=${wrong ? 'wrong-row' : ''} data-layer=${name}>
      <div class=${open ? 'row is-open' : 'row'}>
        <button
          class="open"
          aria-expanded=${open ? 'true' : 'false'}
          aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown Delete"
          @click=${() => (this.opened = open ? null : at)}
          @keydown=${(event: KeyboardEvent) => this.onRowKey(event, at)}
        >
          <span class="number">${at + 1}</span>
          <span class="what"><span class="type">${layer.type}</span><span class="facts">${facts}</span></span>
          <span class="figure"><span class="hidden">${t('output')}</span> ${shape}</span>
          <span class="figure"
            ><span class="hidden">${t('parameters')}</span> ${info ? plain(info.parameters, lang) : '–'}<span class="unit">
              ${t('parametersShort')}</span
            ></span
          >
          <span class="figure"
            ><span class="hidden">${t('multiplyAdds')}</span> ${info ? short(info.multiply_adds, lang) : '–'}<span class="unit">
              MAC</span
            ></span
          >
        </button>
        <span class="tools">
          <button
            ?disabled=${at === 0}
            aria-label=${t('moveUp', { name })}
            title=${t('moveUp', { name })}
            @click=${() => this.move(at, at - 1)}
          >
            ↑
          </button>
          <button
            ?disabled=${at === last}
            aria-label=${t('moveDown', { name })}
            title=${t('moveDown', { name })}
            @click=${() => this.move(at, at + 1)}
          >
            ↓
          </button>
          <button aria-label=${t('removeLayer', { name })} title=${t('removeLayer', { name })} @click=${() => this.drop(at)}>×</button>
        </span>
      </div>
      ${wrong ? this.drawError('layer-error') : nothing} ${open ? this.drawLayerForm(layer, at) : nothing}
    </li>`;
  }

  /** What forms tell of texts that cannot be read. */
  private get refusing(): Pick<FormOptions, 'refused' | 'refuse'> {
    return { refused: this.refused, refuse: (refused) => (this.refused = refused) };
  }

  private drawLayerForm(layer: LayerSpec, at: number): TemplateResult {
    const { t } = this;
    const { catalog, verdict, design } = this;
    const spec = catalog?.layers.find(({ type }) => type === layer.type);
    const layers = design!.model.layers;
    const earlier = ['input', ...layerNames(layers).slice(0, at)];
    const read = inputsOf(layers, at);
    const own: FormField[] = [{ name: 'name', help: t('layerName'), kind: 'text', default: '', required: false }];
    if (spec?.fields.some(({ name }) => name === 'init') || layer.type === 'batch_norm')
      own.push({ name: 'trainable', help: t('layerTrainable'), kind: 'boolean', default: true, required: false });
    const options = {
      prefix: `layer-${at}`,
      lang: this.lang,
      wrong: verdict && !verdict.ok && verdict.layer === at ? verdict.field : null,
      wrongId: 'layer-error',
      ...this.refusing,
      change: (field: string, value: Json | undefined) => this.edit(setLayerField(design!, at, field, value)),
    };
    const choose = (name: string, on: boolean): void => {
      const next = on ? [...read, name] : read.filter((other) => other !== name);
      const plainChain = next.length === 0 || (next.length === 1 && next[0] === (earlier.at(-1) ?? 'input'));
      this.edit(setLayerField(design!, at, 'from', plainChain ? undefined : next));
    };
    return html`<div class="body">
      <div class="form">
        <div class="field">
          <label for="layer-${at}-type">${t('layerType')}</label>
          <select id="layer-${at}-type" @change=${(event: Event) => this.changeType(at, (event.target as HTMLSelectElement).value)}>
            ${catalog?.layers.map(({ type }) => html`<option value=${type} ?selected=${type === layer.type}>${type}</option>`)}
          </select>
        </div>
      </div>
      ${drawForm(spec?.fields ?? [], layer, options)} ${drawForm(own, layer, options)}
      <fieldset>
        <legend>${t('layerFrom')}</legend>
        <div class="ticks">
          ${earlier.map(
            (name) =>
              html`<label
                ><input
                  type="checkbox"
                  .checked=${read.includes(name)}
                  @change=${(event: Event) => choose(name, (event.target as HTMLInputElement).checked)}
                />${name}</label
              >`,
          )}
        </div>
      </fieldset>
    </div>`;
  }

  private changeType(at: number, type: string): void {
    const spec = this.catalog?.layers.find((info) => info.type === type);
    const layers = this.design!.model.layers;
    if (spec) this.edit(setLayer(this.design!, at, withType(layers[at]!, spec)));
  }

  private drawSection({ name, title, specs }: (typeof sections)[number]): TemplateResult {
    const { t } = this;
    const { catalog, design, verdict, good } = this;
    if (!catalog || !design) return html``;
    const values = sectionOf(design, name);
    const full = (good?.description.experiment[name] ?? {}) as Record<string, Json>;
    const type = String(values['type'] ?? full['type'] ?? '');
    const offered = specs ? catalog[specs] : null;
    // A page is one process: what is for several shows only where a design that was opened has it.
    const fields = offered
      ? (offered.find((info) => info.type === type)?.fields ?? [])
      : catalog[name as 'augment' | 'train'].filter((field) => field.key !== 'train.local_statistics');
    // Fields that all types share (warm-up, clipping): the engine gives their defaults but no help.
    const known = new Set(['type', ...fields.map((field) => field.name)]);
    const shared =
      full['type'] === undefined || full['type'] === type ? Object.keys({ ...full, ...values }).filter((key) => !known.has(key)) : [];
    const others = shared.map((key): FormField => {
      const value = full[key] ?? values[key] ?? 0;
      const kind = typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'json';
      return {
        name: key,
        help: sharedHelp[key] ? t(sharedHelp[key]) : '',
        kind,
        default: values[key] === undefined || isParts(value) ? value : null,
        required: false,
      };
    });
    const place = verdict && !verdict.ok && verdict.layer === null ? (verdict.field ?? '') : '';
    const wrong = place === name || place.startsWith(`${name}.`);
    const changed = Object.entries(values)
      .filter(([key]) => key !== 'type')
      .map(([key, value]) => `${key} ${textOf(value as Json)}`);
    return html`<details ?open=${wrong}>
      <summary>${t(title)}<span class="facts">${[type, ...changed].filter(Boolean).join(' · ')}</span></summary>
      ${wrong ? this.drawError(`${name}-error`) : nothing}
      ${
        offered
          ? html`<div class="form">
              <div class="field">
                <label for="${name}-type"><code>type</code></label>
                <select
                  id="${name}-type"
                  @change=${(event: Event) => {
                    const next = (event.target as HTMLSelectElement).value;
                    const names = offered.find((info) => info.type === next)?.fields.map((field) => field.name) ?? [];
                    this.edit(setSectionType(design, name, next, [...names, ...shared]));
                  }}
                >
                  ${offered.map((info) => html`<option value=${info.type} ?selected=${info.type === type}>${info.type}</option>`)}
                </select>
              </div>
            </div>`
          : nothing
      }
      ${drawForm([...fields, ...others], values, {
        prefix: name,
        lang: this.lang,
        wrong: wrong ? place.slice(name.length + 1) : null,
        wrongId: `${name}-error`,
        ...this.refusing,
        change: (field, value) => this.edit(setSectionField(design, name, field, value)),
      })}
    </details>`;
  }

  protected override render(): TemplateResult {
    const { t } = this;
    const { design, verdict, good, catalog, lang } = this;
    if (!design) return html``;
    const names = layerNames(design.model.layers);
    const general =
      verdict && !verdict.ok && verdict.layer === null && !sections.some(({ name }) => (verdict.field ?? '').startsWith(name));
    const total = verdict?.ok && good ? good.description : null;
    return html`<section class="builder" aria-label=${t('layersTitle')} data-valid=${verdict ? String(verdict.ok) : ''}>
      ${this.drawProblem(
        this.problem,
        this.retry(() => this.attempt(Promise.all([this.learn(), this.validate()]))),
      )}
      <div class="bar">
        <button ?disabled=${!this.undo.canUndo} @click=${() => this.step(this.undo.undo(design))}>${t('undo')}</button>
        <button ?disabled=${!this.undo.canRedo} @click=${() => this.step(this.undo.redo(design))}>${t('redo')}</button>
        <button ?disabled=${!this.original || sameDesign(design, this.original)} @click=${() => this.edit(this.original!)}>
          ${t('resetDesign')}
        </button>
        <span class="total"
          ><strong>${total ? plain(total.parameters, lang) : '–'}</strong> ${t('parametersShort')} ·
          <strong>${total ? short(total.multiply_adds, lang) : '–'}</strong> ${t('multiplyAddsImage')}</span
        >
      </div>
      ${general ? this.drawError('design-error') : nothing}
      ${drawConcerns(verdict?.ok ? verdict.description.concerns : [], t('concernsTitle'), lang)}
      <div>
        <div class="head" aria-hidden="true">
          <span></span><span>${t('layer')}</span><span>${t('output')}</span><span>${t('parameters')}</span><span>${t('multiplyAdds')}</span>
        </div>
        <ol aria-label=${t('layersTitle')}>
          ${design.model.layers.map((layer, i) => this.drawLayer(layer, i, names[i]!))}
        </ol>
      </div>
      <div class="add">
        <div class="field">
          <label for="add">${this.opened === null ? t('addBeforeLast') : t('addAfter', { name: names[this.opened] ?? '' })}</label>
          <select id="add">
            ${catalog?.layers.map(({ type }) => html`<option value=${type}>${type}</option>`)}
          </select>
        </div>
        <button @click=${() => this.add(this.renderRoot.querySelector<HTMLSelectElement>('#add')!.value)}>${t('addLayer')}</button>
      </div>
      <div>${sections.map((section) => this.drawSection(section))}</div>
      ${this.drawVoice()}
    </section>`;
  }
}

customElements.define('lab-builder', LabBuilder);
