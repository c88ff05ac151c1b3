import type { FilePart, ImportedNetwork, NetworksModule } from '../client/module.js';
import { take } from '../client/outcome.js';
import { unzip } from './archives.js';
import { nameOf, type NamedFile } from './named-file.js';
import { FileProblem } from './problem.js';

const isOnnx = (file: NamedFile): boolean => /\.onnx$/i.test(file.path);
const isTorch = (file: NamedFile): boolean => /\.(pth|pt)$/i.test(file.path);
const isModel = (file: NamedFile): boolean => nameOf(file) === 'model.safetensors';

const partOf = async (file: NamedFile, name: string): Promise<FilePart> => ({ name, bytes: await file.bytes() });

/**
 * A network of another program among these files: ONNX, with the files of its weights beside it; or the state dict of a
 * .pth, beside the model.safetensors of a run with the same network. null: there is none. `size`: of the images of a
 * graph that leaves it open. Throws FileProblem and LabError.
 */
export async function importNetwork(
  files: readonly NamedFile[],
  loadModule: () => Promise<NetworksModule>,
  size: number,
): Promise<ImportedNetwork | null> {
  const [first, second] = files.filter((file) => isOnnx(file) || isTorch(file));
  if (!first) return null;
  if (second) throw new FileProblem('networksTwo', { one: first.path, other: second.path });
  const name = nameOf(first);
  const others = files.filter((file) => file !== first);
  if (isOnnx(first)) {
    const folder = first.path.slice(0, first.path.length - name.length);
    const beside: FilePart[] = [];
    for (const file of others) if (file.path.startsWith(folder)) beside.push(await partOf(file, file.path.slice(folder.length)));
    return take((await loadModule()).importOnnx(await first.bytes(), name, beside, size));
  }
  const model = others.find(isModel);
  if (!model) throw new FileProblem('pthAlone', { name });
  const parts: FilePart[] = [];
  for (const file of await unzip(first, 'pth')) parts.push(await partOf(file, file.path.slice('pth/'.length)));
  return take((await loadModule()).importPth(parts, name, await model.bytes()));
}
