import { html, nothing, type TemplateResult } from 'lit';
import type { Lang, Translate } from '../../i18n/index.js';
import { percent, plain } from '../../ui/numbers.js';
import type { TrainRun } from './run.js';

/** Epoch, step, accuracy and speed, in a place of their own size. */
export function drawStatus(run: TrainRun | null, opening: boolean, t: Translate, lang: Lang): TemplateResult {
  const session = run?.session;
  if (!run || !session) return html`<div class="status" data-testid="progress" data-state="opening">${opening ? t('preparing') : ''}</div>`;
  const { stepsPerEpoch, totalSteps } = session.info;
  const epochs = totalSteps / stepsPerEpoch;
  const epoch = Math.min(epochs, Math.floor(run.step / stepsPerEpoch) + 1);
  const last = run.history.epochs.at(-1);
  const state = opening ? 'opening' : run.state;
  return html`<div
    class="status"
    data-testid="progress"
    data-state=${state}
    data-step=${run.step}
    data-loss=${run.history.loss.at(-1) ?? ''}
  >
    ${t('epochOf', { epoch: plain(epoch, lang), epochs: plain(epochs, lang) })},
    ${t('stepOf', { step: plain(run.step, lang), steps: plain(totalSteps, lang) })}
    ${last && last.testAccuracy !== null ? html`· <strong>${t('testAccuracy', { value: percent(last.testAccuracy, lang) })}</strong>` : nothing}
    <br />
    ${
      run.state === 'finished'
        ? t('trainingDone')
        : run.state === 'running' && run.speed
          ? html`<span class="figures">${t('imagesPerSecond', { n: plain(run.speed.imagesPerSecond, lang, 0) })}</span> ·
              <span class="figures">${plain(run.speed.gflops, lang, 1)} GFLOP/s</span>`
          : nothing
    }
  </div>`;
}
