import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Experiment } from '../../client/client.js';
import type { ImportedNetwork } from '../../client/module.js';
import type { Intake } from '../../files/intake.js';
import { dropped, given, type GivenFile } from '../../files/named-file.js';
import type { OwnImages, PictureOptions, ReadingProgress } from '../../files/own-images.js';
import { FileProblem } from '../../files/problem.js';
import { Reading, Stopped } from '../../files/reading.js';
import { sentenceIn } from '../../i18n/index.js';
import type { Lang, Translate } from '../../i18n/index.js';
import { problemOf } from '../../state/engine.js';
import { plain } from '../../ui/numbers.js';

/** What the station does with what was read, and how pictures are to be read. */
export interface FileTaker {
  words(): { t: Translate; lang: Lang };
  pictures(): PictureOptions;
  /** Where the engine's modules lie, one of which the reader takes. */
  engineUrl(): string;
  takeImages(images: OwnImages): void;
  takeRun(intake: Extract<Intake, { kind: 'run' }>): Promise<void>;
  takeDesign(experiment: Experiment): void;
  takeNetwork(network: ImportedNetwork): void;
}

/** What the page offers to do about a trouble: leave pictures out, or name arrays. */
export type Remedy = 'leaveOut' | 'nameArrays' | null;

const remedies: Readonly<Record<string, Remedy>> = {
  'folder.bad': 'leaveOut',
  'npy.unknown_names': 'nameArrays',
  'npy.no_array': 'nameArrays',
  'npy.numbers_of_names': 'nameArrays',
};

/** Reads files that were chosen, or dropped anywhere on the station: images to train on, or a run to go on with. */
export class FileDrop implements ReactiveController {
  /** Files are held over the station. */
  over = false;
  /** How far reading is; null: nothing is read. */
  reading: { words: string; share: number | null } | null = null;
  notice = '';
  trouble = '';
  remedy: Remedy = null;
  private readonly host: ReactiveControllerHost & HTMLElement;
  private readonly taker: FileTaker;
  private reader: Reading | null = null;
  /** What was read last, to read again where its size changes. */
  private last: GivenFile[] = [];

  constructor(host: ReactiveControllerHost & HTMLElement, taker: FileTaker) {
    this.host = host;
    this.taker = taker;
    host.addController(this);
  }

  hostConnected(): void {
    this.host.addEventListener('dragover', this.onDrag);
    this.host.addEventListener('dragleave', this.onDrag);
    this.host.addEventListener('drop', this.onDrop);
  }

  hostDisconnected(): void {
    this.host.removeEventListener('dragover', this.onDrag);
    this.host.removeEventListener('dragleave', this.onDrag);
    this.host.removeEventListener('drop', this.onDrop);
    this.stop();
  }

  readonly onFiles = (event: CustomEvent<File[]>): void => this.read(event.detail.map(given));

  stop(): void {
    this.reader?.stop();
  }

  /** Reads the same pictures anew, in another size or layout. */
  again(): void {
    if (this.last.length > 0) this.read(this.last);
  }

  show(change: Partial<Pick<FileDrop, 'over' | 'reading' | 'notice' | 'trouble' | 'remedy'>>): void {
    Object.assign(this, change);
    this.host.requestUpdate();
  }

  private readonly onDrag = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    const over = event.type === 'dragover';
    if (over !== this.over) this.show({ over });
  };

  private readonly onDrop = (event: DragEvent): void => {
    this.show({ over: false });
    // A panel may have taken the file: a picture for the network to see.
    if (!event.dataTransfer || event.defaultPrevented) return;
    event.preventDefault();
    this.read(dropped(event.dataTransfer));
  };

  private get begun(): { words: string; share: null } {
    return { words: this.taker.words().t('readingFiles'), share: null };
  }

  /** Reads files that are here, or still looked for in dropped folders. */
  private read(files: GivenFile[] | Promise<GivenFile[]>): void {
    this.reader?.stop();
    this.last = [];
    this.show({ trouble: '', notice: '', remedy: null, reading: this.begun });
    const reader = new Reading(files, this.taker.pictures(), this.taker.engineUrl(), (at) => this.showProgress(at));
    this.reader = reader;
    this.take(reader, files).catch((error: unknown) => {
      const { t, lang } = this.taker.words();
      // Another reading that took its place has its own outcome.
      if (error instanceof Stopped) this.show(this.reader ? {} : { notice: t('readingStopped') });
      else {
        const problem = error instanceof FileProblem ? null : problemOf(error);
        const trouble = error instanceof FileProblem ? t(error.key, error.values) : sentenceIn(lang, problem!);
        this.show({ trouble, remedy: remedies[problem?.problem.id ?? ''] ?? null });
      }
    });
  }

  private async take(reader: Reading, files: GivenFile[] | Promise<GivenFile[]>): Promise<void> {
    const ended = (): void => {
      if (this.reader !== reader) return;
      this.reader = null;
      this.show({ reading: null });
    };
    try {
      // Kept for another reading, of another size or layout, even if this one fails.
      void Promise.resolve(files).then(
        (found) => void (this.reader === reader && (this.last = found)),
        () => undefined,
      );
      const intake = await reader.intake;
      ended();
      if (intake.kind === 'images') {
        if (intake.images.dataset !== 'folder') this.last = [];
        this.taker.takeImages(intake.images);
        return;
      }
      this.last = [];
      if (intake.kind === 'run') await this.taker.takeRun(intake);
      else if (intake.kind === 'network') this.taker.takeNetwork(intake.network);
      else this.taker.takeDesign(intake.experiment);
    } finally {
      ended();
    }
  }

  private showProgress({ what, done, total }: ReadingProgress): void {
    const { t, lang } = this.taker.words();
    const numbers = { done: plain(done, lang), total: plain(total, lang) };
    this.show({ reading: { words: t(what === 'image' ? 'readingImages' : 'readingDataFiles', numbers), share: done / total } });
  }
}
