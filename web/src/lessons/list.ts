import type { AnyLesson, Card } from './frame/lesson-type.js';

/** The lessons in their order. A lesson is the folder of its name: card.ts for the list, lesson.ts for all else. */
export const order = [
  'by-hand',
  'filter-learns',
  'look-at-data',
  'dense-or-conv',
  'one-thing',
  'more-data',
  'cifar-network',
  'shoulders',
  'into-the-world',
] as const;

const cards = import.meta.glob<Card>('./*/card.ts', { eager: true, import: 'card' });
const lessons = import.meta.glob<AnyLesson>('./*/lesson.ts', { import: 'lesson' });

export const isLesson = (name: string): boolean => (order as readonly string[]).includes(name);

export const cardOf = (name: string): Card => cards[`./${name}/card.ts`]!;

/** Loads a lesson's code and words. */
export const loadLesson = (name: string): Promise<AnyLesson> => lessons[`./${name}/lesson.ts`]!();
