/** Scales from numbers to colours: `signed` is centred on zero, `light` is for pixels, `heat` for activations. */
export type Scale = 'signed' | 'light' | 'heat';

/** A perceptual scale from dark violet over green to yellow, as points to interpolate between. */
const heatPoints: readonly [number, number, number][] = [
  [68, 1, 84],
  [70, 50, 127],
  [54, 92, 141],
  [39, 127, 142],
  [31, 161, 135],
  [74, 194, 109],
  [160, 218, 57],
  [253, 231, 37],
];

const clamp01 = (t: number): number => (t >= 0 ? Math.min(1, t) : 0);

export function heat(t: number): [number, number, number] {
  const at = clamp01(t) * (heatPoints.length - 1);
  const low = Math.min(heatPoints.length - 2, Math.floor(at));
  const [a, b] = [heatPoints[low]!, heatPoints[low + 1]!];
  const mix = (c: 0 | 1 | 2): number => Math.round(a[c] + (b[c] - a[c]) * (at - low));
  return [mix(0), mix(1), mix(2)];
}

/** From this share of the scale's end on a signed cell's ink turns over: there black and white read equally well. */
const turns = {
  '--lab-negative': { light: 0.81, dark: 0.66 },
  '--lab-positive': { light: 0.94, dark: 0.58 },
} as const;

function inkOn(share: number, hue: keyof typeof turns): string {
  if (share <= 0.5) return 'var(--lab-ink)';
  const { light, dark } = turns[hue];
  return `light-dark(${share < light ? '#000' : '#fff'}, ${share < dark ? '#fff' : '#000'})`;
}

/** Luminance from 0 to 1 of a colour of bytes. */
function luminance(...bytes: readonly [number, number, number]): number {
  const [r, g, b] = bytes.map((byte) => (byte <= 10 ? byte / 3294.6 : ((byte / 255 + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Background and ink of a cell. `reach` is the value at the scale's end. CSS knows the theme. */
export function cellColours(value: number, reach: number, scale: Scale): { background: string; ink: string } {
  const t = reach > 0 ? value / reach : 0;
  if (scale === 'signed') {
    const share = clamp01(Math.abs(t));
    const hue = t < 0 ? '--lab-negative' : '--lab-positive';
    return {
      background: `color-mix(in oklab, var(${hue}) ${(share * 100).toFixed(1)}%, var(--lab-zero))`,
      ink: inkOn(share, hue),
    };
  }
  const [r, g, b] = scale === 'heat' ? heat(t) : greys(t);
  return { background: `rgb(${r} ${g} ${b})`, ink: luminance(r, g, b) > 0.18 ? '#000' : '#fff' };
}

function greys(t: number): [number, number, number] {
  const level = Math.round(24 + clamp01(t) * 228);
  return [level, level, level];
}

/** Ten hues that colour-blind readers can tell apart; a class always has the same one. */
export const classHues = ['#4269d0', '#b37f00', '#d9435f', '#2f8f83', '#3ca951', '#c2528f', '#8a5fd0', '#4f8fc4', '#9c6b4e', '#7a7a7a'];

/** The largest magnitude, or 1 for a map of zeros. */
export function reachOf(values: ArrayLike<number>): number {
  let reach = 0;
  for (let i = 0; i < values.length; i++) reach = Math.max(reach, Math.abs(values[i]!));
  return reach || 1;
}
