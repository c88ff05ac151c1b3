import { html, nothing, type TemplateResult } from 'lit';
import type { Translate } from '../i18n/index.js';

/** A question of a station, which checks the reader's answer itself. */
export interface Question {
  t: Translate;
  text: string;
  /** What the reader answers with. */
  answer: TemplateResult;
  /** Empty before the first answer. */
  verdict: string;
  /** What to try next. */
  next?: TemplateResult;
}

/** Draws a question, folded; a screen reader hears the verdict. */
export function drawQuestion({ t, text, answer, verdict, next }: Question): TemplateResult {
  return html`<details>
    <summary>${t('tryTitle')}</summary>
    <p>${text}</p>
    ${answer}
    <p role="status">${verdict}</p>
    ${next ?? nothing}
  </details>`;
}

/** A whole number to answer with. Calls `ask` only with numbers in range. */
export function drawNumberAnswer(label: string, ask: (value: number) => void, max?: number): TemplateResult {
  const changed = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    if (input.value !== '' && input.checkValidity()) ask(Number(input.value));
  };
  return html`<div class="field">
    <label for="guess">${label}</label>
    <input id="guess" type="number" min="0" max=${max ?? nothing} step="1" @change=${changed} />
  </div>`;
}
