import type { Card } from '../frame/lesson-type.js';

export const card: Card = {
  minutes: 20,
  trains: ['epochs', 'images', 'seed'],
  needs: { data: { 'fashion-mnist': { train: 1000, test: 500 } } },
  words: {
    en: {
      title: 'A network for CIFAR-10',
      goal: 'Build a network from shapes to graph, and measure what optimizer, batch norm, gradient clipping and dropout do.',
    },
    es: {
      title: 'Una red para CIFAR-10',
      goal: 'Construye una red, de las formas al grafo, y mide qué hacen el optimizador, la batch norm, el recorte de gradientes y el dropout.',
    },
  },
};
