import type { Lang } from '../i18n/index.js';

const formats = new Map<string, Intl.NumberFormat>();

function format(lang: Lang, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = lang + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.NumberFormat(lang, options)));
  return found;
}

const minus = (text: string): string => text.replace('-', '−');

/** At most so many decimals, without trailing zeros; a true minus sign, no "−0". */
export function plain(value: number, lang: Lang, decimals = 2): string {
  if (!Number.isFinite(value)) return '–';
  const rounded = Number(value.toFixed(decimals));
  return minus(format(lang, { maximumFractionDigits: decimals }).format(rounded === 0 ? 0 : rounded));
}

/** Exactly so many decimals; no "−0.0". */
export function fixed(value: number, lang: Lang, decimals: number): string {
  if (!Number.isFinite(value)) return '–';
  const shown = Number(value.toFixed(decimals)) === 0 ? 0 : value;
  return minus(format(lang, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(shown));
}

/** A measurement that jitters: two figures, 2,274.43 → "2,300". */
export function about(value: number, lang: Lang): string {
  if (!Number.isFinite(value)) return '–';
  return minus(format(lang, { maximumSignificantDigits: 2 }).format(value));
}

export const percent = (share: number, lang: Lang): string =>
  minus(format(lang, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(share));

/** The same of a share that jitters. */
export const aboutPercent = (share: number, lang: Lang): string =>
  minus(format(lang, { style: 'percent', maximumSignificantDigits: 2 }).format(share));

/** 1,234,567 → "1.2 M". */
export function short(value: number, lang: Lang): string {
  return minus(format(lang, { notation: 'compact', maximumFractionDigits: 1 }).format(value));
}

const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** So many significant figures, for numbers of any size: 0.276, 12.3, 4.1·10⁻⁶. */
export function figures(value: number, lang: Lang, count = 3): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) {
    const [mantissa, exponent] = value.toExponential(count - 1).split('e') as [string, string];
    const power = exponent
      .replace(/\d/g, (digit) => raised[Number(digit)]!)
      .replace('+', '')
      .replace('-', '⁻');
    return `${plain(Number(mantissa), lang, count - 1)}·10${power}`;
  }
  return minus(format(lang, { maximumSignificantDigits: count }).format(value === 0 ? 0 : value));
}
