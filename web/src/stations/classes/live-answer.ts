import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { extentsOf, LabError, type LabSession } from '../../client/client.js';
import { fitted } from '../../files/pictures.js';
import { FileProblem } from '../../files/problem.js';
import { classIn, sentenceIn } from '../../i18n/index.js';
import { barStyles, drawBars } from '../../inspect/answer-bars.js';
import { classShares, topAnswers } from '../../inspect/answers.js';
import '../../inspect/picture.js';
import type { TrainRun } from '../../run/run.js';
import { problemOf } from '../../state/engine.js';
import { LabElement } from '../../ui/element.js';
import { about, percent } from '../../ui/numbers.js';
import { base, controls, troubles } from '../../ui/styles.js';
import { cameraWords, type Camera } from './camera.js';
import { paintLook, lookOf, readoutOf, type Look, type Readout } from './look.js';
import { Meter } from './pace.js';

interface Answered {
  session: LabSession;
  row: Float32Array;
  pixels: Uint8Array;
  look: Look | null;
}

/** Of the worker's time, answers take at most 1 / (1 + this) while it trains. */
const restShare = 3;
/** Milliseconds for which an answer is to stand before it is spoken. */
const steady = 1200;

const nextFrame = (): Promise<unknown> => new Promise(requestAnimationFrame);

/**
 * What the camera sees, or a picture, and what the network says of it, one answer after the other. Events: `mirror`,
 * `look` (true: wanted), `allow` (the camera is wanted), `camera` (another one).
 */
export class LiveAnswer extends LabElement {
  static override properties = {
    camera: { attribute: false },
    run: { attribute: false },
    engineUrl: { attribute: false },
    mirror: { type: Boolean },
    look: { type: Boolean },
    active: { type: Boolean },
    answer: { state: true },
    rate: { state: true },
    still: { state: true },
    trouble: { state: true },
    over: { state: true },
  };

  static override styles = [
    base,
    controls,
    troubles,
    barStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .live {
        display: grid;
        gap: 12px 16px;
      }
      .view {
        position: relative;
        aspect-ratio: 1;
        width: 100%;
        overflow: hidden;
        border: 1px solid var(--lab-line);
        border-radius: var(--lab-radius);
        background: var(--lab-sunk);
        display: grid;
        place-items: center;
      }
      .view.dropping {
        outline: 3px dashed var(--lab-accent);
        outline-offset: 2px;
      }
      .turned {
        position: absolute;
        inset: 0;
      }
      .turned.mirrored {
        transform: scaleX(-1);
      }
      video,
      .overlay,
      .still,
      .still::part(canvas) {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        object-fit: cover;
      }
      .still::part(canvas) {
        border: 0;
        image-rendering: auto;
      }
      .overlay {
        opacity: 0.6;
        pointer-events: none;
      }
      .empty {
        padding: 16px;
        text-align: center;
        color: var(--lab-ink-soft);
        font-size: var(--lab-small);
        display: grid;
        gap: 12px;
        justify-items: center;
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: center;
      }
      .tools select {
        min-width: 0;
        flex: 1 1 120px;
        text-overflow: ellipsis;
      }
      .said {
        font-size: var(--lab-large);
        font-weight: 620;
        min-height: 1.6em;
        overflow-wrap: anywhere;
      }
      .answers {
        display: grid;
        gap: 8px;
        min-width: 0;
        align-content: start;
      }
      .note {
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
        min-height: 1.5em;
      }
      input[type='file'] {
        display: none;
      }
      .live {
        grid-template-columns: minmax(0, 5fr) minmax(0, 4fr);
      }
      .tools,
      .wide {
        grid-column: 1 / -1;
      }
      @container (width >= 480px) {
        .live {
          grid-template-columns: 240px minmax(0, 1fr);
        }
      }
      @container (width < 376px) {
        .live {
          grid-template-columns: minmax(0, 9fr) minmax(0, 11fr);
        }
        .tools {
          gap: 4px;
        }
        .tools button {
          padding: 4px 8px;
          font-size: var(--lab-small);
          min-height: 36px;
        }
        .empty {
          padding: 8px;
        }
        /* a square is too small for the words and their button */
        .view:has(.empty) {
          aspect-ratio: auto;
        }
      }
    `,
  ];

  declare camera: Camera;
  declare run: TrainRun | null;
  declare engineUrl: string;
  declare mirror: boolean;
  declare look: boolean;
  /** The station is shown. */
  declare active: boolean;
  declare private answer: Answered | null;
  /** Answers a second, measured; null: none under way. */
  declare private rate: number | null;
  /** A picture to ask about, in place of the camera. */
  declare private still: File | null;
  declare private trouble: string;
  declare private over: boolean;
  private readonly meter = new Meter();
  private stops: (() => void)[] = [];
  private asking = false;
  private wanted = false;
  private asked: { still: File; session: LabSession; step: number; look: boolean } | null = null;
  private readout: { session: LabSession; step: number; found: Readout | null } | null = null;
  private spoken = '';
  private candidate = { words: '', since: 0 };

  constructor() {
    super();
    this.run = null;
    this.engineUrl = this.trouble = '';
    this.mirror = this.look = this.active = this.over = false;
    this.answer = this.still = null;
    this.rate = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.follow();
  }

  override disconnectedCallback(): void {
    this.leave();
    super.disconnectedCallback();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('run') || changed.has('camera')) this.follow();
    if (changed.has('active') || changed.has('look') || changed.has('still')) this.wake();
  }

  private follow(): void {
    this.leave();
    const { run, camera } = this;
    const changed = (): void => {
      if (camera.state === 'on') this.still = null;
      else this.rate = null;
      this.requestUpdate();
      this.wake();
    };
    camera.addEventListener('changed', changed);
    const wake = (): void => this.wake();
    const opened = (): void => {
      this.trouble = '';
      this.requestUpdate();
    };
    this.stops = [() => camera.removeEventListener('changed', changed)];
    if (run) this.stops.push(run.listen('opened', opened), run.listen('weights', wake));
    this.wake();
  }

  private leave(): void {
    for (const stop of this.stops) stop();
    this.stops = [];
  }

  /** Asks as long as there is something to ask about; one question at a time. */
  private wake(): void {
    this.wanted = true;
    if (this.asking) return;
    this.asking = true;
    this.wanted = false;
    this.askOn()
      .catch((error: unknown) => {
        // The session was closed for another: its first weights ask again.
        if (error instanceof LabError && (error.code === 'closed' || error.code === 'cancelled' || error.code === 'unknown_name')) return;
        this.trouble = error instanceof FileProblem ? this.t(error.key, error.values) : sentenceIn(this.lang, problemOf(error));
        if (this.still) this.still = null;
      })
      .finally(() => {
        this.asking = false;
        this.meter.clear();
        // Something has changed just as it had come to an end.
        if (this.wanted) this.wake();
      });
  }

  private async askOn(): Promise<void> {
    for (;;) {
      const session = this.run?.session;
      if (!this.isConnected || !this.active || !session || session.step === 0) return;
      const { still } = this;
      if (!still && this.camera.state !== 'on') return;
      const { step } = session;
      const same = this.asked;
      if (still && same?.still === still && same.session === session && same.step === step && same.look === this.look) return;
      const since = performance.now();
      const picture = still ?? this.camera.grab();
      if (picture) {
        const pixels = await fitted(this.engineUrl, picture, extentsOf(session.info.card.image), 'fill');
        const answer = await this.answerFor(session, pixels);
        this.asked = still ? { still, session, step, look: this.look } : null;
        if (session !== this.run?.session || still !== this.still) continue;
        this.answer = answer;
        const now = performance.now();
        this.meter.happened(now);
        this.rate = still ? null : this.meter.rate;
        this.speak(answer, now);
      }
      const took = performance.now() - since;
      if (this.run?.state === 'running') await new Promise((resolve) => setTimeout(resolve, restShare * took));
      await nextFrame();
    }
  }

  private async answerFor(session: LabSession, pixels: Uint8Array): Promise<Answered> {
    const readout = this.look ? await this.readoutNow(session) : null;
    // The session's own copy goes to the worker.
    const images = { pixels, count: 1 };
    if (!readout) return { session, pixels, row: (await session.predict(images)).data, look: null };
    const { activations, probabilities } = await session.tap({ images, layers: [readout.map] });
    const [best] = topAnswers(probabilities.data, 1);
    return { session, pixels, row: probabilities.data, look: lookOf(activations[readout.map]!, readout, best!.class) };
  }

  /** The last layer's weights, of this step. */
  private async readoutNow(session: LabSession): Promise<Readout | null> {
    if (this.readout?.session !== session || this.readout.step !== session.step) {
      const { step } = session;
      this.readout = { session, step, found: await readoutOf(session) };
    }
    return this.readout.found;
  }

  /** Lets a screen reader speak an answer that has stood for a while. */
  private speak({ session, row }: Answered, now: number): void {
    const [best] = topAnswers(row, 1);
    const words = classIn(this.lang, session.info.card, best!.class);
    if (words !== this.candidate.words) this.candidate = { words, since: now };
    if (words === this.spoken || (!this.still && now - this.candidate.since < steady)) return;
    this.spoken = words;
    this.say(this.t('panelSays', { class: words, share: percent(best!.share, this.lang) }));
  }

  private bring(file: File | undefined): void {
    if (!file) return;
    this.trouble = '';
    this.asked = null;
    this.spoken = '';
    this.camera.stop();
    this.still = file;
  }

  private readonly onFile = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    this.bring(input.files?.[0]);
    input.value = '';
  };

  private readonly onDrag = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    event.stopPropagation();
    this.over = event.type === 'dragover';
    if (event.type === 'drop') this.bring(event.dataTransfer.files[0]);
  };

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const canvas = this.renderRoot.querySelector<HTMLCanvasElement>('.overlay');
    const look = this.current?.look;
    if (canvas && look) paintLook(canvas, look);
  }

  private get current(): Answered | null {
    const { answer, run } = this;
    return answer && answer.session === run?.session && (this.still || this.camera.state === 'on') ? answer : null;
  }

  private tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  private drawView(): TemplateResult {
    const { t, camera, still, current } = this;
    const on = camera.state === 'on';
    const words = cameraWords[camera.state];
    const mirrored = on && !still && this.mirror;
    return html`<div
      class=${this.over ? 'view dropping' : 'view'}
      @dragover=${this.onDrag}
      @dragleave=${this.onDrag}
      @drop=${this.onDrag}
      data-testid="view"
      data-camera=${camera.state}
    >
      ${
        on || still
          ? html`<div class=${mirrored ? 'turned mirrored' : 'turned'}>
              ${
                still
                  ? html`<lab-picture
                      class="still"
                      .pixels=${current?.pixels ?? null}
                      .shape=${current ? extentsOf(current.session.info.card.image) : ([1, 1, 1] as const)}
                      .size=${320}
                      .label=${t('liveStill', { name: still.name })}
                    ></lab-picture>`
                  : camera.video
              }
              ${current?.look ? html`<canvas class="overlay" aria-hidden="true"></canvas>` : nothing}
            </div>`
          : html`<div class="empty">
              <span role="status">${words ? t(words) : t('cameraOff')}</span>
              <button ?disabled=${camera.state === 'asking'} @click=${() => this.tell('allow')}>
                ${t(words && camera.state !== 'asking' ? 'cameraAgain' : 'cameraStart')}
              </button>
            </div>`
      }
    </div>`;
  }

  private drawTools(): TemplateResult {
    const { t, camera } = this;
    const on = camera.state === 'on';
    return html`<div class="tools">
      ${on ? html`<button @click=${() => camera.stop()}>${t('cameraStop')}</button>` : nothing}
      <button @click=${() => this.renderRoot.querySelector<HTMLInputElement>('#picture')!.click()}>${t('livePicture')}</button>
      <input id="picture" type="file" accept="image/*" aria-label=${t('livePicture')} @change=${this.onFile} />
      ${
        on
          ? html`<button aria-pressed=${this.mirror ? 'true' : 'false'} @click=${() => this.tell('mirror', !this.mirror)}>
              ${t('cameraMirror')}
            </button>`
          : nothing
      }
      ${
        this.run?.session
          ? html`<button aria-pressed=${this.look ? 'true' : 'false'} @click=${() => this.tell('look', !this.look)}>
              ${t('liveLook')}
            </button>`
          : nothing
      }
      ${
        on && camera.devices.length > 1
          ? html`<select
              aria-label=${t('cameraChoice')}
              @change=${(event: Event) => this.tell('camera', (event.target as HTMLSelectElement).value)}
            >
              ${camera.devices.map(
                ({ id, label }, i) =>
                  html`<option value=${id} ?selected=${id === camera.chosen}>${label || t('cameraNumber', { n: i + 1 })}</option>`,
              )}
            </select>`
          : nothing
      }
    </div>`;
  }

  private drawAnswers(): TemplateResult {
    const { t, lang, run, current } = this;
    const info = run?.session?.info;
    const shares = current ? classShares(current.row) : [];
    const [best] = current ? topAnswers(current.row, 1) : [];
    const answers = shares.map((share, index) => ({ class: index, share }));
    return html`<div class="answers" data-testid="answer" data-class=${best && info ? info.card.classes[best.class]! : ''}>
      <p class="said">${best && info ? classIn(lang, info.card, best.class) : '–'}</p>
      ${info && current ? drawBars(answers, info.card, lang, best!.class) : html`<p class="note">${t(run?.session ? 'liveWaits' : 'liveFirst')}</p>`}
      <p class="note" data-testid="pace">${this.rate !== null && current ? t('livePace', { n: about(this.rate, lang) }) : ''}</p>
    </div>`;
  }

  protected override render(): TemplateResult {
    const { t, current } = this;
    const name = current?.look ? classIn(this.lang, current.session.info.card, current.look.label) : '';
    return html`<div class="live">
        ${this.drawView()} ${this.drawAnswers()} ${this.drawTools()}
        ${name ? html`<p class="note wide">${t('liveLookNote', { name })}</p>` : nothing}
      </div>
      ${this.drawProblem(this.trouble)} ${this.drawVoice()}`;
  }
}

customElements.define('lab-live-answer', LiveAnswer);
