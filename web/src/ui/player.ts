import { css, html, type TemplateResult } from 'lit';
import { LabElement } from './element.js';
import { base, controls } from './styles.js';

export type PlayerAction = 'toggle' | 'step' | 'reset';

/** Play, step, reset and speed, with the same keys everywhere. Events: `action`, `speed`. */
export class LabPlayer extends LabElement {
  static override properties = {
    playing: { type: Boolean },
    busy: { type: Boolean },
    speed: { type: Number },
    again: { type: String },
  };

  static override styles = [
    base,
    controls,
    css`
      .bar {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: center;
      }
      .play {
        min-width: 112px;
        background: var(--lab-accent);
        border-color: var(--lab-accent);
        color: var(--lab-on-accent);
        font-weight: 600;
      }
      .speed {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
        white-space: nowrap;
      }
      kbd {
        font-family: var(--lab-mono);
        font-size: 0.8125em;
        opacity: 0.85;
        margin-left: 6px;
      }
      @container (width <= 570px) {
        kbd {
          display: none;
        }
      }
    `,
  ];

  declare playing: boolean;
  declare busy: boolean;
  declare speed: number;
  /** What Play does where there is nothing left to play: "Train longer". */
  declare again: string;

  constructor() {
    super();
    this.playing = this.busy = false;
    this.speed = 2;
    this.again = '';
  }

  protected override render(): TemplateResult {
    const { t } = this;
    return html`<div class="bar" role="group" aria-label=${t('player')}>
      <button class="play" ?disabled=${this.busy} @click=${() => this.act('toggle')}>
        ${this.playing ? t('pause') : this.again || t('play')}<kbd aria-hidden="true">${t('spaceKey')}</kbd>
      </button>
      <button ?disabled=${this.busy} @click=${() => this.act('step')}>${t('step')}<kbd aria-hidden="true">→</kbd></button>
      <button ?disabled=${this.busy} @click=${() => this.act('reset')}>${t('reset')}<kbd aria-hidden="true">R</kbd></button>
      <span class="speed" role="group" aria-label=${t('speed')}>
        ${t('speed')}
        <span class="choices"
          >${[1, 2, 3, 4].map(
            (speed) =>
              html`<button
                aria-pressed=${speed === this.speed ? 'true' : 'false'}
                aria-label="${t('speed')} ${speed}"
                @click=${() => this.setSpeed(speed)}
              >
                ${speed}
              </button>`,
          )}</span
        >
      </span>
    </div>`;
  }

  /** Gives true if the key was one of the player's. */
  key(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const target = event.composedPath()[0];
    const onControl = target instanceof HTMLElement && target.matches('input, select, textarea, button, a, summary, [role=gridcell]');
    if (event.key === ' ' && !onControl) this.act('toggle');
    else if (event.key === 'ArrowRight' && !(target instanceof HTMLElement && target.matches('input, select, textarea, [role=gridcell]')))
      this.act('step');
    else if (event.key.toLowerCase() === 'r' && !(target instanceof HTMLElement && target.matches('select'))) this.act('reset');
    else if (/^[1-4]$/.test(event.key) && !(target instanceof HTMLElement && target.matches('input, select')))
      this.setSpeed(Number(event.key));
    else return false;
    event.preventDefault();
    return true;
  }

  private act(action: PlayerAction): void {
    if (!this.busy) this.dispatchEvent(new CustomEvent('action', { detail: action }));
  }

  private setSpeed(speed: number): void {
    this.dispatchEvent(new CustomEvent('speed', { detail: speed }));
  }
}

customElements.define('lab-player', LabPlayer);
