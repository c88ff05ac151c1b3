import { expect, it } from 'vitest';
import { readOnnx } from '../../src/lessons/into-the-world/onnx-file.js';
import { Runtime } from '../../src/lessons/into-the-world/runtime.js';
import { npyOf } from '../../src/lessons/into-the-world/npy.js';

it('what is no ONNX file is refused', () => {
  expect(() => readOnnx(Uint8Array.of(0x3a, 0xff))).toThrow(RangeError);
  expect(() => readOnnx(Uint8Array.of(0x80))).toThrow(RangeError);
  expect(() => readOnnx(Uint8Array.of(0x0b))).toThrow(RangeError);
  expect(() => readOnnx(new Uint8Array())).toThrow('no nodes');
  // A model with a graph that has nothing in it.
  expect(() => readOnnx(Uint8Array.of(0x3a, 0x00))).toThrow('no nodes');
});

it('an operator that the runtime does not have is named', () => {
  const node = { op: 'Erf', inputs: ['input'], output: 'y', attributes: {} };
  const runtime = new Runtime({ nodes: [node], tensors: [], input: 'input', output: 'y' });
  expect(() => runtime.run({ shape: [1, 1], data: new Float32Array(1) })).toThrow('Erf');
});

const floats = (name: string, shape: number[], values: number[]) => ({
  name,
  shape,
  bytes: new Uint8Array(Float32Array.from(values).buffer),
});

it('a convolution has its padding, strides and bias; a pooling its windows', () => {
  const rows = [0, 1, 2, 3, 4].flatMap((row) => (row < 3 ? [10, 10, 10, 0, 0] : [0, 0, 0, 10, 10]));
  const image = { shape: [1, 1, 5, 5], data: Float32Array.from(rows) };
  const conv = { op: 'Conv', inputs: ['input', 'w', 'b'], output: 'map', attributes: { pads: [1, 1, 1, 1], strides: [1, 1] } };
  const pool = { op: 'MaxPool', inputs: ['map'], output: 'y', attributes: { kernel_shape: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0] } };
  const tensors = [floats('w', [1, 1, 3, 3], [1, 0, -1, 1, 0, -1, 1, 0, -1]), floats('b', [1], [1])];
  const file = { nodes: [conv], tensors, input: 'input', output: 'map' };
  const map = new Runtime(file).run(image);
  expect(map.shape).toEqual([1, 1, 5, 5]);
  const course = [-20, 0, 20, 20, 0, -30, 0, 30, 30, 0, -20, 0, 10, 10, 10, -10, 0, -10, -10, 20, 0, 0, -20, -20, 20];
  expect([...map.data]).toEqual(course.map((value) => value + 1));
  const pooled = new Runtime({ ...file, nodes: [conv, pool], output: 'y' }).run(image);
  expect([...pooled.data]).toEqual([1, 31, 1, 11]);
  const wide = { ...conv, attributes: { pads: [0, 0, 0, 0], strides: [2, 2] } };
  expect([...new Runtime({ ...file, nodes: [wide] }).run(image).data]).toEqual([1, 31, 1, -9]);
});

it('an array of NumPy has a header of a multiple of 64 bytes, and then its numbers', () => {
  const bytes = npyOf({ shape: [1, 1, 1, 2], data: Float32Array.of(0.5, -2) });
  const length = new DataView(bytes.buffer).getUint16(8, true);
  expect((10 + length) % 64).toBe(0);
  const header = new TextDecoder('latin1').decode(bytes.subarray(0, 10 + length));
  expect([...bytes.subarray(0, 8)]).toEqual([0x93, 78, 85, 77, 80, 89, 1, 0]);
  expect(header).toContain("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1, 2), }");
  expect(header.at(-1)).toBe('\n');
  expect([...new Float32Array(bytes.slice(10 + length).buffer)]).toEqual([0.5, -2]);
});
