import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { strToU8, zipSync } from 'fflate';
import * as h5wasm from 'h5wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { LabError } from '../../src/client/client.js';
import type { ImportedNetwork } from '../../src/client/module.js';
import { exportModel, type ExportFormat } from '../../src/files/export-model.js';
import { floatsOf, readHdf5, type FromHdf5 } from '../../src/files/hdf5.js';
import { hdf5Reading } from '../../src/files/hdf5-reading.js';
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
/** Without a worker, which Node does not have. */
const hdf5 = async (bytes: Uint8Array<ArrayBuffer>, name: string): ReturnType<typeof readHdf5> => {
  try {
    return await readHdf5(h5wasm, bytes);
  } catch {
    throw new FileProblem('hdf5Damaged', { name });
  }
};
const taken = async (...files: NamedFile[]): Promise<ImportedNetwork> => (await importNetwork(files, loadNetworksModule, 224, hdf5))!;
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

describe('a model of Keras', () => {
  const layers = fileURLToPath(new URL('../../../tests/exchange/layers', import.meta.url));
  const bytesOf = (name: string): Uint8Array<ArrayBuffer> => Uint8Array.from(readFileSync(join(layers, name)));
  const file = (name: string, bytes = bytesOf(name)): NamedFile => fromBytes(name, bytes);
  /** The numbers of all tensors, which lie at the end. */
  const numbersOf = ({ model, parameters }: ImportedNetwork): Uint8Array => model.subarray(-4 * parameters);

  it('is read from both kinds of its files, with the numbers that TensorFlow.js has', async () => {
    const parts = readdirSync(join(layers, 'teachable_end')).map((name) => file(`teachable_end/${name}`));
    const wanted = await taken(...parts);
    for (const name of ['keras2.h5', 'keras3.keras']) {
      const found = await taken(file(name));
      expect(found, name).toMatchObject({ name: name.split('.')[0], layers: wanted.layers, parameters: wanted.parameters });
      expect(numbersOf(found), name).toEqual(numbersOf(wanted));
    }
  });

  it('is known by what it holds, as Keras 2 has given both endings to one kind', async () => {
    expect((await taken(file('old.keras', bytesOf('keras2.h5')))).name).toBe('old');
    expect((await taken(file('new.h5', bytesOf('keras3.keras')))).name).toBe('new');
  });

  it('is refused by name where it is damaged, or none', async () => {
    const whole = bytesOf('keras2.h5');
    const damaged = (name: string): string => `hdf5Damaged {"name":"${name}"}`;
    expect(await refused(file('cut.h5', whole.slice(0, whole.length / 2)))).toBe(damaged('cut.h5'));
    expect(await refused(file('zeros.h5', new Uint8Array(100)))).toBe('fileNotZip {"name":"zeros.h5"}');
    expect(await refused(file('other.keras', zipSync({ 'config.json': strToU8('{}') })))).toBe(damaged('other.keras'));
    const inside = zipSync({ 'config.json': strToU8('{}'), 'model.weights.h5': strToU8('no HDF5') });
    expect(await refused(file('text.keras', inside))).toBe(damaged('text.keras'));
    const empty = zipSync({ 'model.weights.h5': whole });
    expect(await refused(file('empty.keras', empty))).toBe('empty.keras: lacks config.json; get the file again');
  });

  it('is given up where the library runs on, crashes or does not come', async () => {
    class FakeWorker {
      onmessage: ((event: { data: FromHdf5 }) => void) | null = null;
      onerror: ((event: Event) => void) | null = null;
      ended = false;
      postMessage(): void {}
      terminate(): void {
        this.ended = true;
      }
    }
    const outcome = async (act: (worker: FakeWorker) => void): Promise<string> => {
      const worker = new FakeWorker();
      const reading = hdf5Reading(new Uint8Array(8), 'm.h5', () => worker as unknown as Worker, 50);
      act(worker);
      const words = await reading.then(
        () => 'read',
        (error: unknown) => String(error),
      );
      expect(worker.ended).toBe(true);
      return words;
    };
    const ready = (worker: FakeWorker): void => worker.onmessage!({ data: { kind: 'ready' } });
    const crash = (worker: FakeWorker): void => worker.onerror!(new Event('error'));
    expect(await outcome(ready)).toBe('FileProblem: hdf5Damaged {"name":"m.h5"}');
    expect(await outcome((worker) => (ready(worker), crash(worker)))).toBe('FileProblem: hdf5Damaged {"name":"m.h5"}');
    expect(await outcome(crash)).toBe('FileProblem: hdf5NotLoaded {"name":"m.h5"}');
    const file = { attributes: [], tensors: [] };
    expect(await outcome((worker) => (ready(worker), worker.onmessage!({ data: { kind: 'done', file } })))).toBe('read');
    await expect(
      hdf5Reading(new Uint8Array(8), 'm.h5', () => {
        throw new Error('inside one file');
      }),
    ).rejects.toThrow('hdf5NotLoaded');
  });

  it('unpacks to no more than a few times its size', async () => {
    // A map of zeros, packed by Keras' own library: h5py's create_dataset(compression="gzip").
    const module = await h5wasm.ready;
    const made = new h5wasm.File('/bomb.h5', 'w');
    made.create_dataset({ name: 'w', data: new Float32Array(4_000_000), shape: [4_000_000], chunks: [1_000_000], compression: 9 });
    made.close();
    const bytes = Uint8Array.from(module.FS.readFile('/bomb.h5'));
    expect(bytes.length).toBeLessThan(100_000);
    await expect(readHdf5(h5wasm, bytes)).rejects.toThrow('far more bytes');
  });

  it('has halves and doubles as floats, and leaves out what is no float', async () => {
    const module = await h5wasm.ready;
    const made = new h5wasm.File('/types.h5', 'w');
    made.create_dataset({ name: 'd', data: Float64Array.of(0.1, -2), shape: [2] });
    made.create_dataset({ name: 'i', data: Int32Array.of(1), shape: [1] });
    made.create_group('g').create_dataset({ name: 'f', data: Float32Array.of(3), shape: [1, 1] });
    made.create_soft_link('/g', 'again');
    made.close();
    const { tensors, attributes } = await readHdf5(h5wasm, Uint8Array.from(module.FS.readFile('/types.h5')));
    expect(attributes).toEqual([]);
    expect(tensors).toEqual([
      { name: 'd', shape: [2], values: Float32Array.of(0.1, -2) },
      { name: 'g/f', shape: [1, 1], values: Float32Array.of(3) },
    ]);
    // The library writes no halves.
    const halves = Uint16Array.of(0x3c00, 0xb800, 1, 0x7c00, 0x8000);
    expect(floatsOf(new Uint8Array(halves.buffer), 2)).toEqual(Float32Array.of(1, -0.5, 2 ** -24, Infinity, -0));
  });
});
