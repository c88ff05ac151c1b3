import { css, html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { Experiment, ImageSet, LabProblem, LabSession, Lines, LinesOptions } from '../../engine/client.js';
import { problemOf } from '../../state/engine.js';
import { choice, integer, number, type Table } from '../../state/properties.js';
import '../../ui/chart.js';
import { formula } from '../../ui/formula.js';
import '../../ui/grid.js';
import { fixed, plain } from '../../ui/numbers.js';
import '../../ui/player.js';
import { styleMap } from '../../ui/style-map.js';
import type { PlayerAction } from '../../ui/player.js';
import { Station, stationStyles } from '../../ui/station.js';
import { base, controls } from '../../ui/styles.js';

interface State {
  noise: number;
  thickness: number;
  angle: number;
  rate: number;
  speed: number;
  scale: 'linear' | 'log';
}

const table: Table<State> = {
  noise: number(0.2, 0, 1),
  thickness: number(1, 0.5, 3),
  angle: integer(0, -90, 90),
  rate: number(0.01, 0.0001, 10),
  speed: integer(2, 1, 4),
  scale: choice('linear', ['linear', 'log']),
};

/** Steps a second; null: as fast as it goes. */
const speeds: (number | null)[] = [null, 30, 250, 1000, null];
const baseRate = 0.01;
const rates = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];
const angles = Array.from({ length: 37 }, (_, i) => i * 5);
const epochs = 50;

/** One 3×3 filter learns to tell vertical lines from horizontal ones. */
export class FilterStation extends Station<State> {
  static override properties: PropertyDeclarations = {
    kernel: { state: true },
    verdict: { state: true },
    tuning: { state: true },
    curve: { state: true },
    playing: { state: true },
    steps: { state: true },
    finished: { state: true },
    lines: { state: true },
    trouble: { state: true },
  };

  static override styles = [
    base,
    controls,
    stationStyles,
    css`
      .stage {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 24px 40px;
        align-items: start;
      }
      figure {
        display: grid;
        gap: 8px;
        align-content: start;
        min-width: 0;
      }
      .note,
      figcaption {
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
      }
      figcaption strong {
        color: var(--lab-ink);
        font-weight: 560;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 4px 16px;
        align-items: center;
        min-height: 32px;
      }
      .head button {
        min-height: 30px;
        padding: 2px 10px;
        font-size: var(--lab-small);
      }
      .verdicts {
        display: grid;
        gap: 24px;
      }
      .verdict {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 8px 16px;
        align-items: center;
      }
      .answer {
        font-family: var(--lab-mono);
        font-size: var(--lab-title);
        font-weight: 600;
      }
      .bar {
        height: 6px;
        background: var(--lab-sunk);
        border-radius: 3px;
        overflow: hidden;
        margin: 4px 0;
      }
      .bar i {
        display: block;
        height: 100%;
        background: var(--lab-lit);
        transform-origin: left;
      }
      .status {
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
        min-height: 20px;
      }
      @container (width <= 660px) {
        .stage {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  protected readonly table = table;
  declare private kernel: number[];
  /** Probability of "vertical" for the clean vertical and the clean horizontal line. */
  declare private verdict: [number, number] | null;
  declare private tuning: { answer: number[]; response: number[] } | null;
  /** Mean loss of each epoch, and of the steps of the one under way. */
  declare private curve: [number[], number[]];
  declare private playing: boolean;
  declare private steps: number;
  declare private finished: boolean;
  declare private lines: Lines | null;
  declare private trouble: LabProblem | null;
  private session: LabSession | null = null;
  private probe: ImageSet | null = null;
  private sum = 0;
  private count = 0;
  private looking = false;
  private again = false;
  private opening = 0;
  private waiting = 0;
  private stopListening: (() => void)[] = [];

  constructor() {
    super();
    this.kernel = new Array<number>(9).fill(0);
    this.verdict = null;
    this.tuning = null;
    this.curve = [[], []];
    this.playing = false;
    this.steps = 0;
    this.finished = false;
    this.lines = null;
    this.trouble = null;
  }

  override disconnectedCallback(): void {
    void this.leave();
    super.disconnectedCallback();
  }

  protected override async ready(): Promise<void> {
    await this.open(true);
  }

  protected override async resumed(): Promise<void> {
    await this.open(true);
  }

  protected override stateRead(): void {
    void this.open(true);
  }

  private get data(): LinesOptions {
    const { noise, thickness, angle } = this.s;
    return { noise, thickness, vertical_angles: [90 + angle], horizontal_angles: [angle] };
  }

  private async leave(): Promise<void> {
    this.opening++;
    for (const stop of this.stopListening) stop();
    this.stopListening = [];
    this.playing = false;
    const { session } = this;
    this.session = null;
    await session?.close().catch(() => undefined);
  }

  /** A fresh network on the images that the sliders describe. */
  private async open(run: boolean): Promise<void> {
    const { engine } = this;
    if (!engine) return;
    await this.leave();
    const turn = this.opening;
    try {
      const [experiment, lines, probe] = await Promise.all([
        engine.experiment('lines'),
        engine.lines(this.data),
        engine.lines({ ...this.data, noise: 0, count: 1, vertical_angles: angles, horizontal_angles: angles }),
      ]);
      if (turn !== this.opening) return;
      const session = await engine.open({
        experiment: { ...experiment, optimizer: { type: 'sgd', lr: this.s.rate } } as Experiment,
        data: { kind: 'lines', options: this.data },
      });
      if (turn !== this.opening) {
        void session.close();
        return;
      }
      this.session = session;
      this.lines = lines;
      // Two images a tilt, one of each class in turn; the first is taken.
      this.probe = this.rescaled(probe, lines.unit);
      this.clear();
      this.stopListening = [
        session.on('batches', (event) => {
          event.loss.forEach((loss, i) => this.addLoss(loss, event.step[i]! + 1));
          this.steps = session.step;
          void this.look();
        }),
        session.on('epoch_end', (event) => {
          if (this.verdict && event.epoch % 10 === 9) this.speak(event.epoch + 1, event.trainLoss);
        }),
        session.on('state', (event) => {
          this.playing = event.state === 'running';
          this.finished = event.state === 'finished';
          this.steps = event.step;
          this.trouble = event.error;
          if (event.state !== 'running') void this.look();
          if (this.finished) this.say(this.t('trainingDone'));
        }),
      ];
      await this.look();
      if (run) await this.run();
    } catch (error) {
      if (turn === this.opening) this.trouble = problemOf(error);
    }
  }

  /** The byte that stands for 1 depends on the noise; a network must see the same 1. */
  private rescaled(probe: Lines, unit: number): ImageSet {
    const { test } = probe;
    const size = test.shape[0] * test.shape[1] * test.shape[2];
    const pixels = new Uint8Array(angles.length * size);
    angles.forEach((_, i) => {
      for (let k = 0; k < size; k++) pixels[i * size + k] = Math.round((test.pixels[2 * i * size + k]! / probe.unit) * unit);
    });
    return { count: angles.length, shape: test.shape, pixels, labels: new Int32Array(angles.length).fill(1) };
  }

  private clear(): void {
    this.curve = [[], []];
    this.sum = this.count = 0;
    this.steps = 0;
    this.finished = false;
    this.trouble = null;
  }

  private addLoss(loss: number, step: number): void {
    const perEpoch = this.session?.info.stepsPerEpoch ?? 100;
    this.sum += loss;
    this.count++;
    if (step % perEpoch) return;
    this.curve[0].push(step / perEpoch);
    this.curve[1].push(this.sum / this.count);
    this.curve = [this.curve[0], this.curve[1]];
    this.sum = this.count = 0;
  }

  /** Asks what the network has become; never twice at a time, so that drawing does not slow training. */
  private async look(): Promise<void> {
    const { session, probe } = this;
    if (!session || !probe) return;
    if (this.looking) {
      this.again = true;
      return;
    }
    this.looking = true;
    try {
      const conv = session.info.description.layers.find((layer) => layer.type === 'conv2d')!.name;
      const [tensors, two, tilted] = await Promise.all([
        session.tensors([`${conv}.weight`]),
        session.predict({ split: 'test', indices: [0, 1] }),
        session.tap({ images: { pixels: probe.pixels, count: probe.count }, layers: [conv] }),
      ]);
      if (session !== this.session) return;
      this.kernel = Array.from(tensors[0]!.data);
      this.verdict = [two.data[0]!, two.data[1]!];
      const map = tilted.activations[conv]!;
      const each = map.data.length / angles.length;
      this.tuning = {
        answer: Array.from(tilted.probabilities.data).slice(0, angles.length),
        response: angles.map((_, i) => Math.max(0, ...map.data.subarray(i * each, (i + 1) * each))),
      };
    } catch (error) {
      if (session === this.session) this.trouble = problemOf(error);
    } finally {
      this.looking = false;
      if (this.again) {
        this.again = false;
        requestAnimationFrame(() => void this.look());
      }
    }
  }

  private async run(): Promise<void> {
    const rate = speeds[this.s.speed]!;
    await this.session?.train(rate === null ? {} : { stepsPerSecond: rate });
    this.playing = true;
  }

  private async act(action: PlayerAction): Promise<void> {
    const { session } = this;
    if (!session) return;
    try {
      if (action === 'reset') await this.open(false);
      else if (action === 'step') {
        if (this.playing) await session.pause();
        if (!this.finished) await session.steps(1);
        this.steps = session.step;
      } else if (this.playing) await session.pause();
      else if (this.finished) await this.open(true);
      else await this.run();
    } catch (error) {
      this.trouble = problemOf(error);
    }
  }

  private speak(epoch: number, loss: number): void {
    this.say(
      this.t('filterSummary', {
        epoch,
        loss: fixed(loss, this.lang, 4),
        v: fixed(this.verdict![0], this.lang, 2),
        h: fixed(this.verdict![1], this.lang, 2),
      }),
    );
  }

  private changeData(change: Partial<State>): void {
    this.set(change);
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => void this.open(true), 120) as unknown as number;
  }

  private slider(
    id: 'noise' | 'thickness' | 'angle',
    label: string,
    min: number,
    max: number,
    step: number,
    shown: string,
  ): TemplateResult {
    return html`<div class="field">
      <label for=${id}>${label}<output for=${id}>${shown}</output></label>
      <input
        id=${id}
        type="range"
        min=${min}
        max=${max}
        step=${step}
        .value=${String(this.s[id])}
        @input=${(event: Event) => this.changeData({ [id]: Number((event.target as HTMLInputElement).value) })}
      />
    </div>`;
  }

  private drawVerdict(index: 0 | 1): TemplateResult {
    const { t, lang } = this;
    const p = this.verdict?.[index];
    const image = this.lines?.test;
    const pixels = image
      ? Array.from(image.pixels.subarray(index * 25, index * 25 + 25), (byte) => byte / this.lines!.unit)
      : new Array<number>(25).fill(0);
    const name = t(index ? 'horizontalLine' : 'verticalLine');
    return html`<div class="verdict">
      <lab-grid
        .values=${pixels}
        .rows=${5}
        .columns=${5}
        .cell=${16}
        .scale=${'light'}
        .reach=${1}
        .label=${name}
        .lang=${lang}
      ></lab-grid>
      <div>
        <h3>${name}</h3>
        <div class="answer" data-testid=${index ? 'horizontal' : 'vertical'}>${p === undefined ? '–' : fixed(p, lang, 4)}</div>
        <div class="bar" aria-hidden="true"><i style=${styleMap({ transform: `scaleX(${p ?? 0})` })}></i></div>
        <div class="note">${t('probVertical')}; ${t('shouldBe', { value: index ? 0 : 1 })}</div>
      </div>
    </div>`;
  }

  protected override render(): TemplateResult {
    const { s, t, lang } = this;
    const [x, y] = this.curve;
    const total = this.session?.info.totalSteps ?? 5000;
    const last = y[y.length - 1];
    const diverged = this.trouble?.code === 'diverged';
    const tuned = this.tuning;
    const most = Math.max(1e-6, ...(tuned?.response ?? [1]));
    return html`<div class="station">
      <header class="lead">
        <h1>${t('filterTitle')}</h1>
        <p>${t('filterLead')}</p>
      </header>
      ${this.drawProblem(this.problem)}
      <div class="columns">
        <div class="main">
          <lab-player
            .playing=${this.playing}
            .speed=${s.speed}
            .lang=${lang}
            @action=${(event: CustomEvent<PlayerAction>) => void this.act(event.detail)}
            @speed=${(event: CustomEvent<number>) => {
              this.set({ speed: event.detail });
              void this.session?.setSpeed(speeds[event.detail]!);
            }}
          ></lab-player>
          <div class="status" data-testid="progress" data-finished=${this.finished ? 'true' : 'false'}>
            ${t('epochOf', { epoch: Math.min(epochs, Math.ceil(this.steps / (total / epochs))), epochs })},
            ${t('stepOf', { step: plain(this.steps, lang), steps: plain(total, lang) })}
            ${last === undefined ? '' : html`· ${t('lossNow', { value: fixed(last, lang, 4) })}`}
            ${this.finished ? html`· ${t('trainingDone')}` : ''}
          </div>
          ${
            this.trouble
              ? html`<div class="problem" role="alert">
                  <div>${diverged ? t('diverged') : this.trouble.problem}</div>
                  <button
                    @click=${() => {
                      this.set({ rate: diverged ? s.rate / 10 : baseRate });
                      void this.open(true);
                    }}
                  >
                    ${t('lowerRate', { value: plain(diverged ? s.rate / 10 : baseRate, lang, 4) })}
                  </button>
                </div>`
              : nothing
          }
          <div class="stage">
            <figure>
              <figcaption><strong>${t('theKernel')}</strong></figcaption>
              <lab-grid
                .values=${this.kernel}
                .rows=${3}
                .columns=${3}
                .cell=${72}
                .scale=${'signed'}
                .label=${t('theKernel')}
                .lang=${lang}
              ></lab-grid>
            </figure>
            <figure>
              <div class="head">
                <figcaption><strong>${t('lossCurve')}</strong></figcaption>
                <button
                  aria-pressed=${s.scale === 'log' ? 'true' : 'false'}
                  @click=${() => this.set({ scale: s.scale === 'log' ? 'linear' : 'log' })}
                >
                  ${t('logScale')}
                </button>
              </div>
              <lab-chart
                .data=${[x, y]}
                .series=${lossSeries(t('lossCurve'))}
                .log=${s.scale === 'log'}
                .height=${220}
                .label="${t('lossCurve')}: ${last === undefined ? '–' : fixed(last, lang, 4)}"
                .axis=${t('epochAxis')}
                .across=${wholeRun}
                .lang=${lang}
              ></lab-chart>
            </figure>
          </div>
          <div class="settings">
            ${this.slider('noise', t('noise'), 0, 1, 0.05, plain(s.noise, lang))}
            ${this.slider('thickness', t('thickness'), 0.5, 3, 0.25, `${plain(s.thickness, lang)} ${t('pixels')}`)}
            ${this.slider('angle', t('angle'), -90, 90, 5, `${plain(s.angle, lang)}°`)}
            <div class="field">
              <label for="rate">${t('learningRate')}</label>
              <select
                id="rate"
                @change=${(event: Event) => {
                  this.set({ rate: Number((event.target as HTMLSelectElement).value) });
                  void this.session?.setLearningRateScale(this.s.rate / this.startRate);
                }}
              >
                ${[...new Set([...rates, s.rate])].sort((a, b) => a - b).map((rate) => html`<option value=${rate} ?selected=${rate === s.rate}>${plain(rate, lang, 4)}</option>`)}
              </select>
            </div>
          </div>
          <figure>
            <figcaption><strong>${t('tuning')}</strong></figcaption>
            <p class="note">${t('tuningHelp')}</p>
            <lab-chart
              .data=${[angles, tuned?.answer ?? angles.map(() => null), tuned ? tuned.response.map((value) => value / most) : angles.map(() => null)]}
              .series=${tuningSeries(t('answer'), t('response'))}
              .height=${220}
              .label=${t('tuning')}
              .axis=${`${t('angleAxis')} (°)`}
              .range=${unitRange}
              .unit=${'°'}
              .lang=${lang}
            ></lab-chart>
            <details>
              <summary>${t('asTable')}</summary>
              <div class="wide" tabindex="0" role="group" aria-label=${t('tuning')}>
                <table>
                  <tr>
                    <th scope="row">${t('angleAxis')}</th>
                    ${angles.filter((_, i) => i % 3 === 0).map((angle) => html`<td>${angle}°</td>`)}
                  </tr>
                  <tr>
                    <th scope="row">${t('answer')}</th>
                    ${angles.flatMap((_, i) => (i % 3 ? [] : [html`<td>${tuned ? fixed(tuned.answer[i]!, lang, 2) : '–'}</td>`]))}
                  </tr>
                  <tr>
                    <th scope="row">${t('response')}</th>
                    ${angles.flatMap((_, i) => (i % 3 ? [] : [html`<td>${tuned ? fixed(tuned.response[i]!, lang, 2) : '–'}</td>`]))}
                  </tr>
                </table>
              </div>
            </details>
          </figure>
        </div>
        <div class="side">
          <section class="verdicts" role="group" aria-label=${t('testTwo')}>
            <h2>${t('testTwo')}</h2>
            ${this.drawVerdict(0)} ${this.drawVerdict(1)}
          </section>
          <details>
            <summary>${t('why')}</summary>
            <p>${t('whyFilter1')}</p>
            <p>${t('whyFilter2')}</p>
            ${formula('L = -\\,y \\log p - (1-y) \\log(1-p)')}
            <p>${t('whyFilter3')}</p>
            ${formula('w \\leftarrow w - \\eta\\, \\frac{\\partial L}{\\partial w}')}
          </details>
          <details>
            <summary>${t('tryTitle')}</summary>
            <p>${t('filterQuestion')}</p>
            <button @click=${() => this.changeData({ angle: s.angle === 45 ? 0 : 45 })}>${t('angle')}: ${s.angle === 45 ? 0 : 45}°</button>
          </details>
        </div>
      </div>
      ${this.drawVoice()}
    </div>`;
  }

  /** The rate that the session's schedule has, which the scale multiplies. */
  private get startRate(): number {
    const optimizer = this.session?.info.description.experiment['optimizer'] as { lr?: number } | undefined;
    return optimizer?.lr ?? baseRate;
  }
}

const wholeRun: [number, number] = [0, epochs];
const unitRange: [number, number] = [0, 1.05];

// Charts rebuild when their series change; the same words give the same object.
const kept = new Map<string, object[]>();
const once = <T extends object>(key: string, make: () => T[]): T[] => {
  if (!kept.has(key)) kept.set(key, make());
  return kept.get(key) as T[];
};
const lossSeries = (label: string) => once(`loss ${label}`, () => [{ label, colour: '--lab-accent', width: 2 }]);
const tuningSeries = (answer: string, response: string) =>
  once(`tuning ${answer} ${response}`, () => [
    { label: answer, colour: '--lab-accent', width: 2.5 },
    { label: response, colour: '--lab-positive', width: 1.5, dash: [5, 4] },
  ]);

customElements.define('lab-filter', FilterStation);
