import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import type { DataCard, Experiment, SessionInfo, Tensor } from '../../src/client/client.js';
import type { CnnlabModule, ModuleFactory, Outcome } from '../../src/client/module.js';
import { baseOfCard, cutOf, namesOfLayers, readBase } from '../../src/files/base-file.js';
import { fromBytes } from '../../src/files/named-file.js';
import {
  Album,
  divide,
  hindrances,
  interleave,
  isHeldOut,
  mostClasses,
  mostPictures,
  type Picture,
} from '../../src/stations/classes/album.js';
import { stateOf } from '../../src/stations/classes/camera.js';
import { seen } from '../../src/stations/classes/gathering.js';
import { lookOf } from '../../src/stations/classes/look.js';
import { Meter, Pace } from '../../src/stations/classes/pace.js';
import { recipeOf } from '../../src/stations/classes/recipe.js';
import { baseFrom } from '../../src/stations/classes/site-base.js';
import { loadFilesModule, loadNetworksModule } from './node-engine.js';

const picture = (value: number): Picture => ({ shape: [1, 1, 1], pixels: Uint8Array.of(value) });
const pictures = (count: number, from = 0): Picture[] => Array.from({ length: count }, (_, i) => picture(from + i));
const values = (list: readonly { picture: Picture }[]): number[] => list.map(({ picture: one }) => one.pixels[0]!);

test('what systems leave in folders is passed over, and nothing else, as the engine does', async () => {
  const left = ['.DS_Store', '__MACOSX', 'Thumbs.db', 'ehthumbs.db', 'desktop.ini', 'Icon\r', '@eaDir', '@Recycle', '#recycle'].concat([
    '$RECYCLE.BIN',
    'System Volume Information',
    'lost+found',
    'Picasa.ini',
    '__pycache__',
    '.ipynb_checkpoints',
  ]);
  const kept = ['cats', 'recycle', 'found', 'Icon', 'thumbs.dbx', 'desktop', 'MACOSX', 'cat.s', 'eadir'];
  const paths = [...left, ...kept].flatMap((name) => [`cats/${name}`, `${name}/1.png`, `pets/${name}/1.png`]);
  const known = take((await loadFilesModule()).sortPaths(JSON.stringify(paths))).kept.map((index) => paths[index]);
  expect(seen(paths.map((path) => ({ path, file: new Blob() as File }))).map(({ path }) => path)).toEqual(known);
  expect(known).toHaveLength(3 * kept.length);
});

test('every fifth picture of a class is held out; of fewer than five none is', () => {
  const { train, test: held } = divide([{ pictures: pictures(11) }, { pictures: pictures(4, 100) }]);
  expect(values(held)).toEqual([4, 9]);
  expect(held.map(({ label }) => label)).toEqual([0, 0]);
  expect(values(train)).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 10, 100, 101, 102, 103]);
  expect(train.map(({ label }) => label)).toEqual([...new Array<number>(9).fill(0), ...new Array<number>(4).fill(1)]);
});

test('pictures of a saved run are divided again as they were', () => {
  for (const count of [0, 1, 4, 5, 11, 20]) {
    const all = pictures(count);
    const { train, test: held } = divide([{ pictures: all }]);
    const [learned, kept] = [train, held].map((list) => list.map(({ picture: one }) => one));
    expect(interleave(learned!, kept!)).toEqual(all);
  }
  // Those of another division are all kept.
  expect(interleave(pictures(3), pictures(4, 10))).toHaveLength(7);
  expect(isHeldOut(4)).toBe(true);
});

test('what hinders a training is named', () => {
  const keys = (...classes: [name: string, count: number][]): string[] =>
    hindrances(classes.map(([name, count]) => ({ name, pictures: pictures(count) }))).map(({ key }) => key);
  expect(keys(['cup', 3], ['spoon', 1])).toEqual([]);
  expect(keys(['cup', 3], ['spoon', 0])).toEqual(['classesNoPictures']);
  expect(keys(['cup', 3], ['  ', 2])).toEqual(['classesNoName']);
  expect(keys(['cup', 3], ['Cup ', 2])).toEqual(['classesNameTwice']);
  for (const name of ['a/b', '.cup', 'a:b', 'a\u0007']) expect(keys([name, 3], ['spoon', 1])).toEqual(['classesNameSign']);
  expect(keys(['año nuevo', 3], ['杯', 1])).toEqual([]);
});

test('the album: what was taken out last comes back, and nothing grows beyond its bounds', () => {
  const album = new Album();
  let told = 0;
  album.addEventListener('changed', () => told++);
  const [one, two] = [album.addClass('one')!, album.addClass('two')!];
  const all = pictures(3);
  for (const each of all) expect(album.add(one.id, each)).toBe(true);
  expect(told).toBe(5);
  album.remove(one.id, all[1]!);
  expect(album.count).toBe(2);
  album.undo();
  expect(album.find(one.id)!.pictures).toEqual(all);
  expect(album.canUndo).toBe(false);
  album.clear(one.id);
  album.add(two.id, picture(9));
  // The new picture would be lost with the undoing.
  expect(album.canUndo).toBe(false);
  album.removeClass(two.id);
  expect(album.classes).toHaveLength(2);
  while (album.addClass('more'));
  expect(album.classes).toHaveLength(mostClasses);
  for (let i = 0; i < mostPictures; i++) album.add(one.id, picture(1));
  expect(album.add(one.id, picture(1))).toBe(false);
  expect(album.add(12345, picture(1))).toBe(false);
  const { version } = album;
  album.tellUnread(one.id, [{ name: 'a.txt', why: 'is no picture' }]);
  expect(album.version).toBe(version);
});

test('a recording takes ten pictures a second, at any rate of frames', () => {
  for (const frames of [24, 30, 59.94, 60, 144]) {
    const pace = new Pace(10);
    let taken = 0;
    for (let i = 0; i <= 3 * frames; i++) if (pace.due((1000 * i) / frames)) taken++;
    expect(taken, `${frames} Hz`).toBeGreaterThanOrEqual(30);
    expect(taken, `${frames} Hz`).toBeLessThanOrEqual(32);
  }
  // A machine that is too slow for that takes what it can, and makes up for nothing.
  const pace = new Pace(10);
  expect([0, 400, 410, 420, 500].map((now) => pace.due(now))).toEqual([true, true, false, false, true]);
});

test('answers a second are measured', () => {
  const meter = new Meter();
  for (let i = 0; i < 100; i++) meter.happened(40 * i);
  expect(meter.rate).toBeCloseTo(25, 6);
  meter.clear();
  expect(meter.rate).toBeNull();
});

test('what a browser says of a camera is told apart', () => {
  expect(stateOf(new DOMException('', 'NotAllowedError'))).toBe('refused');
  expect(stateOf(new DOMException('', 'NotFoundError'))).toBe('none');
  expect(stateOf(new DOMException('', 'NotReadableError'))).toBe('busy');
});

test('a network is cut after its last map', () => {
  const conv = { type: 'conv2d', out_channels: 4 };
  const relu = { type: 'relu' };
  expect(namesOfLayers([conv, relu, { type: 'conv2d', name: 'second' }, conv])).toEqual(['conv2d_1', 'relu_1', 'second', 'conv2d_3']);
  expect(cutOf([conv, relu, { type: 'flatten' }, { type: 'dense' }])).toEqual({ until: 'relu_1', bridge: [{ type: 'flatten' }] });
  expect(cutOf([conv, relu, { type: 'global_avg_pool' }, { type: 'dense' }])?.bridge).toEqual([{ type: 'global_avg_pool' }]);
  expect(cutOf([conv, { type: 'dense' }])).toEqual({ until: 'conv2d_1', bridge: [{ type: 'flatten' }] });
  expect(cutOf([{ type: 'flatten' }, { type: 'dense' }])).toBeNull();
  expect(cutOf([{ type: 'max_pool2d' }, { type: 'flatten' }, { type: 'dense' }])).toBeNull();
});

test('where it looks: what each place of the map adds to a class', () => {
  const map: Tensor = { shape: [1, 2, 2, 2], data: Float32Array.of(1, 0, 0, 1, 2, 2, 0, 0) };
  const mean = { map: 'm', weights: { shape: [2, 1, 1, 2], data: Float32Array.of(1, 3, -1, 0) } };
  expect([...lookOf(map, mean, 0).values]).toEqual([1, 3, 8, 0]);
  expect([...lookOf(map, mean, 1).values]).toEqual([-1, 0, -2, 0]);
  const flat = { map: 'm', weights: { shape: [1, 2, 2, 2], data: Float32Array.of(1, 1, 10, 20, 0, 1, 5, 5) } };
  expect([...lookOf(map, flat, 0).values]).toEqual([1, 20, 2, 0]);
});

// ---- with the module -------------------------------------------------------------------------------

const take = <T>(outcome: Outcome<T>): T => {
  if ('value' in outcome) return outcome.value;
  throw new Error('error' in outcome ? `${outcome.error.place}: ${outcome.error.problem.english}` : outcome.failed);
};

let module: CnnlabModule;
beforeAll(async () => {
  const path = fileURLToPath(new URL('../../../build/wasm/web/bindings/cnnlab.js', import.meta.url));
  const { default: create } = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as { default: ModuleFactory };
  module = await create();
});

/** Opens a network on pictures of this card: bright ones and dark ones. */
function opened(experiment: Experiment, card: DataCard, weights: Uint8Array | null, network = ''): SessionInfo {
  const { height, width, channels } = card.image;
  const size = height * width * channels;
  const id = take(module.imagesNew(JSON.stringify(card)));
  for (const [split, count] of [
    ['train', 16],
    ['test', 4],
  ] as const) {
    const pixels = new Uint8Array(count * size).map((_, i) => (Math.floor(i / size) % 2 ? 200 : 40) + ((i * 31) % 29));
    take(
      module.imagesAdd(
        id,
        split,
        pixels,
        Int32Array.from({ length: count }, (_, i) => i % 2),
      ),
    );
  }
  return take(module.open(JSON.stringify(experiment), id, -1, weights, network));
}

/** Trains to the end and gives the last accuracy. */
function train(id: number): number | null {
  let accuracy: number | null = null;
  for (;;) {
    const slice = take(module.run(id, 1, 5));
    for (const event of slice.events) if (event.type === 'epoch_end') accuracy = event.test_accuracy;
    if (!slice.more) return accuracy;
  }
}

test('a network from the beginning is trained, saved, and begins another', async () => {
  const first = recipeOf(null, ['dark', 'bright'], 16);
  expect(first.card.image).toEqual({ height: 64, width: 64, channels: 3 });
  const { id: one } = opened(first.experiment, first.card, null);
  expect(train(one)).toBe(1);

  const bytes = take(module.weights(one)) as Uint8Array<ArrayBuffer>;
  const given = await readBase(
    [fromBytes('runs/mine/model.safetensors', bytes), fromBytes('runs/mine/metrics.jsonl', Uint8Array.of())],
    loadNetworksModule,
  );
  expect(given).toMatchObject({ name: 'own-classes', network: null, image: first.card.image });
  expect(given.cut).toEqual({ until: 'relu_3', bridge: [{ type: 'global_avg_pool' }] });
  const base = await baseFrom(given);
  expect(base.sha256).toMatch(/^[0-9a-f]{64}$/);
  const second = recipeOf(base, ['dark', 'bright'], 16);
  const { id: other, description } = opened(second.experiment, second.card, second.file!.weights);
  const before = take(module.tensors(other, ['base.conv2d_1.weight']))[0]!.data;
  expect(before).toEqual(take(module.tensors(one, ['conv2d_1.weight']))[0]!.data);
  expect(train(other)).toBe(1);
  expect(take(module.tensors(other, ['base.conv2d_1.weight']))[0]!.data).toEqual(before);

  // As a saved run is opened: by its checkpoint, which brings the frozen layers, though nothing else has them.
  const { id: again } = opened(description.experiment, second.card, null);
  take(module.restore(again, take(module.checkpoint(other))));
  const frozen = description.tensors.map(({ name }) => name).filter((name) => name.startsWith('base.'));
  const brought = take(module.tensors(again, frozen));
  expect(brought).toEqual(take(module.tensors(other, frozen)));
  // A reset draws them anew, so that the page puts them back.
  take(module.reset(again));
  expect(take(module.tensors(again, frozen))).not.toEqual(brought);
  for (const tensor of brought) take(module.setTensor(again, tensor));
  expect(train(again)).toBe(1);
  expect(take(module.tensors(again, frozen))).toEqual(brought);
  for (const id of [one, other, again]) take(module.close(id));
});

test('weights with a card beside them begin a network; what is none is said', async () => {
  const first = recipeOf(null, ['dark', 'bright'], 16);
  const { id: one } = opened(first.experiment, first.card, null);
  const bytes = take(module.weights(one)) as Uint8Array<ArrayBuffer>;
  const card = JSON.stringify({
    layers: first.experiment.model.layers.map((layer, i) => ({ ...layer, name: namesOfLayers(first.experiment.model.layers)[i] })),
  });
  const given = baseOfCard('mine', card, bytes);
  const base = { ...(await baseFrom(given)), shape: [64, 64, 3] as [number, number, number] };
  const second = recipeOf(base, ['dark', 'bright'], 16);
  const { id: other } = opened(second.experiment, second.card, bytes, second.file!.network);
  expect(train(other)).toBe(1);
  for (const id of [one, other]) take(module.close(id));

  const text = (name: string, content: string): ReturnType<typeof fromBytes> => fromBytes(name, new TextEncoder().encode(content));
  const key = async (...files: ReturnType<typeof fromBytes>[]): Promise<string> => {
    try {
      await readBase(files, loadNetworksModule);
    } catch (error) {
      return (error as { key?: string }).key ?? String(error);
    }
    return '';
  };
  expect(await key(text('notes.txt', 'nothing'))).toBe('baseNoWeights');
  expect(await key(text('model.safetensors', 'nothing at all, but longer'))).toBe('baseNoWeights');
  const header = new TextEncoder().encode('{}      ');
  const bare = new Uint8Array(8 + header.length);
  new DataView(bare.buffer).setBigUint64(0, BigInt(header.length), true);
  bare.set(header, 8);
  expect(await key(fromBytes('w.safetensors', bare))).toBe('baseNoNetwork');
  expect(await key(fromBytes('w.safetensors', bare), text('w.json', '{"layers": ["flatten", {"type": "dense", "out_features": 2}]}'))).toBe(
    'baseNothingToKeep',
  );
});
