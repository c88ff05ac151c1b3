import type * as Library from 'h5wasm';
import type { Hdf5File, Hdf5Tensor } from '../client/module.js';

/** What the worker says that reads a file. */
export type FromHdf5 = { kind: 'ready' } | { kind: 'done'; file: Hdf5File } | { kind: 'damaged' };

/** As the command line has them (native/data/hdf5_file.cpp). */
const deepest = 64;
const mostValues = 100_000;
const mostTimes = 4;
const freeBytes = 1 << 20;
/** What Keras says of a model, at the root. */
const texts = ['model_config', 'keras_version'];
/** Of the library: H5T_FLOAT. */
const floatType = 1;

/** Numbers of 2, 4 or 8 bytes. */
export function floatsOf(raw: Uint8Array<ArrayBuffer>, size: number): Float32Array<ArrayBuffer> {
  if (size === 4) return new Float32Array(raw.buffer);
  if (size === 8) return Float32Array.from(new Float64Array(raw.buffer));
  return Float32Array.from(new Uint16Array(raw.buffer), (half) => {
    const sign = half >> 15 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
  });
}

/**
 * What an HDF5 file holds of floats, and Keras' texts. Links to other places are not followed, and no more is unpacked
 * than a few times the file's bytes. The library may never come back from a damaged file: this is for a worker that
 * can be ended. Throws Error.
 */
export async function readHdf5(library: typeof Library, bytes: Uint8Array<ArrayBuffer>): Promise<Hdf5File> {
  const module = await library.ready;
  module.activate_throwing_error_handler();
  module.FS.writeFile('/model.h5', bytes);
  const file = new library.File('/model.h5', 'r');
  let left = mostTimes * bytes.length + freeBytes;
  let seen = 0;
  const take = (count: number): void => {
    if (!(count <= left)) throw new Error('unpacks to far more bytes than it has');
    left -= count;
  };

  const tensorOf = (path: string): Hdf5Tensor | null => {
    const { type, size, shape, total_size: count } = module.get_dataset_metadata(file.file_id, path);
    if (type !== floatType || !shape || ![2, 4, 8].includes(size)) return null;
    take(count * Math.max(size, Float32Array.BYTES_PER_ELEMENT));
    const pointer = module._malloc(count * size);
    if (!pointer) throw new Error('no memory');
    if (module.get_dataset_data(file.file_id, path, null, null, null, BigInt(pointer)) < 0) throw new Error(path);
    const raw = module.HEAPU8.slice(pointer, pointer + count * size) as Uint8Array<ArrayBuffer>;
    module._free(pointer);
    return { name: path.slice(1), shape: [...shape], values: floatsOf(raw, size) };
  };

  const tensors: Hdf5Tensor[] = [];
  const walk = (group: Library.Group, depth: number): void => {
    if (depth > deepest) throw new Error('groups in groups');
    for (const name of group.keys()) {
      if (++seen > mostValues) throw new Error('too many values');
      const path = `${group.path === '/' ? '' : group.path}/${name}`;
      if ((group.get_link(path) as string | null) !== null) continue;
      const type = group.get_type(path);
      if (type === module.H5G_GROUP) walk(group.get(path) as Library.Group, depth + 1);
      if (type !== module.H5G_DATASET) continue;
      const tensor = tensorOf(path);
      if (tensor) tensors.push(tensor);
    }
  };
  try {
    walk(file, 0);
    const attributes: Hdf5File['attributes'] = [];
    const there = module.get_attribute_names(file.file_id, '/');
    for (const name of texts.filter((text) => there.includes(text))) {
      const text = file.get_attribute(name, false);
      if (typeof text === 'string') attributes.push({ name, text });
    }
    return { attributes, tensors };
  } finally {
    file.close();
  }
}
