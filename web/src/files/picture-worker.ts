/** Reads single pictures in a worker: files that are brought to a station, and drawings. */
import { loadFilesModule } from '../client/load-module.js';
import type { FilesModule } from '../client/module.js';
import { asLabError } from '../client/outcome.js';
import { fitImage, type PixelSource } from './fit-image.js';
import { framed, sourceOf } from './pixel-sources.js';
import { openPicture, requireTruePixels } from './picture.js';
import type { FromPictures, ToPictures } from './picture-messages.js';
import { FileProblem } from './problem.js';

let loading: Promise<FilesModule> | null = null;

/** How large a picture is to look at: height and width, upright. */
function sizeOf({ width, height, orientation }: PixelSource, longest: number): [number, number] {
  const [tall, wide] = orientation >= 5 ? [width, height] : [height, width];
  const scale = Math.min(1, longest / Math.max(tall, wide));
  return [Math.max(1, Math.round(tall * scale)), Math.max(1, Math.round(wide * scale))];
}

async function answer({ picture, as, engineUrl }: ToPictures): Promise<{ height: number; width: number; pixels: Uint8Array<ArrayBuffer> }> {
  loading ??= loadFilesModule(engineUrl);
  // Another try asks for the module again.
  loading.catch(() => (loading = null));
  const module = await loading;
  let source;
  if (picture instanceof Blob) {
    requireTruePixels();
    source = await openPicture(new Uint8Array(await picture.arrayBuffer()), picture instanceof File ? picture.name : '', module);
  } else source = sourceOf(picture);
  try {
    const shape = typeof as === 'number' ? ([...sizeOf(source, as), 3] as const) : as.shape;
    const whole = typeof as !== 'number' && as.fit === 'whole';
    return { height: shape[0], width: shape[1], pixels: fitImage(whole ? framed(source, shape) : source, shape, module) };
  } finally {
    source.close();
  }
}

self.onmessage = async ({ data }: MessageEvent<ToPictures>): Promise<void> => {
  const { id } = data;
  const post = (message: FromPictures, transfer: Transferable[] = []): void => self.postMessage(message, { transfer });
  try {
    const fitted = await answer(data);
    post({ id, kind: 'done', ...fitted }, [fitted.pixels.buffer]);
  } catch (error) {
    if (error instanceof FileProblem) post({ id, kind: 'wrong', key: error.key, values: error.values });
    else post({ id, kind: 'failed', problem: asLabError(error, 'picture').toJSON() });
  }
};
