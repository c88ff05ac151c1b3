import type { BaseFile, DataCard, Experiment, ImageSet, LabEngine, LabProblem, LayerSpec, SplitName } from '../../client/client.js';
import type { NamedCourse } from '../../run/overlay-figure.js';
import { problemOf } from '../../state/engine.js';
import { fetchBase, modelsBeside, siteNetworks, type SiteNetwork } from '../../stations/classes/site-base.js';
import { firstSeed } from '../frame/laid-training.js';
import { dataHere } from '../frame/data-here.js';
import { RunKeeper } from '../frame/kept-runs.js';
import { oncePerEngine } from '../frame/once.js';
import { Rest } from '../frame/rest.js';
import {
  baseTraining,
  cardFor,
  dense,
  experimentWith,
  fresh,
  images,
  known,
  looked,
  optimizer,
  ownLayers,
  ownUntil,
  seeds,
  shouldersOf,
  sizesOf,
  training,
  type Kind,
} from './networks.js';
import { entrants, type Entrant, type Result, type Shoulders } from './state.js';

/** A trained network whose layers stay as they are. */
interface Base {
  spec: NonNullable<Experiment['base']>;
  file: BaseFile;
  bridge: LayerSpec[];
}

interface Images {
  card: DataCard;
  train: ImageSet;
  test: ImageSet;
}

/** The first `each` images of these classes, or all; grey ones in three channels where the network takes colours. */
function chosen(set: ImageSet, classes: readonly number[], each: number, channels: number): ImageSet {
  const left = classes.map(() => each);
  const taken = [...set.labels.keys()].filter((i) => {
    const at = classes.indexOf(set.labels[i]!);
    return at >= 0 && left[at]!-- > 0;
  });
  const [height, width, from] = set.shape;
  const places = height * width;
  const pixels = new Uint8Array(taken.length * places * channels);
  for (const [n, i] of taken.entries())
    for (let place = 0; place < places; place++)
      for (let c = 0; c < channels; c++)
        pixels[(n * places + place) * channels + c] = set.pixels[(i * places + place) * from + (from === channels ? c : 0)]!;
  const labels = Int32Array.from(taken, (i) => classes.indexOf(set.labels[i]!));
  return { count: taken.length, shape: [height, width, channels], pixels, labels };
}

/** What decides how the networks come out: kept results are of the same. */
export const decisive = (kind: Kind, sha256: string | undefined, data: string): unknown => [
  kind,
  sha256,
  data,
  sizesOf[kind],
  training.epochs,
  training.batch,
  baseTraining,
  optimizer,
  firstSeed(),
  seeds,
  images,
  looked,
  known,
  fresh,
  ownLayers(),
];

/** The trained network, what it is asked, and what comes out; once for the whole page. Event: `changed`. */
export class ShouldersLab extends EventTarget {
  shoulders: Shoulders | null = null;
  /** What the comparison stands on. */
  compared: Shoulders | null = null;
  /** What the comparison stands on: MobileNet, or a network that is trained here first. */
  kind: Kind = 'own';
  /** MobileNet's file that is not here; empty: it is, or the page knows of none. */
  missing = '';
  /** The images of the comparison. */
  data = '';
  results: Record<Entrant, Result> | null = null;
  courses: NamedCourse[] = [];
  problem: LabProblem | null = null;
  /** Share of the comparison that is done. */
  progress = 0;
  private readonly keeper = new RunKeeper();
  private site: SiteNetwork | null = null;
  private preparing: Promise<void> | null = null;
  private running: Promise<void> | null = null;
  /** While the view is not looked at: no further training begins. */
  private readonly rest = new Rest();

  constructor(private readonly engine: LabEngine) {
    super();
  }

  pause(): void {
    this.rest.begin();
  }
  go(): void {
    this.rest.end();
  }

  /** Finds out which network there is, and what it makes of images. What has failed can be tried again. */
  prepare(): Promise<void> {
    this.preparing ??= this.begin().catch((error: unknown) => {
      this.preparing = null;
      this.fail(error);
    });
    return this.preparing;
  }

  private async begin(): Promise<void> {
    const { engine } = this;
    this.problem = null;
    // A page that is offline goes on without.
    const [site] = await siteNetworks(modelsBeside(engine.engineUrl)).catch(() => []);
    this.site = site ?? null;
    this.kind = site?.there ? 'mobilenet' : 'own';
    this.missing = site && !site.there ? site.file : '';
    const { layers, until } = (site?.card ?? {}) as { layers?: LayerSpec[]; until?: string };
    const end = layers?.findIndex(({ name }) => name === until) ?? -1;
    const own = await shouldersOf(engine, 'own', '', ownLayers(), 1);
    const mobilenet =
      site && layers && end >= 0 ? await shouldersOf(engine, 'mobilenet', site.title.split(',')[0]!, layers.slice(0, end + 1), 3) : null;
    const { card } = await this.dataset();
    this.data = card.title;
    this.compared = this.kind === 'mobilenet' && mobilenet ? mobilenet : own;
    this.shoulders = mobilenet ?? own;
    this.tell();
  }

  private dataset(): ReturnType<typeof dataHere> {
    return this.kind === 'mobilenet' ? dataHere(this.engine, 'cifar10', 'fashion-mnist') : dataHere(this.engine, 'fashion-mnist');
  }

  /** Trains the networks, once. What has failed can be tried again. */
  train(): Promise<void> {
    this.running ??= this.compare().catch((error: unknown) => {
      this.running = null;
      this.fail(error);
    });
    return this.running;
  }

  private async compare(): Promise<void> {
    await this.prepare();
    if (!this.shoulders) throw this.problem ?? new Error('nothing to stand on');
    this.problem = null;
    const { kind } = this;
    const made = decisive(kind, this.site?.sha256, this.data);
    const kept = this.keeper.load<Record<Entrant, Result>>('shoulders', made);
    if (kept) {
      this.courses = [...kept.courses];
      this.results = kept.figures;
      return this.advance(1);
    }
    const { low, high } = sizesOf[kind];
    const base = kind === 'mobilenet' ? await this.fetched() : await this.learned();
    const data = await this.images(fresh, images.train, images.test, kind === 'mobilenet' ? 3 : 1);
    const classes = data.card.classes.length;
    const ways: Record<Entrant, () => Experiment> = {
      scratch: () => experimentWith('scratch', [...ownLayers(), dense(classes)]),
      low: () => experimentWith('low', [...base.bridge, dense(classes)], { base: { ...base.spec, size: low } }),
      high: () => experimentWith('high', [...base.bridge, dense(classes)], { base: { ...base.spec, size: high } }),
    };
    const found = {} as Record<Entrant, Result>;
    const courses: NamedCourse[] = [];
    for (const [i, name] of entrants.entries()) {
      const accuracies: number[] = [];
      let seconds = 0;
      for (let seed = 1; seed <= seeds; seed++) {
        const experiment = { ...ways[name](), train: { ...training, seed: firstSeed() + seed - 1 } };
        const { accuracy, course, took } = await this.run(experiment, data, name === 'scratch' ? null : base.file);
        accuracies.push(accuracy);
        seconds += took / seeds;
        if (seed === 1) courses.push({ name, course });
        this.advance(0.25 + 0.75 * ((i + seed / seeds) / entrants.length));
      }
      found[name] = { accuracies, seconds };
    }
    this.courses = courses;
    this.results = found;
    this.keeper.save('shoulders', made, { figures: found, courses });
    this.tell();
  }

  /** MobileNet with its weights. */
  private async fetched(): Promise<Base> {
    const site = this.site!;
    const { file, cut } = await fetchBase(modelsBeside(this.engine.engineUrl), site, (share) => this.advance(0.25 * share));
    return { spec: { file: site.name, until: cut.until }, file, bridge: cut.bridge };
  }

  /** The lesson's own network, trained on classes that are not asked about. */
  private async learned(): Promise<Base> {
    const data = await this.images(known, looked.train, images.test, 1);
    const experiment = experimentWith('shoulders', [...ownLayers(), dense(known.length)], { train: baseTraining });
    const session = await this.engine.open({ experiment, data: { kind: 'images', ...data } });
    try {
      await session.steps(1e9);
      this.advance(0.25);
      return { spec: { file: 'shoulders', until: ownUntil }, file: { weights: await session.weights() }, bridge: [] };
    } finally {
      await session.close().catch(() => undefined);
    }
  }

  private async images(classes: readonly number[], train: number, test: number, channels: number): Promise<Images> {
    const { name, card } = await this.dataset();
    const first = (split: SplitName): Promise<ImageSet> =>
      this.engine.images(
        name,
        split,
        Array.from({ length: looked[split] }, (_, i) => i),
      );
    const [all, tests] = await Promise.all([first('train'), first('test')]);
    const names = classes.map((one) => card.classes[one]!);
    return {
      card: cardFor(card.image.height, channels, names),
      train: chosen(all, classes, train, channels),
      test: chosen(tests, classes, test, channels),
    };
  }

  /** `took`: seconds. */
  private async run(
    experiment: Experiment,
    data: Images,
    base: BaseFile | null,
  ): Promise<{ accuracy: number; course: NamedCourse['course']; took: number }> {
    await this.rest.over;
    const began = performance.now();
    const session = await this.engine.open({ experiment, data: { kind: 'images', ...data }, ...(base ? { base } : {}) });
    const course: NamedCourse['course'] = { at: [], loss: [], accuracy: [], tests: [] };
    try {
      session.on('epoch_end', ({ test_accuracy: accuracy, test_loss: loss }) => {
        if (accuracy !== null && loss !== null) course.tests.push({ at: course.tests.length + 1, loss, accuracy });
      });
      await session.steps(1e9);
      return { accuracy: course.tests.at(-1)?.accuracy ?? NaN, course, took: (performance.now() - began) / 1000 };
    } finally {
      await session.close().catch(() => undefined);
    }
  }

  private advance(share: number): void {
    this.progress = share;
    this.tell();
  }

  private fail(error: unknown): void {
    this.problem = problemOf(error);
    this.tell();
  }

  private tell(): void {
    this.dispatchEvent(new Event('changed'));
  }
}

export const labOf = oncePerEngine((engine) => new ShouldersLab(engine));
