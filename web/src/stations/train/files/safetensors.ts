import { FileProblem } from './problem.js';

interface Header {
  length: number;
  json: Record<string, unknown> & { __metadata__?: Record<string, string> };
}

/** A safetensors file begins with the length of its JSON, eight bytes, little-endian. */
export function headerOf(bytes: Uint8Array, name: string): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length >= 8 ? Number(view.getBigUint64(0, true)) : Infinity;
  if (length > bytes.length - 8) throw new FileProblem('fileNotTensors', { name });
  try {
    const json = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Header['json'];
    return { length, json };
  } catch {
    throw new FileProblem('fileNotTensors', { name });
  }
}

/** The same tensors with more said about them; what is said already stays. */
export function withMetadata(bytes: Uint8Array, more: Record<string, string>): Uint8Array<ArrayBuffer> {
  const { length, json } = headerOf(bytes, 'model.safetensors');
  const metadata = { ...more, ...json.__metadata__ };
  const text = JSON.stringify({ ...json, __metadata__: metadata });
  const plain = new TextEncoder().encode(text);
  // Tensors begin at a multiple of 8.
  const head = new Uint8Array(Math.ceil(plain.length / 8) * 8).fill(32);
  head.set(plain);
  const out = new Uint8Array(8 + head.length + bytes.length - 8 - length);
  new DataView(out.buffer).setBigUint64(0, BigInt(head.length), true);
  out.set(head, 8);
  out.set(bytes.subarray(8 + length), 8 + head.length);
  return out;
}
