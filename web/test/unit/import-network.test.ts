import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { LabError } from '../../src/client/client.js';
import type { ImportedNetwork } from '../../src/client/module.js';
import { exportModel, type ExportFormat } from '../../src/files/export-model.js';
import { importNetwork } from '../../src/files/import-network.js';
import { fromBytes, type NamedFile } from '../../src/files/named-file.js';
import { FileProblem } from '../../src/files/problem.js';
import { take } from '../../src/client/outcome.js';
import type { Tools } from '../../src/files/tools.js';
import { messageIn, sentenceIn } from '../../src/i18n/index.js';
import { loadNetworksModule, startEngine } from './node-engine.js';

const program = fileURLToPath(new URL('../../../build/release/cnnlab', import.meta.url));
const graphs = fileURLToPath(new URL('../../../tests/exchange/graphs', import.meta.url));
const graph = (name: string, path = name): NamedFile => fromBytes(path, Uint8Array.from(readFileSync(join(graphs, name))));

/** Two runs of one experiment that begin from other weights. */
let first: Uint8Array<ArrayBuffer>;
let second: Uint8Array<ArrayBuffer>;
let tools: Tools;
beforeAll(async () => {
  const module = (await loadNetworksModule()) as unknown as Record<string, (...args: unknown[]) => never>;
  tools = { call: async (name: string, args: unknown[]) => take(module[name]!(...args)) } as unknown as Tools;
  const { lab } = await startEngine();
  const lines = await lab.experiment('lines');
  const weights = async (seed: number): Promise<Uint8Array<ArrayBuffer>> =>
    Uint8Array.from(
      await (
        await lab.open({ experiment: { ...lines, train: { ...lines.train, seed } }, data: { kind: 'lines', options: { seed: 1 } } })
      ).weights(),
    );
  [first, second] = [await weights(1), await weights(2)];
  lab.close();
});

const exported = async (format: ExportFormat): Promise<NamedFile> => {
  const { name, bytes } = await exportModel(tools, first, format, 'lines');
  return fromBytes(name, bytes);
};
const taken = async (...files: NamedFile[]): Promise<ImportedNetwork> => (await importNetwork(files, loadNetworksModule, 224))!;
async function refused(...files: NamedFile[]): Promise<string> {
  try {
    await taken(...files);
  } catch (error) {
    if (error instanceof FileProblem) return error.message;
    if (error instanceof LabError) return sentenceIn('en', error.toJSON());
    throw error;
  }
  return 'taken';
}

describe('a network of another program', () => {
  it('comes back from ONNX as it was, bit by bit', async () => {
    const { model, notes, ...facts } = await taken(await exported('onnx'));
    // Its layers have names now; the tensors lie at the end.
    expect(model.subarray(-14 * 4)).toEqual(first.subarray(-14 * 4));
    expect(notes).toEqual([]);
    expect(facts).toMatchObject({ name: 'lines', layers: 4, parameters: 14, image: { height: 5, width: 5, channels: 1 } });
  });

  it('comes back from PyTorch’s weights, where a run has its layers', async () => {
    const { model, notes } = await taken(await exported('pth'), fromBytes('runs/lines/model.safetensors', second));
    // The tensors lie at the end; before them is what the other run was.
    expect(model.subarray(-14 * 4)).toEqual(first.subarray(-14 * 4));
    expect(second.subarray(-14 * 4)).not.toEqual(first.subarray(-14 * 4));
    expect(notes).toEqual([]);
  });

  it('is the one that the program makes of the same file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cnnlab-import-'));
    for (const name of readdirSync(graphs).filter((file) => /^(residual|conv_same_upper|average_ceil_include|softmax_end)\./.test(file))) {
      const out = join(folder, name);
      execFileSync(program, ['import', join(graphs, name), '--out', out]);
      expect((await taken(graph(name))).model, name).toEqual(Uint8Array.from(readFileSync(join(out, 'model.safetensors'))));
    }
    rmSync(folder, { recursive: true });
  });

  it('tells where its numbers are others than elsewhere', async () => {
    const { notes } = await taken(graph('softmax_end.onnx'));
    expect(notes.map((note) => messageIn('es', note))).toEqual(['Aquí el softmax del final es parte de la pérdida: la red da logits']);
  });

  it('is normalised as the reader says', async () => {
    const { model, mean, std } = await taken(graph('residual.onnx'));
    expect([mean, std]).toEqual([
      [0, 0, 0],
      [1, 1, 1],
    ]);
    const changed = await tools.call('importNormalised', [model, Float32Array.of(0.5), Float32Array.of(0.25, 0.5, 0.75)]);
    expect(new TextDecoder().decode(changed)).toMatch(/\\"mean\\": \[[\\n ]+0\.5,[\\n ]+0\.5,[\\n ]+0\.5[\\n ]+\]/);
    expect(changed.subarray(-64)).toEqual(model.subarray(-64));
  });

  it('is nothing where no file is one', async () => {
    expect(await importNetwork([fromBytes('a.png', new Uint8Array(3))], loadNetworksModule, 224)).toBeNull();
  });

  it('is refused by name, with what to do', async () => {
    expect(await refused(graph('residual.onnx'), graph('relu.onnx'))).toBe('networksTwo {"one":"residual.onnx","other":"relu.onnx"}');
    expect(await refused(await exported('pth'))).toBe('pthAlone {"name":"lines.pth"}');
    expect(await refused(fromBytes('broken.onnx', new Uint8Array(40)))).toMatch(/^broken\.onnx: .*; get the file again$/);
    expect(await refused(fromBytes('broken.pth', new Uint8Array(40)), fromBytes('model.safetensors', first))).toBe(
      'fileNotZip {"name":"broken.pth"}',
    );
    expect(await refused(await exported('pth'), fromBytes('model.safetensors', new Uint8Array(40)))).toMatch(/^model\.safetensors: /);
  });
});
