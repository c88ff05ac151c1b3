import type { Card } from '../frame/lesson-type.js';

export const card: Card = {
  minutes: 15,
  needs: {},
  words: {
    en: {
      title: 'A filter learns',
      goal: 'Follow one image through a network of 14 numbers, see what a training step changes, and find out what its filter has learned.',
    },
    es: {
      title: 'Un filtro aprende',
      goal: 'Sigue una imagen por una red de 14 números, mira qué cambia un paso de entrenamiento y averigua qué ha aprendido su filtro.',
    },
  },
};
