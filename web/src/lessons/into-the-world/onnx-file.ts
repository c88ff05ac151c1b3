/**
 * Reads ONNX files, as far as networks of this lab go. It knows the standard and nothing of the engine that has written
 * them. Source: https://onnx.ai/onnx/repo-docs/IR.html and onnx.proto, in the encoding of Protocol Buffers.
 */

export interface OnnxTensor {
  name: string;
  shape: number[];
  /** Of the file. */
  bytes: Uint8Array;
}

export interface OnnxNode {
  op: string;
  inputs: string[];
  output: string;
  attributes: Record<string, number | number[]>;
}

export interface OnnxFile {
  nodes: OnnxNode[];
  /** Weights. */
  tensors: OnnxTensor[];
  input: string;
  output: string;
}

/** Bytes of values that have no length before them, by how they are encoded. */
const lengths: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

/** The fields of a message, in their order: whole numbers, and the bytes of all else. */
function fieldsOf(bytes: Uint8Array): [field: number, value: number | Uint8Array][] {
  const fields: [number, number | Uint8Array][] = [];
  let at = 0;
  const whole = (): number => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('the file ends inside a number');
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(BigInt.asIntN(64, value));
    }
  };
  while (at < bytes.length) {
    const tag = whole();
    const [field, kind] = [tag >> 3, tag & 7];
    if (kind === 0) {
      fields.push([field, whole()]);
      continue;
    }
    const length = kind === 2 ? whole() : (lengths[kind] ?? NaN);
    if (!(at + length <= bytes.length)) throw new RangeError('the file ends inside a field');
    fields.push([field, bytes.subarray(at, (at += length))]);
  }
  return fields;
}

const textOf = (value: number | Uint8Array): string => new TextDecoder().decode(value as Uint8Array);
const viewOf = ({ buffer, byteOffset, length }: Uint8Array): DataView => new DataView(buffer, byteOffset, length);

function readAttribute(bytes: Uint8Array): [name: string, value: number | number[]] {
  let name = '';
  let value: number | number[] = [];
  for (const [field, found] of fieldsOf(bytes)) {
    if (field === 1) name = textOf(found);
    if (field === 2) value = viewOf(found as Uint8Array).getFloat32(0, true);
    if (field === 3) value = found as number;
    if (field === 8) value = [...(value as number[]), found as number];
  }
  return [name, value];
}

function readNode(bytes: Uint8Array): OnnxNode {
  const node: OnnxNode = { op: '', inputs: [], output: '', attributes: {} };
  for (const [field, found] of fieldsOf(bytes)) {
    if (field === 1) node.inputs.push(textOf(found));
    if (field === 2) node.output = textOf(found);
    if (field === 4) node.op = textOf(found);
    if (field === 5) {
      const [name, value] = readAttribute(found as Uint8Array);
      node.attributes[name] = value;
    }
  }
  return node;
}

function readTensor(bytes: Uint8Array): OnnxTensor {
  const tensor: OnnxTensor = { name: '', shape: [], bytes: new Uint8Array() };
  for (const [field, found] of fieldsOf(bytes)) {
    if (field === 1) tensor.shape.push(found as number);
    if (field === 8) tensor.name = textOf(found);
    if (field === 9) tensor.bytes = found as Uint8Array;
  }
  return tensor;
}

const nameOf = (bytes: Uint8Array): string => textOf(fieldsOf(bytes).find(([field]) => field === 1)?.[1] ?? new Uint8Array());

/** Throws RangeError for what is no file of this kind, or has no nodes. */
export function readOnnx(bytes: Uint8Array): OnnxFile {
  const file: OnnxFile = { nodes: [], tensors: [], input: '', output: '' };
  for (const [field, found] of fieldsOf(bytes)) {
    if (field !== 7) continue;
    for (const [part, value] of fieldsOf(found as Uint8Array)) {
      if (part === 1) file.nodes.push(readNode(value as Uint8Array));
      if (part === 5) file.tensors.push(readTensor(value as Uint8Array));
      if (part === 11) file.input = nameOf(value as Uint8Array);
      if (part === 12) file.output = nameOf(value as Uint8Array);
    }
  }
  if (file.nodes.length === 0) throw new RangeError('the file has no nodes');
  return file;
}

/** The numbers of a tensor, 32-bit floats. */
export function numbersOf({ bytes }: OnnxTensor): Float32Array {
  const view = viewOf(bytes);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

export const tensorNamed = ({ tensors }: OnnxFile, name: string): OnnxTensor => {
  const found = tensors.find((one) => one.name === name);
  if (!found) throw new RangeError(`the file has no ${name}`);
  return found;
};

/** Bytes of all weights. */
export const weightBytes = ({ tensors }: OnnxFile): number => tensors.reduce((sum, { bytes }) => sum + bytes.length, 0);
