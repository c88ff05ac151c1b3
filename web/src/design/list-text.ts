import type { Json } from '../client/client.js';

/** A list or a value, as a person writes it, and back: "1, 0, 1, 0"; "epoch 0, size 12; epoch 4, size 20". */

type Parts = Record<string, Json>;
export const isParts = (value: Json | undefined): value is Parts => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a list of parts looks like, by its field: shown where it is empty. The engine takes each of these. */
export const examples: Readonly<Record<string, string>> = {
  resolutions: 'epoch 0, size 14; epoch 2, size 20',
  groups: 'match conv*, lr_scale 0.5; match *.bias, weight_decay 0',
};

/** "every 5, alpha 0.5" */
const partsText = (parts: Parts): string =>
  Object.entries(parts)
    .map(([name, part]) => `${name} ${textOf(part)}`)
    .join(', ');

export function textOf(value: Json): string {
  if (Array.isArray(value)) return value.map((item) => textOf(item)).join(value.some(isParts) ? '; ' : ', ');
  if (isParts(value)) return partsText(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The part of a text that says no value of its name. */
export class NoValue extends Error {
  constructor(readonly part: string) {
    super(part);
  }
}

function scalarOf(text: string): Json {
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return text !== '' && Number.isFinite(number) ? number : text;
}

const piecesOf = (text: string, separator: string): string[] =>
  text
    .split(separator)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');

function partsOf(text: string): Parts {
  return Object.fromEntries(
    piecesOf(text, ',').map((piece) => {
      const [, name, value] = /^(\S+)\s+(.+)$/.exec(piece) ?? [];
      if (name === undefined || value === undefined) throw new NoValue(piece);
      return [name, scalarOf(value)];
    }),
  );
}

/**
 * Reads what has been written for a field. `example`: it is a list of parts; `isList`: it is a list of values, also of
 * a single one. Throws NoValue. JSON, as experiments have it, is read too.
 */
export function valueOf(text: string, { example, isList }: { example: boolean; isList: boolean }): Json {
  const written = text.trim();
  if (/^[[{]/.test(written)) {
    try {
      return JSON.parse(written) as Json;
    } catch {
      if (example) throw new NoValue(written);
    }
  }
  if (example) return piecesOf(written, ';').map(partsOf);
  const values = piecesOf(written, ',').map(scalarOf);
  return isList || values.length > 1 ? values : (values[0] ?? '');
}
