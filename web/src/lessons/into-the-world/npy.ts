import type { Value } from './runtime.js';

/** Numbers as a file of NumPy, version 1.0: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html. */
export function npyOf({ shape, data }: Value): Uint8Array<ArrayBuffer> {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  // With the ten bytes before it and a line feed, a multiple of 64.
  const padded = `${header.padEnd(Math.ceil((10 + header.length + 1) / 64) * 64 - 11)}\n`;
  const bytes = new Uint8Array(10 + padded.length + 4 * data.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  view.setUint16(8, padded.length, true);
  bytes.set(new TextEncoder().encode(padded), 10);
  for (const [i, value] of data.entries()) view.setFloat32(10 + padded.length + 4 * i, value, true);
  return bytes;
}
