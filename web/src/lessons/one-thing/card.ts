import type { Card } from '../frame/lesson-type.js';

export const card: Card = {
  minutes: 15,
  trains: ['epochs', 'images', 'seed'],
  needs: { data: { 'fashion-mnist': { train: 500, test: 1000 } } },
  words: {
    en: {
      title: 'One thing at a time',
      goal: 'Compare kernels of 3×3, 5×5 and 7×7 fairly, and find out what a comparison allows to say, and what not.',
    },
    es: {
      title: 'Una cosa cada vez',
      goal: 'Compara con justicia núcleos de 3×3, 5×5 y 7×7, y averigua qué permite decir una comparación y qué no.',
    },
  },
};
