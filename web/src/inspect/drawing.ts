import { shown } from '../files/pictures.js';

/** A drawing that can be painted again: a picture below, strokes above. */
export interface Stroke {
  colour: string;
  /** As a share of the drawing's side. */
  width: number;
  /** x, y, x, y, … as shares of the drawing's side. */
  points: number[];
}

export interface Drawing {
  strokes: Stroke[];
  /** The picture file that was brought. */
  picture: Brought | null;
}

export interface Brought {
  file: Blob;
  /** How it looks, upright and not larger than it needs to be here. */
  pixels: ImageData;
  bitmap: ImageBitmap;
}

export const emptyDrawing = (): Drawing => ({ strokes: [], picture: null });

export const isEmpty = ({ strokes, picture }: Drawing): boolean => strokes.length === 0 && !picture;

const stroke = (colour: string, width: number, ...points: number[]): Stroke => ({ colour, width, points });

/** A first drawing, of a kind that the network knows: a ship, a shirt, a line. */
export function exampleDrawing(dataset: string, channels: number): Drawing {
  if (channels >= 3) {
    const sky = [0.1, 0.3, 0.5, 0.6].map((y) => stroke('#9cc4e4', 0.24, 0, y, 1, y));
    const sea = [0.8, 0.95].map((y) => stroke('#2c5d86', 0.2, 0, y, 1, y));
    const ship = [
      stroke('#7a2e22', 0.14, 0.2, 0.68, 0.8, 0.68),
      stroke('#f2f0ea', 0.1, 0.36, 0.56, 0.66, 0.56),
      stroke('#f2f0ea', 0.08, 0.46, 0.46, 0.6, 0.46),
      stroke('#33302c', 0.05, 0.52, 0.3, 0.52, 0.44),
    ];
    return { strokes: [...sky, ...sea, ...ship], picture: null };
  }
  if (dataset !== 'fashion-mnist') return { strokes: [stroke('#ffffff', 0.16, 0.5, 0.1, 0.5, 0.9)], picture: null };
  const body = [0.37, 0.46, 0.54, 0.63].map((x) => stroke('#c8c8c8', 0.13, x, 0.2, x, 0.9));
  const sleeves = [stroke('#b4b4b4', 0.14, 0.36, 0.2, 0.15, 0.44), stroke('#b4b4b4', 0.14, 0.64, 0.2, 0.85, 0.44)];
  return {
    strokes: [...sleeves, ...body, stroke('#c8c8c8', 0.13, 0.37, 0.9, 0.63, 0.9), stroke('#000000', 0.07, 0.45, 0.12, 0.55, 0.12)],
    picture: null,
  };
}

/** Side of the canvas in pixels: strokes look smooth to the finest network here. */
export const side = 280;

export function paint(ctx: CanvasRenderingContext2D, drawing: Drawing, ground: string): void {
  ctx.fillStyle = ground;
  ctx.fillRect(0, 0, side, side);
  if (drawing.picture) {
    const { width, height } = drawing.picture.bitmap;
    const scale = side / Math.max(width, height);
    ctx.imageSmoothingQuality = 'high';
    ctx.drawImage(drawing.picture.bitmap, (side - width * scale) / 2, (side - height * scale) / 2, width * scale, height * scale);
  }
  ctx.lineCap = ctx.lineJoin = 'round';
  for (const stroke of drawing.strokes) {
    ctx.strokeStyle = ctx.fillStyle = stroke.colour;
    ctx.lineWidth = stroke.width * side;
    ctx.beginPath();
    const [x = 0, y = 0] = stroke.points;
    ctx.moveTo(x * side, y * side);
    if (stroke.points.length === 2) ctx.lineTo(x * side + 0.01, y * side);
    for (let i = 2; i < stroke.points.length; i += 2) ctx.lineTo(stroke.points[i]! * side, stroke.points[i + 1]! * side);
    ctx.stroke();
  }
}

/** Reads a picture file. A phone's photograph has a hundred times as many pixels as the board shows. */
export async function readPicture(file: Blob, engineUrl: string): Promise<Brought> {
  const pixels = await shown(engineUrl, file, 2 * side);
  return { file, pixels, bitmap: await createImageBitmap(pixels) };
}
