/** Lets the page draw once a task has taken this long. */
const longest = 12;

/** For long loops on the page's own thread: `await breathe()` now and then. */
export function breather(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < longest) return;
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  };
}
