/**
 * Calls back with an element's width in whole pixels, at first and at each change. Calls come in a frame of their own:
 * a redraw inside the observer that changes the size again makes browsers raise an error event on the window, which
 * pages around the lab report.
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
