import { describe, expect, test } from 'vitest';
import { shuffled, topAnswers } from '../../src/inspect/answers.js';
import { Asker } from '../../src/inspect/asker.js';
import { cellAt, layoutOf } from '../../src/inspect/map-canvas.js';
import { histogramOf, mapsOfActivation, mapsOfWeight, rangeOf, valueAt, type MapSet } from '../../src/inspect/maps.js';
import type { Rgba } from '../../src/files/picture-messages.js';
import { borderBrightness } from '../../src/inspect/pixels.js';
import { candidates, imagesOfCell } from '../../src/inspect/verdicts.js';
import { figures } from '../../src/ui/numbers.js';

const count = (shape: number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
});
const valuesOf = (maps: MapSet, map: number) => Array.from({ length: maps.cells }, (_, cell) => valueAt(maps, map, cell));

describe('maps', () => {
  test('an activation has a map a channel, of the image asked for', () => {
    const maps = mapsOfActivation(count([2, 2, 3, 2]), 1);
    expect([maps.rows, maps.columns, maps.count]).toEqual([2, 3, 2]);
    expect(valuesOf(maps, 1)).toEqual([13, 15, 17, 19, 21, 23]);
  });

  test('units without a place are laid out in rows', () => {
    const maps = mapsOfActivation(count([1, 128]));
    expect([maps.rows, maps.columns, maps.count]).toEqual([8, 16, 1]);
    const ten = mapsOfActivation(count([1, 10]));
    expect([ten.rows, ten.columns, ten.cells]).toEqual([1, 10, 10]);
    const odd = mapsOfActivation(count([1, 20]));
    expect(odd.rows * odd.columns).toBeGreaterThanOrEqual(odd.cells);
  });

  test('weights have a map a filter and channel, or a colour a filter', () => {
    const weight = count([2, 2, 2, 3]);
    const maps = mapsOfWeight(weight);
    expect(maps.count).toBe(6);
    expect(valuesOf(maps, 4)).toEqual([13, 16, 19, 22]);
    expect(maps.place(4)).toEqual([2, 2]);
    const one = mapsOfWeight(weight, { filter: 1 });
    expect([one.count, one.place(0), valuesOf(one, 0)]).toEqual([3, [2, 1], [12, 15, 18, 21]]);
    const colour = mapsOfWeight(weight, { colour: true });
    expect([colour.count, colour.channels, valueAt(colour, 1, 0, 2)]).toEqual([2, 3, 14]);
    expect(mapsOfWeight(count([10, 1, 1, 32])).count).toBe(10);
    expect(mapsOfWeight(count([32])).count).toBe(1);
  });

  test('ranges are centred on zero for signed maps', () => {
    const maps = mapsOfActivation({ shape: [1, 1, 3, 2], data: Float32Array.of(-1, 5, 2, 6, 0, 7) });
    expect(rangeOf(maps, true)).toEqual({ low: -7, high: 7 });
    expect(rangeOf(maps, true, 0, 1)).toEqual({ low: -2, high: 2 });
    expect(rangeOf(maps, false, 0, 1)).toEqual({ low: -1, high: 2 });
    expect(rangeOf(maps, false, 1, 2)).toEqual({ low: 0, high: 7 });
  });

  test('a point of the sheet belongs to a cell', () => {
    const maps = mapsOfActivation(count([1, 2, 2, 9]));
    const layout = layoutOf(maps, 9, 340);
    expect(layout.width).toBeLessThanOrEqual(340);
    expect(cellAt(maps, 9, layout, layout.pitchX + 1, layout.pitchY + layout.cell + 1)).toEqual({ map: layout.across + 1, cell: 2 });
    expect(cellAt(maps, 9, layout, layout.pitchX - 1, 1)).toBeNull();
    expect(cellAt(maps, 9, layout, 1, 3 * layout.pitchY + 1)).toBeNull();
    // A map wider than the sheet shrinks.
    expect(layoutOf(mapsOfActivation(count([1, 4, 400, 1])), 1, 340).width).toBeLessThanOrEqual(340);
  });

  test('a histogram holds every value', () => {
    const histogram = histogramOf([0, 0, 1, 4, NaN], 4);
    expect(histogram).toMatchObject({ low: 0, high: 4, counts: [2, 1, 0, 1], mean: 1.25, zeros: 0.5, finite: 4 });
    expect(histogramOf([3, 3], 5).counts).toEqual([2, 0, 0, 0, 0]);
  });
});

describe('pictures', () => {
  const picture = (width: number, height: number, grey: number[]): Rgba => ({
    width,
    height,
    data: Uint8ClampedArray.from(grey.flatMap((value) => [value, value, value, 255])),
  });

  test('the border tells a light ground from a dark one', () => {
    expect(borderBrightness(picture(3, 3, [255, 255, 255, 255, 0, 255, 255, 255, 255]))).toBeCloseTo(255, 3);
    expect(borderBrightness(picture(3, 3, [0, 0, 0, 0, 255, 0, 0, 0, 0]))).toBe(0);
    expect(borderBrightness({ width: 1, height: 1, data: new Uint8ClampedArray(4) })).toBe(255);
  });
});

describe('answers', () => {
  test('the most probable first; one output speaks for two classes', () => {
    expect(topAnswers([0.1, 0.6, 0.3], 2)).toEqual([
      { class: 1, share: 0.6 },
      { class: 2, share: 0.3 },
    ]);
    expect(topAnswers([0.25])).toEqual([
      { class: 0, share: 0.75 },
      { class: 1, share: 0.25 },
    ]);
  });

  test('a seed repeats its order', () => {
    const items = Array.from({ length: 50 }, (_, i) => i);
    expect(shuffled(items, 7)).toEqual(shuffled(items, 7));
    expect(shuffled(items, 7)).not.toEqual(shuffled(items, 8));
    expect(shuffled(items, 7).sort((a, b) => a - b)).toEqual(items);
  });

  const verdicts = {
    step: 3,
    count: 4,
    labels: Int32Array.of(0, 0, 1, 0),
    predicted: Int32Array.of(1, 0, 1, 1),
    probabilities: { shape: [4, 2], data: Float32Array.of(0.4, 0.6, 0.9, 0.1, 0.2, 0.8, 0.1, 0.9) },
  };

  test('a cell of the confusion matrix opens its images, the surest first', () => {
    expect(imagesOfCell(verdicts, 0, 1)).toEqual([3, 0]);
    expect(imagesOfCell(verdicts, 1, 0)).toEqual([]);
  });

  test('filters need a test, all images do not', () => {
    expect(candidates(null, 3, 'all', null)).toEqual([0, 1, 2]);
    expect(candidates(null, 3, 'wrong', null)).toBeNull();
    expect(candidates(verdicts, 9, 'wrong', null)).toEqual([0, 3]);
    expect(candidates(verdicts, 9, 'all', 1)).toEqual([2]);
  });
});

describe('asking the worker', () => {
  const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

  test('one answer at a time, the newest question last, nothing while unseen', async () => {
    const answers: (() => void)[] = [];
    let asked = 0;
    const asker = new Asker(
      () => new Promise((resolve) => (asked++, answers.push(resolve))),
      () => undefined,
      () => 0,
    );
    asker.want(false);
    expect(asked).toBe(0);
    asker.show(true);
    expect(asked).toBe(1);
    asker.want(false);
    asker.want(true);
    expect(asked).toBe(1);
    answers[0]!();
    await turn();
    expect(asked).toBe(2);
    asker.show(false);
    asker.want(true);
    answers[1]!();
    await turn();
    expect(asked).toBe(2);
  });

  test('an errand goes first and a newer one replaces it; failures are told', async () => {
    const done: string[] = [];
    const failures: unknown[] = [];
    const asker = new Asker(
      async () => void done.push('look'),
      (error) => failures.push(error),
      () => 0,
    );
    asker.show(true);
    asker.want(false);
    asker.send(async () => void done.push('first'));
    asker.send(() => Promise.reject(new Error('second')));
    asker.want(false);
    await turn();
    expect(done).toEqual(['look', 'look']);
    expect(failures).toHaveLength(1);
  });

  test('rests while that costs somebody time, unless it is urgent', async () => {
    let asked = 0;
    const asker = new Asker(
      async () => {
        asked++;
        await new Promise((resolve) => setTimeout(resolve, 20));
      },
      () => undefined,
      () => 5,
    );
    asker.show(true);
    asker.want(false);
    await new Promise((resolve) => setTimeout(resolve, 40));
    asker.want(false);
    expect(asked).toBe(1);
    asker.want(true);
    expect(asked).toBe(2);
    asker.show(false);
  });
});

test('numbers of unknown size have three figures', () => {
  expect([0, 0.276, -12.34, 4.12e-6, -1e-7, 2.5e8, NaN].map((value) => figures(value, 'en'))).toEqual([
    '0',
    '0.276',
    '−12.3',
    '4.12·10⁻⁶',
    '−1·10⁻⁷',
    '2.5·10⁸',
    '–',
  ]);
});
