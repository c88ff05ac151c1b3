import { strFromU8, unzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { LabError } from '../../src/client/client.js';
import type { Outcome } from '../../src/client/module.js';
import { take } from '../../src/client/outcome.js';
import { exportModel } from '../../src/files/export-model.js';
import type { Tools } from '../../src/files/tools.js';
import { loadNetworksModule, startEngine } from './node-engine.js';

let model: Uint8Array;
let tools: Pick<Tools, 'call'>;
beforeAll(async () => {
  const module = (await loadNetworksModule()) as unknown as Record<string, (...args: unknown[]) => Outcome<unknown>>;
  tools = { call: async (name, args) => take(module[name]!(...args)) as never };
  const { lab } = await startEngine();
  model = await (await lab.open({ experiment: 'lines', data: { kind: 'lines', options: { seed: 3 } } })).weights();
  lab.close();
});

interface Header {
  [name: string]: { shape: number[]; data_offsets: [number, number] };
}
/** Names, shapes and bytes of a safetensors file. */
function tensorsOf(bytes: Uint8Array): Map<string, { shape: number[]; bytes: Uint8Array }> {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(strFromU8(bytes.subarray(8, 8 + length))) as Header;
  delete header['__metadata__'];
  return new Map(
    Object.entries(header).map(
      ([
        name,
        {
          shape,
          data_offsets: [from, to],
        },
      ]) => [name, { shape, bytes: bytes.slice(8 + length + from, 8 + length + to) }],
    ),
  );
}

const exported = (format: Parameters<typeof exportModel>[2]) => exportModel(tools as Tools, model, format, 'lines');

describe('a network for other programs', () => {
  it('is a drawing in the words of the reader', async () => {
    const svg = await tools.call('exportSvg', [model, 'entrada', 'parámetros']);
    expect(svg).toContain('<title>lines</title>');
    for (const words of ['>entrada<', '>5×5×1<', '>conv2d_1<', ' parámetros<']) expect(svg).toContain(words);
  });

  it('is a state dict that holds the same numbers as the safetensors file', async () => {
    const safetensors = await exported('safetensors');
    expect(safetensors.name).toBe('lines.torch.safetensors');
    const tensors = tensorsOf(safetensors.bytes);
    expect(tensors.get('conv2d_1.weight')?.shape).toEqual([1, 1, 3, 3]);
    const pth = await exported('pth');
    expect(pth.name).toBe('lines.pth');
    const parts = unzipSync(pth.bytes);
    const pickle = strFromU8(parts['archive/data.pkl']!, true);
    expect(pickle).toContain('_rebuild_tensor_v2');
    expect(strFromU8(parts['archive/version']!)).toBe('3\n');
    const numbers = Object.keys(parts).filter((name) => name.startsWith('archive/data/'));
    expect(numbers).toHaveLength(tensors.size);
    [...tensors].forEach(([name, { bytes }], i) => {
      expect(pickle).toContain(name);
      expect(parts[`archive/data/${i}`]).toEqual(bytes);
    });
  });

  it('is an ONNX file with its classes', async () => {
    const { name, bytes } = await exported('onnx');
    expect(name).toBe('lines.onnx');
    const text = strFromU8(bytes, true);
    for (const part of ['Conv', 'logits', 'conv2d_1.weight', 'classes']) expect(text).toContain(part);
  });

  it('is a program beside its weights', async () => {
    const { name, bytes } = await exported('code');
    expect(name).toBe('lines-pytorch.zip');
    const files = unzipSync(bytes);
    expect(Object.keys(files)).toEqual(['lines.py', 'lines.pth']);
    expect(strFromU8(files['lines.py']!)).toContain('self.conv2d_1 = nn.Conv2d(1, 1, 3');
  });

  it('is refused where the file is no model', async () => {
    model = new Uint8Array(3);
    await expect(exported('onnx')).rejects.toBeInstanceOf(LabError);
  });
});
