import type { Card } from '../frame/lesson-type.js';

export const card: Card = {
  minutes: 15,
  needs: {},
  words: {
    en: {
      title: 'A convolution by hand',
      goal: 'Compute every number of a small convolution yourself: forward with stride, padding and pooling, and backward to the pixels.',
    },
    es: {
      title: 'Una convolución a mano',
      goal: 'Calcula tú cada número de una convolución pequeña: hacia delante, con zancada, relleno y agrupación, y hacia atrás hasta los píxeles.',
    },
  },
};
