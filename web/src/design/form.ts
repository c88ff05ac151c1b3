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
  .form .parts {
    grid-column: 1 / -1;
    display: grid;
    gap: 8px 16px;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 120px), 1fr));
    margin: 0;
    padding: 0 0 0 12px;
    border: 0;
    border-left: 1px solid var(--lab-line);
    min-width: 0;
  }
  .form .parts legend {
    padding: 0 0 4px;
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
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

type Parts = Record<string, Json>;
export const isParts = (value: Json | undefined): value is Parts => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value in few words: "every 5, alpha 0.5". */
export const wordsOf = (value: Json): string =>
  isParts(value)
    ? Object.entries(value)
        .map(([name, part]) => `${name} ${wordsOf(part)}`)
        .join(', ')
    : asText(value);

/** A value of named parts, each with a control of its own. Parts that are as the catalog has them are left out. */
function drawParts(field: FormField, given: Parts, { prefix, lang, wrong, wrongId, change }: FormOptions): TemplateResult {
  const usual = field.default as Parts;
  const send = (name: string, next: Json | undefined): void => {
    const all = Object.entries({ ...given, [name]: next ?? usual[name]! });
    const changed = field.key ? all.filter(([key, value]) => value !== usual[key]) : all;
    change(field.name, changed.length > 0 ? Object.fromEntries(changed) : undefined);
  };
  const bad = wrong === field.name;
  return html`<fieldset class="parts" aria-describedby=${bad ? wrongId : nothing}>
    <legend>${drawName(field, lang)}</legend>
    ${Object.entries({ ...usual, ...given }).map(([name, value]) => {
      const id = `${prefix}-${field.name}-${name}`;
      const numeric = typeof value === 'number';
      return html`<div class="field">
        <label for=${id}><code>${name}</code></label
        ><input
          id=${id}
          class=${bad ? 'bad' : ''}
          type=${numeric ? 'number' : 'text'}
          step="any"
          autocomplete="off"
          spellcheck="false"
          aria-invalid=${bad ? 'true' : 'false'}
          .value=${asText(value)}
          @change=${(event: Event) => {
            const { value: text, valueAsNumber } = event.target as HTMLInputElement;
            if (numeric) send(name, Number.isFinite(valueAsNumber) ? valueAsNumber : undefined);
            else send(name, typeof value === 'string' ? text.trim() : fromText(text));
          }}
        />
      </div>`;
    })}
  </fieldset>`;
}

/** A field's name, and what it does. */
function drawName(field: FormField, lang: Lang): TemplateResult {
  const help = field.key ? speaker(lang).help(field.key, field.help) : field.help;
  return html`<span class="words"><code>${field.name}</code>${help ? html` ${help}` : nothing}</span>`;
}

/**
 * Draws one control for each field of the engine's catalog. A value equal to the default is left out of the experiment.
 */
export function drawForm(fields: readonly FormField[], values: Record<string, Json | undefined>, options: FormOptions): TemplateResult {
  return html`<div class="form">${fields.map((field) => drawField(field, values[field.name], options))}</div>`;
}

function drawField(field: FormField, given: Json | undefined, options: FormOptions): TemplateResult {
  const { prefix, lang, wrong, wrongId, change } = options;
  if (isParts(field.default) && (given === undefined || isParts(given))) return drawParts(field, given ?? {}, options);
  const id = `${prefix}-${field.name}`;
  const value = given === undefined ? field.default : given;
  const bad = wrong === field.name;
  const send = (next: Json): void =>
    change(field.name, !field.required && JSON.stringify(next) === JSON.stringify(field.default) ? undefined : next);
  const label = html`<label for=${id}>${drawName(field, lang)}</label>`;
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
