import { valueAt, type MapSet, type Range } from './maps.js';
import { indexIn, type Palette } from './palette.js';

/** Above these sizes cells get a gap between them, and their number inside. */
const gapFrom = 12;
const numberFrom = 28;

/** Where the maps of a sheet lie, in CSS pixels. */
export interface Layout {
  cell: number;
  across: number;
  /** Distance from one map's corner to the next. */
  pitchX: number;
  pitchY: number;
  width: number;
  height: number;
}

/** Lays out maps. `side`: CSS pixels of a map; 0: chosen by their number. */
export function layoutOf(maps: MapSet, shown: number, width: number, side = 0): Layout {
  const target = side ? side : shown === 1 ? 240 : shown <= 4 ? 128 : shown <= 16 ? 96 : 64;
  let cell = Math.max(1, Math.floor(target / Math.max(maps.rows, maps.columns)));
  if (maps.columns * cell > width) cell = Math.max(0.25, width / maps.columns);
  const between = shown === 1 ? 0 : 8;
  const [mapWidth, mapHeight] = [maps.columns * cell, maps.rows * cell];
  const across = Math.max(1, Math.floor((width + between) / (mapWidth + between)));
  const down = Math.ceil(shown / across);
  return {
    cell,
    across,
    pitchX: mapWidth + between,
    pitchY: mapHeight + between,
    width: Math.min(shown, across) * (mapWidth + between) - between,
    height: Math.max(mapHeight, down * (mapHeight + between) - between),
  };
}

/** Finds the cell of a map at a point of the sheet. */
export function cellAt(maps: MapSet, shown: number, layout: Layout, x: number, y: number): { map: number; cell: number } | null {
  const [column, row] = [Math.floor(x / layout.pitchX), Math.floor(y / layout.pitchY)];
  if (x < 0 || y < 0 || column >= layout.across) return null;
  const map = row * layout.across + column;
  const inColumn = Math.floor((x - column * layout.pitchX) / layout.cell);
  const inRow = Math.floor((y - row * layout.pitchY) / layout.cell);
  const cell = inRow * maps.columns + inColumn;
  return map < shown && inColumn < maps.columns && inRow < maps.rows && cell < maps.cells ? { map, cell } : null;
}

/** Draws the first `shown` maps. `ranges` holds one range for each map, or one for all. */
export function drawMaps(
  canvas: HTMLCanvasElement,
  maps: MapSet,
  shown: number,
  layout: Layout,
  ranges: readonly Range[],
  palette: Palette,
  print: ((value: number) => { text: string; font: string }) | null,
): void {
  const ratio = devicePixelRatio;
  const [width, height] = [Math.ceil(layout.width * ratio), Math.ceil(layout.height * ratio)];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const ctx = canvas.getContext('2d')!;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, layout.width, layout.height);
  ctx.imageSmoothingEnabled = false;
  const spaced = layout.cell > gapFrom && maps.channels === 1;
  const tile = spaced ? null : new OffscreenCanvas(maps.columns, maps.rows);
  const pen = tile?.getContext('2d') ?? null;
  const image = pen?.createImageData(maps.columns, maps.rows) ?? null;
  const pixels = image ? new Uint32Array(image.data.buffer) : null;
  for (let map = 0; map < shown; map++) {
    const { low, high } = ranges[map] ?? ranges[0]!;
    const x = (map % layout.across) * layout.pitchX;
    const y = Math.floor(map / layout.across) * layout.pitchY;
    if (spaced) {
      for (let cell = 0; cell < maps.cells; cell++) {
        const value = valueAt(maps, map, cell);
        const index = indexIn(value, low, high);
        const [left, top] = [x + (cell % maps.columns) * layout.cell, y + Math.floor(cell / maps.columns) * layout.cell];
        ctx.fillStyle = palette.css[index]!;
        ctx.fillRect(left, top, layout.cell - 1, layout.cell - 1);
        if (print && layout.cell >= numberFrom) {
          const { text, font } = print(value);
          ctx.font = font;
          ctx.textAlign = 'center';
          ctx.textBaseline = 'middle';
          ctx.fillStyle = palette.ink[index]!;
          ctx.fillText(text, left + layout.cell / 2, top + layout.cell / 2);
        }
      }
    } else if (pen && image && pixels && tile) {
      pixels.fill(0);
      const start = maps.start(map);
      for (let cell = 0; cell < maps.cells; cell++) {
        const at = start + cell * maps.stride;
        if (maps.channels === 3) {
          for (let c = 0; c < 3; c++) image.data[cell * 4 + c] = high > low ? (255 * (maps.data[at + c]! - low)) / (high - low) : 128;
          image.data[cell * 4 + 3] = 255;
        } else pixels[cell] = palette.packed[indexIn(maps.data[at]!, low, high)]!;
      }
      pen.putImageData(image, 0, 0);
      ctx.drawImage(tile, x, y, maps.columns * layout.cell, maps.rows * layout.cell);
    }
  }
}
