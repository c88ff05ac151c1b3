import { css, html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { classHues } from '../../ui/color.js';
import { LabElement } from '../../ui/element.js';
import { plain } from '../../ui/numbers.js';
import { styleMap } from '../../ui/style-map.js';
import { base, controls } from '../../ui/styles.js';
import '../../inspect/picture.js';
import { isHeldOut, mostPictures, type OwnClass, type Picture } from './album.js';
import type { Filling } from './gathering.js';

/** Thumbnails that are shown before one asks for all. */
const fewShown = 18;

export interface CardEvents {
  /** A button is held: pictures are wanted as long as it is. */
  hold: boolean;
  /** Pictures that were chosen. */
  pictures: File[];
  rename: string;
  take: Picture;
  clear: undefined;
  drop: undefined;
  understood: undefined;
  stop: undefined;
}

/** One class of the reader's own: its name, its pictures, and ways to get more. Events: those of `CardEvents`. */
export class ClassCard extends LabElement {
  static override properties = {
    own: { attribute: false },
    index: { type: Number },
    recording: { type: Boolean, reflect: true },
    waiting: { type: Boolean },
    removable: { type: Boolean },
    filling: { attribute: false },
    all: { state: true },
  };

  static override styles = [
    base,
    controls,
    css`
      section {
        display: grid;
        gap: 12px;
        padding: 12px;
        border: 1px solid var(--lab-line);
        border-inline-start: 4px solid var(--hue);
        border-radius: var(--lab-radius);
        background: var(--lab-surface);
        min-width: 0;
        height: 100%;
        align-content: start;
      }
      :host([recording]) section {
        border-color: var(--lab-accent);
        border-inline-start-color: var(--hue);
      }
      .head {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto auto;
        gap: 8px;
        align-items: center;
      }
      input[type='text'] {
        font: inherit;
        font-weight: 620;
        color: inherit;
        width: 100%;
        min-width: 0;
        min-height: 40px;
        padding: 4px 8px;
        border: 1px solid transparent;
        border-bottom-color: var(--lab-mark);
        border-radius: var(--lab-radius) var(--lab-radius) 0 0;
        background: none;
      }
      .count {
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
        white-space: nowrap;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .record {
        flex: 1 1 144px;
        font-weight: 600;
        touch-action: none;
        user-select: none;
        -webkit-user-select: none;
        -webkit-touch-callout: none;
      }
      :host([recording]) .record {
        background: var(--lab-accent);
        border-color: var(--lab-accent);
        color: var(--lab-on-accent);
      }
      .thumbs {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(44px, 1fr));
        gap: 4px;
        list-style: none;
        margin: 0;
        padding: 0;
        min-height: 46px;
      }
      .thumbs button {
        position: relative;
        display: block;
        padding: 0;
        border: 0;
        min-height: 0;
        width: 100%;
        aspect-ratio: 1;
        overflow: hidden;
        background: none;
      }
      .thumbs lab-picture {
        width: 100%;
        height: 100%;
      }
      .thumbs lab-picture::part(canvas) {
        width: 100%;
        height: 100%;
        border: 0;
        image-rendering: auto;
      }
      .thumbs .held lab-picture::part(canvas) {
        border: 2px dashed var(--lab-accent);
      }
      .thumbs button::after {
        content: '×';
        position: absolute;
        inset: 0;
        display: grid;
        place-items: center;
        font-size: 24px;
        line-height: 1;
        color: #fff;
        background: rgb(0 0 0 / 55%);
        opacity: 0;
      }
      .thumbs button:hover::after,
      .thumbs button:focus-visible::after {
        opacity: 1;
      }
      .none,
      .note {
        font-size: var(--lab-small);
        color: var(--lab-ink-soft);
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 8px;
        align-items: center;
        justify-content: space-between;
      }
      ul.unread {
        margin: 4px 0;
        padding-inline-start: 18px;
        font-size: var(--lab-small);
        overflow-wrap: anywhere;
        max-height: 160px;
        overflow-y: auto;
      }
      summary {
        cursor: pointer;
        font-size: var(--lab-small);
        color: var(--lab-wrong);
        padding: 4px 0;
      }
      progress {
        width: 100%;
        height: 4px;
        accent-color: var(--lab-accent);
      }
      input[type='file'] {
        display: none;
      }
    `,
  ];

  declare own: OwnClass;
  /** Its number, from 0: its hue, and its label. */
  declare index: number;
  declare recording: boolean;
  /** The camera has to be allowed first. */
  declare waiting: boolean;
  declare removable: boolean;
  declare filling: Filling | null;
  declare private all: boolean;
  private held = false;
  /** A key or a pointer has held the button: its click is no wish for one picture. */
  private holdEnded = 0;

  constructor() {
    super();
    this.index = 0;
    this.recording = this.waiting = this.removable = this.all = false;
    this.filling = null;
  }

  private send<N extends keyof CardEvents>(name: N, detail: CardEvents[N]): void {
    this.dispatchEvent(new CustomEvent(`class-${name}`, { detail }));
  }

  private hold(on: boolean): void {
    if (on === this.held) return;
    this.held = on;
    if (!on) this.holdEnded = performance.now();
    this.send('hold', on);
  }

  private readonly onPointer = (event: PointerEvent): void => {
    if (event.type !== 'pointerdown') this.hold(false);
    else if (event.button === 0) {
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      this.hold(true);
    }
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.key !== ' ' && event.key !== 'Enter') return;
    // Else a click comes too.
    event.preventDefault();
    if (event.type === 'keyup') this.hold(false);
    else if (!event.repeat) this.hold(true);
  };

  /** A click without a hold, as assistive programs send it: one picture. */
  private readonly onClick = (): void => {
    if (performance.now() - this.holdEnded < 500) return;
    this.hold(true);
    this.hold(false);
  };

  private readonly picked = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    input.value = '';
    if (files.length > 0) this.send('pictures', files);
  };

  private pick(id: string): void {
    this.renderRoot.querySelector<HTMLInputElement>(`#${id}`)!.click();
  }

  private drawThumbs(): TemplateResult {
    const { t, own } = this;
    const { pictures } = own;
    if (pictures.length === 0) return html`<p class="none">${t('classesEmpty')}</p>`;
    // The newest first: one sees what has just come in.
    const places = pictures.map((picture, place) => ({ picture, place })).reverse();
    const shown = this.all ? places : places.slice(0, fewShown);
    return html`<ul class="thumbs">
        ${repeat(
          shown,
          ({ picture }) => picture,
          ({ picture, place }) => {
            const words = t(isHeldOut(place) ? 'classesTakeHeld' : 'classesTake', { n: place + 1, name: own.name });
            return html`<li>
              <button class=${isHeldOut(place) ? 'held' : ''} aria-label=${words} title=${words} @click=${() => this.send('take', picture)}>
                <lab-picture .pixels=${picture.pixels} .shape=${picture.shape} .size=${64}></lab-picture>
              </button>
            </li>`;
          },
        )}
      </ul>
      <div class="foot">
        ${
          pictures.length > fewShown
            ? html`<button class="small" aria-expanded=${this.all ? 'true' : 'false'} @click=${() => (this.all = !this.all)}>
                ${this.all ? t('classesShowFew') : t('classesShowAll', { n: pictures.length })}
              </button>`
            : nothing
        }
        <button class="small" @click=${() => this.send('clear', undefined)}>${t('classesClear')}</button>
      </div>`;
  }

  private drawUnread(): TemplateResult | typeof nothing {
    const { t, own } = this;
    if (own.unread.length === 0) return nothing;
    return html`<details open>
      <summary>${t('classesUnread', { n: own.unread.length })}</summary>
      <ul class="unread" tabindex="0" aria-label=${t('classesUnread', { n: own.unread.length })}>
        ${own.unread.map(({ name, why }) => html`<li>${why.includes(name) ? why : `${name}: ${why}`}</li>`)}
      </ul>
      <button class="small" @click=${() => this.send('understood', undefined)}>${t('classesUnderstood')}</button>
    </details>`;
  }

  private drawFilling(): TemplateResult | typeof nothing {
    const { t, filling, lang } = this;
    if (!filling) return nothing;
    const words = t('readingImages', { done: plain(filling.done, lang), total: plain(filling.total, lang) });
    return html`<div class="foot">
      <span class="note">${words}</span><button class="small" @click=${() => this.send('stop', undefined)}>${t('stopReading')}</button>
      <progress max=${filling.total} value=${filling.done} aria-label=${words}></progress>
    </div>`;
  }

  protected override render(): TemplateResult {
    const { t, own, index } = this;
    const full = own.pictures.length >= mostPictures;
    const count = t('classesCount', { n: own.pictures.length });
    return html`<section
      aria-label=${t('classesCard', { name: own.name })}
      style=${styleMap({ '--hue': classHues[index % classHues.length] })}
    >
      <div class="head">
        <input
          type="text"
          maxlength="40"
          autocomplete="off"
          aria-label=${t('classesName', { n: index + 1 })}
          .value=${own.name}
          @change=${(event: Event) => this.send('rename', (event.target as HTMLInputElement).value.normalize('NFC').trim())}
        />
        <span class="count" data-testid="count">${count}</span>
        ${
          this.removable
            ? html`<button
                class="small"
                aria-label=${t('classesDrop', { name: own.name })}
                title=${t('classesDrop', { name: own.name })}
                @click=${() => this.send('drop', undefined)}
              >
                ×
              </button>`
            : html`<span></span>`
        }
      </div>
      <div class="buttons">
        <button
          class="record"
          ?disabled=${full}
          aria-pressed=${this.recording ? 'true' : 'false'}
          aria-label="${t(this.waiting ? 'classesAllow' : 'classesHold')} (${own.name})"
          @pointerdown=${this.onPointer}
          @pointerup=${this.onPointer}
          @pointercancel=${this.onPointer}
          @lostpointercapture=${this.onPointer}
          @contextmenu=${(event: Event) => event.preventDefault()}
          @keydown=${this.onKey}
          @keyup=${this.onKey}
          @blur=${() => this.hold(false)}
          @click=${this.onClick}
        >
          ${t(this.recording ? 'classesRecording' : this.waiting ? 'classesAllow' : 'classesHold')}
        </button>
        <button ?disabled=${full} @click=${() => this.pick('files')}>${t('classesFiles')}</button>
        <button ?disabled=${full} @click=${() => this.pick('folder')}>${t('classesFolder')}</button>
        <input id="files" type="file" multiple accept="image/*" aria-label="${t('classesFiles')} (${own.name})" @change=${this.picked} />
        <input id="folder" type="file" webkitdirectory aria-label="${t('classesFolder')} (${own.name})" @change=${this.picked} />
      </div>
      ${this.drawFilling()} ${full ? html`<p class="note">${t('classesFull', { n: mostPictures })}</p>` : nothing} ${this.drawThumbs()}
      ${this.drawUnread()}
    </section>`;
  }
}

customElements.define('lab-class-card', ClassCard);
