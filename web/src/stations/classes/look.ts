import type { LabSession, Tensor } from '../../client/client.js';
import { cutOf } from '../../files/base-file.js';
import { heat } from '../../ui/color.js';

/** How the last layer reads a map: the class activation map of Zhou et al. (2016). */
export interface Readout {
  /** The layer with the map. */
  map: string;
  /** [classes, rows, columns, channels], or [classes, 1, 1, channels] after a mean over the map. */
  weights: Tensor;
}

/** What each place of a map adds to a class's output. */
export interface Look {
  label: number;
  rows: number;
  columns: number;
  values: Float32Array;
}

/** The map that the last layer reads, and its weights; null: other layers lie between them. */
export async function readoutOf(session: LabSession): Promise<Readout | null> {
  const { layers } = session.info.description;
  const cut = cutOf(layers);
  const end = layers.findIndex(({ name }) => name === cut?.until);
  const [bridge, last] = layers.slice(end + 1);
  if (!cut || !bridge || layers.length !== end + 3 || last!.type !== 'dense' || bridge.type === 'global_max_pool') return null;
  const [weights] = await session.tensors([`${last!.name}.weight`]);
  return weights ? { map: cut.until, weights } : null;
}

/** Σ over channels of weight · map at each place. A mean over the map divides all by the same number. */
export function lookOf(map: Tensor, { weights }: Readout, label: number): Look {
  const [rows, columns, channels] = map.shape.slice(-3) as [number, number, number];
  const each = weights.data.length / weights.shape[0]!;
  const own = weights.data.subarray(label * each, (label + 1) * each);
  const everywhere = each === channels;
  const values = new Float32Array(rows * columns);
  for (let place = 0; place < values.length; place++)
    for (let c = 0; c < channels; c++) values[place]! += map.data[place * channels + c]! * own[everywhere ? c : place * channels + c]!;
  return { label, rows, columns, values };
}

/** Paints what speaks for the class: the strongest place as bright as the scale goes, what speaks against it dark. */
export function paintLook(canvas: HTMLCanvasElement, { rows, columns, values }: Look): void {
  const most = values.reduce((max, value) => Math.max(max, value), 0) || 1;
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(columns, rows);
  values.forEach((value, i) => {
    const [red, green, blue] = heat(Math.max(0, value) / most);
    image.data.set([red, green, blue, 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
}
