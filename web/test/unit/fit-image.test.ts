import { zlibSync } from 'fflate';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { FilesModule } from '../../src/client/module.js';
import { fitImage, type PixelSource } from '../../src/files/fit-image.js';
import { hasSoundPixels, requireTruePixels } from '../../src/files/picture.js';
import { framed, sourceOf } from '../../src/files/pixel-sources.js';
import type { Rgba } from '../../src/files/picture-messages.js';
import { loadFilesModule } from './node-engine.js';

let module: FilesModule;
beforeAll(async () => {
  module = await loadFilesModule();
});

const picture = (width: number, values: readonly number[]): Rgba => ({
  width,
  height: values.length / width,
  data: Uint8ClampedArray.from(values.flatMap((value) => [value, value, value, 255])),
});
const fit = (width: number, values: readonly number[], shape: [number, number, number]): number[] => [
  ...fitImage(sourceOf(picture(width, values)), shape, module),
];
const whole = (width: number, values: readonly number[], shape: [number, number, number]): number[] => [
  ...fitImage(framed(sourceOf(picture(width, values)), shape), shape, module),
];

// The rule itself is tested in tests/data/picture_fit_test.cpp.
describe('a picture as a network takes it', () => {
  test('comes from the engine', () => {
    expect(fit(4, [0, 100, 10, 20, 200, 100, 30, 40], [1, 2, 1])).toEqual([100, 25]);
    expect(fit(6, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [2, 2, 1])).toEqual([2, 3, 8, 9]);
    expect(fit(1, [7], [2, 2, 3])).toEqual(Array(12).fill(7));
  });

  test('is turned by its orientation', () => {
    const source = { ...sourceOf(picture(1, [1, 2])), orientation: 8 };
    expect([...fitImage(source, [1, 2, 1], module)]).toEqual([1, 2]);
    expect([...fitImage({ ...source, orientation: 6 }, [1, 2, 1], module)]).toEqual([2, 1]);
  });

  test('is read in strips, and thin lines stay', () => {
    const side = 3000;
    let most = 0;
    const source: PixelSource = {
      width: side,
      height: side,
      orientation: 1,
      read: (top, rows) => {
        most = Math.max(most, rows);
        const data = new Uint8ClampedArray(4 * side * rows);
        for (let y = 0; y < rows; y++) if ((top + y) % 100 === 50) data.fill(255, 4 * side * y, 4 * side * (y + 1));
        return data;
      },
    };
    expect([...fitImage(source, [30, 30, 1], module)]).toEqual(Array(900).fill(3));
    expect(most).toBeLessThan(side);
  });

  test('as a whole, it gets its border’s colour around it', () => {
    expect(whole(4, [0, 100, 10, 10, 100, 0, 10, 10, 255, 255, 0, 0, 255, 255, 0, 200], [2, 2, 1])).toEqual([50, 10, 255, 50]);
    expect(whole(4, [40, 40, 40, 40, 40, 40, 40, 40], [2, 2, 1])).toEqual([40, 40, 40, 40]);
    expect(whole(4, [0, 200, 200, 0, 0, 200, 200, 0], [2, 2, 1])).toEqual([100, 100, 100, 100]);
    expect(whole(1, [9], [2, 2, 1])).toEqual([9, 9, 9, 9]);
  });

  test('lies on white', () => {
    const clear: Rgba = { width: 2, height: 1, data: Uint8ClampedArray.of(0, 0, 0, 0, 0, 0, 0, 51) };
    expect([...fitImage(sourceOf(clear), [1, 2, 1], module)]).toEqual([255, 204]);
  });

  test('has no bytes that browsers heed differently', () => {
    const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
    const chunk = (name: string, length: number): number[] => [0, 0, 0, length, ...Buffer.from(name), ...Array<number>(length + 4).fill(1)];
    const [header, gamma, data, end] = [chunk('IHDR', 13), chunk('gAMA', 4), chunk('IDAT', 9), chunk('IEND', 0)];
    const outcome = module.plainPicture(Uint8Array.from([...png, ...header, ...gamma, ...data, ...end]), 'a.png');
    expect(outcome).toEqual({ value: { format: 'png', orientation: 1, bytes: Uint8Array.from([...png, ...header, ...data, ...end]) } });
    expect(module.plainPicture(Uint8Array.from([...png, ...header, ...data]), 'a.png')).toMatchObject({
      error: { code: 'bad_file', place: 'a.png' },
    });
    expect(module.plainPicture(Uint8Array.of(60, 104), 'page.jpg')).toMatchObject({ value: { format: 'none' } });
    const cut = Uint8Array.from([0x42, 0x4d, ...Array<number>(12).fill(0), 40, 0, 0, 0]);
    expect(module.plainPicture(cut, 'a.bmp')).toMatchObject({ error: { code: 'bad_file', place: 'a.bmp' } });
  });
});

test('a browser that gives noise for pixels is told, before any picture is read', () => {
  const answering = (level: (i: number) => number): unknown =>
    vi.stubGlobal(
      'OffscreenCanvas',
      class {
        getContext = (): object => ({
          fillRect: () => undefined,
          getImageData: () => ({ data: Array.from({ length: 256 }, (_, i) => level(i)) }),
        });
      },
    );
  try {
    answering((i) => [0x33, 0x66, 0x99, 0xff][i % 4]!);
    expect(requireTruePixels).not.toThrow();
    answering((i) => (i === 77 ? 3 : [0x33, 0x66, 0x99, 0xff][i % 4]!));
    expect(requireTruePixels).toThrow(expect.objectContaining({ key: 'pixelsHidden' }));
  } finally {
    vi.unstubAllGlobals();
  }
});

test('the checksum of a PNG’s packed pixels is heeded, and the size of its window is not', async () => {
  const rows = Uint8Array.from({ length: 400 }, (_, i) => (i % 4 === 0 ? 0 : (i * 37) & 255));
  const packed = zlibSync(rows);
  const chunk = (name: string, data: Uint8Array): number[] => [
    0,
    0,
    data.length >> 8,
    data.length & 255,
    ...Buffer.from(name),
    ...data,
    1,
    1,
    1,
    1,
  ];
  const sound = (...parts: Uint8Array[]): Promise<boolean> =>
    hasSoundPixels(
      Uint8Array.from([...Array<number>(8).fill(0), ...parts.flatMap((part) => chunk('IDAT', part)), ...chunk('IEND', new Uint8Array())]),
    );
  const [body, sum] = [packed.slice(0, -4), packed.slice(-4)];
  expect(await sound(packed)).toBe(true);
  expect(await sound(body, sum)).toBe(true);
  expect(await sound(Uint8Array.of(0x08, 0x1d, ...packed.slice(2)))).toBe(true);
  expect(await sound(Uint8Array.of(...body, 1, 2, 3, 4))).toBe(false);
  expect(await sound(body, Uint8Array.of(1, 2, 3, 4))).toBe(false);
  expect(await sound(body)).toBe(false);
  expect(await sound(packed.slice(0, -2))).toBe(false);
  expect(await sound(packed.slice(0, 9))).toBe(false);
});
