/**
 * Gives the picture of a paste, if it is for this station; else null. A station among others takes only what is pasted
 * inside it; one alone in its page (`hotkeys`) takes everything.
 */
export function pastedPicture(event: ClipboardEvent, station: Element & { hotkeys?: boolean }): File | null {
  if (event.defaultPrevented || station.hasAttribute('hidden')) return null;
  const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith('image/'));
  return file && (station.hotkeys || event.composedPath().includes(station)) ? file : null;
}
