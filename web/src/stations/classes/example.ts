import { seeded } from '../../inspect/answers.js';
import { pictureShape, side } from './recipe.js';
import type { Picture } from './album.js';

/** Classes of drawn pictures, for who wants to see first how it goes. */
export const exampleClasses = ['discs', 'stripes'] as const;

/** A picture of the class: a disc somewhere, or stripes of some direction, in two colours at random. */
export function drawn(kind: (typeof exampleClasses)[number], seed: number): Picture {
  const next = seeded(seed);
  const colour = (from: number): number[] => [0, 1, 2].map(() => from + 110 * next());
  const [dark, light] = [colour(10), colour(135)];
  const radius = side * (0.2 + 0.15 * next());
  const [x, y] = [0, 1].map(() => side * (0.35 + 0.3 * next())) as [number, number];
  const turn = Math.PI * next();
  const width = side * (0.06 + 0.06 * next());
  const pixels = new Uint8Array(side * side * 3);
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const across = column * Math.cos(turn) + row * Math.sin(turn);
      const inside = kind === 'discs' ? Math.hypot(column - x, row - y) < radius : Math.floor(across / width) % 2 === 0;
      const [base, noise] = [inside ? light : dark, 12 * next()];
      for (let c = 0; c < 3; c++) pixels[(row * side + column) * 3 + c] = base[c]! + noise;
    }
  return { shape: pictureShape, pixels };
}
