import type { Key } from '../i18n/index.js';

/** What the lab offers: name in links, element, heading, the module that defines it. Nothing is loaded before `load`. */
export const stations = [
  { name: 'convolution', tag: 'lab-convolution', title: 'stationConvolution', load: () => import('../stations/convolution/station.js') },
  { name: 'filter', tag: 'lab-filter', title: 'stationFilter', load: () => import('../stations/filter/station.js') },
  { name: 'train', tag: 'lab-train', title: 'stationTrain', load: () => import('../stations/train/station.js') },
] as const satisfies readonly { name: string; tag: string; title: Key; load: () => Promise<unknown> }[];

export type StationName = (typeof stations)[number]['name'];
