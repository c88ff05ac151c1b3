import type { Card } from '../frame/lesson-type.js';

export const card: Card = {
  minutes: 20,
  trains: ['epochs', 'images', 'seed'],
  needs: { data: { 'fashion-mnist': { train: 1000, test: 1000 } } },
  words: {
    en: {
      title: 'More data from the same data',
      goal: 'Change training images at random, and measure what a network gains by that, what it does not, and when it loses.',
    },
    es: {
      title: 'Más datos a partir de los mismos',
      goal: 'Cambia al azar las imágenes de entrenamiento y mide qué gana con ello una red, qué no gana y cuándo pierde.',
    },
  },
};
