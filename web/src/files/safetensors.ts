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
