import { css, html, nothing, type TemplateResult } from 'lit';
import type { FieldInfo, Json } from '../client/client.js';
import { speaker, type Lang } from '../i18n/index.js';
import { examples, isParts, NoValue, textOf, valueOf } from './list-text.js';

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
  .form .broad {
    grid-column: 1 / -1;
  }
  .form .unread {
    font-size: var(--lab-small);
    color: var(--lab-wrong);
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

/** A text that is no value of its field. */
export interface Refused {
  /** Prefix of its form. */
  prefix: string;
  field: string;
  text: string;
  /** The part of it that cannot be read. */
  part: string;
}

export interface FormOptions {
  /** Prefix of the ids of its controls. */
  prefix: string;
  lang: Lang;
  /** The field that an error names, or a part of it: "resolutions[0].epoch". */
  wrong: string | null;
  /** The id of the sentence that describes the error. */
  wrongId: string;
  /** What was written for a field of this form and cannot be read. */
  refused: Refused | null;
  refuse(refused: Refused | null): void;
  change(field: string, value: Json | undefined): void;
}

/** A value of named parts, each with a control of its own. Parts that are as the catalog has them are left out. */
function drawParts(field: FormField, given: Record<string, Json>, { prefix, lang, wrong, wrongId, change }: FormOptions): TemplateResult {
  const usual = field.default as Record<string, Json>;
  const send = (name: string, next: Json | undefined): void => {
    const all = Object.entries({ ...given, [name]: next ?? usual[name]! });
    const changed = field.key ? all.filter(([key, value]) => value !== usual[key]) : all;
    change(field.name, changed.length > 0 ? Object.fromEntries(changed) : undefined);
  };
  const bad = isWrong(field, wrong);
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
          .value=${textOf(value)}
          @change=${(event: Event) => {
            const { value: text, valueAsNumber } = event.target as HTMLInputElement;
            if (numeric) send(name, Number.isFinite(valueAsNumber) ? valueAsNumber : undefined);
            else send(name, typeof value === 'string' ? text.trim() : valueOf(text, { example: false, isList: Array.isArray(value) }));
          }}
        />
      </div>`;
    })}
  </fieldset>`;
}

const isWrong = (field: FormField, wrong: string | null): boolean => wrong !== null && wrong.split(/[.[]/)[0] === field.name;

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
  const bad = isWrong(field, wrong);
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
  if (field.kind === 'json') return drawList(field, value, options, send);
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
      .value=${textOf(value)}
      @change=${(event: Event) => {
        const { value: text, valueAsNumber } = event.target as HTMLInputElement;
        if (numeric) {
          if (Number.isFinite(valueAsNumber)) send(valueAsNumber);
          else change(field.name, undefined);
        } else send(field.kind === 'text' ? text : valueOf(text, { example: false, isList: false }));
      }}
    />
  </div>`;
}

/** A value or a list of them, as text; a list of parts with an example of how it is written. */
function drawList(field: FormField, value: Json, options: FormOptions, send: (next: Json) => void): TemplateResult {
  const { prefix, lang, wrong, wrongId, refused, refuse } = options;
  const id = `${prefix}-${field.name}`;
  const example = examples[field.name];
  const unread = refused?.prefix === prefix && refused.field === field.name ? refused : null;
  const bad = unread !== null || isWrong(field, wrong);
  const take = (text: string): void => {
    try {
      const next = valueOf(text, { example: example !== undefined, isList: Array.isArray(field.default) });
      refuse(null);
      send(text.trim() === '' ? field.default : next);
    } catch (error) {
      if (!(error instanceof NoValue)) throw error;
      refuse({ prefix, field: field.name, text, part: error.part });
    }
  };
  const { t } = speaker(lang);
  return html`<div class="field ${example ? 'broad' : ''}">
    <label for=${id}>${drawName(field, lang)}</label
    ><input
      id=${id}
      class=${bad ? 'bad' : ''}
      type="text"
      autocomplete="off"
      spellcheck="false"
      placeholder=${example ?? nothing}
      aria-invalid=${bad ? 'true' : 'false'}
      aria-describedby=${unread ? `${id}-unread` : isWrong(field, wrong) ? wrongId : nothing}
      .value=${unread ? unread.text : textOf(value)}
      @change=${(event: Event) => take((event.target as HTMLInputElement).value)}
    />${
      unread && example
        ? html`<span class="unread" id="${id}-unread" role="alert"
            >${t('listUnread', { field: field.name, part: unread.part, example })}</span
          >`
        : nothing
    }
  </div>`;
}
