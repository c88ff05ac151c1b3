import { beforeAll, describe, expect, it } from 'vitest';
import type { DataCard, FieldInfo, ImageSet, SplitName } from '../../src/client/client.js';
import type { FilesModule, Outcome } from '../../src/client/module.js';
import { take } from '../../src/client/outcome.js';
import { classTable, outline, partsOf } from '../../src/stations/data/figures.js';
import { DataLook, type LookSource, type LookTools } from '../../src/stations/data/look.js';
import { allowed, augmentation, rangeOf, unreadAugment } from '../../src/stations/data/state.js';
import { translate } from '../../src/i18n/index.js';
import { loadFilesModule } from './node-engine.js';

let module: FilesModule;
beforeAll(async () => (module = await loadFilesModule()));

/** The worker's answers, in this thread. */
const tools: LookTools = {
  call: async (name, args) =>
    take((module[name as keyof FilesModule] as unknown as (...given: readonly unknown[]) => Outcome<never>)(...args)),
};

const card: DataCard = {
  name: 'tiny',
  title: 'Tiny',
  image: { height: 1, width: 2, channels: 1 },
  classes: ['dark', 'light'],
  mean: [0.5],
  stddev: [0.5],
};
const half = 500_000;

/** Images of two pixels, dark and light ones in turns; test image i is training image 3 · i but for one grey level. */
function source({ train = 2 * half + 10, test = 20, fail = Infinity } = {}): LookSource & { asked: number } {
  const pixel = (split: SplitName, i: number): number => {
    const at = split === 'test' ? 3 * i : i;
    return (at % 2 === 0 ? 20 : 200) + (at % 25);
  };
  const made = {
    card,
    count: { train, test },
    asked: 0,
    piece(split: SplitName, first: number, count: number): Promise<ImageSet> {
      if (made.asked++ === fail) return Promise.reject(new Error('the line is cut'));
      const pixels = Uint8Array.from({ length: 2 * count }, (_, p) => {
        const i = first + Math.floor(p / 2);
        return pixel(split, i) + (split === 'test' && p % 2 === 1 ? 1 : 0);
      });
      const labels = Int32Array.from({ length: count }, (_, i) => (split === 'test' ? 3 * (first + i) : first + i) % 2);
      return Promise.resolve({ count, shape: [1, 2, 1], pixels, labels });
    },
  };
  return made;
}

describe('a look', () => {
  it('reads piece by piece and counts', async () => {
    const seen: number[] = [];
    const images = source();
    const look: DataLook = new DataLook(images, tools, () => seen.push(look.progress));
    await look.begin();
    expect(look.state).toBe('ready');
    expect(images.asked).toBe(4);
    expect(look.here).toEqual({ train: 2 * half + 10, test: 20 });
    expect(look.classes!.train.classes.map(({ count }) => count)).toEqual([half + 5, half + 5]);
    expect(look.classes!.test.classes.map(({ count }) => count)).toEqual([10, 10]);
    expect(look.classes!.train.means.count).toBe(2);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
    look.close();
  });

  it('knows samples, neighbours, and what noise leaves', async () => {
    const look = new DataLook(source({ train: 100 }), tools, () => undefined);
    await look.begin();
    const samples = await look.samples('train', 2, 3);
    expect(samples.map(({ indices }) => [...indices])).toEqual([
      [4, 6, 8],
      [5, 7, 9],
    ]);
    const near = await look.neighbours('test', 2, 2);
    expect(near.of).toBe('train');
    expect(near.neighbours.map(({ image }) => image)).toEqual([6, 32]);
    expect(near.neighbours[0]!.distance).toBeCloseTo(Math.sqrt(0.5) / 255, 12);
    // The reverse.
    expect((await look.neighbours('train', 6, 1)).neighbours).toEqual([{ image: 2, distance: near.neighbours[0]!.distance }]);
    const flawed = await look.flawed({ noise: 0.2, imbalance: 0.1 });
    expect(flawed.map(({ kept }) => kept)).toEqual([50, 5]);
    expect(flawed[0]!.wrong + flawed[1]!.wrong).toBe(11);
    expect(partsOf(look.classes!, flawed, 1)).toMatchObject({ gone: 45, test: 10 });
    expect(partsOf(look.classes!, null, 1)).toEqual({ right: 50, wrong: 0, gone: 0, test: 10 });
    look.close();
  });

  it('looks among its own split where the other is empty', async () => {
    const look = new DataLook(source({ train: 60, test: 0 }), tools, () => undefined);
    await look.begin();
    const near = await look.neighbours('train', 3, 1);
    expect(near).toMatchObject({ of: 'train', neighbours: [{ image: 53, distance: 0 }] });
    look.close();
  });

  it('can be stopped, looks at what is here, and goes on', async () => {
    let stops = 0;
    const look: DataLook = new DataLook(source(), tools, () => {
      if (stops++ === 0) look.stop();
    });
    await look.begin();
    expect(look.state).toBe('ready');
    expect(look.stopped).toBe(true);
    expect(look.here.train + look.here.test).toBe(0);
    expect(look.classes!.train.classes[0]!.count).toBe(0);
    await look.searchWithin(0.01);
    await look.begin();
    expect([look.stopped, look.search]).toEqual([false, null]);
    expect(look.classes!.test.classes[0]!.count).toBe(10);
    await look.searchWithin(0.01);
    expect(look.search!.found!.count).toBe(20);
    look.close();
  });

  it('says what went wrong, and goes on where it was', async () => {
    const images = source({ fail: 1 });
    const look = new DataLook(images, tools, () => undefined);
    await look.begin();
    expect(look.state).toBe('failed');
    expect(look.problem!.problem.english).toContain('the line is cut');
    expect(look.here.train).toBe(half);
    await look.begin();
    expect(look.state).toBe('ready');
    expect(look.problem).toBeNull();
    expect(look.here.train).toBe(2 * half + 10);
    look.close();
  });

  it('searches for near-duplicates, stops, and goes on', async () => {
    let stops = 0;
    const look: DataLook = new DataLook(source({ train: 100, test: 20_000 }), tools, () => {
      if (look.search && look.search.done > 0 && stops++ === 0) look.stopSearch();
    });
    await look.begin();
    await look.searchWithin(0.01);
    const stopped = look.search!;
    expect(stopped.running).toBe(false);
    expect(stopped.found!.count).toBe(stopped.done);
    await look.searchWithin(0.01);
    expect(look.search).toBe(stopped);
    expect(stopped.done).toBe(20_000);
    expect(stopped.found!.count).toBe(20_000);
    expect(stopped.found!.disagreeing).toBe(0);
    expect(stopped.found!.pairs.length).toBe(stopped.found!.tests.count);
    await look.searchWithin(0);
    expect(look.search!.found!.count).toBe(0);
    look.close();
  });

  it('augments as the engine does, and says what it does not allow', async () => {
    const look = new DataLook(source({ train: 10 }), tools, () => undefined);
    await look.begin();
    const pictures = await look.augmented({ brightness: 0.5 }, Int32Array.of(0, 1), 3, 1);
    expect([pictures.count, ...pictures.labels]).toEqual([6, 0, 0, 0, 1, 1, 1]);
    expect(new Set(pictures.pixels).size).toBeGreaterThan(1);
    expect([...(await look.augmented({}, Int32Array.of(2), 1, 1)).pixels]).toEqual([22, 22]);
    await expect(look.augmented({ rotation: 500 }, Int32Array.of(0), 1, 1)).rejects.toThrow(/augment\.rotation/);
    expect(Object.keys(await look.examples())).toContain('rotation');
    look.close();
  });
});

describe('what is drawn', () => {
  it('a table has a row for each class', async () => {
    const look = new DataLook(source({ train: 100 }), tools, () => undefined);
    await look.begin();
    const plain = classTable(look.classes!, await look.flawed({ noise: 0, imbalance: 1 }), (c) => card.classes[c]!, translate('en'));
    expect(plain.head).toEqual(['class', 'training', 'test', 'mean value', 'deviation']);
    expect(plain.rows[0]!.slice(0, 3)).toEqual(['dark', 50, 10]);
    const flawed = classTable(look.classes!, await look.flawed({ noise: 0.1, imbalance: 1 }), (c) => card.classes[c]!, translate('en'));
    expect(flawed.head.length).toBe(8);
    expect(flawed.rows.every((row) => row.length === 8)).toBe(true);
    look.close();
  });

  it('an outline has a step for each bar, and ends at the top', () => {
    expect(outline([0.25, 1], 0.5, 100, 10)).toBe('M0 10V5.00H50.00V0.00H100.00V10');
  });
});

describe('an augmentation in a link', () => {
  const property = augmentation({ rotation: 20 });
  it('comes back as it was', () => {
    for (const augment of [{}, { rotation: 20 }, { horizontal_flip: true, crop: 3, padding: 'reflect' as const, scaling: 0.3 }])
      expect(property.parse(property.print(augment))).toEqual(augment);
    expect(property.print({ horizontal_flip: true, crop: 3 })).toBe('horizontal-flip.yes_crop.3');
    expect(property.parse('nonsense')).toBeNull();
  });

  const field = (name: string, kind: FieldInfo['kind'], more: Partial<FieldInfo> = {}): FieldInfo => ({
    name,
    key: name,
    help: '',
    kind,
    default: 0,
    required: false,
    ...more,
  });
  it('keeps what the engine allows', () => {
    const fields = [
      field('rotation', 'number', { min: 0, max: 180 }),
      field('crop', 'integer', { min: 0, max: 64 }),
      field('horizontal_flip', 'boolean'),
      field('padding', 'choice', { choices: ['zero', 'reflect'] }),
    ];
    const given = property.parse('rotation.900_crop.2.6_horizontal-flip.yes_padding.wrong_other.3')!;
    expect(allowed(given, fields)).toEqual({ rotation: 180, crop: 3, horizontal_flip: true });
    // What is not taken as it was given is named.
    expect(unreadAugment(given, fields)).toEqual([
      { field: 'augment', value: 'rotation.900', taken: 'rotation.180' },
      { field: 'augment', value: 'crop.2.6', taken: 'crop.3' },
      { field: 'augment', value: 'padding.wrong', taken: '' },
      { field: 'augment', value: 'other.3', taken: '' },
    ]);
    expect(unreadAugment(allowed(given, fields), fields)).toEqual([]);
  });

  it('has controls of a size with the image', () => {
    const image = { height: 20, width: 30, channels: 1 };
    expect(rangeOf(field('crop', 'integer', { max: 64 }), image)).toEqual({ max: 20, step: 1 });
    expect(rangeOf(field('rotation', 'number', { max: 180 }), image)).toEqual({ max: 180, step: 5 });
    expect(rangeOf(field('scaling', 'number', { max: 0.9 }), image)).toEqual({ max: 0.9, step: 0.05 });
  });
});
