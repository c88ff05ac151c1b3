import { css, html, nothing, type TemplateResult } from 'lit';
import type { FieldInfo, Json } from '../client/client.js';
import { speaker, type Lang } from '../i18n/index.js';

/** A field of the engine's catalog, or one that has its help from the page. */
export type FormField = Omit<FieldInfo, 'key'> & Partial<Pick<FieldInfo, 'key'>>;

export const formStyles = css`
  .form {
    display: grid;
    gap: 12px 16px;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 220px), 1fr));
    align-items: end;
    padding: 8px 0 12px;
  }
  .form code {
    font-family: var(--lab-mono);
    color: var(--lab-ink);
  }
  .form label {
    overflow-wrap: anywhere;
  }
  .form .words {
    display: block;
  }
  .form input[type='text'] {
    font: inherit;
    font-family: var(--lab-mono);
    color: inherit;
    min-height: 36px;
    padding: 4px 12px;
    border: 1px solid var(--lab-mark);
    border-radius: var(--lab-radius);
    background: var(--lab-surface);
    width: 100%;
    min-width: 0;
  }
  .form input[type='number'] {
    width: 100%;
  }
  .form .bad {
    border-color: var(--lab-wrong);
    outline: 1px solid var(--lab-wrong);
  }
  .form .tick {
    display: flex;
    gap: 8px;
    align-items: center;
    min-height: 36px;
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
  }
  .form input[type='checkbox'] {
    width: 20px;
    height: 20px;
    accent-color: var(--lab-accent);
    flex: none;
  }
`;

export interface FormOptions {
  /** Prefix of the ids of its controls. */
  prefix: string;
  lang: Lang;
  /** The field that an error names. */
  wrong: string | null;
  /** The id of the sentence that describes the error. */
  wrongId: string;
  change(field: string, value: Json | undefined): void;
}

const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Reads numbers, lists and objects as JSON, and anything else as text. */
function fromText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text.trim();
  }
}

/**
 * Draws one control for each field of the engine's catalog. A value equal to the default is left out of the experiment.
 */
export function drawForm(fields: readonly FormField[], values: Record<string, Json | undefined>, options: FormOptions): TemplateResult {
  return html`<div class="form">${fields.map((field) => drawField(field, values[field.name], options))}</div>`;
}

function drawField(field: FormField, given: Json | undefined, { prefix, lang, wrong, wrongId, change }: FormOptions): TemplateResult {
  const id = `${prefix}-${field.name}`;
  const value = given === undefined ? field.default : given;
  const bad = wrong === field.name;
  const send = (next: Json): void =>
    change(field.name, !field.required && JSON.stringify(next) === JSON.stringify(field.default) ? undefined : next);
  const help = field.key ? speaker(lang).help(field.key, field.help) : field.help;
  const label = html`<label for=${id}
    ><span class="words"><code>${field.name}</code>${help ? html` ${help}` : nothing}</span></label
  >`;
  const described = bad ? wrongId : nothing;
  if (field.kind === 'boolean')
    return html`<div class="tick">
      <input
        id=${id}
        type="checkbox"
        .checked=${value === true}
        aria-describedby=${described}
        @change=${(event: Event) => send((event.target as HTMLInputElement).checked)}
      />${label}
    </div>`;
  if (field.kind === 'choice')
    return html`<div class="field">
      ${label}<select id=${id} aria-describedby=${described} @change=${(event: Event) => send((event.target as HTMLSelectElement).value)}>
        ${field.choices?.map((item) => html`<option value=${item} ?selected=${item === value}>${item}</option>`)}
      </select>
    </div>`;
  const numeric = (field.kind === 'integer' || field.kind === 'number') && typeof value === 'number';
  return html`<div class="field">
    ${label}<input
      id=${id}
      class=${bad ? 'bad' : ''}
      type=${numeric ? 'number' : 'text'}
      min=${numeric ? (field.min ?? nothing) : nothing}
      max=${numeric ? (field.max ?? nothing) : nothing}
      step=${field.kind === 'integer' ? 1 : 'any'}
      autocomplete="off"
      spellcheck="false"
      aria-invalid=${bad ? 'true' : 'false'}
      aria-describedby=${described}
      .value=${asText(value)}
      @change=${(event: Event) => {
        const { value: text, valueAsNumber } = event.target as HTMLInputElement;
        if (numeric) {
          if (Number.isFinite(valueAsNumber)) send(valueAsNumber);
          else change(field.name, undefined);
        } else send(field.kind === 'text' ? text : fromText(text));
      }}
    />
  </div>`;
}
