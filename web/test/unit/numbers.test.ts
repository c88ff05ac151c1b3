import { expect, it } from 'vitest';
import { verdictsOf } from '../../src/stations/study/results.js';
import { aboutPercent, fixed, percent, plain } from '../../src/ui/numbers.js';
import { translate } from '../../src/i18n/index.js';
import type { VariantResult } from '../../src/client/client.js';

it('numbers have the decimal sign of the language, a true minus, and no minus before zero', () => {
  expect([fixed(-0.04, 'en', 1), fixed(-0.06, 'en', 1), fixed(2, 'es', 2), fixed(NaN, 'en', 1)]).toEqual(['0.0', '−0.1', '2,00', '–']);
  expect([plain(-0.001, 'en'), plain(1234.5, 'en'), plain(0.5, 'es')]).toEqual(['0', '1,234.5', '0,5']);
  expect([percent(0.8199, 'en'), percent(0.82, 'es').replace(/\s/, ' '), aboutPercent(0.123, 'en')]).toEqual(['82.0%', '82,0 %', '12%']);
});

it('a difference that rounds to nothing has no sign', () => {
  const said = (low: number, high: number): string => {
    const result = { name: 'b', diverged: 0, seconds: { count: 3 }, difference: { mean: 0, low, high, is_clear: false, count: 3 } };
    const results = [{ ...result, name: 'a', difference: null }, result] as unknown as VariantResult[];
    return verdictsOf({ t: translate('en'), lang: 'en', results }).join(' ');
  };
  expect(said(-0.0004, 0.0004)).toContain('interval 0.0 to 0.0 points');
  expect(said(-0.086, 0.085)).toContain('interval −8.6 to +8.5 points');
});
