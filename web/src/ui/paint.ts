/** Draws the image of bytes [height, width, channels] that begins at `at`; grey or in colour. */
export function paint(
  canvas: HTMLCanvasElement,
  pixels: ArrayLike<number>,
  [rows, columns, channels]: readonly [number, number, number],
  at = 0,
): void {
  canvas.width = columns;
  canvas.height = rows;
  const ctx = canvas.getContext('2d')!;
  const image = ctx.createImageData(columns, rows);
  for (let i = 0; i < rows * columns; i++) {
    for (let c = 0; c < 3; c++) image.data[i * 4 + c] = pixels[at + i * channels + (channels >= 3 ? c : 0)] ?? 0;
    image.data[i * 4 + 3] = 255;
  }
  ctx.putImageData(image, 0, 0);
}
