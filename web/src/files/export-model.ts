import { strToU8, zipSync, type Zippable } from 'fflate';
import type { Tools } from './tools.js';

/** Formats of other programs, in the order in which the page offers them. */
export const exportFormats = ['onnx', 'pth', 'code', 'safetensors'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Files as a ZIP archive, not packed: weights do not get smaller. */
const stored = (files: Zippable): Uint8Array<ArrayBuffer> => zipSync(files, { level: 0, mtime: new Date(1980, 0, 2) });

async function pthOf(tools: Tools, model: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const parts = await tools.call('exportPth', [model]);
  return stored(Object.fromEntries(parts.map(({ name, bytes }) => [name, bytes])));
}

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
  }
}
