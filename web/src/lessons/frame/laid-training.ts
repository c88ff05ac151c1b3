/** What a teacher lays down for the trainings of lessons; 0: as each lesson has it. */
export interface LaidTraining {
  epochs: number;
  /** Training images. */
  images: number;
  /** Of the first training; those of others follow it. */
  seed: number;
}

let laid: LaidTraining | null = null;

/**
 * Lays down how networks are trained, once for the page, whose lessons keep what they have trained; false: it is too
 * late for other numbers.
 */
export function assignTraining({ epochs, images, seed }: LaidTraining): boolean {
  laid ??= { epochs, images, seed };
  return laid.epochs === epochs && laid.images === images && laid.seed === seed;
}

/** The epochs of a lesson's trainings, and their images. */
export const epochsOr = (usual: number): number => laid?.epochs || usual;
export const imagesOr = (usual: number): number => laid?.images || usual;
/** The seed of a lesson's first training. */
export const firstSeed = (): number => laid?.seed || 1;
