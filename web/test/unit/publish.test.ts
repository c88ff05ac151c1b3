import { gunzipSync, gzipSync, strFromU8, strToU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { names, publicationOf } from '../../src/app/publish.js';
import { stations } from '../../src/app/list.js';
import { order } from '../../src/lessons/list.js';
import { zipOf } from '../../src/publish/archive.js';
import { readShard, type ShardManifest } from '../../src/client/shards.js';
import { mostBytes, packOneFile, packWithin } from '../../src/publish/one-file.js';
import { missingModels, packFolder, type Publication } from '../../src/publish/pack.js';
import { movable, neededBy, type Site } from '../../src/publish/site.js';
import { unionOf, type Needs } from '../../src/state/needs.js';

const card = { name: 'tiny', title: 'Tiny', image: { height: 1, width: 2, channels: 1 }, classes: ['a', 'b'], mean: [0], stddev: [1] };
/** Labels, then images of two pixels. */
const shard = (labels: number[]) => gzipSync(Uint8Array.from([...labels, ...labels.flatMap((_, i) => [2 * i, 2 * i + 1])]));
const shards = { a: shard([0, 1]), b: shard([1, 0, 1]), c: shard([0, 0, 0, 1]) };
const entry = (file: keyof typeof shards, count: number) => ({ file: `tiny/${file}.bin`, count, bytes: shards[file].length, sha256: '' });

/** A built page of a few lines. */
const built: Record<string, string | Uint8Array> = {
  'embed.html': `<!doctype html>
<html lang="en"><head><link rel="icon" href="./icon.svg" />
    <title>cnnlab</title>
    <script type="module" crossorigin src="./assets/embed-1.js"></script>
    <link rel="stylesheet" crossorigin href="./assets/embed-1.css">
  </head><body><details id="starting"></details></body></html>`,
  'assets/embed-1.js': 'import"./part-1.js";import"../cnn-lab.js";import(`./late-1.js`)',
  'assets/part-1.js': 'export const worker=new URL(`worker-1.js`,import.meta.url).href,text="</script>"',
  'assets/late-1.js': 'export{a}from"./part-1.js";const plain="./core/not-there.js"',
  'assets/worker-1.js': 'onmessage=1',
  'assets/embed-1.css': 'body{margin:0}',
  'assets/other-1.js': 'nobody needs this',
  'cnn-lab.js': 'const here=import.meta.url',
  'icon.svg': '<svg/>',
  'licences.txt': 'MIT -- as is',
  'engine/modules.json': '["cnnlab.js","cnnlab-threads.js"]',
  'data/index.json': JSON.stringify({
    format: 'cnnlab-data-1',
    datasets: [
      { name: 'tiny', card, splits: { train: [entry('a', 2), entry('b', 3)], test: [entry('c', 4)] } },
      { name: 'other', card: { ...card, name: 'other' }, splits: { train: [], test: [] } },
    ],
  }),
  'models/index.json': JSON.stringify({ format: 'cnnlab-models-1', networks: [{ name: 'm', file: 'm.safetensors', there: true }] }),
  'models/m.safetensors': 'weights',
};
for (const name of ['cnnlab', 'cnnlab-threads', 'cnnlab-files', 'cnnlab-networks']) {
  built[`engine/${name}.js`] = `the script ${name}`;
  built[`engine/${name}.wasm`] = `the module ${name}`;
}
for (const [name, bytes] of Object.entries(shards)) built[`data/tiny/${name}.bin`] = bytes;

const site: Site = (path) => {
  const found = built[path];
  if (found === undefined) return Promise.reject(new Error(`no ${path}`));
  return Promise.resolve(typeof found === 'string' ? strToU8(found) : found) as ReturnType<Site>;
};
const publication: Publication = {
  config: { station: 'train', state: 'a=<b>', lang: 'es', scorm: '' },
  title: 'Train & "test"',
  needs: { data: { tiny: { train: 3, test: 4 } } },
};

test('every lesson and station has a name of its own, a title and needs', () => {
  expect(names()).toEqual([...order, ...stations.map(({ name }) => name)]);
  expect(new Set(names()).size).toBe(names().length);
  for (const name of names()) {
    const [en, es] = [publicationOf(name, 'en')!, publicationOf(name, 'es')!];
    expect(en.title).not.toBe('');
    expect(es.config).toEqual({ ...en.config, lang: 'es' });
  }
  expect(publicationOf('nothing', 'en')).toBeNull();
  expect(publicationOf(order[0], '', '', 'step=2')!.config.state).toBe(`step=2&lesson=${order[0]}&alone=yes`);
  // The list of lessons needs what all of them need.
  const all = publicationOf('lessons', '')!.needs.data!;
  for (const name of order)
    for (const [set, { train }] of Object.entries(publicationOf(name, '')!.needs.data ?? {}))
      expect(all[set]!.train).toBeGreaterThanOrEqual(train);
});

test('needs add up to the most of each', () => {
  const some: Needs[] = [
    { data: { a: { train: 1, test: 9 } } },
    { data: { a: { train: 5, test: 2 }, b: { train: 1, test: 1 } }, models: true },
    {},
  ];
  expect(unionOf(some)).toEqual({ data: { a: { train: 5, test: 9 }, b: { train: 1, test: 1 } }, models: true });
});

test('imports and addresses are found, and nothing that only looks like one', () => {
  expect(neededBy('assets/embed-1.js', built['assets/embed-1.js'] as string)).toEqual({
    modules: ['assets/part-1.js', 'cnn-lab.js', 'assets/late-1.js'],
    others: [],
  });
  expect(neededBy('assets/part-1.js', built['assets/part-1.js'] as string)).toEqual({ modules: [], others: ['assets/worker-1.js'] });
  expect(movable('assets/late-1.js', built['assets/late-1.js'] as string)).toBe(
    'export{a}from"cnnlab/assets/part-1.js";const plain="./core/not-there.js"',
  );
  expect(movable('cnn-lab.js', 'const here=import.meta.url')).toBe('const here="cnnlab:/cnn-lab.js"');
});

test('a folder has what the page needs, and no more', async () => {
  const files = await packFolder(site, publication, { whole: false });
  expect([...files.keys()].sort()).toEqual(
    [
      'index.html',
      'cnnlab.json',
      'icon.svg',
      'licences.txt',
      'cnn-lab.js',
      ...['embed-1.css', 'embed-1.js', 'late-1.js', 'part-1.js', 'worker-1.js'].map((name) => `assets/${name}`),
      ...['cnnlab', 'cnnlab-threads', 'cnnlab-files', 'cnnlab-networks'].flatMap((name) => [`engine/${name}.js`, `engine/${name}.wasm`]),
      'engine/modules.json',
      'data/index.json',
      'data/tiny/a.bin',
      'data/tiny/train-first-1.bin',
      'data/tiny/c.bin',
      'models/index.json',
    ].sort(),
  );
  const html = strFromU8(files.get('index.html')!);
  expect(html).toContain('<html lang="es">');
  expect(html).toContain('<title>Train &amp; &quot;test&quot;</title>');
  expect(JSON.parse(/id="cnnlab-page">(.*?)<\/script>/.exec(html)![1]!)).toEqual(publication.config);
  // Weights that the page does not take along are not there.
  expect(JSON.parse(strFromU8(files.get('models/index.json')!))).toMatchObject({ networks: [{ name: 'm', there: false }] });
});

test('a lesson takes as many images along as a teacher has laid down', () => {
  const trainOf = (state: string): number | undefined => publicationOf('one-thing', '', '', state)?.needs.data?.['fashion-mnist']?.train;
  expect([trainOf(''), trainOf('images=2000'), trainOf('images=100'), trainOf('images=many')]).toEqual([500, 2000, 500, 500]);
});

test('a shard that is cut is a shard of the first images', async () => {
  const files = await packFolder(site, publication, { whole: false });
  const { datasets, absent } = JSON.parse(strFromU8(files.get('data/index.json')!)) as ShardManifest;
  expect(datasets.map(({ name }) => name)).toEqual(['tiny']);
  expect(absent.map(({ name }) => name)).toEqual(['other']);
  const [, cut] = datasets[0]!.splits.train;
  expect(cut).toMatchObject({ file: 'tiny/train-first-1.bin', count: 1 });
  const { labels, pixels } = await readShard(files.get(`data/${cut!.file}`)!, cut!, datasets[0]!.card);
  expect([...labels, ...pixels]).toEqual([1, 0, 1]);
  const whole = JSON.parse(strFromU8((await packFolder(site, publication, { whole: true })).get('data/index.json')!)) as ShardManifest;
  expect(whole.datasets[0]!.splits.train.map(({ count }) => count)).toEqual([2, 3]);
});

test('one file has everything inside, and nothing in it ends a script', async () => {
  const html = strFromU8(await packOneFile(site, { ...publication, needs: { ...publication.needs, models: true } }));
  expect(html).not.toMatch(/\b(src|href)="(?!data:)/);
  expect(html).toContain('<style>body{margin:0}</style>');
  expect(html).toContain('MIT - - as is');
  const inside = new Map(
    [...html.matchAll(/<script type="text\/plain" data-(module|file)="([^"]+)"( data-packed)?>([^<]*)<\/script>/g)].map(
      ([, kind, path, packed, text]) => {
        const bytes = Uint8Array.from(atob(text!), (sign) => sign.charCodeAt(0));
        return [`${kind} ${path}`, strFromU8(packed ? gunzipSync(bytes) : bytes)];
      },
    ),
  );
  expect(inside.get('module assets/embed-1.js')).toBe(
    'import"cnnlab/assets/part-1.js";import"cnnlab/cnn-lab.js";import(`cnnlab/assets/late-1.js`)',
  );
  expect(inside.get('module assets/part-1.js')).toContain('new URL(`worker-1.js`,"cnnlab:/assets/part-1.js").href,text="</script>"');
  expect(inside.get('file assets/worker-1.js')).toBe('onmessage=1');
  expect(inside.get('file engine/modules.json')).toBe('["cnnlab.js"]');
  expect(inside.has('file engine/cnnlab-threads.wasm')).toBe(false);
  expect(inside.get('file models/m.safetensors')).toBe('weights');
  expect(html).toContain('<script data-entries="assets/embed-1.js">');
  // Scripts: the configuration, each file, the loader.
  expect(html.match(/<\/script>/g)!.length).toBe(inside.size + 2);
});

test('a trained network stays out of one file that it makes too large, and is named', async () => {
  const needs = { ...publication.needs, models: true };
  expect(await missingModels(site, needs)).toEqual([]);
  expect((await packWithin(site, { ...publication, needs })).without).toEqual([]);
  let number = 1;
  // What does not become smaller.
  const noise = Uint8Array.from({ length: mostBytes }, () => (number = (number * 48_271) % 0x7fffffff) & 255);
  const large: Site = (path) => (path === 'models/m.safetensors' ? Promise.resolve(noise) : site(path));
  const { page, without } = await packWithin(large, { ...publication, needs });
  expect(without).toEqual(['m.safetensors']);
  expect(page.length).toBeLessThan(mostBytes);
  const html = strFromU8(page);
  expect(html).not.toContain('data-file="models/m.safetensors"');
  expect((await packWithin(site, publication)).without).toEqual([]);
});

test('the same page is packed to the same bytes', async () => {
  const pack = async (): Promise<Uint8Array> => zipOf(await packFolder(site, publication, { whole: false }));
  const [one, other] = [await pack(), await pack()];
  expect(one).toEqual(other);
  expect(strFromU8(unzipSync(one)['cnnlab.json']!)).toContain('"station": "train"');
});
