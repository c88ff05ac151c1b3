import { fileInside } from '../client/inside.js';
import interGreek from '@fontsource-variable/inter/files/inter-greek-wght-normal.woff2?url';
import interLatinExt from '@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2?url';
import interLatin from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url';
import monoGreek from '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-greek-wght-normal.woff2?url';
import monoLatin from '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2?url';

const latin =
  'U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD';
const latinExt =
  'U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+0304,U+0308,U+0329,U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF';
const greek = 'U+0370-0377,U+037A-037F,U+0384-038A,U+038C,U+038E-03A1,U+03A3-03FF';

const faces: [family: string, file: string, range: string][] = [
  ['cnnlab Inter', interLatin, latin],
  ['cnnlab Inter', interLatinExt, latinExt],
  ['cnnlab Inter', interGreek, greek],
  ['cnnlab Mono', monoLatin, latin],
  ['cnnlab Mono', monoGreek, greek],
];

let there = false;

/**
 * Adds our fonts to the document, as shadow roots cannot have their own, under names that no page uses. A browser
 * fetches a face when a letter first needs it: never where the page sets --lab-font.
 */
export function addFonts(): void {
  if (there) return;
  there = true;
  for (const [family, file, unicodeRange] of faces) {
    document.fonts.add(
      new FontFace(family, fileInside(file) ?? `url(${JSON.stringify(file)})`, { weight: '100 800', display: 'swap', unicodeRange }),
    );
  }
}
