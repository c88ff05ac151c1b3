/** What somebody has drawn or brought, so that it can be drawn again: a picture below, strokes above. */
export interface Stroke {
  colour: string;
  /** Of the drawing's side. */
  width: number;
  /** x, y, x, y, … as shares of the drawing's side. */
  points: number[];
}

export interface Drawing {
  strokes: Stroke[];
  /** The picture that was brought; its file's pixels. */
  picture: ImageBitmap | null;
}

export const emptyDrawing = (): Drawing => ({ strokes: [], picture: null });

/** Sides of the canvas in pixels: enough for the finest network here to see strokes smoothly. */
export const side = 280;

export function paint(ctx: CanvasRenderingContext2D, drawing: Drawing, ground: string): void {
  ctx.fillStyle = ground;
  ctx.fillRect(0, 0, side, side);
  if (drawing.picture) {
    const { width, height } = drawing.picture;
    const scale = side / Math.max(width, height);
    ctx.imageSmoothingQuality = 'high';
    ctx.drawImage(drawing.picture, (side - width * scale) / 2, (side - height * scale) / 2, width * scale, height * scale);
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

/** Reads a picture file, no larger than is needed: a photograph of a phone has a hundred times as many pixels. */
export async function readPicture(file: Blob): Promise<ImageBitmap> {
  const whole = await createImageBitmap(file);
  const longer = Math.max(whole.width, whole.height);
  if (longer <= 2 * side) return whole;
  const scale = (2 * side) / longer;
  const small = await createImageBitmap(whole, {
    resizeWidth: Math.max(1, Math.round(whole.width * scale)),
    resizeHeight: Math.max(1, Math.round(whole.height * scale)),
    resizeQuality: 'high',
  });
  whole.close();
  return small;
}
