import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { LabError } from '../../src/client/client.js';
import type { FilesModule } from '../../src/client/module.js';
import { take } from '../../src/client/outcome.js';
import { takeIn } from '../../src/files/intake.js';
import { fromBytes, type NamedFile } from '../../src/files/named-file.js';
import type { ReadingProgress } from '../../src/files/own-images.js';
import { zipOf } from './archive-bytes.js';
import { loadFilesModule, loadNetworksModule, startEngine } from './node-engine.js';

let module: FilesModule;
beforeAll(async () => {
  module = await loadFilesModule();
});

const told: ReadingProgress[] = [];
const options = { size: 32, grey: false, layout: 'auto', validation: 'auto', skip_bad: false } as const;
const read = (files: NamedFile[]) => takeIn(files, options, { module, networks: loadNetworksModule, progress: (at) => told.push(at) });

/** The images that the files hold, or what is wrong with which of them. */
async function imagesOf(files: NamedFile[]) {
  const intake = await read(files);
  if (!intake.images) throw new Error('no images');
  return intake.images;
}
const fails = (files: NamedFile[]): Promise<string> =>
  read(files).then(
    () => 'nothing',
    (error: unknown) => (error instanceof LabError ? `${error.code} ${error.place}` : String(error)),
  );

const planOf = (paths: string[], fields: object = {}, bad: number[] = [], known: string[] = [], tables: Uint8Array[] = []) =>
  module.planFolder(JSON.stringify(paths), JSON.stringify(fields), JSON.stringify(known), tables, Int32Array.from(bad));

describe('pictures in folders', () => {
  interface Fixture {
    root: string;
    classes: string[];
    paths: string[];
    cases: { spec: object; train: string[]; test: string[] }[];
  }
  const fixture = JSON.parse(readFileSync(new URL('../../../tests/data/fixtures/folder_split.json', import.meta.url), 'utf8')) as Fixture;

  it('are divided as the command line divides them', () => {
    for (const { spec, train, test } of fixture.cases) {
      const plan = take(planOf(fixture.paths, spec));
      expect(plan.classes).toEqual(fixture.classes);
      expect([...plan.train.paths].map((path) => fixture.paths[path])).toEqual(train.map((path) => `${fixture.root}/${path}`));
      expect([...plan.test.paths].map((path) => fixture.paths[path])).toEqual(test.map((path) => `${fixture.root}/${path}`));
      for (const [i, path] of plan.test.paths.entries()) expect(fixture.paths[path]).toContain(plan.classes[plan.test.labels[i]!]);
    }
  });

  it('become what the fields of the data set say', () => {
    const plan = take(planOf(['a/1', 'a/2', 'b/1', 'b/2'], { size: [8, 12], grey: true }));
    expect(plan.shape).toEqual([8, 12, 1]);
    const pixels = new Uint8Array(2 * 96).fill(51);
    const card = take(module.folderCard('{"size": [8, 12], "grey": true}', '["a","b"]', pixels, Int32Array.of(0, 1)));
    expect(card).toMatchObject({ name: 'folder', classes: ['a', 'b'] });
    expect(card.mean[0]).toBeCloseTo(0.2, 6);
  });

  it('say which folder is wrong', async () => {
    const picture = (path: string): NamedFile => fromBytes(path, new Uint8Array([1]));
    expect(await fails([picture('1.png')])).toBe('FileProblem: imageWithoutFolder {"name":"1.png"}');
    expect(await fails([picture('r/a/1.png'), picture('r/a/2.png')])).toBe('missing_data r');
    expect(await fails(['a/1.png', 'a/2.png', 'b/1.heic'].map(picture))).toBe('missing_data b');
    expect(await fails(['a/cats/1', 'a/dogs/1', 'b/cats/1', 'b/dogs/1'].map((name) => picture(`x/${name}.png`)))).toBe('missing_data x');
    expect(await fails([picture('pets.rar')])).toBe('FileProblem: archiveOther {"name":"pets.rar"}');
    expect(await fails([picture('__MACOSX/._1.png'), picture('.DS_Store')])).toBe('FileProblem: noFiles {}');
  });

  it('tell how they were understood, and every file that is not used', () => {
    const paths = ['p/train/a/1.png', 'p/train/b/1.png', 'p/val/a/1.png', 'p/val/b/1.png', 'p/val/b/2.HEIC', 'p/read.me', 'p/thumbs.DB'];
    const { test, report } = take(planOf(paths));
    expect([...test.paths].map((path) => paths[path])).toEqual(['p/val/a/1.png', 'p/val/b/1.png']);
    expect(report.notes.map(({ id }) => id)).toEqual(['layout.validation_is_test', 'layout.splits']);
    expect(report.unused.map(({ path, files, reason }) => [path, files, reason.id])).toEqual([
      ['p/read.me', 1, 'unused.no_picture'],
      ['p/val/b/2.HEIC', 1, 'unused.type'],
    ]);
    expect(report.unused[1]!.reason.args).toEqual({ type: 'HEIC' });
    expect(take(planOf(paths, { validation: 'unused', test_share: 0 })).test.paths.length).toBe(0);
  });

  it('that cannot be read are named all at once, or left out', () => {
    const paths = ['a/1.png', 'a/2.png', 'a/3.png', 'b/1.png', 'b/2.png', 'b/3.png'];
    const problem = planOf(paths, { test_share: 0 }, [1, 5]);
    expect('error' in problem && problem.error.problem).toMatchObject({ id: 'folder.bad', args: { bad: 2, list: 'a/2.png; b/3.png' } });
    const left = take(planOf(paths, { test_share: 0, skip_bad: true }, [1, 5]));
    expect([...left.train.labels]).toEqual([0, 0, 1, 1]);
    expect(left.report.unused.map(({ path }) => path)).toEqual(['a/2.png', 'b/3.png']);
  });

  it('have their labels in a table', () => {
    const paths = ['k/train/1.jpg', 'k/train/2.jpg', 'k/labels.csv', 'k/test/3.jpg'];
    const plan = take(planOf(paths, { test_share: 0 }, [], [], [new TextEncoder().encode('id,breed\n1,poodle\n2,collie\n')]));
    expect([plan.classes, [...plan.train.labels], plan.report.unused.map(({ path }) => path)]).toEqual([
      ['collie', 'poodle'],
      [0, 1],
      ['k/test/'],
    ]);
  });

  it('of a run have its classes, in its order', () => {
    const plan = take(planOf(['train/b/1.png', 'train/a/1.png', 'test/a/2.png'], {}, [], ['b', 'none', 'a']));
    expect(plan.classes).toEqual(['b', 'none', 'a']);
    expect([...plan.train.labels, ...plan.test.labels]).toEqual([0, 2, 2]);
  });
});

describe('official files', () => {
  const idx = (axes: number[], data: number[]): Uint8Array => {
    const bytes = new Uint8Array(4 + 4 * axes.length + data.length);
    bytes.set([0, 0, 8, axes.length]);
    axes.forEach((extent, i) => new DataView(bytes.buffer).setUint32(4 + 4 * i, extent));
    bytes.set(data, 4 + 4 * axes.length);
    return bytes;
  };

  it('IDX files are read, ordered by class, and doubted', async () => {
    const files = [
      fromBytes('train-images-idx3-ubyte', idx([3, 1, 2], [1, 2, 3, 4, 5, 6])),
      fromBytes('mine/train-labels-idx1-ubyte.gz', gzipSync(idx([3], [1, 0, 1]))),
      fromBytes('t10k-images.idx3-ubyte', idx([1, 1, 2], [7, 8])),
      fromBytes('t10k-labels-idx1-ubyte', idx([1], [0])),
    ];
    const { train, test, card, dataset } = await imagesOf(files);
    expect(dataset).toBe('folder');
    expect(card).toMatchObject({ title: 'IDX', classes: ['0', '1'] });
    expect([...train.labels]).toEqual([0, 1, 1]);
    expect([...train.pixels]).toEqual([3, 4, 1, 2, 5, 6]);
    expect([...test.pixels]).toEqual([7, 8]);
    expect(told.at(-1)).toEqual({ what: 'file', done: 4, total: 4 });
    expect(await fails(files.slice(0, 3))).toBe('missing_data t10k-labels-idx1-ubyte.gz');
    const broken = (bytes: Uint8Array) => [fromBytes('train-images-idx3-ubyte', bytes), ...files.slice(1)];
    expect(await fails(broken(new Uint8Array(8)))).toBe('bad_file train-images-idx3-ubyte');
    expect(await fails(broken(idx([3, 1, 2], [1, 2])))).toBe('bad_file train-images-idx3-ubyte');
    expect((await imagesOf(files)).train.count, 'a reader that failed is out of the way').toBe(3);
  });

  it('CIFAR-10 planes become pixels', async () => {
    const record = new Uint8Array(3073);
    record[0] = 6;
    record.set([10, 20, 30], 1);
    record[1 + 1024] = 40;
    const files = [fromBytes('data_batch_1.bin', record), fromBytes('test_batch.bin', record)];
    const { train, card, dataset } = await imagesOf(files);
    expect([train.labels[0], ...train.pixels.subarray(0, 6)]).toEqual([6, 10, 40, 0, 20, 0, 0]);
    expect([dataset, card.classes[6]]).toEqual(['cifar10', 'frog']);
    expect(await fails(files.slice(0, 1))).toBe('missing_data test_batch.bin');
    record[0] = 77;
    expect(await fails([fromBytes('data_batch_1.bin', record), files[1]!])).toBe('out_of_range data_batch_1.bin');
  });
});

describe('files of MATLAB', () => {
  it('are refused with what to do instead', async () => {
    const files = [fromBytes('train_32x32.mat', new Uint8Array(128)), fromBytes('test_32x32.mat', new Uint8Array(128))];
    expect(await fails(files)).toBe('unsupported train_32x32.mat');
    await expect(read(files)).rejects.toThrow(/MATLAB file.*save its arrays as .npz/);
  });
});

describe('what is given', () => {
  const text = (path: string, data = '') => fromBytes(path, new TextEncoder().encode(data));

  it('is an archive in an archive: that is said, with its place', async () => {
    const outer = fromBytes('outer.zip', zipOf([{ name: 'pets/inner.zip', data: 'PK' }]));
    expect(await fails([outer])).toBe('FileProblem: archiveInside {"name":"outer/pets/inner.zip"}');
  });

  it('has names that are no UTF-8: two of them could become one', async () => {
    expect(await fails([text('rat\ufffdn/1.png'), text('rata/1.png')])).toBe('FileProblem: nameNotUtf8 {"name":"rat\ufffdn/1.png"}');
  });

  it('is an archive beside pictures: it stays closed, and is listed', () => {
    const plan = take(planOf(['pets/cats/1.png', 'pets/cats/2.png', 'pets/dogs/1.png', 'pets/dogs/2.png', 'pets/more.zip']));
    expect(plan.classes).toEqual(['cats', 'dogs']);
    expect(plan.report.unused.map(({ path, reason }) => [path, reason.id])).toEqual([['pets/more.zip', 'unused.archive']]);
  });

  it('is more than a data set: the other files are listed', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => [i % 2, ...Array.from({ length: 16 }, (__, k) => (i * 7 + k * 3) % 256)].join(','));
    const table = text('set/digits.csv', ['label,' + Array.from({ length: 16 }, (_, k) => `p${k}`).join(','), ...rows].join('\n'));
    const { report } = await imagesOf([table, text('set/notes.txt', 'notes')]);
    expect(report.unused.map(({ path, reason }) => [path, reason.id])).toEqual([['set/notes.txt', 'unused.of_no_set']]);
  });
});

describe('tables of labels', () => {
  it('are read in the encodings of spreadsheets', () => {
    const paths = ['labels.csv', '1.png', '2.png'];
    const text = 'id,animal\r\n1,ratón\r\n2,ñu\r\n';
    const utf16 = [...`\ufeff${text}`].map((c) => c.charCodeAt(0));
    for (const bytes of [
      new TextEncoder().encode(text),
      new TextEncoder().encode(`\ufeff${text}`),
      Uint8Array.from(text, (c) => c.charCodeAt(0)),
      Uint8Array.from(utf16.flatMap((unit) => [unit & 255, unit >> 8])),
      Uint8Array.from(utf16.flatMap((unit) => [unit >> 8, unit & 255])),
    ])
      expect(take(planOf(paths, { test_share: 0 }, [], [], [bytes])).classes).toEqual(['ratón', 'ñu']);
  });
});

describe('files', () => {
  it('of an experiment give its network; weights alone say what is needed', async () => {
    const { lab } = await startEngine();
    const experiment = JSON.stringify(await lab.experiment('fashion-cnn'));
    const intake = await read([fromBytes('x/fashion-cnn.json', new TextEncoder().encode(experiment))]);
    expect(intake.kind === 'design' && intake.experiment.name).toBe('fashion-cnn');
    expect(await fails([fromBytes('labels.json', new TextEncoder().encode('[1, 2]'))])).toBe(
      'FileProblem: fileNotDesign {"name":"labels.json"}',
    );
    const short = '{"name": "short", "dataset": "lines", "model": {"layers": ["flatten", {"type": "dense", "out_features": 2}]}}';
    const own = await read([fromBytes('short.json', new TextEncoder().encode(short))]);
    expect(own.kind === 'design' && own.experiment.model.layers[0]).toEqual({ type: 'flatten' });
    expect(await fails([fromBytes('noted.json', new TextEncoder().encode(`// mine\n${short}`))])).toBe(
      'FileProblem: fileNotJson {"name":"noted.json"}',
    );
    expect(await fails([fromBytes('model.safetensors', new Uint8Array(8))])).toBe('FileProblem: modelAlone {}');
    lab.close();
  });

  it('a run knows its experiment, and a file that is no checkpoint says so', async () => {
    const { lab } = await startEngine();
    const session = await lab.open({ experiment: 'lines' });
    await session.steps(3);
    const checkpoint = fromBytes('lines/checkpoint.safetensors', await session.checkpoint());
    const other = fromBytes('second/checkpoint.safetensors', await session.checkpoint());
    expect(await fails([checkpoint, other])).toBe('FileProblem: severalRuns {"one":"lines/","other":"second/"}');
    const intake = await read([checkpoint]);
    expect(intake.kind === 'run' && intake.run.experiment).toEqual(session.info.description.experiment);
    expect(await fails([fromBytes('checkpoint.safetensors', await session.weights())])).toBe('checkpoint checkpoint.safetensors');
    expect(await fails([fromBytes('checkpoint.safetensors', new Uint8Array(4))])).toBe('bad_file checkpoint.safetensors');
    lab.close();
  });
});
