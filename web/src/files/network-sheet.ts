import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { strToU8, zipSync } from 'fflate';
import { extentsOf, type LabEngine } from '../client/client.js';
import type { ImportedNetwork } from '../client/module.js';
import { messageIn, sentenceIn, type Lang } from '../i18n/index.js';
import { problemOf } from '../state/engine.js';
import { LabElement } from '../ui/element.js';
import { plain } from '../ui/numbers.js';
import { saveFile } from '../ui/save.js';
import { base, controls, troubles } from '../ui/styles.js';
import { handedOver } from './handed-over.js';
import { folderName } from './run-folder.js';
import { toolsAt } from './tools.js';

/** What images may be normalised by where the file does not say: PyTorch's numbers for ImageNet among them. */
const norms = {
  unit: { mean: [0], std: [1] },
  imagenet: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  signed: { mean: [0.5], std: [0.5] },
  pixels: { mean: [0], std: [1 / 255] },
} as const;
type Norm = keyof typeof norms;
const normWords = { unit: 'normUnit', imagenet: 'normImagenet', signed: 'normSigned', pixels: 'normPixels' } as const;

const isUnit = ({ mean, std }: ImportedNetwork): boolean => mean.every((value) => value === 0) && std.every((value) => value === 1);

/** A network of another program: its drawing, what it is, and what can be done with it. Event: `done`. */
export class NetworkSheet extends LabElement {
  static override properties = {
    network: { attribute: false },
    engine: { attribute: false },
    linked: { attribute: false },
    drawing: { state: true },
    norm: { state: true },
    busy: { state: true },
    trouble: { state: true },
  };

  static override styles = [
    base,
    controls,
    troubles,
    css`
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        justify-items: start;
        gap: 12px;
        margin-bottom: 32px;
      }
      .field {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 4px;
        max-width: 100%;
      }
      select {
        max-width: 100%;
      }
      .drawing {
        max-width: 100%;
        max-height: 420px;
        overflow: auto;
        padding: 12px;
        background: #ffffff;
        border: 1px solid var(--lab-line);
        border-radius: var(--lab-radius);
      }
      img {
        display: block;
        max-width: 100%;
      }
      p,
      ul {
        margin: 0;
        max-width: 68ch;
        color: var(--lab-ink-soft);
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      pre {
        margin: 0;
        padding: 8px 12px;
        background: var(--lab-sunk);
        border-radius: var(--lab-radius);
        font-family: var(--lab-mono);
        font-size: var(--lab-small);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
    `,
  ];

  declare network: ImportedNetwork | null;
  declare engine: LabEngine | null;
  /** Other stations are there to go to. */
  declare linked: boolean;
  /** Address of the picture; empty: not drawn yet. */
  declare private drawing: string;
  declare private norm: Norm;
  declare private busy: boolean;
  declare private trouble: string;

  constructor() {
    super();
    this.network = this.engine = null;
    this.linked = false;
    this.drawing = this.trouble = '';
    this.norm = 'unit';
    this.busy = false;
  }

  override disconnectedCallback(): void {
    URL.revokeObjectURL(this.drawing);
    super.disconnectedCallback();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('network') && !changed.has('engine') && !changed.has('lang')) return;
    if (changed.has('network')) {
      this.norm = 'unit';
      this.trouble = '';
    }
    this.attempt(this.draw(), this.failed);
  }

  private readonly failed = (error: unknown): void => void (this.trouble = sentenceIn(this.lang, problemOf(error)));

  private async draw(): Promise<void> {
    const { network, engine, t } = this;
    if (!network || !engine) return;
    const svg = await toolsAt(engine.engineUrl).call('exportSvg', [network.model, t('drawingInput'), t('drawingParameters')]);
    if (network !== this.network) return;
    URL.revokeObjectURL(this.drawing);
    this.drawing = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  }

  /** model.safetensors, for images as the reader says. */
  private async model(): Promise<Uint8Array<ArrayBuffer>> {
    const { network, engine, norm } = this;
    if (!isUnit(network!) || norm === 'unit') return network!.model;
    const { mean, std } = norms[norm];
    return toolsAt(engine!.engineUrl).call('importNormalised', [network!.model, Float32Array.from(mean), Float32Array.from(std)]);
  }

  private async use(act: (model: Uint8Array<ArrayBuffer>) => void): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.trouble = '';
    try {
      act(await this.model());
    } finally {
      this.busy = false;
    }
  }

  private save(): void {
    const name = folderName(this.network!.name);
    const write = (model: Uint8Array<ArrayBuffer>): void => {
      const files = {
        [`${name}/experiment.json`]: strToU8(`${JSON.stringify(experimentIn(model), null, 2)}\n`),
        [`${name}/model.safetensors`]: model,
      };
      saveFile(`${name}.zip`, zipSync(files, { level: 0, mtime: new Date(1980, 0, 2) }), 'application/zip');
    };
    this.attempt(this.use(write), this.failed);
  }

  private begin(): void {
    const write = (model: Uint8Array<ArrayBuffer>): void => {
      handedOver.give(new File([model], 'model.safetensors'));
      location.hash = `#classes?lang=${this.lang}`;
    };
    this.attempt(this.use(write), this.failed);
  }

  private drawNorm(): TemplateResult | typeof nothing {
    const { t, network } = this;
    if (!network || !isUnit(network)) return nothing;
    const fits = (norm: Norm): boolean => norms[norm].mean.length === 1 || norms[norm].mean.length === network.image.channels;
    const chosen = (event: Event): void => void (this.norm = (event.target as HTMLSelectElement).value as Norm);
    return html`<div class="field">
      <label for="norm">${t('networkNorm')}</label>
      <select id="norm" @change=${chosen}>
        ${(Object.keys(norms) as Norm[])
          .filter(fits)
          .map((norm) => html`<option value=${norm} ?selected=${norm === this.norm}>${t(normWords[norm])}</option>`)}
      </select>
    </div>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { t, lang, network } = this;
    if (!network) return nothing;
    const [height, width, channels] = extentsOf(network.image);
    const facts = {
      layers: network.layers,
      parameters: plain(network.parameters, lang),
      size: `${height}×${width}×${channels}`,
      classes: network.classes.length,
    };
    const name = folderName(network.name);
    return html`<section aria-label=${t('networkTitle', { name: network.name })} data-testid="network">
      <h2>${t('networkTitle', { name: network.name })}</h2>
      <p data-testid="facts">${t('networkFacts', facts)}</p>
      ${
        network.notes.length > 0
          ? html`<ul>
              ${network.notes.map((note) => html`<li>${messageIn(lang, note)}.</li>`)}
            </ul>`
          : nothing
      }
      ${
        this.drawing
          ? html`<div class="drawing" tabindex="0" role="group" aria-label=${t('networkDrawing')}>
              <img src=${this.drawing} alt=${t('networkTitle', { name: network.name })} />
            </div>`
          : nothing
      }
      ${this.drawNorm()}
      <div class="buttons">
        ${this.linked ? html`<button class="go" ?disabled=${this.busy} @click=${() => this.begin()}>${t('networkBegin')}</button>` : nothing}
        <button ?disabled=${this.busy} @click=${() => this.save()}>${t('networkSave')}</button>
        <button @click=${() => this.dispatchEvent(new CustomEvent('done'))}>${t('close')}</button>
      </div>
      <p>${t('networkThen')}</p>
      <pre>
unzip ${name}.zip -d runs
./lab predict ${name} IMAGE</pre>
      ${this.drawProblem(this.trouble)}
    </section>`;
  }
}

/** The experiment that a model.safetensors carries. */
function experimentIn(model: Uint8Array<ArrayBuffer>): unknown {
  const length = Number(new DataView(model.buffer, model.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(model.subarray(8, 8 + length))) as { __metadata__: { experiment: string } };
  return JSON.parse(header.__metadata__.experiment);
}

customElements.define('lab-network-sheet', NetworkSheet);

/** Draws the sheet of a network, if there is one. */
export function drawNetwork(
  network: ImportedNetwork | null,
  engine: LabEngine | null,
  lang: Lang,
  linked: boolean,
  done: () => void,
): TemplateResult | typeof nothing {
  if (!network) return nothing;
  return html`<lab-network-sheet .network=${network} .engine=${engine} .linked=${linked} .lang=${lang} @done=${done}></lab-network-sheet>`;
}
