/** Milliseconds after which a long task lets the page draw. */
const longest = 12;

/** For long loops on the page's thread: call `await breathe()` now and then. */
export function breather(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < longest) return;
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  };
}
