import type { Key } from '../i18n/index.js';
import type { Needs } from '../state/needs.js';

interface StationEntry {
  /** In links and in the element's attribute. */
  name: string;
  tag: string;
  title: Key;
  /** About the height in pixels, as measured, from each width on; narrower ones need more (embed/style.css). */
  heights: readonly (readonly [fromWidth: number, height: number])[];
  /** What a page with this station alone takes along; the lessons tell for themselves. */
  needs?: Needs;
  /** Loads the module that defines the element. */
  load: () => Promise<unknown>;
}

/** The stations of the lab. Nothing of one is loaded before `load`. */
export const stations = [
  {
    name: 'convolution',
    tag: 'lab-convolution',
    title: 'stationConvolution',
    heights: [
      [500, 1620],
      [650, 1420],
      [860, 1140],
      [1100, 800],
    ],
    load: () => import('../stations/convolution/station.js'),
  },
  {
    name: 'filter',
    tag: 'lab-filter',
    title: 'stationFilter',
    heights: [
      [500, 1780],
      [650, 1560],
      [1100, 1060],
    ],
    load: () => import('../stations/filter/station.js'),
  },
  {
    name: 'train',
    tag: 'lab-train',
    title: 'stationTrain',
    heights: [
      [500, 1700],
      [1100, 1120],
    ],
    needs: { data: { 'fashion-mnist': { train: 4000, test: 1000 } } },
    load: () => import('../stations/train/station.js'),
  },
  {
    name: 'data',
    tag: 'lab-data',
    title: 'stationData',
    heights: [
      [500, 6000],
      [650, 5050],
      [860, 4280],
      [1100, 3060],
    ],
    needs: { data: { 'fashion-mnist': { train: 4000, test: 1000 } } },
    load: () => import('../stations/data/station.js'),
  },
  {
    name: 'study',
    tag: 'lab-study',
    title: 'stationStudy',
    heights: [
      [500, 1700],
      [1100, 1120],
    ],
    needs: { data: { 'fashion-mnist': { train: 2000, test: 1000 } } },
    load: () => import('../stations/study/station.js'),
  },
  {
    name: 'classes',
    tag: 'lab-classes',
    title: 'stationClasses',
    heights: [
      [500, 1860],
      [650, 1710],
      [860, 1520],
      [1100, 1120],
    ],
    needs: { models: true },
    load: () => import('../stations/classes/station.js'),
  },
  {
    name: 'lessons',
    tag: 'lab-lessons',
    title: 'stationLessons',
    heights: [
      [500, 1500],
      [1100, 1000],
    ],
    load: () => import('../lessons/station.js'),
  },
] as const satisfies readonly StationEntry[];

export type StationName = (typeof stations)[number]['name'];
