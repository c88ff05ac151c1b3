import type uPlot from 'uplot';
import type { Lang } from '../i18n/index.js';
import type { Series } from './chart.js';
import { plain } from './numbers.js';

const cell = (value: number | null | undefined): string =>
  value === null || value === undefined ? '' : String(Number(value.toPrecision(7)));
const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A chart as CSV: its numbers under the names of columns, with points and commas as programs read them. */
export function csvOf(data: uPlot.AlignedData, series: readonly Series[], axis: string): string {
  const head = [axis, ...series.map(({ label }) => label)].map(quoted).join(',');
  const rows = Array.from(data[0], (x, row) => [x, ...series.map((_, i) => data[i + 1]![row])].map(cell).join(','));
  return [head, ...rows].join('\n') + '\n';
}

export interface DrawingOptions {
  title: string;
  axis: string;
  /** What goes upwards, with its unit. */
  measured: string;
  log: boolean;
  lang: Lang;
  /** Present colour of a token. */
  colour(token: string): string;
}

const escaped = (text: string): string => text.replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Round numbers from low to high, about `count` of them. */
export function ticks(low: number, high: number, count = 5): number[] {
  const rough = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((candidate) => candidate >= rough)!;
  const found: number[] = [];
  for (let at = Math.ceil(low / step - 1e-9) * step; at <= high + step * 1e-9; at += step) found.push(Number(at.toPrecision(12)));
  return found;
}

/** The chart as an SVG that stands by itself. */
export function svgOf(data: uPlot.AlignedData, series: readonly Series[], options: DrawingOptions): string {
  const { title, axis, measured, log, lang, colour } = options;
  const [width, height] = [720, 400];
  const box = { left: 64, top: 40, right: width - 120, bottom: height - 48 };
  const columns = series.map((_, i) => data[i + 1] as ArrayLike<number | null>);
  const scaled = (value: number): number => (log ? Math.log10(value) : value);
  let [low, high] = [Infinity, -Infinity];
  for (const column of columns)
    for (const value of Array.from(column)) {
      if (value === null || !Number.isFinite(value) || (log && value <= 0)) continue;
      low = Math.min(low, scaled(value));
      high = Math.max(high, scaled(value));
    }
  if (low > high) [low, high] = [0, 1];
  if (low === high) [low, high] = [low - 1, high + 1];
  const first = data[0][0] ?? 0;
  const last = data[0][data[0].length - 1] ?? 1;
  const x = (value: number): number => box.left + ((value - first) / (last - first || 1)) * (box.right - box.left);
  const y = (value: number): number => box.bottom - ((scaled(value) - low) / (high - low)) * (box.bottom - box.top);
  const at = (value: number): string => value.toFixed(1);
  const ink = colour('--lab-ink');
  const line = colour('--lab-line');
  const parts: string[] = [];
  for (const tick of ticks(low, high)) {
    const value = log ? 10 ** tick : tick;
    parts.push(
      `<line x1="${box.left}" x2="${box.right}" y1="${at(y(value))}" y2="${at(y(value))}" stroke="${line}"/>`,
      `<text x="${box.left - 8}" y="${at(y(value) + 4)}" text-anchor="end">${plain(value, lang, 4)}</text>`,
    );
  }
  for (const tick of ticks(first, last))
    parts.push(
      `<line x1="${at(x(tick))}" x2="${at(x(tick))}" y1="${box.top}" y2="${box.bottom}" stroke="${line}"/>`,
      `<text x="${at(x(tick))}" y="${box.bottom + 18}" text-anchor="middle">${plain(tick, lang, 2)}</text>`,
    );
  series.forEach((one, i) => {
    const spots: string[] = [];
    let end: [number, number] | null = null;
    Array.from(columns[i]!).forEach((value, row) => {
      if (value === null || !Number.isFinite(value) || (log && value <= 0)) return;
      end = [x(data[0][row]!), y(value)];
      spots.push(`${at(end[0])},${at(end[1])}`);
    });
    if (!end) return;
    const stroke = colour(one.colour);
    parts.push(
      `<polyline points="${spots.join(' ')}" fill="none" stroke="${stroke}" stroke-width="${one.width ?? 2}" opacity="${one.faint ? 0.35 : 1}"/>`,
    );
    if (one.named !== false)
      parts.push(`<text x="${at(end[0] + 6)}" y="${at(end[1] + 4)}" fill="${stroke}" font-weight="600">${escaped(one.label)}</text>`);
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="${ink}">
<rect width="${width}" height="${height}" fill="${colour('--lab-ground')}"/>
<text x="${box.left}" y="22" font-size="15" font-weight="600">${escaped(title)}</text>
${parts.join('\n')}
<text x="${(box.left + box.right) / 2}" y="${height - 8}" text-anchor="middle">${escaped(axis)}</text>
<text transform="translate(16 ${(box.top + box.bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(measured)}</text>
</svg>
`;
}
