import type { Card } from '../frame/lesson-type.js';

export const card: Card = {
  minutes: 15,
  trains: ['epochs', 'images', 'seed'],
  needs: { data: { 'fashion-mnist': { train: 1000, test: 1000 } } },
  words: {
    en: {
      title: 'Dense or convolutional',
      goal: 'Find out what a convolution takes for granted about images, what it gains by that, and where it would be wrong.',
    },
    es: {
      title: 'Densa o convolucional',
      goal: 'Averigua qué da por supuesto una convolución sobre las imágenes, qué gana con ello y dónde se equivocaría.',
    },
  },
};
