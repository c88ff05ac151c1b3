import type { Lang } from '../i18n/index.js';

const formats = new Map<string, Intl.NumberFormat>();

function format(lang: Lang, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = lang + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.NumberFormat(lang, options)));
  return found;
}

const minus = (text: string): string => text.replace('-', '−');

/** At most so many decimals, none that are zero; a true minus sign, no "−0". */
export function plain(value: number, lang: Lang, decimals = 2): string {
  if (!Number.isFinite(value)) return '–';
  const rounded = Number(value.toFixed(decimals));
  return minus(format(lang, { maximumFractionDigits: decimals }).format(rounded === 0 ? 0 : rounded));
}

/** Exactly so many decimals. */
export function fixed(value: number, lang: Lang, decimals: number): string {
  if (!Number.isFinite(value)) return '–';
  return minus(format(lang, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value));
}

export const percent = (share: number, lang: Lang): string =>
  format(lang, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(share);

/** 1,234,567 → "1.2 M". */
export function short(value: number, lang: Lang): string {
  return format(lang, { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}
