import { html, nothing, type TemplateResult } from 'lit';
import type { Lang, Translate } from '../../i18n/index.js';
import '../../ui/grid.js';
import type { Learner } from './learner.js';

/** The kernel that the run before has learned, beside that of this one. */
export const drawBefore = (kernel: Learner['before'], t: Translate, lang: Lang): TemplateResult | typeof nothing =>
  kernel
    ? html`<figcaption>${t('kernelBefore')}</figcaption>
        <lab-grid
          data-testid="before"
          .values=${kernel}
          .rows=${3}
          .columns=${3}
          .cell=${40}
          .scale=${'signed'}
          .label=${t('kernelBefore')}
          .lang=${lang}
        ></lab-grid>`
    : nothing;

/** What the settings make of the images that it learns from. */
export const drawSamples = (samples: Learner['samples'], t: Translate, lang: Lang): TemplateResult =>
  html`<section class="samples" role="group" aria-label=${t('samples')}>
    <h2>${t('samples')}</h2>
    <div class="row tight">
      ${samples.map(
        ({ pixels, vertical }) =>
          html`<lab-grid
            .values=${pixels}
            .rows=${5}
            .columns=${5}
            .cell=${10}
            .scale=${'light'}
            .reach=${1}
            .label=${t(vertical ? 'verticalLine' : 'horizontalLine')}
            .lang=${lang}
          ></lab-grid>`,
      )}
    </div>
  </section>`;
