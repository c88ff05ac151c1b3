import { html, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { LinesOptions } from '../../client/client.js';
import { isCalm } from '../../ui/calm.js';
import '../../ui/chart-figure.js';
import '../../ui/grid.js';
import { fixed, plain } from '../../ui/numbers.js';
import '../../ui/player.js';
import type { PlayerAction } from '../../ui/player.js';
import { stationStyles } from '../../ui/station-layout.js';
import { Station } from '../../ui/station.js';
import { styleMap } from '../../ui/style-map.js';
import { halfTurn, lossSeries, makeLossData, makeTuningData, tuningSeries, turns, unitRange, wholeRun } from './charts.js';
import { drawTask, drawWhy } from './explanation.js';
import { epochs, kindOf, Learner, type Curve } from './learner.js';
import { baseRate, rates, speeds, starts, table, type State } from './state.js';
import { drawBefore, drawSamples } from './small-grids.js';
import { filterStyles } from './station-styles.js';

// What is drawn before there is anything: always the same objects, so that nothing is drawn twice.
const noKernel: number[] = new Array<number>(9).fill(0);
const noImage: number[] = new Array<number>(25).fill(0);
const noCurve: Curve = [[], []];
const noGhosts: Curve[] = [];

const settings = ['noise', 'thickness', 'angle', 'rate', 'start'] as const;
type Setting = (typeof settings)[number];

/** One 3×3 filter learns to tell vertical lines from horizontal ones. */
export class FilterStation extends Station<State> {
  static override properties: PropertyDeclarations = {
    beat: { state: true },
    guess: { state: true },
  };

  static override styles = [...stationStyles, filterStyles];

  protected readonly table = table;
  /** Counts changes of the learner. */
  declare private beat: number;
  /** The reader's answer to the question, in degrees. */
  declare private guess: number | null;
  private learner: Learner | null = null;
  private readonly lossData = makeLossData();
  private readonly tuningData = makeTuningData();
  private past: Pick<State, Setting>[] = [];
  private waiting = 0;
  private frame = 0;
  /** It learns on when the page comes back to it. */
  private resting = false;

  constructor() {
    super();
    this.beat = 0;
    this.guess = null;
  }

  override disconnectedCallback(): void {
    clearTimeout(this.waiting);
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.attempt(this.learner?.close());
    super.disconnectedCallback();
  }

  protected override async ready(): Promise<void> {
    this.learner = new Learner(this.engine!, {
      changed: () => this.redraw(),
      epochDone: (epoch, loss) => {
        if (epoch % 10 === 9) this.speak(epoch + 1, loss);
      },
      done: () => this.say(this.t('trainingDone')),
    });
    await this.open(!isCalm());
  }

  /** Answers come several in a frame; the page is drawn once. */
  private redraw(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.beat++;
    });
  }

  protected override left(): void {
    const { learner } = this;
    if (!learner?.playing) return;
    this.resting = true;
    this.attempt(learner.session?.pause(), (error) => learner.fail(error));
  }

  protected override shown(): void {
    const { learner } = this;
    if (!learner || !this.resting) return;
    this.resting = false;
    this.attempt(learner.train(speeds[this.s.speed]!), (error) => learner.fail(error));
  }

  protected override async resumed(): Promise<void> {
    await this.open(!isCalm());
  }

  protected override stateRead(): void {
    this.attempt(this.open(!isCalm()));
  }

  private get data(): LinesOptions {
    const { noise, thickness, angle } = this.s;
    return { noise, thickness, vertical_angles: [90 + angle], horizontal_angles: [angle] };
  }

  /** Opens a fresh network on the images of the sliders. */
  private async open(run: boolean): Promise<void> {
    const { learner } = this;
    if (!learner || !(await learner.open(this.data, this.s.rate, this.s.start)) || !run) return;
    this.resting = this.hidden;
    if (!this.resting) await learner.train(speeds[this.s.speed]!).catch((error: unknown) => learner.fail(error));
  }

  private async act(action: PlayerAction): Promise<void> {
    const { learner } = this;
    if (!learner?.session) return;
    try {
      if (action === 'reset') await this.open(false);
      else if (action === 'step') await learner.step();
      else if (learner.playing) await learner.session.pause();
      else if (learner.finished) await this.open(true);
      else await learner.train(speeds[this.s.speed]!);
    } catch (error) {
      learner.fail(error);
    }
  }

  private speak(epoch: number, loss: number): void {
    const [v, h] = this.learner?.verdict ?? [NaN, NaN];
    this.say(this.t('filterSummary', { epoch, loss: fixed(loss, this.lang, 4), v: fixed(v, this.lang, 2), h: fixed(h, this.lang, 2) }));
  }

  // ---- changes -------------------------------------------------------------------------------------

  /** Settings before a slider was touched, for undo. */
  private remember(): void {
    const { noise, thickness, angle, rate, start } = this.s;
    this.past = [...this.past, { noise, thickness, angle, rate, start }].slice(-50);
  }

  private changeData(change: Partial<State>): void {
    // One drag is one change.
    if (!this.waiting) this.remember();
    this.set(change);
    this.startSoon();
  }

  private startSoon(): void {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.waiting = 0;
      this.attempt(this.open(true));
    }, 120) as unknown as number;
  }

  private changeRate(rate: number): void {
    this.remember();
    this.set({ rate });
    // Of a training that has ended nothing would change any more.
    if (this.learner?.finished) this.startSoon();
    else this.learner?.setRateScale(rate / this.startRate);
  }

  private undo(): void {
    const before = this.past.at(-1);
    if (!before) return;
    this.past = this.past.slice(0, -1);
    this.set(before);
    this.startSoon();
  }

  private toTheExample(): void {
    this.remember();
    this.set(Object.fromEntries(settings.map((name) => [name, table[name].default])));
    this.startSoon();
  }

  protected override ownKey(event: KeyboardEvent): boolean {
    if (!(event.ctrlKey || event.metaKey) || event.key !== 'z' || !this.past.length) return false;
    this.undo();
    return true;
  }

  /** Learning rate of the session's schedule, which the scale multiplies. */
  private get startRate(): number {
    const optimizer = this.learner?.session?.info.description.experiment['optimizer'] as { lr?: number } | undefined;
    return optimizer?.lr ?? baseRate;
  }

  // ---- drawing -------------------------------------------------------------------------------------

  private drawSlider(id: 'noise' | 'thickness' | 'angle', min: number, max: number, step: number, unit: string): TemplateResult {
    const value = this.s[id];
    return html`<div class="field">
      <label for=${id}>${this.t(id)}<output for=${id}>${plain(value, this.lang)}${unit}</output></label>
      <input
        id=${id}
        type="range"
        min=${min}
        max=${max}
        step=${step}
        .value=${String(value)}
        @input=${(event: Event) => this.changeData({ [id]: Number((event.target as HTMLInputElement).value) })}
      />
    </div>`;
  }

  private drawSettings(): TemplateResult {
    const { s, t, lang } = this;
    const usual = settings.every((name) => s[name] === table[name].default);
    return html`<div class="settings">
      ${this.drawSlider('noise', 0, 1, 0.05, '')} ${this.drawSlider('thickness', 0.5, 3, 0.25, ` ${t('pixels')}`)}
      ${this.drawSlider('angle', -90, 90, 5, '°')}
      <div class="field">
        <label for="rate">${t('learningRate')}</label>
        <select id="rate" @change=${(event: Event) => this.changeRate(Number((event.target as HTMLSelectElement).value))}>
          ${[...new Set([...rates, s.rate])].sort((a, b) => a - b).map((rate) => html`<option value=${rate} ?selected=${rate === s.rate}>${plain(rate, lang, 4)}</option>`)}
        </select>
      </div>
      <div class="field">
        <label for="start">${t('filterStart')}</label>
        <select id="start" @change=${(event: Event) => this.changeData({ start: Number((event.target as HTMLSelectElement).value) })}>
          ${[...new Set([...starts, s.start])].map((start) => html`<option value=${start} ?selected=${start === s.start}>${start}</option>`)}
        </select>
      </div>
      <div class="row tight">
        <button ?disabled=${!this.past.length} @click=${() => this.undo()}>${t('undo')}</button>
        <button ?disabled=${usual} @click=${() => this.toTheExample()}>${t('toExample')}</button>
      </div>
    </div>`;
  }

  private drawStatus(): TemplateResult {
    const { t, lang, learner } = this;
    const loss = learner?.curve[1].at(-1);
    return html`<div class="status" data-testid="progress" data-finished=${learner?.finished ? 'true' : 'false'}>
      ${t('epochOf', { epoch: learner?.epoch ?? 0, epochs })},
      ${t('stepOf', { step: plain(learner?.steps ?? 0, lang), steps: plain(learner?.totalSteps ?? 5000, lang) })}
      ${loss === undefined ? '' : html`· ${t('lossNow', { value: fixed(loss, lang, 4) })}`}
      ${learner?.finished ? html`· ${t('trainingDone')}` : ''}
    </div>`;
  }

  private drawTrouble(): TemplateResult | '' {
    const trouble = this.learner?.trouble ?? null;
    const diverged = trouble?.code === 'diverged';
    const rate = diverged ? this.s.rate / 10 : baseRate;
    return this.drawProblem(diverged ? this.t('diverged') : trouble, {
      words: this.t('lowerRate', { value: plain(rate, this.lang, 4) }),
      run: () => {
        this.set({ rate });
        this.attempt(this.open(true));
      },
    });
  }

  private drawGrids(): TemplateResult {
    const { s, t, lang, learner } = this;
    const curve = learner?.curve ?? noCurve;
    const ghosts = learner?.ghosts ?? noGhosts;
    const [first, last] = [curve[1][0], curve[1].at(-1)];
    return html`<div class="view">
      <figure>
        <figcaption><strong>${t('theKernel')}</strong></figcaption>
        <lab-grid
          .values=${learner?.kernel ?? noKernel}
          .rows=${3}
          .columns=${3}
          .cell=${72}
          .scale=${'signed'}
          .label=${t('theKernel')}
          .lang=${lang}
        ></lab-grid>
        ${drawBefore(learner?.before ?? null, t, lang)}
      </figure>
      <lab-figure
        .name=${'loss'}
        .heading=${t('lossCurve')}
        .summary=${last === undefined ? '–' : t('fromTo', { from: fixed(first!, lang, 4), to: fixed(last, lang, 4) })}
        .data=${this.lossData(curve, ghosts)}
        .series=${lossSeries(t('lossCurve'), t('earlierCourse'), ghosts.length)}
        .log=${s.scale === 'log'}
        .height=${220}
        .across=${wholeRun}
        .axis=${t('epochAxis')}
        .measured=${t('lossCurve')}
        .lang=${lang}
        @log=${(event: CustomEvent<boolean>) => this.set({ scale: event.detail ? 'log' : 'linear' })}
      ></lab-figure>
    </div>`;
  }

  private drawVerdict(index: 0 | 1): TemplateResult {
    const { t, lang, learner } = this;
    const p = learner?.verdict?.[index];
    const name = t(index ? 'horizontalLine' : 'verticalLine');
    return html`<div class="verdict">
      <lab-grid
        .values=${learner?.clean[index] ?? noImage}
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
        <div class="bar tinted" aria-hidden="true"><i class="tinted" style=${styleMap({ transform: `scaleX(${p ?? 0})` })}></i></div>
        <div class="note">${t('probVertical')}; ${t('shouldBe', { value: index ? 0 : 1 })}</div>
      </div>
    </div>`;
  }

  private drawTuning(): TemplateResult {
    const { t, learner } = this;
    const found = learner?.tuning ? turns(learner.tuning.answer) : [];
    const half = found.map((angle) => `${plain(angle, this.lang, 0)}°`).join(', ');
    return html`<lab-figure
      class="tuning"
      .name=${'angle'}
      .heading=${t('tuning')}
      .note=${t('tuningHelp')}
      .summary=${half ? t('tuningSummary', { angles: half }) : ''}
      .data=${this.tuningData(learner?.tuning ?? null)}
      .series=${tuningSeries(t('answer'), t('response'))}
      .height=${220}
      .axis=${`${t('angleAxis')} (°)`}
      .measured=${t('tuningMeasured')}
      .range=${unitRange}
      .across=${halfTurn}
      .unit=${'°'}
      .lang=${this.lang}
    ></lab-figure>`;
  }

  protected override render(): TemplateResult {
    const { s, t, lang, learner } = this;
    return html`<div class="station">
      <header class="lead">
        <h1>${t('filterTitle')}</h1>
        <p>${t('filterLead')}</p>
      </header>
      ${this.drawFailure()}
      <div class="columns">
        <div class="main">
          <lab-player
            .playing=${learner?.playing ?? false}
            .busy=${!learner?.ready}
            .speed=${s.speed}
            .again=${learner?.finished ? t('playAgain') : ''}
            .lang=${lang}
            @action=${(event: CustomEvent<PlayerAction>) => this.attempt(this.act(event.detail))}
            @speed=${(event: CustomEvent<number>) => {
              this.set({ speed: event.detail });
              learner?.setSpeed(speeds[event.detail]!);
            }}
          ></lab-player>
          ${this.drawStatus()} ${this.drawTrouble()} ${this.drawGrids()} ${this.drawDrawer(this.drawSettings())} ${this.drawTuning()}
        </div>
        <div class="side">
          <section class="verdicts" role="group" aria-label=${t('testTwo')}>
            <h2>${t('testTwo')}</h2>
            ${this.drawVerdict(0)} ${this.drawVerdict(1)}
          </section>
          ${drawSamples(learner?.samples ?? [], t, lang)}
          ${drawWhy(t, learner?.finished && learner.tuning ? kindOf(learner.tuning, s.angle) : null)}
          ${drawTask({
            t,
            lang,
            tuning: learner?.finished ? learner.tuning : null,
            guess: this.guess,
            ask: (guess) => (this.guess = guess),
            tilt: s.angle === 45 ? 0 : 45,
            turn: (angle) => this.changeData({ angle }),
          })}
        </div>
      </div>
      ${this.drawVoice()}
    </div>`;
  }
}

customElements.define('lab-filter', FilterStation);
