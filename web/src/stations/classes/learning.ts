import type { LabEngine } from '../../client/client.js';
import type { OwnImages } from '../../files/own-images.js';
import type { LoadedRun } from '../../files/run-folder.js';
import { TrainRun } from '../../run/run.js';
import { divide, type Album } from './album.js';
import { prepared } from './prepared.js';
import { recipeOf, type Base } from './recipe.js';

/** What is done before a network is there. */
export type Preparing = { what: 'base'; share: number } | { what: 'pictures'; done: number; total: number } | { what: 'opening' };

/** A network that learns the album. `told` hears of everything that changes, on frames. */
export class Learning {
  readonly run: TrainRun;
  preparing: Preparing | null = null;
  /** The album's version that the network has learned; −1: none. */
  learned = -1;
  private readonly engine: LabEngine;
  private readonly album: Album;
  private readonly told: () => void;
  private turn = 0;
  /** It trains on when the station is shown again. */
  private resting = false;

  constructor(engine: LabEngine, album: Album, told: () => void) {
    this.engine = engine;
    this.album = album;
    this.told = told;
    this.run = new TrainRun(engine);
    for (const type of ['opened', 'stepped', 'state', 'features', 'evaluated', 'testing'] as const) this.run.listen(type, told);
  }

  /** The pictures have changed since it learned. */
  get stale(): boolean {
    return this.learned !== this.album.version;
  }

  get busy(): boolean {
    return this.preparing !== null || this.run.state === 'running';
  }

  /** It was stopped on its way and can go on. */
  get canGoOn(): boolean {
    const { run } = this;
    return run.session !== null && !this.busy && run.state === 'paused' && !this.stale && run.step < run.session.info.total_steps;
  }

  /** Learns the album anew, with what `base` gives before the last layer. */
  async train(base: (told: (share: number) => void) => Promise<Base | null>): Promise<void> {
    const { run, album } = this;
    const turn = ++this.turn;
    const wanted = (): boolean => turn === this.turn;
    const { version, classes } = album;
    this.resting = false;
    try {
      this.prepare({ what: 'base', share: 0 });
      const begun = await base((share) => wanted() && this.prepare({ what: 'base', share }));
      if (!wanted()) return;
      const { train, test } = divide(classes);
      const total = train.length + test.length;
      const { experiment, card, file } = recipeOf(
        begun,
        classes.map(({ name }) => name.trim()),
        train.length,
      );
      const { height, width, channels } = card.image;
      const make = (pictures: typeof train, before: number): ReturnType<typeof prepared> => {
        const tell = (done: number): void => void (wanted() && this.prepare({ what: 'pictures', done: before + done, total }));
        return prepared(pictures, [height, width, channels], this.engine.engineUrl, tell, wanted);
      };
      const learned = await make(train, 0);
      const held = learned && (await make(test, train.length));
      if (!learned || !held || !wanted()) return;
      this.prepare({ what: 'opening' });
      if (run.state === 'running') await run.pause();
      await run.open(experiment, { kind: 'images', card, train: learned, test: held }, undefined, undefined, file);
      if (!wanted()) return;
      this.learned = version;
      if (!this.resting) await run.train();
    } finally {
      if (wanted()) this.prepare(null);
    }
  }

  /** Goes on with a saved run, whose pictures the album has by now. */
  async take(loaded: Omit<LoadedRun, 'images' | 'report'>, { card, train, test }: OwnImages): Promise<void> {
    const { run } = this;
    await run.open(loaded.experiment, { kind: 'images', card, train, test }, loaded.checkpoint, { history: loaded.history });
    this.learned = this.album.version;
    run.savedAt = run.step;
  }

  /** Ends whatever is under way. */
  async stop(): Promise<void> {
    this.turn++;
    this.resting = false;
    this.prepare(null);
    this.run.stopTesting();
    await this.run.pause();
  }

  /** Rests while nobody looks. */
  async rest(): Promise<void> {
    this.resting = this.busy;
    if (this.run.state === 'running') await this.run.pause();
  }

  async wake(): Promise<void> {
    if (this.resting && !this.preparing) await this.run.train();
    this.resting = false;
  }

  async close(): Promise<void> {
    this.turn++;
    await this.run.close();
  }

  private prepare(preparing: Preparing | null): void {
    this.preparing = preparing;
    this.told();
  }
}
