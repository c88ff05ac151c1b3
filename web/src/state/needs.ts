/** What a station or a lesson uses of the lab's data: a page that is published alone takes so much along. */
export interface Needs {
  /** By data set: the first so many images. */
  data?: Readonly<Record<string, Readonly<{ train: number; test: number }>>>;
  /** The trained networks beside the page. */
  models?: boolean;
}

/** What together covers all of these. */
export function unionOf(all: readonly Needs[]): Needs {
  const data: Record<string, { train: number; test: number }> = {};
  for (const needs of all) {
    for (const [name, { train, test }] of Object.entries(needs.data ?? {})) {
      const before = data[name] ?? { train: 0, test: 0 };
      data[name] = { train: Math.max(before.train, train), test: Math.max(before.test, test) };
    }
  }
  return { data, models: all.some(({ models }) => models === true) };
}
