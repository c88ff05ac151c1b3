/**
 * The picture that a paste brings to a station. In somebody's page only what is pasted inside the station is for it;
 * alone in its page (`hotkeys`) it takes whatever is pasted. null: no picture, or not for it.
 */
export function pastedPicture(event: ClipboardEvent, station: Element & { hotkeys?: boolean }): File | null {
  if (event.defaultPrevented) return null;
  const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith('image/'));
  return file && (station.hotkeys || event.composedPath().includes(station)) ? file : null;
}
