import type { Extents } from '../../client/client.js';
import type { GivenFile } from '../../files/named-file.js';
import { fitted } from '../../files/pictures.js';
import { FileProblem } from '../../files/problem.js';
import { mostClasses, type Album, type OwnClass } from './album.js';
import type { Camera } from './camera.js';
import { Pace } from './pace.js';

/** Pictures a second while a button is held. */
const recordRate = 10;
/** Pictures that may be on their way at once: a slow computer takes fewer a second. */
const onTheWay = 3;

/** What systems leave in folders, as the engine knows it (is_passed_over; a test holds the two together). */
const leftByASystem =
  /(^|\/)(\.[^/]*|__macosx|thumbs\.db|ehthumbs\.db|desktop\.ini|icon\r|@eadir|[@#]recycle|\$recycle\.bin|system volume information|lost\+found|picasa\.ini|__pycache__)(\/|$)/i;
const isHidden = ({ path }: GivenFile): boolean => leftByASystem.test(path);
const folderOf = ({ path }: GivenFile): string => path.split('/').at(-2) ?? '';

/** Files without what systems leave in folders. */
export const seen = (files: readonly GivenFile[]): GivenFile[] => files.filter((file) => !isHidden(file));

/** Pictures on their way into a class. */
export interface Filling {
  done: number;
  total: number;
}

/** What gathering needs of the station. */
export interface Gatherer {
  engineUrl(): string | null;
  /** The name of a class that has none yet, by its number from 1. */
  unnamed(n: number): string;
  /** Why a picture could not be read, in the reader's language. */
  wordsOf(error: unknown): string;
  failed(error: unknown): void;
  changed(): void;
}

/** Brings pictures into the album: from the camera while a button is held, and from files. */
export class Gathering {
  /** The class whose button is held. */
  recording: number | null = null;
  readonly fillings = new Map<number, Filling>();
  private readonly album: Album;
  private readonly camera: Camera;
  private readonly shape: Extents;
  private readonly station: Gatherer;
  private frame = 0;

  constructor(album: Album, camera: Camera, shape: Extents, station: Gatherer) {
    this.album = album;
    this.camera = camera;
    this.shape = shape;
    this.station = station;
  }

  /** Nothing comes in now. */
  get quiet(): boolean {
    return this.recording === null && this.fillings.size === 0;
  }

  /** A class's button is held, or let go (null). */
  hold(id: number | null): void {
    if (id !== null && this.camera.state !== 'on') {
      // The button was pressed for a picture, so the camera is wanted; what it sees comes first.
      if (this.camera.state === 'asking') return;
      this.camera.start().catch((error: unknown) => this.station.failed(error));
      return;
    }
    if (id === this.recording) return;
    this.recording = id;
    cancelAnimationFrame(this.frame);
    if (id !== null) this.record(id);
    this.station.changed();
  }

  private record(id: number): void {
    const pace = new Pace(recordRate);
    let under = 0;
    const take = (): void => {
      if (this.recording === id) this.frame = requestAnimationFrame(take);
      const engineUrl = this.station.engineUrl();
      if (!engineUrl || under >= onTheWay || !pace.due(performance.now())) return;
      const frame = this.camera.grab();
      if (!frame) return;
      under++;
      fitted(engineUrl, frame, this.shape, 'fill')
        .then((pixels) => {
          // The class is full.
          if (!this.album.add(id, { shape: this.shape, pixels })) this.hold(null);
        })
        .catch((error: unknown) => this.station.failed(error))
        .finally(() => under--);
    };
    take();
  }

  /** Reads pictures into a class, one after the other; those that cannot be read are listed with their reason. */
  async fill(id: number, given: readonly GivenFile[]): Promise<void> {
    const files = seen(given);
    const engineUrl = this.station.engineUrl();
    const { fillings, album, shape } = this;
    if (!engineUrl || files.length === 0 || fillings.has(id)) return;
    const unread = [...(album.find(id)?.unread ?? [])];
    const filling: Filling = { done: 0, total: files.length };
    fillings.set(id, filling);
    this.station.changed();
    for (const { path, file } of files) {
      try {
        if (!album.add(id, { shape, pixels: await fitted(engineUrl, file, shape, 'fill') })) break;
      } catch (error) {
        unread.push({ name: path, why: this.station.wordsOf(error) });
      }
      // Somebody has stopped it.
      if (fillings.get(id) !== filling) break;
      filling.done++;
      this.station.changed();
    }
    this.stopFilling(id);
    album.tellUnread(id, unread);
  }

  stopFilling(id: number): void {
    this.fillings.delete(id);
    this.station.changed();
  }

  /** Takes folders of pictures, each the class of its name. Throws FileProblem. */
  async takeFolders(files: readonly GivenFile[]): Promise<void> {
    const groups = grouped(files);
    const loose = groups.get('');
    if (loose) throw new FileProblem('classesDropOnCard', { name: loose[0]!.path });
    const work: Promise<void>[] = [];
    for (const [name, pictures] of groups) {
      const found = this.classNamed(name.normalize('NFC'));
      if (!found) throw new FileProblem('classesTooMany', { n: mostClasses });
      work.push(this.fill(found.id, pictures));
    }
    await Promise.all(work);
  }

  /** The class of this name; else one that is still empty and has no name of its own; else a new one. */
  private classNamed(name: string): OwnClass | null {
    const { album } = this;
    const found = album.classes.find((one) => one.name === name);
    if (found) return found;
    const unnamed = new Set(Array.from({ length: mostClasses }, (_, i) => this.station.unnamed(i + 1)));
    const free = album.classes.find((one) => one.pictures.length === 0 && unnamed.has(one.name) && !this.fillings.has(one.id));
    if (!free) return album.addClass(name);
    album.rename(free.id, name);
    return album.find(free.id)!;
  }
}

function grouped(files: readonly GivenFile[]): Map<string, GivenFile[]> {
  const groups = new Map<string, GivenFile[]>();
  for (const file of files) groups.set(folderOf(file), [...(groups.get(folderOf(file)) ?? []), file]);
  return groups;
}
