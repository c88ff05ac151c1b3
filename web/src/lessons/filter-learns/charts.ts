import { html, type TemplateResult } from 'lit';
import type uPlot from 'uplot';
import { translate, type Lang } from '../../i18n/index.js';
import { lossSeries } from '../../stations/filter/charts.js';
import '../../ui/chart-figure.js';

const across: [number, number] = [0, 50];
// A chart draws anew what is not the same object.
const drawn = new WeakMap<readonly number[], uPlot.AlignedData>();

function dataOf(loss: readonly number[]): uPlot.AlignedData {
  let data = drawn.get(loss);
  if (!data) drawn.set(loss, (data = [loss.map((_, i) => i + 1), [...loss]]));
  return data;
}

/** The loss by epoch. */
export function drawLoss(shown: { loss: readonly number[]; lang: Lang; heading: string; summary: string; height: number }): TemplateResult {
  const { loss, lang, heading, summary, height } = shown;
  const t = translate(lang);
  return html`<lab-figure
    .name=${'loss'}
    .heading=${heading}
    .summary=${summary}
    .data=${dataOf(loss)}
    .series=${lossSeries(t('lossCurve'), t('earlierCourse'), 0)}
    .height=${height}
    .across=${across}
    .axis=${t('epochAxis')}
    .measured=${t('lossCurve')}
    .lang=${lang}
  ></lab-figure>`;
}
