import { expect, test } from 'vitest';
import { overlaid, painted, shapeOf } from '../../src/inspect/looks.js';
import { heat } from '../../src/ui/color.js';

const map = { shape: [1, 2, 2], data: Float32Array.of(0, 0, 0, 4) };

test('the largest number of a map has the brightest colour', () => {
  expect(shapeOf(map)).toEqual([2, 2, 3]);
  expect([...painted(map)]).toEqual([...heat(0), ...heat(0), ...heat(0), ...heat(1)]);
  expect([...painted({ shape: [1, 1, 1], data: Float32Array.of(0) })]).toEqual(heat(0));
});

test('a map lies over the grey image, its cells where their centres are', () => {
  const bytes = overlaid(
    Uint8Array.from({ length: 16 }, () => 100),
    [4, 4, 1],
    map,
  );
  expect(bytes).toHaveLength(48);
  const mixed = (share: number) => heat(share).map((colour) => Math.round(0.4 * 100 + 0.6 * colour));
  // The corners lie beyond the outer centres: they have their cells' own numbers.
  expect([...bytes.subarray(0, 3)]).toEqual(mixed(0));
  expect([...bytes.subarray(45)]).toEqual(mixed(1));
  // A quarter of the way from one centre to the next: (1/4)² of the number, and (3/4)².
  expect([...bytes.subarray(15, 18)]).toEqual(mixed(1 / 16));
  expect([...bytes.subarray(30, 33)]).toEqual(mixed(9 / 16));
});

test('colours are grey under the map', () => {
  const bytes = overlaid(Uint8Array.of(30, 60, 90), [1, 1, 3], { shape: [1, 1, 1], data: Float32Array.of(0) });
  expect([...bytes]).toEqual(heat(0).map((colour) => Math.round(0.4 * 60 + 0.6 * colour)));
});
