/** Milliseconds after which something that is fetched is said to be missing. It may still come. */
export const patience = 20_000;

/** Gives the work's result, or rejects where it has not come in time: a server that says nothing fails nothing. */
export function inTime<T>(work: Promise<T>, milliseconds = patience): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not within ${milliseconds} ms`)), milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
