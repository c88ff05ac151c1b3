import type { FlawedClass, SplitName } from '../../client/client.js';
import type { ClassesLook } from '../../client/module.js';
import type { Translate } from '../../i18n/index.js';

/** Classes that are drawn at once: each has ten images, and more of them would hold up the page. */
export const mostClasses = 10;

type Classes = Record<SplitName, ClassesLook>;

/** The parts of a class's bar: training images with its label, mislabelled, left out; test images. */
export function partsOf(
  { train, test }: Classes,
  flawed: readonly FlawedClass[] | null,
  c: number,
): Record<'right' | 'wrong' | 'gone' | 'test', number> {
  const { count } = train.classes[c]!;
  const { kept, wrong } = flawed?.[c] ?? { kept: count, wrong: 0 };
  return { right: kept - wrong, wrong, gone: count - kept, test: test.classes[c]!.count };
}

const channelNames = ['lookRed', 'lookGreen', 'lookBlue'] as const;

/** What charts say of the classes, as rows. */
export function classTable(
  classes: Classes,
  flawed: readonly FlawedClass[] | null,
  nameOf: (c: number) => string,
  t: Translate,
): { head: string[]; rows: (string | number)[][] } {
  const channels = classes.train.classes[0]?.mean.length ?? 0;
  const isFlawed = flawed !== null && flawed.some(({ kept, wrong }, c) => wrong > 0 || kept < classes.train.classes[c]!.count);
  const colours = channels === 3 ? channelNames.map((key) => t(key)) : Array.from({ length: channels }, () => '');
  const of = (words: string, colour: string): string => (colour ? `${words}, ${colour}` : words);
  return {
    head: [
      t('lookClass'),
      t('lookTraining'),
      t('lookTesting'),
      ...(isFlawed ? [t('lookKeptHead'), t('lookKeyWrong'), t('lookLabelled')] : []),
      ...colours.flatMap((colour) => [of(t('lookBrightness'), colour), of(t('lookDeviation'), colour)]),
    ],
    rows: classes.train.classes.map((own, c) => [
      nameOf(c),
      own.count,
      classes.test.classes[c]!.count,
      ...(isFlawed ? [flawed[c]!.kept, flawed[c]!.wrong, flawed[c]!.labelled] : []),
      ...own.mean.flatMap((mean, k) => [mean, own.deviation[k]!]),
    ]),
  };
}

/** The outline of a chart's bars in a box of this size, from its lower left corner to its lower right one. */
export function outline(bars: readonly number[], highest: number, width: number, height: number): string {
  let d = `M0 ${height}`;
  for (const [i, bar] of bars.entries())
    d += `V${(height - height * Math.min(1, bar / highest)).toFixed(2)}H${(((i + 1) * width) / bars.length).toFixed(2)}`;
  return `${d}V${height}`;
}
