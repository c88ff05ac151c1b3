import { css, html, nothing, type TemplateResult } from 'lit';
import type { Experiment, LabSession } from '../client/client.js';
import type { Key } from '../i18n/index.js';
import { cured, type Cure } from '../design/cures.js';
import { figures, percent, plain } from '../ui/numbers.js';
import { styleMap } from '../ui/style-map.js';
import type { MeasuredView, RunEvent } from '../run/run-view.js';
import { diagnose, healthyUpdate, ratioOf, type Course, type Finding, type FindingKind } from './doctor.js';
import { examine, type Examination } from './examination.js';
import { Panel, panelStyles } from './panel.js';

/** The last examination stays with its session while the panel is out of the page. */
const looks = new WeakMap<LabSession, Examination>();

/** What was found, why it matters, what to try. */
const words: Record<FindingKind, readonly [Key, Key, Key]> = {
  diverged: ['docDiverged', 'docDivergedWhy', 'docDivergedTry'],
  rising: ['docRising', 'docRisingWhy', 'docRisingTry'],
  deadAll: ['docDeadAll', 'docDeadAllWhy', 'docDeadTry'],
  dead: ['docDead', 'docDeadWhy', 'docDeadTry'],
  noGradient: ['docNoGradient', 'docNoGradientWhy', 'docNoGradientTry'],
  vanishing: ['docVanishing', 'docVanishingWhy', 'docVanishingTry'],
  exploding: ['docExploding', 'docExplodingWhy', 'docExplodingTry'],
  updateLarge: ['docUpdateLarge', 'docUpdateLargeWhy', 'docUpdateLargeTry'],
  updateSmall: ['docUpdateSmall', 'docUpdateSmallWhy', 'docUpdateSmallTry'],
  saturated: ['docSaturated', 'docSaturatedWhy', 'docSaturatedTry'],
  overconfident: ['docOverconfident', 'docOverconfidentWhy', 'docOverconfidentTry'],
  flat: ['docFlat', 'docFlatWhy', 'docFlatTry'],
  chance: ['docChance', 'docChanceWhy', 'docChanceTry'],
  overfit: ['docOverfit', 'docOverfitWhy', 'docOverfitTry'],
  overfitLoss: ['docOverfitLoss', 'docOverfitWhy', 'docOverfitTry'],
  healthy: ['docHealthy', 'docHealthyWhy', 'docHealthyTry'],
  young: ['docYoung', 'docYoungWhy', 'docYoungTry'],
};

/** Changes of the design that may help. */
const helping: Partial<Record<FindingKind, readonly Cure[]>> = {
  diverged: ['lowerRate', 'clip'],
  rising: ['lowerRate'],
  deadAll: ['lowerRate'],
  dead: ['lowerRate'],
  exploding: ['lowerRate', 'clip'],
  updateLarge: ['lowerRate'],
  updateSmall: ['higherRate'],
  overconfident: ['decay'],
  flat: ['lowerRate'],
  chance: ['higherRate', 'lowerRate'],
  overfit: ['augment', 'dropout', 'decay'],
  overfitLoss: ['augment', 'dropout', 'decay'],
};

export const cureWords: Record<Cure, Key> = {
  lowerRate: 'cureLowerRate',
  higherRate: 'cureHigherRate',
  clip: 'cureClip',
  augment: 'cureAugment',
  dropout: 'cureDropout',
  decay: 'cureDecay',
};

const signs = { bad: ['✗', 'docBad'], watch: ['!', 'docWatch'], good: ['✓', 'docGood'] } as const satisfies Record<
  Finding['severity'],
  readonly [string, Key]
>;

const shares = new Set(['share', 'train', 'test', 'gap', 'confidence', 'accuracy']);

/** Describes in sentences what is wrong in a training, with numbers by layer. Event: `cure`, with the one to take. */
export class DoctorPanel extends Panel<MeasuredView> {
  static override properties = {
    ...Panel.properties,
    seen: { state: true },
    progress: { state: true },
  };

  static override styles = [
    ...panelStyles,
    css`
      .findings {
        display: grid;
        gap: 16px;
        margin: 0;
        padding: 0;
        list-style: none;
        min-height: 160px;
        align-content: start;
      }
      .findings li {
        display: grid;
        grid-template-columns: 28px minmax(0, 1fr);
        gap: 0 8px;
        max-width: 76ch;
      }
      .sign {
        font-weight: 680;
        width: 24px;
        height: 24px;
        line-height: 22px;
        text-align: center;
        border: 1px solid currentColor;
        border-radius: 50%;
      }
      .bad .sign {
        color: var(--lab-wrong);
      }
      .good .sign {
        color: var(--lab-lit);
      }
      .findings p {
        color: var(--lab-ink-soft);
        font-size: var(--lab-small);
      }
      .findings .what {
        color: var(--lab-ink);
        font-size: var(--lab-text);
        font-weight: 560;
      }
      .findings button {
        min-height: 28px;
        padding: 0 8px;
        font-size: var(--lab-small);
        margin: 4px 4px 0 0;
      }
      td.off {
        color: var(--lab-wrong);
        font-weight: 620;
      }
    `,
  ];

  declare private seen: Examination | null;
  declare private progress: number | null;

  protected readonly title_ = 'panelDoctor';
  protected readonly old: readonly RunEvent[] = ['weights'];
  protected readonly redrawn: readonly RunEvent[] = ['evaluated', 'state'];
  protected override readonly restShare = 9;
  private announced = '';

  constructor() {
    super();
    this.opened();
  }

  protected override opened(): void {
    const session = this.run?.session;
    this.seen = (session && looks.get(session)) ?? null;
    this.progress = null;
    this.announced = '';
  }

  protected async look(session: LabSession): Promise<void> {
    const run = this.run!;
    try {
      const seen = await examine(
        run,
        session,
        (done, of) => (this.progress = done / of),
        () => session !== run.session || run !== this.run || !this.isConnected,
      );
      if (!seen) return;
      looks.set(session, seen);
      this.seen = seen;
      const findings = this.findings();
      const text = findings.map((finding) => this.what(finding)).join(' ');
      if (text !== this.announced && run.state !== 'running') this.say(text);
      this.announced = text;
    } finally {
      this.progress = null;
    }
  }

  private findings(): Finding[] {
    const { run, seen } = this;
    const session = run?.session;
    if (!run || !session || !seen) return [];
    const { output } = session.info.description;
    const classes = session.info.card.classes.length;
    const course: Course = {
      loss: run.history.loss,
      gradient_norm: run.history.gradient_norm,
      epochs: run.history.epochs,
      diverged: run.problem?.code === 'diverged',
      chanceLoss: output === 'softmax' ? Math.log(classes) : output === 'sigmoid' ? Math.LN2 : NaN,
    };
    return diagnose(seen.layers, seen.answers, course);
  }

  private what(finding: Finding): string {
    const { lang } = this;
    const values: Record<string, string> = { layers: finding.layers.join(', ') };
    for (const [name, value] of Object.entries(finding.values))
      values[name] = shares.has(name) ? percent(value, lang) : figures(value, lang, 3);
    return this.t(words[finding.kind][0], values);
  }

  /** Buttons for the changes that the network has not had yet. */
  private drawCures({ kind }: Finding): TemplateResult | typeof nothing {
    const trained = this.run?.description?.experiment as Experiment | undefined;
    const offered = trained ? (helping[kind] ?? []).filter((cure) => cured(trained, trained, cure) !== null) : [];
    if (offered.length === 0) return nothing;
    const take = (cure: Cure): void =>
      void this.dispatchEvent(new CustomEvent<Cure>('cure', { detail: cure, bubbles: true, composed: true }));
    return html`<div role="group" aria-label=${this.t('cures')}>
      ${offered.map((cure) => html`<button data-cure=${cure} @click=${() => take(cure)}>${this.t(cureWords[cure])}</button>`)}
    </div>`;
  }

  private drawFinding(finding: Finding): TemplateResult {
    const { t } = this;
    const [sign, severity] = signs[finding.severity];
    const [, why, usual] = words[finding.kind];
    const remedy = finding.kind === 'healthy' && this.run?.state === 'finished' ? 'docEndedTry' : usual;
    return html`<li class=${finding.severity} data-kind=${finding.kind} data-layers=${finding.layers.join(' ')}>
      <span class="sign" role="img" aria-label=${t(severity)}>${sign}</span>
      <div>
        <p class="what">${this.what(finding)}</p>
        <p>${t(why)}</p>
        <p><strong>${t('docTry')}</strong> ${t(remedy)}</p>
        ${this.drawCures(finding)}
        ${finding.layers
          .slice(0, 4)
          .map((layer) => html`<button @click=${() => this.run?.look({ layer })}>${t('panelGoTo', { layer })}</button>`)}
      </div>
    </li>`;
  }

  private drawNumbers(seen: Examination): TemplateResult {
    const { t, lang } = this;
    const number = (value: number | null): string => (value === null ? '' : figures(value, lang, 2));
    const ends = seen.layers.some((layer) => layer.saturated !== null);
    const rows = seen.layers.filter((layer) => layer.gradient !== null || layer.units !== null || layer.saturated !== null);
    return html`<div class="wide" tabindex="0" role="group" aria-label=${t('docTable')}>
      <table data-testid="doctor-table">
        <caption class="hidden">
          ${t('docTable')}
        </caption>
        <thead>
          <tr>
            <th scope="col">${t('layer')}</th>
            <th scope="col">${t('docDeadColumn')}</th>
            ${ends ? html`<th scope="col">${t('docSaturatedColumn')}</th>` : nothing}
            <th scope="col">${t('docWeightColumn')}</th>
            <th scope="col">${t('docGradientColumn')}</th>
            <th scope="col">${t('docUpdateColumn')}</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((layer) => {
            const ratio = ratioOf(layer);
            const off = ratio !== null && (ratio > healthyUpdate.high || ratio < healthyUpdate.low);
            return html`<tr>
              <th scope="row">${layer.name}</th>
              <td class=${layer.dead !== null && layer.units !== null && layer.dead >= 0.1 * layer.units ? 'off' : ''}>
                ${layer.dead === null ? '' : t('docOf', { n: plain(layer.dead, lang), count: plain(layer.units ?? 0, lang) })}
              </td>
              ${
                ends
                  ? html`<td class=${(layer.saturated ?? 0) > 0.5 ? 'off' : ''}>
                      ${layer.saturated === null ? '' : percent(layer.saturated, lang)}
                    </td>`
                  : nothing
              }
              <td>${number(layer.weight)}</td>
              <td class=${layer.gradient === 0 ? 'off' : ''}>${number(layer.gradient)}</td>
              <td class=${off ? 'off' : ''}>${number(ratio)}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
  }

  protected override render(): TemplateResult {
    const { t, lang, seen, progress } = this;
    return this.frame(html`
      <div class="tools level">
        <button data-testid="examine" ?disabled=${progress !== null} @click=${() => this.asker.want(true)}>${t('docExamine')}</button>
        <span class="note" data-testid="examined" style=${styleMap({ minHeight: '3em', alignContent: 'center' })}>
          ${
            progress !== null
              ? t('docLooking', { share: percent(progress, lang) })
              : seen
                ? t('docSeen', { sample: plain(seen.sample, lang), step: plain(seen.step, lang), rate: figures(seen.rate, lang) })
                : ''
          }
        </span>
      </div>
      ${
        seen
          ? html`<ul class="findings" data-step=${seen.step}>
                ${this.findings().map((finding) => this.drawFinding(finding))}
              </ul>
              <h2>${t('docTable')}</h2>
              ${this.drawNumbers(seen)}
              <p class="note">${t('docTableHelp')}</p>`
          : html`<div class="findings"></div>
              ${nothing}`
      }
    `);
  }
}

customElements.define('lab-doctor-panel', DoctorPanel);
