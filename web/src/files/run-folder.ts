import { strToU8, Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import type { DataReport, DataSource, Experiment, ImageSet, Json, Message, SessionInfo } from '../client/client.js';
import type { FilesModule } from '../client/module.js';
import { take } from '../client/outcome.js';
import { svgOf } from '../ui/chart-files.js';
import { curveData, curveSeries } from '../run/curves.js';
import { asExperiment } from '../design/design-code.js';
import type { History } from '../run/history.js';
import type { TrainRun } from '../run/run.js';
import { breather } from '../ui/breathe.js';
import { historyFrom, metricsOf } from './metrics.js';
import { nameOf, type NamedFile } from './named-file.js';
import { nothingToReport, type OwnImages } from './own-images.js';
import { pngOf } from './png.js';
import { FileProblem } from './problem.js';

/** A run as the command line keeps it in runs/NAME. */

/** Makes a folder's name of any name, as the command line does. */
export const folderName = (name: string): string => {
  const safe = name.replace(/[^\p{L}\p{N}._-]/gu, '-');
  return safe === '' || safe.startsWith('.') ? `run${safe}` : safe;
};

/** curves.svg: the page's curves, in the colours of its light theme. */
function curvesOf(history: History, stepsPerEpoch: number): string {
  const colours: Record<string, string> = {
    '--lab-accent': '#2457c5',
    '--lab-positive': '#b1500a',
    '--lab-ground': '#ffffff',
    '--lab-line': '#dcd8cd',
    '--lab-ink': '#1d1f24',
  };
  return svgOf(curveData(history, [], 'loss', stepsPerEpoch), curveSeries(0, { train: 'train', test: 'test', earlier: '' }), {
    title: 'Loss',
    axis: 'epoch',
    measured: 'loss',
    log: false,
    lang: 'en',
    colour: (token) => colours[token] ?? '#767d8a',
  });
}

/** Folder of a run in which own images lie. */
const imageFolder = 'images';

/** data.json: what the run was trained on, what was left out and why, as native/run/data_facts.cpp writes it. */
interface DataFacts {
  origin: string;
  /** Of all images; what the classes have is told where the page knows it. */
  train: number;
  test: number;
  classes: { name: string; train?: number; test?: number }[];
  notes: string[];
  unused: { path: string; files: number; reason: string }[];
}

function factsOf({ card, train_count, test_total }: SessionInfo, source: DataSource | null, own: OwnImages | null): DataFacts {
  const images = source?.kind === 'images' ? source : null;
  const counts = (set: ImageSet | undefined): number[] => {
    const all = new Array<number>(card.classes.length).fill(0);
    for (const label of set?.labels ?? []) all[label]!++;
    return all;
  };
  // Fewer images than were given: the experiment thins classes out.
  const known = images && images.train.count === train_count ? { train: counts(images.train), test: counts(images.test) } : null;
  const { notes, unused } = own?.report ?? nothingToReport;
  return {
    origin:
      source?.kind === 'lines'
        ? 'generated'
        : images
          ? `what was given to the page: ${own?.card.title ?? card.title}`
          : `the page's own ${card.title}`,
    train: train_count,
    test: test_total,
    classes: card.classes.map((name, i) => (known ? { name, train: known.train[i]!, test: known.test[i]! } : { name })),
    notes: notes.map(({ english }) => english),
    unused: unused.map(({ path, files, reason }) => ({ path, files, reason: reason.english })),
  };
}

/** What a run's data.json kept of its images; its sentences are English. null: it has none that makes sense. */
function reportIn(text: string): DataReport | null {
  const sentence = (english: unknown): Message => ({ id: '', args: {}, english: String(english) });
  try {
    const { notes, unused } = JSON.parse(text) as Partial<DataFacts>;
    if (!Array.isArray(notes) || !Array.isArray(unused)) return null;
    return {
      notes: notes.map(sentence),
      unused: unused.map(({ path, files, reason }) => ({ path: String(path), files: Number(files) || 1, reason: sentence(reason) })),
    };
  } catch {
    return null;
  }
}

/**
 * Writes the run as a ZIP of its folder. `own`: images that it was trained on and that nobody else has; `given`: how
 * the images were understood. Throws LabError.
 */
export async function zipRun(
  run: TrainRun,
  own: { train: ImageSet; test: ImageSet } | null,
  given: OwnImages | null = null,
): Promise<{ name: string; blob: Blob }> {
  const { session, history } = run;
  if (!session) throw new FileProblem('noRunYet');
  const [checkpoint, weights] = await Promise.all([session.checkpoint(), session.weights()]);
  const { description, card, steps_per_epoch: stepsPerEpoch, total_steps: totalSteps } = session.info;
  const experiment = structuredClone(description.experiment);
  const folder = folderName(experiment.name);
  if (own) (experiment.dataset as Record<string, Json>)['directory'] = imageFolder;

  const parts: Uint8Array<ArrayBuffer>[] = [];
  let failed: Error | null = null;
  const zip = new Zip((error, data) => {
    if (error) failed = error;
    else parts.push(data as Uint8Array<ArrayBuffer>);
  });
  const breathe = breather();
  const add = async (name: string, bytes: Uint8Array, packed: boolean): Promise<void> => {
    const path = `${folder}/${name}`;
    const entry = packed ? new ZipDeflate(path, { level: 6 }) : new ZipPassThrough(path);
    zip.add(entry);
    const piece = packed ? 65_536 : 524_288;
    for (let at = 0; at < bytes.length; at += piece) {
      entry.push(bytes.subarray(at, at + piece), at + piece >= bytes.length);
      await breathe();
    }
    if (bytes.length === 0) entry.push(bytes, true);
  };
  await add('experiment.json', strToU8(JSON.stringify(experiment, null, 2) + '\n'), true);
  await add('metrics.jsonl', strToU8(metricsOf(history, { stepsPerEpoch, totalSteps })), true);
  await add('data.json', strToU8(JSON.stringify(factsOf(session.info, run.source, given), null, 2) + '\n'), true);
  await add('curves.svg', strToU8(curvesOf(history, stepsPerEpoch)), true);
  await add('model.safetensors', weights, false);
  await add('checkpoint.safetensors', checkpoint, false);
  if (own)
    for (const [split, set] of [
      ['train', own.train],
      ['test', own.test],
    ] as const) {
      const [height, width, channels] = set.shape;
      const size = height * width * channels;
      for (let i = 0; i < set.count; i++) {
        const path = `${imageFolder}/${split}/${card.classes[set.labels[i]!]!}/${String(i).padStart(6, '0')}.png`;
        await add(path, pngOf(set.pixels.subarray(i * size, (i + 1) * size), height, width, channels), false);
      }
    }
  zip.end();
  if (failed) throw failed as Error;
  return { name: `${folder}.zip`, blob: new Blob(parts, { type: 'application/zip' }) };
}

export interface LoadedRun {
  experiment: Experiment;
  checkpoint: Uint8Array;
  /** The classes of its images, in their order; empty in a run of before. */
  classes: string[];
  history: History;
  /** Images that lie in the run's folder. */
  images: NamedFile[];
  /** What it kept of how they were understood. */
  report: DataReport | null;
}

export const isRunFile = (file: NamedFile): boolean =>
  ['experiment.json', 'checkpoint.safetensors', 'metrics.jsonl'].includes(nameOf(file));

/** The folder of the only run among these files, ending in "/"; empty: they lie in none. Throws FileProblem. */
function folderOfRun(files: readonly NamedFile[]): string {
  const folderOf = ({ path }: NamedFile): string => path.slice(0, path.lastIndexOf('/') + 1);
  const folders = (file: (file: NamedFile) => boolean): string[] => [...new Set(files.filter(file).map(folderOf))];
  const checkpoints = folders((file) => nameOf(file) === 'checkpoint.safetensors');
  const [first, second] = checkpoints.length > 0 ? checkpoints : folders(isRunFile);
  if (second !== undefined) throw new FileProblem('severalRuns', { one: first || './', other: second || './' });
  return first ?? '';
}

/** Reads a run from its files. Throws FileProblem. */
export async function readRun(files: readonly NamedFile[], module: FilesModule): Promise<LoadedRun> {
  const folder = folderOfRun(files);
  const inRun = files.filter(({ path }) => path.startsWith(folder));
  const find = (name: string): NamedFile | undefined => inRun.find(({ path }) => path === folder + name);
  const must = (name: string): NamedFile => {
    const file = find(name);
    if (!file) throw new FileProblem('fileMissing', { name });
    return file;
  };
  const checkpoint = await must('checkpoint.safetensors').bytes();
  // A checkpoint has its experiment; the file beside it may say more epochs.
  const known = take(module.checkpointExperiment(checkpoint, 'checkpoint.safetensors'));
  const classes = take(module.checkpointClasses(checkpoint, 'checkpoint.safetensors'));
  const described = find('experiment.json');
  let value: unknown = known;
  if (described) {
    try {
      value = JSON.parse(new TextDecoder().decode(await described.bytes()));
    } catch {
      value = null;
    }
  }
  const experiment = asExperiment(value);
  if (!experiment) throw new FileProblem('fileNotExperiment', { name: described ? 'experiment.json' : 'checkpoint.safetensors' });
  // The page has no use for the path where the images lay on a disk.
  if (typeof experiment.dataset === 'object') delete (experiment.dataset as Record<string, unknown>)['directory'];
  const metrics = find('metrics.jsonl');
  const history = historyFrom(metrics ? new TextDecoder().decode(await metrics.bytes()) : '');
  const images = inRun.filter(({ path }) => path.startsWith(`${folder}${imageFolder}/`));
  const facts = find('data.json');
  const report = facts ? reportIn(new TextDecoder().decode(await facts.bytes())) : null;
  return { experiment, checkpoint, classes, history, images, report };
}
