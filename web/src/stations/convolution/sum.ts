import { html, type TemplateResult } from 'lit';
import type { Lang, Translate } from '../../i18n/index.js';
import { plain } from '../../ui/numbers.js';
import { forwardTerms, inputTerms, kernelTerms, type Term } from './arithmetic.js';
import { poolSize, type Scene, type Spot } from './scene.js';

/** A longer sum is cut. */
const mostTerms = 27;

/** Numbers with a decimal comma need another mark between them. */
const comma = (lang: Lang): string => (plain(0.5, lang, 1).includes(',') ? '; ' : ', ');

export function titleOf(scene: Scene, spot: Spot, t: Translate): string {
  const [row, column] = scene.rowAndColumn(spot);
  const key = (
    {
      map: 'arithmeticMap',
      activated: 'arithmeticActivated',
      pooled: 'arithmeticPooled',
      activatedGradient: 'arithmeticGradientActivated',
      mapGradient: 'arithmeticGradientMap',
      input: 'arithmeticInput',
      weights: 'arithmeticKernel',
    } as const
  )[spot.matrix];
  return t(key, { row: row + 1, column: column + 1 });
}

function drawTerm({ left, right, padding }: Term, first: boolean, lang: Lang): TemplateResult {
  const wrap = (value: number, inner: boolean): string => {
    const text = plain(value, lang, 3);
    return inner && value < 0 ? `(${text})` : text;
  };
  return html`${first ? '' : ' + '}<span class=${padding ? 'pad' : ''}>${wrap(left, !first)}·${wrap(right, true)}</span>`;
}

function drawProducts(scene: Scene, t: Translate, lang: Lang): TemplateResult {
  const rows = forwardTerms(scene.geometry, scene.spot.index);
  return html`<p class="hint">${t('pixelTimesWeight')}</p>
    <div class="terms">
      ${rows.map((row, i) => html`<div>${i ? '+ ' : ''}${row.map((term, j) => drawTerm(term, j === 0, lang))}</div>`)}
    </div>`;
}

function drawPooling(scene: Scene, t: Translate, lang: Lang): TemplateResult {
  const { top, left } = scene.poolWindow(scene.spot.index);
  const source = scene.at('activated');
  const list = [0, 1, 2, 3].map((k) => plain(source.values[(top + (k >> 1)) * source.columns + left + (k & 1)] ?? NaN, lang, 3));
  const max = scene.state.pool === 'max';
  const mean = list.map((text) => (text.startsWith('−') ? `(${text})` : text)).join(' + ');
  return html`<p class="hint">${t(max ? 'maxSays' : 'avgSays')}</p>
    <div class="terms">${max ? `max(${list.join(comma(lang))})` : `(${mean}) / ${list.length}`}</div>`;
}

function drawBack(scene: Scene, t: Translate, lang: Lang): TemplateResult {
  const { matrix, index } = scene.spot;
  const gradient = scene.mapGradient.values;
  const { terms } = matrix === 'input' ? inputTerms(scene.geometry, gradient, index) : kernelTerms(scene.geometry, gradient, index);
  const alive = terms.filter((term) => term.left !== 0);
  const shown = alive.slice(0, mostTerms);
  const zeros = terms.length - alive.length;
  return html`<p class="hint">${t(matrix === 'input' ? 'gradientTimesWeight' : 'gradientTimesPixel')}</p>
    <div class="terms">
      ${shown.length ? shown.map((term, i) => drawTerm(term, i === 0, lang)) : html`<span class="pad">${t('noTerms')}</span>`}
      ${alive.length > shown.length ? html` <span class="pad">${t('moreTerms', { n: alive.length - shown.length })}</span>` : ''}
    </div>
    ${zeros && shown.length ? html`<p class="hint">${t('zerosLeftOut', { n: zeros })}</p>` : ''}`;
}

/** What pooling hands back to a number of the map. */
function drawUnpooled(scene: Scene, t: Translate, lang: Lang): TemplateResult {
  const { index } = scene.spot;
  const from = scene.pooledOf(index);
  if (from === null) return html`<p class="hint">${t('backNoWindow')}</p>`;
  const given = plain(scene.arriving.values[from]!, lang, 3);
  if (scene.state.pool === 'avg')
    return html`<p class="hint">${t('backShare', { n: poolSize * poolSize })}</p>
      <div class="terms">${given} / ${poolSize * poolSize}</div>`;
  const won = scene.winners?.has(index);
  return html`<p class="hint">${t(won ? 'backWinner' : 'backLoser')}</p>
    <div class="terms">${given}·${won ? 1 : 0}</div>`;
}

/** What ReLU hands back to a number of the map. */
function drawRelu(scene: Scene, t: Translate, lang: Lang): TemplateResult {
  const { index } = scene.spot;
  const value = scene.at('map').values[index] ?? NaN;
  const given = (scene.isActivatedDrawn ? scene.activatedGradient : scene.arriving).values[index] ?? NaN;
  return html`<p class="hint">${t(value > 0 ? 'backOpen' : 'backClosed', { value: plain(value, lang, 3) })}</p>
    <div class="terms">${plain(given, lang, 3)}·${value > 0 ? 1 : 0}</div>`;
}

function drawBody(scene: Scene, t: Translate, lang: Lang): TemplateResult {
  const { matrix, index } = scene.spot;
  if (matrix === 'map') return drawProducts(scene, t, lang);
  if (matrix === 'pooled') return drawPooling(scene, t, lang);
  if (matrix === 'mapGradient' && scene.state.activation !== 'none') return drawRelu(scene, t, lang);
  if (matrix === 'mapGradient' || matrix === 'activatedGradient') return drawUnpooled(scene, t, lang);
  if (matrix !== 'activated') return drawBack(scene, t, lang);
  return html`<p class="hint">${t('reluSays')}</p>
    <div class="terms">max(0${comma(lang)}${plain(scene.at('map').values[index] ?? NaN, lang, 3)})</div>`;
}

/** Draws the arithmetic of the number in focus, as a student would write it. */
export function drawSum(scene: Scene, t: Translate, lang: Lang): TemplateResult {
  const { spot } = scene;
  return html`<section class="sum" role="group" aria-label=${t('numbers')}>
    <h2>${titleOf(scene, spot, t)}</h2>
    ${drawBody(scene, t, lang)}
    <div class="total" data-testid="total">= ${plain(scene.valueOf(spot), lang, 3)}</div>
    <p class="hint">${spot.matrix === 'map' && scene.state.padding ? t('paddedZero') : ''}</p>
  </section>`;
}
