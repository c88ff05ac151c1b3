import { epochsOr, firstSeed, imagesOr } from '../frame/laid-training.js';
import { LessonStudy } from '../frame/lesson-study.js';
import { oncePerEngine } from '../frame/once.js';

export const seeds = 3;
export const extent = {
  data: 'fashion-mnist',
  get images() {
    return imagesOr(1000);
  },
  tests: 1000,
  seeds,
  get firstSeed() {
    return firstSeed();
  },
  get epochs() {
    return epochsOr(3);
  },
} as const;

/** Places of the variants in the study. */
export const variants = { dense: 0, denseShuffled: 1, conv: 2, convShuffled: 3 } as const;

/** The study station's dense and convolutional network, each on images and on shuffled pixels. */
export const studyOf = oncePerEngine((engine) => new LessonStudy(engine, 'permutation', extent));
