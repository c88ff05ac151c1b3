import type { Augmentation, FlawedClass, LabProblem, SplitName } from '../../client/client.js';
import type { ChosenImages } from '../../client/module.js';
import type { Flaws } from '../../design/flaws.js';
import { problemOf } from '../../state/engine.js';
import type { Augmented } from './augmenting.js';
import type { ImagePlace } from './class-list.js';
import type { DataLook } from './look.js';
import type { Near } from './neighbours.js';

/** Images of each class at a time. */
export const samplesAtOnce = 10;
const neighbours = 8;
/** Images whose augmentation is shown, and how often it is drawn for each. */
const augmentedImages = 6;
const draws = 6;

/** What the station shows now. */
export interface Wanted {
  shown: SplitName;
  flaws: Flaws;
  place: ImagePlace;
  /** null: what an augmentation can hold is not known yet. */
  augment: Augmentation | null;
}

type Part = 'samples' | 'flawed' | 'near' | 'augmented';

/** What a look has answered. A part that is asked for again while its answer is on its way is asked for once more. */
export class Answers {
  samples: readonly ChosenImages[] | null = null;
  flawed: readonly FlawedClass[] | null = null;
  near: Near | null = null;
  augmented: Augmented | null = null;
  /** By field of an augmentation, a value that is strong enough to see. */
  examples: Record<string, number> = {};
  readonly troubles: Partial<Record<Part, LabProblem>> = {};
  private readonly look: DataLook;
  private readonly wanted: () => Wanted;
  private readonly changed: (part: Part) => void;
  private readonly waiting = new Set<Part>();
  private busy = false;
  /** The first of a class's images that are shown, among its own. */
  private first = 0;
  private seed = 1;

  /** `changed` is called after each answer. */
  constructor(look: DataLook, wanted: () => Wanted, changed: (part: Part) => void) {
    this.look = look;
    this.wanted = wanted;
    this.changed = changed;
  }

  /** One after the other, with a frame between: what one answer changes is drawn before the next one comes. */
  ask(...parts: Part[]): void {
    for (const part of parts) this.waiting.add(part);
    if (!this.busy) this.next();
  }

  otherSamples(): void {
    this.first += samplesAtOnce;
    this.ask('samples');
  }

  otherDraws(): void {
    this.seed++;
    this.ask('augmented');
  }

  private next(): void {
    const [part] = this.waiting;
    this.busy = part !== undefined;
    if (part === undefined) return;
    this.waiting.delete(part);
    const works: Record<Part, () => Promise<void>> = {
      samples: () => this.askSamples(),
      flawed: () => this.askFlawed(),
      near: () => this.askNear(),
      augmented: () => this.askAugmented(),
    };
    const done = (trouble?: LabProblem): void => {
      if (trouble) this.troubles[part] = trouble;
      else delete this.troubles[part];
      this.changed(part);
      requestAnimationFrame(() => setTimeout(() => this.next()));
    };
    works[part]().then(
      () => done(),
      (error: unknown) => done(problemOf(error)),
    );
  }

  private async askSamples(): Promise<void> {
    const { shown } = this.wanted();
    let found = await this.look.samples(shown, this.first, samplesAtOnce);
    // After the last ones come the first ones.
    if (this.first > 0 && found.every(({ indices }) => indices.length === 0))
      found = await this.look.samples(shown, (this.first = 0), samplesAtOnce);
    this.samples = found;
  }

  private async askFlawed(): Promise<void> {
    this.flawed = await this.look.flawed(this.wanted().flaws);
  }

  private async askNear(): Promise<void> {
    const { place } = this.wanted();
    if (this.look.here[place.split] === 0) {
      this.near = null;
      return;
    }
    const [image, nearest] = await Promise.all([
      this.look.image(place.split, place.index),
      this.look.neighbours(place.split, place.index, neighbours),
    ]);
    this.near = { place, image, nearest };
  }

  private async askAugmented(): Promise<void> {
    const { augment } = this.wanted();
    const here = this.look.here.train;
    if (!augment || here === 0) return;
    const count = Math.min(augmentedImages, here);
    // From all over the split, so that they are of several classes.
    const images = Int32Array.from({ length: count }, (_, i) => Math.floor((i * here) / count));
    const [pictures, originals, examples] = await Promise.all([
      this.look.augmented(augment, images, draws, this.seed),
      this.look.augmented({}, images, 1, this.seed),
      this.look.examples(),
    ]);
    this.augmented = { originals, pictures };
    this.examples = examples;
  }
}
