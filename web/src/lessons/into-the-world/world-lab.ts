import type { ImageSet, LabEngine, LabProblem, LabSession } from '../../client/client.js';
import { exportModel } from '../../files/export-model.js';
import { toolsAt } from '../../files/tools.js';
import { problemOf } from '../../state/engine.js';
import { dataHere } from '../frame/data-here.js';
import { oncePerEngine } from '../frame/once.js';
import { Rest } from '../frame/rest.js';
import { fed, requestOf } from './feeds.js';
import { accuracy, answeredFrom, apart, offeredOf } from './measures.js';
import { experiment, extent, images, lastLayer, lookedAt } from './network.js';
import { readOnnx, type OnnxFile } from './onnx-file.js';
import { Runtime } from './runtime.js';
import { feeds, formats, offers, thresholds, type Feed, type Format, type Made, type Measured } from './state.js';

/** Images that the other runtime takes at once: some milliseconds, so that the page keeps drawing. */
const together = 8;
/** Parts of the whole work. */
const [trained, exported] = [0.4, 0.45];

const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** The file with the lab's weights of one layer, in the order that they have there. */
const withWeights = (file: OnnxFile, { data }: Made['weights']): OnnxFile => ({
  ...file,
  tensors: file.tensors.map((one) =>
    one.name === `${lookedAt}.weight` ? { ...one, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) } : one,
  ),
});

/** A network that is trained, saved in all formats, and run by another program; once for the page. Event: `changed`. */
export class WorldLab extends EventTarget {
  made: Made | null = null;
  measured: Measured | null = null;
  problem: LabProblem | null = null;
  /** Share of all work that is done. */
  progress = 0;
  private session: LabSession | null = null;
  private working: Promise<void> | null = null;
  /** While the view is not looked at. */
  private readonly rest = new Rest();

  constructor(private readonly engine: LabEngine) {
    super();
  }

  pause(): void {
    this.rest.begin();
    this.session?.pause().catch(() => undefined);
  }
  go(): void {
    this.rest.end();
  }

  /** Does all of it, once. What has failed can be tried again. */
  work(): Promise<void> {
    this.working ??= this.begin().catch((error: unknown) => {
      this.working = null;
      this.problem = problemOf(error);
      this.tell();
    });
    return this.working;
  }

  private async begin(): Promise<void> {
    const { engine } = this;
    this.problem = null;
    const { name, card } = await dataHere(engine, extent.data);
    const [train, test] = [images(), extent.test];
    const session = await engine.open({
      experiment: experiment(card.classes.length),
      data: { kind: 'shards', name, train, test },
      evaluate: 0,
    });
    this.session = session;
    try {
      await this.train(session);
      const indices = Array.from({ length: test }, (_, i) => i);
      const { activations } = await session.tap({ images: { split: 'test', indices }, layers: [lastLayer] });
      const [tried, [weights], model] = await Promise.all([
        session.images('test', indices),
        session.tensors([`${lookedAt}.weight`]),
        session.weights(),
      ]);
      const bytes = {} as Record<Format, Uint8Array<ArrayBuffer>>;
      const tools = toolsAt(engine.engineUrl);
      for (const format of formats) ({ bytes: bytes[format] } = await exportModel(tools, model, format, 'net'));
      const folded = await tools.call('exportOnnx', [model, true]);
      this.made = {
        card,
        learned: session.info.description.parameters,
        sizes: { onnx: bytes.onnx.length, pth: bytes.pth.length, safetensors: bytes.safetensors.length },
        bytes,
        plain: readOnnx(bytes.onnx),
        folded: readOnnx(folded),
        weights: weights!,
      };
      this.advance(exported);
      this.measured = await this.measure(this.made, tried, activations[lastLayer]!.data);
      this.advance(1);
    } finally {
      this.session = null;
      await session.close().catch(() => undefined);
    }
  }

  private async train(session: LabSession): Promise<void> {
    session.on('batches', () => this.advance((trained * session.step) / session.info.total_steps));
    while (session.state !== 'finished') {
      await this.rest.over;
      await session.steps(1e9);
    }
  }

  /** Lets the other program look at the test images, a few at a time. */
  private async measure(made: Made, images: ImageSet, lab: Float32Array): Promise<Measured> {
    const { card } = made;
    const classes = card.classes.length;
    const runs = feeds.length + 2;
    let done = 0;
    const logitsOf = async (runtime: Runtime, feed: Feed): Promise<Float32Array> => {
      const all = new Float32Array(images.count * classes);
      for (let first = 0; first < images.count; first += together) {
        const at = Array.from({ length: Math.min(together, images.count - first) }, (_, i) => first + i);
        all.set(runtime.run(fed(feed, images, at, card)).data, first * classes);
        await nextTurn();
        await this.rest.over;
      }
      this.advance(exported + (1 - exported) * (++done / runs));
      return all;
    };
    const plain = new Runtime(made.plain);
    const logits = {} as Record<Feed, Float32Array>;
    for (const feed of feeds) logits[feed] = await logitsOf(plain, feed);
    const folded = await logitsOf(new Runtime(made.folded), 'trained');
    const unordered = await logitsOf(new Runtime(withWeights(made.plain, made.weights)), 'trained');
    const shares = feeds.map((feed) => [feed, accuracy(logits[feed], images.labels, classes)] as const);
    const offered = offeredOf(lab, classes, offers);
    return {
      images,
      lab,
      other: logits.trained,
      folded,
      accuracies: Object.fromEntries(shares) as Record<Feed, number>,
      answered: thresholds.map((least) => answeredFrom(logits.trained, images.labels, classes, least)),
      unordered: accuracy(unordered, images.labels, classes),
      apart: apart(lab, logits.trained),
      apartFolded: apart(logits.trained, folded),
      offered,
      jsonBytes: requestOf(images, offered[0]!, card).length,
    };
  }

  private advance(share: number): void {
    this.progress = share;
    this.tell();
  }

  private tell(): void {
    this.dispatchEvent(new Event('changed'));
  }
}

export const labOf = oncePerEngine((engine) => new WorldLab(engine));
