/**
 * A station's state as a table of properties. The table reads the link, writes it, and says what is allowed. A link
 * leaves out what has its default value.
 */
export interface Property<T> {
  default: T;
  /** Reads a value; null: not one of this property. */
  parse(text: string): T | null;
  print(value: T): string;
}

export type Table<S> = { [K in keyof S]: Property<S[K]> };

export interface Matrix {
  rows: number;
  columns: number;
  values: number[];
}

export const integer = (initial: number, min: number, max: number): Property<number> => ({
  default: initial,
  parse: (text) => (/^-?\d+$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : null),
  print: String,
});

export const number = (initial: number, min: number, max: number): Property<number> => ({
  default: initial,
  parse: (text) => (text.trim() !== '' && Number(text) >= min && Number(text) <= max ? Number(text) : null),
  print: (value) => String(Number(value.toPrecision(6))),
});

export const choice = <T extends string>(initial: NoInfer<T>, choices: readonly T[]): Property<T> => ({
  default: initial,
  parse: (text) => choices.find((item) => item === text) ?? null,
  print: (value) => value,
});

export const text = (initial: string, longest = 8000): Property<string> => ({
  default: initial,
  parse: (value) => (value.length <= longest ? value : null),
  print: (value) => value,
});

/** "_" between rows, "~" between numbers: characters that a link does not escape. */
export const matrix = (initial: Matrix, largest: number): Property<Matrix> => ({
  default: initial,
  parse(source) {
    const rows = source.split('_').map((row) => row.split('~').map((item) => (item === '' ? NaN : Number(item))));
    const columns = rows[0]!.length;
    if (rows.length > largest || columns > largest || rows.some((row) => row.length !== columns)) return null;
    const values = rows.flat();
    return values.every((value) => Number.isFinite(value) && Math.abs(value) <= 1e6) ? { rows: rows.length, columns, values } : null;
  },
  print: ({ rows, columns, values }) =>
    Array.from({ length: rows }, (_, row) =>
      values
        .slice(row * columns, (row + 1) * columns)
        .map((value) => String(Number(value.toPrecision(4))))
        .join('~'),
    ).join('_'),
});

export function defaults<S>(table: Table<S>): S {
  const state = {} as S;
  for (const key in table) state[key] = table[key].default;
  return state;
}

/** Something that was given and is not known. */
export interface Unread {
  field: string;
  value: string;
  /** What is taken instead; empty: nothing; null: there is no such field. */
  taken: string | null;
}

/** What a page's own link has beside the state of its station. */
const ofThePage = ['lang', 'theme'];

/** What in a link `read` leaves out. */
export function unreadIn<S>(table: Table<S>, link: string): Unread[] {
  return [...new URLSearchParams(link)].flatMap(([field, value]): Unread[] => {
    if (ofThePage.includes(field)) return [];
    if (!Object.hasOwn(table, field)) return [{ field, value, taken: null }];
    const property = table[field as keyof S];
    return property.parse(value) === null ? [{ field, value, taken: property.print(property.default) }] : [];
  });
}

/** Reads a link. What is wrong in it counts as not said; `unreadIn` names it. */
export function read<S>(table: Table<S>, link: string): S {
  const params = new URLSearchParams(link);
  const state = defaults(table);
  for (const key in table) {
    const found = params.get(key);
    const value = found === null ? null : table[key].parse(found);
    if (value !== null) state[key] = value;
  }
  return state;
}

export function write<S>(table: Table<S>, state: S): string {
  const params = new URLSearchParams();
  for (const key in table) {
    const printed = table[key].print(state[key]);
    if (printed !== table[key].print(table[key].default)) params.set(key, printed);
  }
  return params.toString();
}
