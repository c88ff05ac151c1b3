import type { Extents, ImageSet } from '../../client/client.js';
import type { Key } from '../../i18n/index.js';

/** Bytes [height, width, channels]. */
export interface Picture {
  shape: Extents;
  pixels: Uint8Array;
}

/** A file that could not be read, and why, by key or as the engine says it. */
export interface Unread {
  name: string;
  why: string;
}

export interface OwnClass {
  id: number;
  name: string;
  pictures: readonly Picture[];
  unread: readonly Unread[];
}

export const fewestClasses = 2;
export const mostClasses = 10;
/** Of a class: 300 pictures of 128×128 pixels in colour take 15 MB. */
export const mostPictures = 300;
/** Every so many-th picture of a class is held out. */
const everyHeldOut = 5;

/** Whether the picture in this place of its class is kept for testing. */
export const isHeldOut = (place: number): boolean => place % everyHeldOut === everyHeldOut - 1;

/** Pictures with their classes' numbers. */
export type Labelled = readonly { picture: Picture; label: number }[];

/** Which pictures are learned from, and which are held out. */
export function divide(classes: readonly Pick<OwnClass, 'pictures'>[]): { train: Labelled; test: Labelled } {
  const all = classes.flatMap(({ pictures }, label) => pictures.map((picture, place) => ({ picture, label, held: isHeldOut(place) })));
  return { train: all.filter(({ held }) => !held), test: all.filter(({ held }) => held) };
}

/** Puts pictures that were divided before into an order that `divide` divides in the same way. */
export function interleave(train: readonly Picture[], test: readonly Picture[]): Picture[] {
  const [learned, held] = [[...train], [...test]];
  const all: Picture[] = [];
  while (learned.length > 0 || held.length > 0) {
    const next = isHeldOut(all.length) ? (held.shift() ?? learned.shift()) : (learned.shift() ?? held.shift());
    all.push(next!);
  }
  return all;
}

/** The pictures of a set by class. */
export function picturesOf({ count, shape, pixels, labels }: ImageSet, classes: number): Picture[][] {
  const size = shape[0] * shape[1] * shape[2];
  const all: Picture[][] = Array.from({ length: classes }, () => []);
  for (let i = 0; i < count; i++) all[labels[i]!]?.push({ shape, pixels: pixels.slice(i * size, (i + 1) * size) });
  return all;
}

/** A sentence by its key. */
export interface Said {
  key: Key;
  values: Record<string, string | number>;
}

/** Signs that no folder's name may have on some system; a leading dot hides it. */
const badSign = /[/\\:*?"<>|\p{Cc}]|^\./u;

/** Why one cannot train yet, the first reason first. */
export function hindrances(classes: readonly Pick<OwnClass, 'name' | 'pictures'>[]): Said[] {
  const found: Said[] = [];
  const names = classes.map(({ name }) => name.trim());
  if (names.some((name) => name === '')) found.push({ key: 'classesNoName', values: {} });
  const twice = names.find((name, i) => name !== '' && names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) < i);
  if (twice !== undefined) found.push({ key: 'classesNameTwice', values: { name: twice } });
  const odd = names.find((name) => badSign.test(name));
  if (odd !== undefined) found.push({ key: 'classesNameSign', values: { name: odd } });
  const empty = classes.find(({ pictures }) => pictures.length === 0);
  if (empty) found.push({ key: 'classesNoPictures', values: { name: empty.name.trim() } });
  return found;
}

/** The reader's classes and their pictures. Event: `changed`. What was taken out last can be put back. */
export class Album extends EventTarget {
  classes: readonly OwnClass[] = [];
  /** Counts changes of what a network would learn. */
  version = 0;
  private before: readonly OwnClass[] | null = null;
  private next = 1;

  get canUndo(): boolean {
    return this.before !== null;
  }

  get count(): number {
    return this.classes.reduce((sum, { pictures }) => sum + pictures.length, 0);
  }

  find(id: number): OwnClass | undefined {
    return this.classes.find((one) => one.id === id);
  }

  addClass(name: string): OwnClass | null {
    if (this.classes.length >= mostClasses) return null;
    const added: OwnClass = { id: this.next++, name, pictures: [], unread: [] };
    this.to([...this.classes, added]);
    return added;
  }

  removeClass(id: number): void {
    if (this.classes.length > fewestClasses)
      this.to(
        this.classes.filter((one) => one.id !== id),
        true,
      );
  }

  rename(id: number, name: string): void {
    if (this.find(id)?.name !== name) this.change(id, () => ({ name }));
  }

  /** Gives false where the class is full, or gone. */
  add(id: number, picture: Picture): boolean {
    const found = this.find(id);
    if (!found || found.pictures.length >= mostPictures) return false;
    this.change(id, ({ pictures }) => ({ pictures: [...pictures, picture] }));
    return true;
  }

  remove(id: number, picture: Picture): void {
    this.change(id, ({ pictures }) => ({ pictures: pictures.filter((one) => one !== picture) }), true);
  }

  clear(id: number): void {
    this.change(id, () => ({ pictures: [] }), true);
  }

  tellUnread(id: number, unread: readonly Unread[]): void {
    this.classes = this.classes.map((one) => (one.id === id ? { ...one, unread } : one));
    this.dispatchEvent(new Event('changed'));
  }

  /** Puts back what was taken out last. */
  undo(): void {
    const { before } = this;
    if (before) this.to(before);
  }

  /** Takes other classes instead. */
  replace(classes: readonly Pick<OwnClass, 'name' | 'pictures'>[]): void {
    this.to(classes.map(({ name, pictures }) => ({ id: this.next++, name, pictures, unread: [] })));
  }

  private change(id: number, what: (one: OwnClass) => Partial<OwnClass>, undoable = false): void {
    this.to(
      this.classes.map((one) => (one.id === id ? { ...one, ...what(one) } : one)),
      undoable,
    );
  }

  private to(classes: readonly OwnClass[], undoable = false): void {
    this.before = undoable ? this.classes : null;
    this.classes = classes;
    this.version++;
    this.dispatchEvent(new Event('changed'));
  }
}
