import { css, html, nothing, type TemplateResult } from 'lit';
import type { LabSession, Tensor } from '../client/client.js';
import { figures, percent, plain } from '../ui/numbers.js';
import { styleMap } from '../ui/style-map.js';
import type { History } from '../run/history.js';
import type { KeptState, KeptView, RunEvent } from '../run/run-view.js';
import { mapsOfWeight, type MapSet } from './maps.js';
import { Panel, panelStyles } from './panel.js';
import './contact-sheet.js';

/** Maps of the first layer that are shown of each state. */
const mostFilters = 16;
/** The loss of a state is the mean of its last so many steps, since single ones jump. */
const meanOver = 20;

const recentLoss = ({ loss }: History): number | null => {
  const some = loss.slice(-meanOver);
  return some.length ? some.reduce((a, b) => a + b, 0) / some.length : null;
};
const testedAccuracy = ({ epochs }: History): number | null =>
  epochs.findLast((epoch) => epoch.test_accuracy !== null)?.test_accuracy ?? null;
const recentAccuracy = ({ accuracy }: History): number | null => {
  const some = accuracy.slice(-meanOver);
  return some.length ? some.reduce((a, b) => a + b, 0) / some.length : null;
};

/** States that a run has kept: look at each, go there, train on from there as a branch. */
export class TimePanel extends Panel<KeptView> {
  static override properties = {
    ...Panel.properties,
    chosen: { state: true },
    going: { state: true },
  };

  static override styles = [
    ...panelStyles,
    css`
      .track {
        display: grid;
        gap: 4px;
        max-width: 720px;
      }
      .marks {
        position: relative;
        height: 12px;
        margin: 0 8px;
      }
      .marks i {
        position: absolute;
        width: 1px;
        height: 6px;
        background: var(--lab-mark);
      }
      .marks i.own {
        width: 3px;
        margin-left: -1px;
        height: 12px;
        background: var(--lab-accent);
      }
      .moment {
        display: grid;
        gap: 16px 32px;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 240px), 1fr));
        align-items: start;
        min-height: 220px;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 4px 16px;
        margin: 0;
      }
      dt {
        color: var(--lab-ink-soft);
      }
      dd {
        margin: 0;
        font-family: var(--lab-mono);
      }
      ol.branches {
        margin: 0;
        padding-left: 20px;
        display: grid;
        gap: 4px;
      }
    `,
  ];

  /** A kept state's id; null: the newest. */
  declare private chosen: number | null;
  declare private going: boolean;

  protected readonly title_ = 'panelTime';
  protected readonly old: readonly RunEvent[] = [];
  protected readonly redrawn: readonly RunEvent[] = ['snapshots', 'stepped', 'state'];

  constructor() {
    super();
    this.going = false;
    this.opened();
  }

  protected override opened(): void {
    this.chosen = null;
  }

  /** Everything shown came with the kept states. */
  protected async look(_session: LabSession): Promise<void> {}

  private go(kept: KeptState): void {
    this.asker.send(async () => {
      this.going = true;
      try {
        await this.run!.jump(kept.id);
        this.say(this.t('panelWentTo', { step: plain(kept.step, this.lang) }));
      } finally {
        this.going = false;
      }
    });
  }

  private keep(): void {
    this.asker.send(async () => {
      await this.run!.keep();
      this.chosen = this.run!.kept.findLast((kept) => !kept.automatic)?.id ?? null;
      this.say(this.t('panelKept', { step: plain(this.run!.step, this.lang) }));
    });
  }

  /** Gives the same object for the same state, so that its sheet is drawn once. */
  private filtersOf({ filters }: KeptState): MapSet | null {
    if (!filters) return null;
    if (this.drawn?.of !== filters) this.drawn = { of: filters, maps: mapsOfWeight(filters, { colour: filters.shape[3] === 3 }) };
    return this.drawn.maps;
  }
  private drawn: { of: Tensor; maps: MapSet } | null = null;
  private readonly nameOf = (map: number): string => `${this.t('panelFilter')} ${map + 1}`;

  private describe(kept: KeptState): string {
    const { t, lang } = this;
    const loss = recentLoss(kept.course);
    return `${t('panelStep', { step: plain(kept.step, lang) })}${loss === null ? '' : `, ${t('panelLossAt', { value: figures(loss, lang) })}`}`;
  }

  private drawMoment(kept: KeptState): TemplateResult {
    const { t, lang, run } = this;
    const loss = recentLoss(kept.course);
    const accuracy = recentAccuracy(kept.course);
    const tested = testedAccuracy(kept.course);
    const here = run!.state !== 'running' && run!.step === kept.step && run!.history.loss.at(-1) === kept.course.loss.at(-1);
    const maps = this.filtersOf(kept);
    return html`<div class="moment" data-step=${kept.step}>
      <div class="panel">
        <dl>
          <dt>${t('stepAxis')}</dt>
          <dd data-testid="kept-step">${plain(kept.step, lang)}</dd>
          <dt>${t('panelTrainLoss')}</dt>
          <dd>${loss === null ? '–' : figures(loss, lang)}</dd>
          <dt>${t('panelTrainAccuracy')}</dt>
          <dd>${accuracy === null ? '–' : percent(accuracy, lang)}</dd>
          <dt>${t('panelTestAccuracy')}</dt>
          <dd>${tested === null ? '–' : percent(tested, lang)}</dd>
          <dt>${t('panelKeptBy')}</dt>
          <dd>${t(kept.automatic ? 'panelByItself' : 'panelByYou')}</dd>
        </dl>
        <div class="tools level">
          <button data-testid="go" ?disabled=${here || this.going} @click=${() => this.go(kept)}>${t('panelGoThere')}</button>
          <span class="note">${here ? t('panelHere') : ''}</span>
        </div>
      </div>
      ${
        maps
          ? html`<div>
              <h2>${t('filtersTitle')}</h2>
              <lab-contact-sheet
                .maps=${maps}
                .shown=${Math.min(mostFilters, maps.count)}
                .side=${64}
                .label=${t('filtersTitle')}
                .names=${this.nameOf}
                .lang=${lang}
              ></lab-contact-sheet>
            </div>`
          : nothing
      }
    </div>`;
  }

  private drawGhost(ghost: History, i: number): TemplateResult {
    const { t, lang } = this;
    const loss = recentLoss(ghost);
    const tested = testedAccuracy(ghost);
    return html`<li>
      ${t('panelBranch', { n: i + 1, step: plain(ghost.step.at(-1) ?? 0, lang), loss: loss === null ? '–' : figures(loss, lang) })}${
        tested === null ? '' : ` ${t('testAccuracy', { value: percent(tested, lang) })}.`
      }
    </li>`;
  }

  protected override render(): TemplateResult {
    const { t, lang, run } = this;
    const kept = run?.kept ?? [];
    const at = this.chosen === null ? kept.length - 1 : kept.findIndex(({ id }) => id === this.chosen);
    const index = at < 0 ? kept.length - 1 : at;
    const moment = kept[index];
    return this.frame(html`
      <p class="note">${t('panelTimeHelp')}</p>
      <div class="track field">
        <label for="moment">${t('panelMoment')}<output for="moment">${moment ? this.describe(moment) : ''}</output></label>
        <input
          id="moment"
          type="range"
          min="0"
          max=${Math.max(0, kept.length - 1)}
          step="1"
          ?disabled=${kept.length < 2}
          .value=${String(Math.max(0, index))}
          aria-valuetext=${moment ? this.describe(moment) : ''}
          @input=${(event: Event) => {
            const item = kept[Number((event.target as HTMLInputElement).value)];
            this.chosen = item?.id ?? null;
          }}
          @keydown=${(event: KeyboardEvent) => event.key.startsWith('Arrow') && event.stopPropagation()}
        />
        <div class="marks" aria-hidden="true">
          ${kept.map((item, i) => html`<i class=${item.automatic ? 'tinted' : 'own tinted'} style=${styleMap({ left: `${kept.length > 1 ? (100 * i) / (kept.length - 1) : 0}%` })}></i>`)}
        </div>
      </div>
      ${moment ? this.drawMoment(moment) : html`<div class="moment"></div>`}
      <div class="tools level">
        <button data-testid="keep" ?disabled=${!run?.session} @click=${() => this.keep()}>${t('panelKeepNow')}</button>
        <span class="note">${run?.session ? t('panelNow', { step: plain(run.step, lang), n: plain(kept.length, lang) }) : ''}</span>
      </div>
      <section aria-label=${t('panelBranches')}>
        <h2>${t('panelBranches')}</h2>
        ${
          run?.ghosts.length
            ? html`<ol class="branches" data-testid="branches">
                ${run.ghosts.map((ghost, i) => this.drawGhost(ghost, i))}
              </ol>`
            : html`<p class="note">${t('panelNoBranches')}</p>`
        }
      </section>
    `);
  }
}

customElements.define('lab-time-panel', TimePanel);
