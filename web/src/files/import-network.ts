import type { FilePart, Hdf5File, ImportedNetwork, NetworksModule } from '../client/module.js';
import { take } from '../client/outcome.js';
import { unzip } from './archives.js';
import { nameOf, type NamedFile } from './named-file.js';
import { isLayersPath } from './network-endings.js';
import { FileProblem } from './problem.js';

const isOnnx = (file: NamedFile): boolean => /\.onnx$/i.test(file.path);
const isTorch = (file: NamedFile): boolean => /\.(pth|pt)$/i.test(file.path);
const isKeras = (file: NamedFile): boolean => /\.(keras|h5|hdf5)$/i.test(file.path);
/** Of a .keras, and of the weights in it: larger ones would not fit into the memory of a module. */
const largestKeras = 1_000_000_000;
const kerasWeights = 'model.weights.h5';
/** Bytes of a model.json: it holds no weights. */
const largestModelJson = 32_000_000;
const isModel = (file: NamedFile): boolean => nameOf(file) === 'model.safetensors';

/** A model.json of TensorFlow.js says its layers or its graph, and which files have its weights. */
async function isLayersModel(file: NamedFile): Promise<boolean> {
  if (!isLayersPath(file.path) || file.size > largestModelJson) return false;
  const text = new TextDecoder().decode(await file.bytes());
  return text.includes('"weightsManifest"') || text.includes('"modelTopology"');
}

/** The first file of a layers model, if there is one. */
async function layersModel(files: readonly NamedFile[]): Promise<NamedFile | undefined> {
  for (const file of files) if (await isLayersModel(file)) return file;
  return undefined;
}

const partOf = async (file: NamedFile, name: string): Promise<FilePart> => ({ name, bytes: await file.bytes() });

/** Reads the bytes of an HDF5 file of this name. */
export type ReadHdf5 = (bytes: Uint8Array<ArrayBuffer>, name: string) => Promise<Hdf5File>;
const readsNone: ReadHdf5 = (_, name) => Promise.reject(new FileProblem('hdf5NotLoaded', { name }));

/** A model of Keras: an archive of its layers and an HDF5 file of its weights, or one HDF5 file. */
async function importKeras(file: NamedFile, module: NetworksModule, size: number, readHdf5: ReadHdf5): Promise<ImportedNetwork> {
  const name = nameOf(file);
  if (file.size > largestKeras) throw new FileProblem('kerasLarge', { name });
  const bytes = await file.bytes();
  // Keras 2 has written HDF5 files under both names.
  if (bytes[0] === 0x89) return take(module.importKerasH5(await readHdf5(bytes, name), name, size));
  const files = new Map((await unzip(file, 'keras')).map((part) => [part.path.slice('keras/'.length), part]));
  const weights = files.get(kerasWeights);
  if (!weights) throw new FileProblem('hdf5Damaged', { name });
  const parts: FilePart[] = [];
  for (const [path, largest] of [
    ['config.json', largestModelJson],
    ['metadata.json', 1_000_000],
  ] as const) {
    const part = files.get(path);
    if (part && part.size > largest) throw new FileProblem('kerasLarge', { name });
    if (part) parts.push(await partOf(part, path));
  }
  if (weights.size > 4 * file.size + 1_000_000) throw new FileProblem('kerasLarge', { name });
  return take(module.importKerasArchive(parts, await readHdf5(await weights.bytes(), name), name, size));
}

/**
 * A network of another program among these files: ONNX or a layers model of TensorFlow.js, with the files of their
 * weights beside them; a model of Keras; or the state dict of a .pth, beside the model.safetensors of a run with the
 * same network. null: there is none. `size`: of the images of a graph that leaves it open. Throws FileProblem and
 * LabError.
 */
export async function importNetwork(
  files: readonly NamedFile[],
  loadModule: () => Promise<NetworksModule>,
  size: number,
  readHdf5: ReadHdf5 = readsNone,
): Promise<ImportedNetwork | null> {
  const [named, second] = files.filter((file) => isOnnx(file) || isTorch(file) || isKeras(file));
  if (named && second) throw new FileProblem('networksTwo', { one: named.path, other: second.path });
  const first = named ?? (await layersModel(files));
  if (!first) return null;
  if (isKeras(first)) return importKeras(first, await loadModule(), size, readHdf5);
  const name = nameOf(first);
  const others = files.filter((file) => file !== first);
  if (!isTorch(first)) {
    const folder = first.path.slice(0, first.path.length - name.length);
    const beside: FilePart[] = [];
    for (const file of others) if (file.path.startsWith(folder)) beside.push(await partOf(file, file.path.slice(folder.length)));
    const [module, bytes] = [await loadModule(), await first.bytes()];
    if (isOnnx(first)) return take(module.importOnnx(bytes, name, beside, size));
    // Such files all have one name: their folder's or archive's says more.
    const title = folder.split('/').at(-2) ?? name.replace(/\.json$/i, '');
    return take(module.importTfjs(bytes, name, title, beside, size));
  }
  const model = others.find(isModel);
  if (!model) throw new FileProblem('pthAlone', { name });
  const parts: FilePart[] = [];
  for (const file of await unzip(first, 'pth')) parts.push(await partOf(file, file.path.slice('pth/'.length)));
  return take((await loadModule()).importPth(parts, name, await model.bytes()));
}
