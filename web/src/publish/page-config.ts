import type { ScormVersion } from './scorm-version.js';

/** What a published page shows, as it stands in the page itself. */
export interface PageConfig {
  /** The station, and its state as a query string. */
  station: string;
  state: string;
  /** Empty: the reader's. */
  lang: string;
  /** The learning platform's interface that the page reports to. */
  scorm: '' | ScormVersion;
}

export const configId = 'cnnlab-page';

/** The page's own configuration; null: it is no published page, and its link counts. */
export function readConfig(): PageConfig | null {
  const text = document.getElementById(configId)?.textContent;
  return text ? (JSON.parse(text) as PageConfig) : null;
}
