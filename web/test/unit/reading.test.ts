import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { LabError } from '../../src/client/client.js';
import type { FilesModule } from '../../src/client/module.js';
import { take } from '../../src/client/outcome.js';
import { untar } from '../../src/files/archives.js';
import { takeIn } from '../../src/files/intake.js';
import { fromBytes, type NamedFile } from '../../src/files/named-file.js';
import type { ReadingProgress } from '../../src/files/own-images.js';
import { loadFilesModule, startEngine } from './node-engine.js';

let module: FilesModule;
beforeAll(async () => {
  module = await loadFilesModule();
});

const told: ReadingProgress[] = [];
const read = (files: NamedFile[]) => takeIn(files, { size: 32, grey: false }, { module, progress: (at) => told.push(at) });

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
      const plan = take(module.planFolder(JSON.stringify(fixture.paths), JSON.stringify(spec)));
      expect(plan.classes).toEqual(fixture.classes);
      expect([...plan.train.paths].map((path) => fixture.paths[path])).toEqual(train.map((path) => `${fixture.root}/${path}`));
      expect([...plan.test.paths].map((path) => fixture.paths[path])).toEqual(test.map((path) => `${fixture.root}/${path}`));
      for (const [i, path] of plan.test.paths.entries()) expect(fixture.paths[path]).toContain(plan.classes[plan.test.labels[i]!]);
    }
  });

  it('become what the fields of the data set say', () => {
    const plan = take(module.planFolder('["a/1","a/2","b/1","b/2"]', '{"size": [8, 12], "grey": true}'));
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
    expect(await fails(['a/1', 'a/2', 'b/1', 'b/in/2'].map((name) => picture(`${name}.png`)))).toBe('missing_data b/in');
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

describe('files', () => {
  it('tar archives open, and say when they are cut', async () => {
    const tar = new Uint8Array(2048);
    tar.set(new TextEncoder().encode('cifar/data_batch_1.bin'));
    tar.set(new TextEncoder().encode('00000000003'), 124);
    tar.set(new TextEncoder().encode('0'), 156);
    tar.set(new TextEncoder().encode('ustar'), 257);
    tar.set([7, 8, 9], 512);
    const [file] = untar(tar, 'x.tar');
    expect([file!.path, ...(await file!.bytes())]).toEqual(['cifar/data_batch_1.bin', 7, 8, 9]);
    expect(() => untar(tar.slice(0, 513), 'x.tar')).toThrow('fileCut');
    expect(() => untar(new Uint8Array(1024).fill(65), 'x.tar')).toThrow('fileNotTar');
  });

  it('a run knows its experiment, and a file that is no checkpoint says so', async () => {
    const { lab } = await startEngine();
    const session = await lab.open({ experiment: 'lines' });
    await session.steps(3);
    const checkpoint = fromBytes('lines/checkpoint.safetensors', await session.checkpoint());
    const intake = await read([checkpoint]);
    expect(intake.kind === 'run' && intake.run.experiment).toEqual(session.info.description.experiment);
    expect(await fails([fromBytes('checkpoint.safetensors', await session.weights())])).toBe('checkpoint checkpoint.safetensors');
    expect(await fails([fromBytes('checkpoint.safetensors', new Uint8Array(4))])).toBe('bad_file checkpoint.safetensors');
    lab.close();
  });
});
