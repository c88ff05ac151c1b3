import type { Key } from '../i18n/index.js';

/** A problem with a file, by key: it is shown in the reader's language. */
export class FileProblem extends Error {
  override readonly name = 'FileProblem';
  readonly key: Key;
  readonly values: Record<string, string | number>;

  constructor(key: Key, values: Record<string, string | number> = {}) {
    super(`${key} ${JSON.stringify(values)}`);
    this.key = key;
    this.values = values;
  }
}
