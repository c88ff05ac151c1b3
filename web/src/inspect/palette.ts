import { heat } from '../ui/color.js';

type Rgb = [number, number, number];

/** Colours of numbers for a canvas, from the lowest to the highest. */
export interface Palette {
  /** Packed as the bytes of ImageData. */
  packed: Uint32Array;
  css: string[];
  /** Ink that can be read on each colour. */
  ink: string[];
}

export type PaletteName = 'signed' | 'heat';

const toLinear = (c: number): number => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const fromLinear = (c: number): number =>
  Math.round(255 * Math.min(1, Math.max(0, c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055)));

/** Oklab, in which equal steps look equal (Ottosson 2020). */
function toOklab([r, g, b]: Rgb): Rgb {
  const [R, G, B] = [toLinear(r), toLinear(g), toLinear(b)];
  const l = Math.cbrt(0.4122214708 * R + 0.5363325363 * G + 0.0514459929 * B);
  const m = Math.cbrt(0.2119034982 * R + 0.6806995451 * G + 0.1073969566 * B);
  const s = Math.cbrt(0.0883024619 * R + 0.2817188376 * G + 0.6299787005 * B);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([L, a, b]: Rgb): Rgb {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    fromLinear(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    fromLinear(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    fromLinear(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

const steps = 255;

function build(colourAt: (t: number) => Rgb): Palette {
  const packed = new Uint32Array(steps);
  const bytes = new Uint8ClampedArray(packed.buffer);
  const css: string[] = [];
  const ink: string[] = [];
  for (let i = 0; i < steps; i++) {
    const [r, g, b] = colourAt(i / (steps - 1));
    bytes.set([r, g, b, 255], i * 4);
    css.push(`rgb(${r} ${g} ${b})`);
    ink.push(0.3 * r + 0.59 * g + 0.11 * b > 120 ? '#14161a' : '#ffffff');
  }
  return { packed, css, ink };
}

const heatPalette = build(heat);
const kept = new Map<string, Palette>();

/** Value of a token at `host`, in its theme. */
export function tokenOf(host: Element, name: string): string {
  const probe = document.createElement('i');
  // A canvas has no forced colours.
  probe.style.setProperty('forced-color-adjust', 'none');
  probe.style.color = `var(${name})`;
  (host.shadowRoot ?? host).append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

export function paletteFor(host: Element, name: PaletteName): Palette {
  if (name === 'heat') return heatPalette;
  const ends = ['--lab-negative', '--lab-zero', '--lab-positive'].map((token) => tokenOf(host, token));
  const key = ends.join();
  let palette = kept.get(key);
  if (!palette) {
    const [negative, zero, positive] = ends.map((text) => toOklab((text.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number) as Rgb));
    palette = build((t) => {
      const [from, to, share] = t < 0.5 ? [negative!, zero!, t * 2] : [zero!, positive!, t * 2 - 1];
      return fromOklab([0, 1, 2].map((i) => from[i]! + (to[i]! - from[i]!) * share) as Rgb);
    });
    kept.set(key, palette);
  }
  return palette;
}

/** Index of a number's colour in the palette. */
export function indexIn(value: number, low: number, high: number): number {
  const share = high > low ? (value - low) / (high - low) : 0;
  return share >= 0 ? Math.min(steps - 1, Math.round(share * (steps - 1))) : 0;
}
