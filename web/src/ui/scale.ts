/**
 * How much larger an element is on the screen than in its own pixels: a page around it may scale it by a transform, as
 * slides do.
 */
export function scaleOf(element: HTMLElement): number {
  const scale = element.getBoundingClientRect().width / element.offsetWidth;
  // Widths are rounded to whole pixels in the one and not in the other.
  return Number.isFinite(scale) && Math.abs(scale * element.offsetWidth - element.offsetWidth) > 1 ? scale : 1;
}

/** Where a pointer is, from an element's corner and in its own pixels. */
export function placeIn(element: HTMLElement, point: { clientX: number; clientY: number }): [number, number] {
  const box = element.getBoundingClientRect();
  const scale = scaleOf(element);
  return [(point.clientX - box.x) / scale, (point.clientY - box.y) / scale];
}
