/**
 * Tells an element's width in whole pixels, at first and when it changes. In a frame of its own: a redraw
 * inside the observer that changes the size again makes browsers raise an error event on the window,
 * which pages around the lab report.
 */
export function watchWidth(element: Element, tell: (width: number) => void): () => void {
  let frame = 0;
  const observer = new ResizeObserver((entries) => {
    const width = Math.floor(entries.at(-1)!.contentRect.width);
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => tell(width));
  });
  observer.observe(element);
  return () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
  };
}
