import { html, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { ConvolutionResult, LabProblem } from '../../client/client.js';
import { problemOf } from '../../state/engine.js';
import type { Matrix } from '../../state/properties.js';
import '../../ui/grid.js';
import type { LabGrid } from '../../ui/grid.js';
import { plain } from '../../ui/numbers.js';
import { pastedPicture } from '../../ui/paste.js';
import '../../ui/player.js';
import type { PlayerAction } from '../../ui/player.js';
import { stationStyles } from '../../ui/station-layout.js';
import { Station } from '../../ui/station.js';
import { isCalm } from '../../ui/calm.js';
import { afterUpdate } from '../../ui/update.js';
import { watchWidth } from '../../ui/widths.js';
import { clicked, edited } from './edits.js';
import { drawTask, drawWhy } from './explanation.js';
import { Inquiry } from './inquiry.js';
import { fromPixels, readPicture } from './read-picture.js';
import { drawNotes } from './notes.js';
import { Scene } from './scene.js';
import { drawSettings, type Chosen } from './settings.js';
import { drawGrids } from './grids.js';
import { onTheExample, pointAt, table, type Editable, type MatrixName, type State } from './state.js';
import { convolutionStyles } from './station-styles.js';
import { drawSum, titleOf } from './sum.js';
import { layThreads } from './threads.js';

/** Milliseconds for each number, by speed. */
const pauses = [0, 1100, 550, 250, 90];
const garmentIndex = 1;

/** A convolution, one number at a time, forward and backward. */
export class ConvolutionStation extends Station<State> {
  static override properties: PropertyDeclarations = {
    result: { state: true },
    misfit: { state: true },
    playing: { state: true },
    width: { state: true },
    chosen: { state: true },
    garment: { state: true },
    imageProblem: { state: true },
    guess: { state: true },
  };

  static override styles = [...stationStyles, convolutionStyles];

  protected readonly table = table;
  declare private result: ConvolutionResult | null;
  /** Why the engine cannot convolve these. */
  declare private misfit: LabProblem | null;
  declare private imageProblem: string;
  declare private playing: boolean;
  /** Width of the view in pixels. */
  declare private width: number;
  declare private chosen: Chosen | null;
  declare private garment: Matrix | null;
  /** The reader's answer to the question: a padding. */
  declare private guess: number | null;
  private timer = 0;
  private readonly inquiry = new Inquiry();
  private past: State[] = [];
  private unwatch: () => void = () => undefined;
  private drawing = 0;
  private seen: { from: readonly unknown[]; scene: Scene } | null = null;

  constructor() {
    super();
    this.result = this.misfit = this.chosen = this.garment = this.guess = null;
    this.imageProblem = '';
    this.playing = false;
    this.width = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('paste', this.onPaste);
    afterUpdate(this, () => {
      const view = this.renderRoot.querySelector('.view');
      this.unwatch();
      if (view && this.isConnected) this.unwatch = watchWidth(view, (width) => (this.width = width));
    });
  }

  override disconnectedCallback(): void {
    document.removeEventListener('paste', this.onPaste);
    this.unwatch();
    this.pause();
    super.disconnectedCallback();
  }

  protected override ready(): void {
    this.compute();
    if (this.s.at < 0 && !isCalm() && !this.hidden) this.play();
  }

  protected override stateRead(): void {
    this.pause();
    this.compute();
  }

  protected override left(): void {
    this.pause();
  }

  private get scene(): Scene {
    const from = [this.s, this.result, this.garment];
    if (!this.seen || this.seen.from.some((value, i) => value !== from[i]))
      this.seen = { from, scene: new Scene(this.s, this.result, this.garment) };
    return this.seen.scene;
  }

  // ---- the answer ----------------------------------------------------------------------------------

  /** Asks the engine, unless it was just asked the same. */
  private compute(): void {
    if (!this.engine) return;
    if (this.s.image === 'garment' && !this.garment) this.attempt(this.fetchGarment());
    this.inquiry.ask(
      this.engine,
      this.scene,
      (result) => {
        this.result = result;
        this.misfit = null;
      },
      (error) => (this.misfit = problemOf(error)),
    );
  }

  private async fetchGarment(): Promise<void> {
    try {
      const { pixels, shape } = await this.engine!.images('fashion-mnist', 'test', [garmentIndex]);
      this.garment = fromPixels(pixels, shape);
      this.compute();
    } catch {
      this.imageProblem = this.t('noGarments');
      this.change({ image: 'course' });
    }
  }

  private async bring(file: Blob): Promise<void> {
    try {
      const pixels = await readPicture(file, this.engine!.engineUrl);
      this.pause();
      this.imageProblem = '';
      this.change({ image: 'own', pixels, at: 0, stage: 'map' });
    } catch {
      this.imageProblem = this.t('pictureWrong');
    }
  }

  private readonly onPaste = (event: ClipboardEvent): void => {
    const file = pastedPicture(event, this);
    if (!file) return;
    event.preventDefault();
    this.attempt(this.bring(file));
  };

  private readonly onDrag = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    const file = event.type === 'drop' ? event.dataTransfer.files[0] : undefined;
    if (file) this.attempt(this.bring(file));
  };

  // ---- changes -------------------------------------------------------------------------------------

  /** Changes what is computed; can be undone. */
  private change(change: Partial<State>): void {
    this.past.push(this.s);
    if (this.past.length > 100) this.past.shift();
    this.set(change);
    const { tour } = this.scene;
    if (this.s.at >= tour.length) this.toTheFirst();
    this.compute();
  }

  private undo(): void {
    const before = this.past.pop();
    if (!before) return;
    this.set(before);
    this.compute();
  }

  private toTheExample(): void {
    this.past.push(this.s);
    this.chosen = null;
    this.imageProblem = '';
    this.set(onTheExample(this.s));
    this.compute();
    this.speak();
  }

  private edit(what: Editable, index: number, value: number): void {
    this.chosen = { what, index };
    const change = edited(this.scene, what, index, value);
    if (change) this.change(change);
  }

  private pick(what: Editable, index: number, less: boolean, grid: LabGrid): void {
    this.pause();
    const value = clicked(this.scene, what, index, less);
    if (what === 'image') grid.paint(value);
    this.edit(what, index, value);
  }

  // ---- where we are --------------------------------------------------------------------------------

  /** `by`: whoever moves; a playing station moves without a word. */
  private goTo(matrix: MatrixName, index: number, by: 'reader' | 'itself'): void {
    if (by === 'itself') return this.setQuietly(pointAt(matrix, index));
    this.set(pointAt(matrix, index));
    this.speak();
  }

  private step(by: 'reader' | 'itself' = 'reader'): boolean {
    const { tour, turn } = this.scene;
    const next = tour[turn + 1];
    if (next) this.goTo(next.matrix, next.index, by);
    return next !== undefined;
  }

  /** Goes to the number that is computed first. */
  private toTheFirst(): void {
    const [first] = this.scene.tour;
    if (first) this.set(pointAt(first.matrix, first.index));
  }

  private play(): void {
    const { tour, turn } = this.scene;
    if (!this.playing && turn === tour.length - 1) this.set({ at: -1, stage: 'map' });
    this.playing = true;
    clearTimeout(this.timer);
    const tick = (): void => {
      if (!this.step('itself')) this.pause();
      else this.timer = setTimeout(tick, pauses[this.s.speed]) as unknown as number;
    };
    this.timer = setTimeout(tick, this.s.at < 0 ? 300 : pauses[this.s.speed]!) as unknown as number;
  }

  private pause(): void {
    clearTimeout(this.timer);
    this.playing = false;
  }

  private act(action: PlayerAction): void {
    if (action === 'toggle' && !this.playing) return this.play();
    this.pause();
    if (action === 'toggle') this.tellState();
    if (action === 'step' && !this.step()) this.toTheFirst();
    if (action === 'reset') this.toTheExample();
  }

  protected override ownKey(event: KeyboardEvent): boolean {
    if (!(event.ctrlKey || event.metaKey) || event.key !== 'z' || !this.past.length) return false;
    this.undo();
    return true;
  }

  private speak(): void {
    const { scene } = this;
    this.say(`${titleOf(scene, scene.spot, this.t)}: ${plain(scene.valueOf(scene.spot), this.lang, 3)}`);
  }

  // ---- drawing -------------------------------------------------------------------------------------

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    // The grids lay themselves out after this element.
    cancelAnimationFrame(this.drawing);
    this.drawing = requestAnimationFrame(() => {
      const view = this.renderRoot.querySelector<HTMLElement>('.view');
      if (view) layThreads(view, this.scene);
    });
  }

  private drawMisfit(): TemplateResult | '' {
    const padding = this.scene.neededPadding;
    return this.drawProblem(
      this.misfit,
      padding
        ? { words: this.t('fitPadding', { n: padding }), run: () => this.change({ padding }) }
        : { words: this.t('fitStride'), run: () => this.change({ stride: 1, padding: 1 }) },
    );
  }

  private drawDirection(): TemplateResult {
    return html`<span class="choices" role="group" aria-label=${this.t('direction')}
      >${(['forward', 'backward'] as const).map(
        (way) =>
          html`<button
            aria-pressed=${way === this.s.way ? 'true' : 'false'}
            @click=${() => {
              this.pause();
              this.set({ way, at: way === 'forward' ? 0 : this.scene.telling(this.s.to), stage: 'map', gradient: 'last' });
              this.speak();
            }}
          >
            ${this.t(way)}
          </button>`,
      )}</span
    >`;
  }

  private drawFileInput(): TemplateResult {
    return html`<input
      class="file"
      type="file"
      accept="image/*"
      aria-label=${this.t('presetPhoto')}
      @change=${(event: Event) => {
        const input = event.target as HTMLInputElement;
        const file = input.files?.[0];
        input.value = '';
        if (file) this.attempt(this.bring(file));
      }}
    />`;
  }

  protected override render(): TemplateResult {
    const { s, t, lang, scene } = this;
    const change = (change: Partial<State>): void => {
      if (change.image !== undefined) {
        this.pause();
        this.imageProblem = '';
      }
      this.change(change);
    };
    const edit = (what: Editable, index: number, value: number): void => this.edit(what, index, value);
    return html`<div class="station" @dragover=${this.onDrag} @drop=${this.onDrag}>
      <header class="lead">
        <h1>${t(s.way === 'forward' ? 'convTitle' : 'backTitle')}</h1>
        <p>${t(s.way === 'forward' ? 'convLead' : 'backLead')}</p>
      </header>
      ${this.drawFailure()}
      <div class="columns">
        <div class="main">
          <div class="row">
            <lab-player
              .playing=${this.playing}
              .speed=${s.speed}
              .lang=${lang}
              @action=${(event: CustomEvent<PlayerAction>) => this.act(event.detail)}
              @speed=${(event: CustomEvent<number>) => {
                this.set({ speed: event.detail });
                if (this.playing) this.play();
              }}
            ></lab-player>
            ${this.drawDirection()}
          </div>
          <div class="view ${this.misfit ? 'stale' : ''}" data-ready=${this.result || this.misfit ? 'true' : 'false'}>
            ${drawGrids({
              scene,
              t,
              lang,
              width: this.width,
              goTo: (matrix, index) => {
                this.pause();
                this.goTo(matrix, index, 'reader');
              },
              pick: (what, index, less, grid) => this.pick(what, index, less, grid),
              edit,
            })}
          </div>
          ${this.drawMisfit()} ${drawNotes(scene, t)}
          <p class="hint">${t(s.way === 'forward' ? 'editHint' : 'gradHint')}</p>
          ${this.drawDrawer(
            drawSettings({
              scene,
              t,
              chosen: this.chosen,
              canUndo: this.past.length > 0,
              change,
              edit,
              undo: () => this.undo(),
              pickPicture: () => this.renderRoot.querySelector<HTMLInputElement>('.file')?.click(),
            }),
          )}
          ${this.drawFileInput()} ${this.drawProblem(this.imageProblem)}
        </div>
        <div class="side">
          ${drawSum(scene, t, lang)} ${drawWhy(scene, t)} ${drawTask(t, this.guess, (guess) => (this.guess = guess), change)}
        </div>
      </div>
      ${this.drawVoice()}
    </div>`;
  }
}

customElements.define('lab-convolution', ConvolutionStation);
