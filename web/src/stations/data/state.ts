import type { Augmentation, FieldInfo, ImageShape, Json, SplitName } from '../../client/client.js';
import { choice, defaults, integer, number, text, write, type Property, type Table, type Unread } from '../../state/properties.js';
import { defaultData } from '../train/default-data.js';
import { table as trainTable } from '../train/state.js';

/** The state in a link to this station. */
export interface State {
  data: string;
  /** Training images that are looked at. */
  images: number;
  noise: number;
  imbalance: number;
  /** The split whose images stand beside the classes. */
  shown: SplitName;
  /** The image whose neighbours are shown. */
  of: SplitName;
  at: number;
  /** Of near-duplicates. */
  distance: number;
  augment: Augmentation;
}

const splits: readonly SplitName[] = ['train', 'test'];

/** "rotation.20_crop.3": fields of an augmentation, without characters that a link escapes. */
export const augmentation = (initial: Augmentation): Property<Augmentation> => ({
  default: initial,
  parse(source) {
    if (source === 'none') return {};
    const fields: Record<string, Json> = {};
    for (const part of source.split('_')) {
      const [, name, value] = /^([a-z]+(?:-[a-z]+)*)\.(.+)$/.exec(part) ?? [];
      if (name === undefined || value === undefined) return null;
      fields[name.replaceAll('-', '_')] = value === 'yes' ? true : Number.isFinite(Number(value)) ? Number(value) : value;
    }
    return fields as Augmentation;
  },
  print: (value) =>
    Object.entries(value)
      .map(([name, one]) => `${name.replaceAll('_', '-')}.${one === true ? 'yes' : one}`)
      .join('_') || 'none',
});

/** What of an augmentation the engine knows, within its ranges: a link may say anything. */
export function allowed(augment: Augmentation, fields: readonly FieldInfo[]): Augmentation {
  const given = augment as Record<string, Json>;
  const kept: Record<string, Json> = {};
  for (const { name, kind, min, max, choices } of fields) {
    const value = given[name];
    if (value === undefined) continue;
    if (kind === 'boolean' ? value === true : kind === 'choice' ? choices?.includes(String(value)) : typeof value === 'number')
      kept[name] =
        typeof value === 'number' ? Math.min(max ?? value, Math.max(min ?? value, kind === 'integer' ? Math.round(value) : value)) : value;
  }
  return kept as Augmentation;
}

/** What of an augmentation in a link the engine does not know, or has otherwise. */
export function unreadAugment(augment: Augmentation, fields: readonly FieldInfo[]): Unread[] {
  const kept = allowed(augment, fields) as Record<string, Json>;
  const print = (name: string, value: Json): string => augmentation({}).print({ [name]: value });
  return Object.entries(augment as Record<string, Json>).flatMap(([name, value]) => {
    const taken = kept[name];
    return taken === value ? [] : [{ field: 'augment', value: print(name, value), taken: taken === undefined ? '' : print(name, taken) }];
  });
}

/** A control's range: what the engine allows, and no more pixels than the image has. */
export function rangeOf(field: FieldInfo, { height, width }: ImageShape): { max: number; step: number } {
  const most = field.max ?? 1;
  if (field.kind === 'integer') return { max: Math.min(most, Math.min(height, width)), step: 1 };
  return { max: most, step: most <= 1 ? 0.05 : most / 36 };
}

export const table: Table<State> = {
  data: text(defaultData, 40),
  images: integer(10_000, 1, 1_000_000),
  noise: number(0, 0, 1),
  imbalance: number(1, 0.001, 1),
  shown: choice<SplitName>('train', splits),
  of: choice<SplitName>('test', splits),
  at: integer(0, 0, 1_000_000),
  distance: number(0.05, 0, 1),
  augment: augmentation({ rotation: 20 }),
};

/** The link to the station Train with these data, and with a network where `net` is one's code. */
export function trainLink(
  { data, images, noise, imbalance, net }: Pick<State, 'data' | 'images' | 'noise' | 'imbalance'> & { net: string },
  lang: string,
): string {
  const state = write(trainTable, { ...defaults(trainTable), data, images, noise, imbalance, net });
  return `#train?${state}${state ? '&' : ''}lang=${lang}`;
}
