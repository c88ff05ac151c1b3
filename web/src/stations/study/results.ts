import { html, nothing, svg, type TemplateResult } from 'lit';
import type { StudyRecord, VariantResult } from '../../client/client.js';
import type { Lang, Translate } from '../../i18n/index.js';
import { fixed, percent, plain, short } from '../../ui/numbers.js';

interface Shown {
  t: Translate;
  lang: Lang;
  results: readonly VariantResult[];
  records: readonly StudyRecord[];
}

/** Points of a hundred, with their sign. */
const points = (share: number, lang: Lang): string => (Number((100 * share).toFixed(1)) > 0 ? '+' : '') + fixed(100 * share, lang, 1);

/** What the intervals allow to say: a sentence for each variant but the first. */
export function verdictsOf({ t, lang, results }: Pick<Shown, 't' | 'lang' | 'results'>): string[] {
  const first = results[0]?.name ?? '';
  const lost = results.flatMap(({ name, diverged, seconds }) =>
    diverged > 0 ? [t('studyDiverged', { name, diverged, all: seconds.count })] : [],
  );
  return [...lost, ...compared({ t, lang, results }, first)];
}

function compared({ t, lang, results }: Pick<Shown, 't' | 'lang' | 'results'>, first: string): string[] {
  if (results.every(({ difference }) => !difference || difference.low === null)) return results.length > 1 ? [t('studyOneSeed')] : [];
  return results.flatMap(({ name, difference: d }) => {
    if (!d || d.low === null || d.high === null) return [];
    const values = { name, first, mean: fixed(100 * Math.abs(d.mean), lang, 1), seeds: d.count };
    const range = { low: points(d.low, lang), high: points(d.high, lang) };
    return [t(!d.is_clear ? 'studyUnclear' : d.mean > 0 ? 'studyBetter' : 'studyWorse', { ...values, ...range })];
  });
}

/** Each seed as a dot and the mean as a line, all variants to the same scale. */
function drawDots(accuracies: readonly number[], [low, high]: readonly [number, number], words: string): TemplateResult {
  const [width, height, edge] = [160, 20, 6];
  const x = (value: number): number => edge + ((value - low) / (high - low || 1)) * (width - 2 * edge);
  const mean = accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length;
  return html`<svg class="dots" viewBox="0 0 ${width} ${height}" width=${width} height=${height} role="img" aria-label=${words}>
    <line class="base" x1="0" x2=${width} y1=${height / 2} y2=${height / 2}></line>
    <line class="mean" x1=${x(mean)} x2=${x(mean)} y1="2" y2=${height - 2}></line>
    ${accuracies.map((value) => svg`<circle cx=${x(value)} cy=${height / 2} r="4"></circle>`)}
  </svg>`;
}

/** Figures by variant: mean ± standard deviation over seeds, and the paired difference from the first. */
export function drawResults({ t, lang, results, records }: Shown): TemplateResult | typeof nothing {
  if (results.length === 0) return nothing;
  const all = records.flatMap(({ record }) => record.test_accuracy ?? []);
  const range = [Math.min(...all), Math.max(...all)] as const;
  const first = results[0]!.name;
  const variants = [...new Set(records.map(({ variant }) => variant))];
  const spread = ({ mean, deviation, count }: VariantResult['test_accuracy']): string =>
    count === 0 ? '–' : percent(mean, lang) + (deviation === null ? '' : ` ± ${fixed(100 * deviation, lang, 1)}`);
  return html`<div class="wide" tabindex="0" role="group" aria-label=${t('studyResults')}>
    <table class="results" data-testid="results">
      <thead>
        <tr>
          <th scope="col">${t('studyVariant')}</th>
          <th scope="col">${t('parameters')}</th>
          <th scope="col">${t('multiplyAdds')}</th>
          <th scope="col">${t('studyTrainAccuracy')}</th>
          <th scope="col">${t('studyTestAccuracy')}</th>
          <th scope="col">${t('studyEachSeed')}</th>
          <th scope="col">${t('studyDifference', { first })}</th>
          <th scope="col">${t('studySeconds')}</th>
        </tr>
      </thead>
      <tbody>
        ${results.map((one, i) => {
          const mine = records.flatMap(({ variant, record }) => (variant === variants[i] ? (record.test_accuracy ?? []) : []));
          const d = one.difference;
          const words = mine.map((value) => percent(value, lang)).join(', ');
          return html`<tr>
            <th scope="row">${one.name}</th>
            <td>${short(one.parameters, lang)}</td>
            <td>${short(one.multiply_adds, lang)}</td>
            <td>${spread(one.train_accuracy)}</td>
            <td>${spread(one.test_accuracy)}</td>
            <td>${mine.length > 0 ? drawDots(mine, range, words) : '–'}</td>
            <td>
              ${d ? points(d.mean, lang) : '–'}${d && d.low !== null && d.high !== null ? ` (${points(d.low, lang)} … ${points(d.high, lang)})` : ''}
            </td>
            <td>${plain(one.seconds.mean, lang, 1)}</td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}
