import type { Card } from '../frame/lesson-type.js';

export const card: Card = {
  minutes: 15,
  trains: ['epochs', 'seed'],
  needs: { data: { 'fashion-mnist': { train: 2000, test: 500 } }, models: true },
  words: {
    en: {
      title: 'Standing on others’ shoulders',
      goal: 'Put a new last layer on a network that has learned before, and see when that helps, at which size, and what it costs.',
    },
    es: {
      title: 'A hombros de otros',
      goal: 'Pon una última capa nueva a una red que ya aprendió antes, y mira cuándo ayuda, con qué tamaño y cuánto cuesta.',
    },
  },
};
