import type { Card } from '../frame/lesson-type.js';
import { extent } from './network.js';

export const card: Card = {
  minutes: 20,
  trains: ['epochs', 'images', 'seed'],
  needs: { data: { 'fashion-mnist': { train: extent.train, test: extent.test } } },
  words: {
    en: {
      title: 'From the lab into the world',
      goal: 'Save a trained network for other programs, run its file in another one, and see what goes wrong without an error.',
    },
    es: {
      title: 'Del laboratorio al mundo',
      goal: 'Guarda una red entrenada para otros programas, ejecuta su archivo en otro y mira qué sale mal sin ningún error.',
    },
  },
};
