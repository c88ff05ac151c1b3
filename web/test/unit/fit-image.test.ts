import { describe, expect, test } from 'vitest';
import { fitImage, type PixelSource } from '../../src/files/fit-image.js';

/** Grey values, row by row, as a picture; keeps how much of it was read at once. */
function grey(width: number, values: readonly number[]): PixelSource & { most: number } {
  return {
    width,
    height: values.length / width,
    most: 0,
    read(left, top, wide, high) {
      this.most = Math.max(this.most, wide * high);
      const data = new Uint8ClampedArray(4 * wide * high);
      for (let y = 0; y < high; y++)
        for (let x = 0; x < wide; x++) data.fill(values[(top + y) * width + left + x]!, 4 * (y * wide + x), 4 * (y * wide + x) + 3);
      return data;
    },
  };
}

// The same cases as in tests/native/pictures: the program must see the same.
describe('a picture as a network takes it', () => {
  test('is means of areas where it shrinks', () => {
    expect([...fitImage(grey(4, [0, 100, 10, 20, 200, 100, 30, 40]), [1, 2, 1])]).toEqual([100, 25]);
    // 3 → 2: the middle pixel counts half on either side
    expect([...fitImage(grey(3, [0, 60, 240, 0, 60, 240]), [1, 2, 1])]).toEqual([20, 180]);
  });

  test('is linear between pixel centres where it grows', () => {
    expect([...fitImage(grey(2, [0, 100]), [2, 4, 1])]).toEqual([0, 25, 75, 100, 0, 25, 75, 100]);
    expect([...fitImage(grey(1, [7]), [2, 2, 3])]).toEqual(Array(12).fill(7));
    expect([...fitImage(grey(2, [1, 2, 3, 4]), [2, 2, 1])]).toEqual([1, 2, 3, 4]);
  });

  test('loses its sides, equally', () => {
    expect([...fitImage(grey(6, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), [2, 2, 1])]).toEqual([2, 3, 8, 9]);
  });

  test('is grey by ITU-R BT.601', () => {
    const red: PixelSource = { width: 1, height: 1, read: () => Uint8ClampedArray.of(255, 0, 0, 255) };
    expect([...fitImage(red, [1, 1, 1])]).toEqual([76]);
    expect([...fitImage(red, [1, 1, 3])]).toEqual([255, 0, 0]);
  });

  test('is read in strips, and thin lines stay', () => {
    const side = 3000;
    const line = Array.from({ length: side * side }, (_, i) => (Math.floor(i / side) % 100 === 50 ? 255 : 0));
    const source = grey(side, line);
    expect([...fitImage(source, [30, 30, 1])]).toEqual(Array(900).fill(3));
    expect(source.most).toBeLessThan(side * side);
  });
});
