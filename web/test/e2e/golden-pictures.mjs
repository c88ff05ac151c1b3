// The pictures of tests/data/fixtures/pictures.json, which the program reads in its tests, as a person brings them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { zipSync } from 'fflate';

const file = new URL('../../../tests/data/fixtures/pictures.json', import.meta.url);
export const goldenPictures = JSON.parse(readFileSync(file, 'utf8'));

/** A ZIP with a class for each picture, which is its training and its test image. */
export function zipOfPictures() {
  const named = goldenPictures.flatMap(({ name, file: digits }, i) => {
    const kind = name.split('-')[0];
    // A file is known by what is in it.
    const ending = kind === 'jpeg' ? ['jpg', 'JPEG', 'jfif'][i % 3] : kind === 'webp' ? 'jpg' : kind;
    return ['train', 'test'].map((split) => [`golden/${split}/${name}/0.${ending}`, Buffer.from(digits, 'hex')]);
  });
  return zipSync(Object.fromEntries(named));
}

/** In the page: begins to ask a Train station for its training images; the answer comes into `globalThis.golden`. */
export function askForPixels(station) {
  const { session } = station.run;
  const { classes } = session.info.card;
  const indices = classes.map((_, i) => i);
  session.images('train', indices).then(
    ({ pixels, labels }) => {
      const size = pixels.length / labels.length;
      globalThis.golden = indices.map((i) => [classes[labels[i]], Array.from(pixels.subarray(i * size, (i + 1) * size))]);
    },
    (error) => (globalThis.golden = String(error)),
  );
}

/** What differs from the program's pixels by more than 2 of 255. */
export function comparePictures(answers) {
  const found = new Map(answers);
  assert.equal(found.size, goldenPictures.length);
  const wrong = [];
  for (const { name, pixels } of goldenPictures) {
    const expected = Buffer.from(pixels, 'hex');
    const most = Math.max(...expected.map((value, i) => Math.abs(value - found.get(name)[i])));
    if (!(most <= 2)) wrong.push(`${name}: ${most}`);
  }
  assert.deepEqual(wrong, []);
}
