import { css, html, nothing, type TemplateResult } from 'lit';
import { sentenceIn, type Key } from '../i18n/index.js';
import { problemOf } from '../state/engine.js';
import { LabElement } from '../ui/element.js';
import { base, controls, troubles } from '../ui/styles.js';
import type { TrainRun } from '../run/run.js';
import type { OwnImages } from './own-images.js';
import { FileProblem } from './problem.js';
import { exportFormats, exportModel, type ExportFormat } from './export-model.js';
import { folderName, zipRun } from './run-folder.js';
import { toolsAt } from './tools.js';

const formatNames: Record<ExportFormat, Key> = {
  onnx: 'exportOnnx',
  pth: 'exportPth',
  code: 'exportCode',
  tfjs: 'exportTfjs',
  keras: 'exportKeras',
  safetensors: 'exportSafetensors',
};

function download(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Saves and opens a run, as the folder that the command line keeps. Event: `files`, with the files picked. */
export class RunFiles extends LabElement {
  static override properties = {
    run: { attribute: false },
    given: { attribute: false },
    busy: { state: true },
    trouble: { state: true },
  };

  static override styles = [
    base,
    controls,
    troubles,
    css`
      .panel {
        display: grid;
        gap: 24px 40px;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr));
      }
      section {
        display: grid;
        gap: 12px;
        align-content: start;
        justify-items: start;
      }
      p {
        max-width: 68ch;
        color: var(--lab-ink-soft);
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
        max-width: 100%;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .note {
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
      }
      input[type='file'] {
        display: none;
      }
    `,
  ];

  declare run: TrainRun | null;
  /** How images of one's own were understood. */
  declare given: OwnImages | null;
  declare private busy: boolean;
  declare private trouble: string;
  private stop: () => void = () => undefined;

  constructor() {
    super();
    this.run = this.given = null;
    this.busy = false;
    this.trouble = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.listen();
  }

  override disconnectedCallback(): void {
    this.stop();
    super.disconnectedCallback();
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has('run')) this.listen();
  }

  /** The run stays the same object when another network is opened in it. */
  private listen(): void {
    this.stop();
    const stops = [this.run?.listen('opened', () => this.requestUpdate()), this.run?.listen('state', () => this.requestUpdate())];
    this.stop = () => stops.forEach((stop) => stop?.());
  }

  /** Does one thing with the run at a time, and says in place what went wrong. */
  private async work(use: (run: TrainRun) => Promise<void>): Promise<void> {
    const { run } = this;
    if (!run || this.busy) return;
    this.busy = true;
    this.trouble = '';
    try {
      await use(run);
    } catch (error) {
      this.trouble = error instanceof FileProblem ? this.t(error.key, error.values) : sentenceIn(this.lang, problemOf(error));
    } finally {
      this.busy = false;
    }
  }

  private save(): Promise<void> {
    return this.work(async (run) => {
      const source = run.source;
      const own = source?.kind === 'images' && run.session?.info.card.name === 'folder' ? source : null;
      const { step } = run;
      const { name, blob } = await zipRun(run, own, this.given);
      run.savedAt = step;
      download(name, blob);
    });
  }

  private export(format: ExportFormat): Promise<void> {
    return this.work(async (run) => {
      if (!run.session) throw new FileProblem('noRunYet');
      const name = folderName(run.experiment?.name ?? 'network');
      const file = await exportModel(toolsAt(run.engine.engineUrl), await run.session.weights(), format, name);
      download(file.name, new Blob([file.bytes]));
    });
  }

  /** The network as a picture. */
  private draw(): Promise<void> {
    return this.work(async (run) => {
      if (!run.session) throw new FileProblem('noRunYet');
      const words = [this.t('drawingInput'), this.t('drawingParameters')] as const;
      const svg = await toolsAt(run.engine.engineUrl).call('exportSvg', [await run.session.weights(), ...words]);
      download(`${folderName(run.experiment?.name ?? 'network')}.svg`, new Blob([svg], { type: 'image/svg+xml' }));
    });
  }

  private readonly picked = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    input.value = '';
    if (files.length > 0) this.dispatchEvent(new CustomEvent('files', { detail: files }));
  };

  private pick(id: string): void {
    this.renderRoot.querySelector<HTMLInputElement>(`#${id}`)!.click();
  }

  protected override render(): TemplateResult {
    const { t } = this;
    const name = folderName(this.run?.experiment?.name ?? 'run');
    return html`<div class="panel">
      <section>
        <h2>${t('saveRun')}</h2>
        <p>${t('saveRunHelp')}</p>
        <button ?disabled=${this.busy || !this.run?.session} @click=${() => this.attempt(this.save())}>
          ${this.busy ? t('savingRun') : t('downloadRun')}
        </button>
        <p class="note">${t('saveRunThen')}</p>
        <pre>
unzip ${name}.zip -d runs
./lab eval ${name}
./lab train --resume ${name}</pre>
        ${this.run && this.run.rateScale !== 1 ? html`<p class="note">${t('saveRunRate')}</p>` : nothing} ${this.drawProblem(this.trouble)}
      </section>
      <section>
        <h2>${t('exportRun')}</h2>
        <p>${t('exportRunHelp')}</p>
        <div class="buttons">
          ${exportFormats.map(
            (format) =>
              html`<button ?disabled=${this.busy || !this.run?.session} @click=${() => this.attempt(this.export(format))}>
                ${t(formatNames[format])}
              </button>`,
          )}
          <button ?disabled=${this.busy || !this.run?.session} @click=${() => this.attempt(this.draw())}>${t('exportSvg')}</button>
        </div>
        <p class="note">${t('exportRunThen')}</p>
      </section>
      <section>
        <h2>${t('loadRun')}</h2>
        <p>${t('loadRunHelp')}</p>
        <div class="buttons">
          <button @click=${() => this.pick('files')}>${t('chooseFiles')}</button>
          <button @click=${() => this.pick('folder')}>${t('chooseFolder')}</button>
        </div>
        <input id="files" type="file" multiple aria-label=${t('chooseFiles')} @change=${this.picked} />
        <input id="folder" type="file" webkitdirectory aria-label=${t('chooseFolder')} @change=${this.picked} />
      </section>
    </div>`;
  }
}

customElements.define('lab-run-files', RunFiles);
