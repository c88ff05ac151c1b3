import type { Card } from '../frame/lesson-type.js';

export const card: Card = {
  minutes: 18,
  needs: { data: { 'fashion-mnist': { train: 2000, test: 1000 } } },
  words: {
    en: {
      title: 'Look at the data',
      goal: 'Find out from the images alone what a network can gain, which classes it will confuse, and what a test is worth.',
    },
    es: {
      title: 'Mira los datos',
      goal: 'Averigua solo con las imágenes qué puede ganar una red, qué clases confundirá y cuánto vale una prueba.',
    },
  },
};
