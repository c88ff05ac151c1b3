import { strToU8, zipSync, type Zippable } from 'fflate';
import type { FilePart } from '../client/module.js';
import type { Tools } from './tools.js';

/** Formats of other programs, in the order in which the page offers them. */
export const exportFormats = ['onnx', 'pth', 'code', 'tfjs', 'keras', 'safetensors'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Files as a ZIP archive, not packed: weights do not get smaller. */
const stored = (files: Zippable): Uint8Array<ArrayBuffer> => zipSync(files, { level: 0, mtime: new Date(1980, 0, 2) });

const archiveOf = (parts: readonly FilePart[]): Uint8Array<ArrayBuffer> =>
  stored(Object.fromEntries(parts.map(({ name, bytes }) => [name, bytes])));

const pthOf = async (tools: Tools, model: Uint8Array): Promise<Uint8Array<ArrayBuffer>> =>
  archiveOf(await tools.call('exportPth', [model]));

/** A model.safetensors in another format, under a name with its ending. Rejects with LabError. */
export async function exportModel(
  tools: Tools,
  model: Uint8Array,
  format: ExportFormat,
  name: string,
): Promise<{ name: string; bytes: Uint8Array<ArrayBuffer> }> {
  switch (format) {
    case 'onnx':
      return { name: `${name}.onnx`, bytes: await tools.call('exportOnnx', [model, false]) };
    case 'safetensors':
      return { name: `${name}.torch.safetensors`, bytes: await tools.call('exportSafetensors', [model]) };
    case 'pth':
      return { name: `${name}.pth`, bytes: await pthOf(tools, model) };
    case 'code': {
      const code = await tools.call('exportCode', [model, `${name}.pth`]);
      const weights = await pthOf(tools, model);
      return { name: `${name}-pytorch.zip`, bytes: stored({ [`${name}.py`]: strToU8(code), [`${name}.pth`]: weights }) };
    }
    case 'tfjs':
      return { name: `${name}-tfjs.zip`, bytes: archiveOf(await tools.call('exportTfjs', [model])) };
    case 'keras': {
      const { code, weights } = await tools.call('exportKeras', [model, `${name}.npz`]);
      return { name: `${name}-keras.zip`, bytes: stored({ [`${name}.py`]: strToU8(code), [`${name}.npz`]: archiveOf(weights) }) };
    }
  }
}
