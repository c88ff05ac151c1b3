import { css, html, nothing, type TemplateResult } from 'lit';
import type { LabSession, OpCost, Profile } from '../client/client.js';
import { about, aboutPercent, fixed, percent, plain } from '../ui/numbers.js';
import { styleMap } from '../ui/style-map.js';
import '../ui/table.js';
import type { Cell } from '../ui/table.js';
import type { MeasuredView, RunEvent } from '../run/run-view.js';
import { Panel, panelStyles } from './panel.js';

/** Speed of training beside the machine's peak, and which op of a step takes the time. */
export class SpeedPanel extends Panel<MeasuredView> {
  static override properties = { profile: { state: true } };

  static override styles = [
    ...panelStyles,
    css`
      .meter {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(160px, 1fr));
        gap: 16px 32px;
      }
      .meter dt {
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
      }
      .meter dd {
        margin: 0;
        font-family: var(--lab-mono);
        font-size: var(--lab-title);
        min-height: 36px;
      }
      dl {
        margin: 0;
      }
      .bar {
        height: 8px;
        background: var(--lab-sunk);
        border-radius: 4px;
        overflow: hidden;
      }
      .bar i {
        display: block;
        height: 100%;
        background: var(--lab-lit);
        transform-origin: left;
      }
      .ops {
        min-height: 320px;
      }
    `,
  ];

  declare private profile: { session: LabSession; costs: Profile } | null;
  /** The session that is being measured. */
  private measured: LabSession | null = null;

  protected readonly title_ = 'tabSpeed';
  // An answer costs the worker almost nothing, so it need not wait for other looks.
  protected readonly old: readonly RunEvent[] = ['weights'];
  protected readonly redrawn: readonly RunEvent[] = ['speed', 'state'];

  constructor() {
    super();
    this.profile = null;
  }

  /** The ops are timed only while the panel is open. */
  override disconnectedCallback(): void {
    // A session that is closed measures nothing any more.
    this.measured?.setProfiling(false).catch(() => undefined);
    this.measured = null;
    super.disconnectedCallback();
  }

  protected override opened(): void {
    this.profile = null;
  }

  protected async look(session: LabSession): Promise<void> {
    if (session !== this.measured) {
      this.measured = session;
      await session.setProfiling(true);
    }
    const costs = await session.profile();
    if (!this.isConnected || session !== this.run?.session) return;
    this.profile = { session, costs };
  }

  private drawMeter(peak: number | null): TemplateResult {
    const { t, lang, run } = this;
    // The last measurement stays when training has ended.
    const speed = run?.speed ?? null;
    const share = speed && peak ? speed.gflops / peak : null;
    return html`<dl class="meter" data-testid="meter">
      <div>
        <dt>${t('speedImages')}</dt>
        <dd>${speed ? about(speed.imagesPerSecond, lang) : '–'}</dd>
      </div>
      <div>
        <dt>GFLOP/s</dt>
        <dd>${speed ? about(speed.gflops, lang) : '–'}</dd>
      </div>
      <div>
        <dt>${t('speedShare', { peak: peak ? about(peak, lang) : '–' })}</dt>
        <dd>${share === null ? '–' : aboutPercent(share, lang)}</dd>
        <div class="bar tinted" aria-hidden="true">
          <i class="tinted" style=${styleMap({ transform: `scaleX(${Math.min(1, share ?? 0)})` })}></i>
        </div>
      </div>
    </dl>`;
  }

  private drawOps({ ops, steps, peak_gflops }: Profile): TemplateResult {
    const { t, lang } = this;
    const all = ops.reduce((sum, { seconds }) => sum + seconds, 0);
    const number = (value: number | null, text: (value: number) => string): Cell => ({ value, text: value === null ? '' : text(value) });
    const row = ({ layer, op, seconds, flops, bytes }: OpCost): Cell[] => {
      const rate = flops > 0 ? flops / seconds / 1e9 : null;
      return [
        { value: layer, text: layer },
        { value: op, text: op },
        number(seconds * 1e3, (ms) => fixed(ms, lang, 3)),
        number(seconds / all, (share) => percent(share, lang)),
        number(rate, (gflops) => fixed(gflops, lang, 1)),
        number(rate === null ? null : rate / peak_gflops, (share) => percent(share, lang)),
        number(bytes > 0 ? bytes / seconds / 1e9 : null, (gigabytes) => fixed(gigabytes, lang, 1)),
      ];
    };
    const rows = [...ops].sort((a, b) => b.seconds - a.seconds).map(row);
    return html`<lab-table
        data-testid="ops"
        .head=${[t('layer'), t('speedOp'), 'ms', t('speedOfStep'), 'GFLOP/s', t('speedOfPeak'), 'GB/s']}
        .rows=${rows}
        .label=${t('speedTable')}
        .lang=${lang}
      ></lab-table>
      <p class="note">${t('speedHelp', { steps: plain(steps, lang), ms: fixed(all * 1e3, lang, 2) })}</p>`;
  }

  protected override render(): TemplateResult {
    const { t, run } = this;
    const known = this.profile && this.profile.session === run?.session ? this.profile.costs : null;
    return this.frame(html`
      ${this.drawMeter(known?.peak_gflops ?? null)}
      <div class="ops">${known ? (known.steps > 0 ? this.drawOps(known) : html`<p class="note">${t('speedNoSteps')}</p>`) : nothing}</div>
    `);
  }
}

customElements.define('lab-speed-panel', SpeedPanel);
