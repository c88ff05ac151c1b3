import { html, nothing, type TemplateResult } from 'lit';
import { sentenceIn, type Lang, type Translate } from '../i18n/index.js';
import type { Remedy } from '../ui/element.js';
import { about, fixed, percent, plain } from '../ui/numbers.js';
import type { TrainRun } from './run.js';

type Retry = (run: () => void) => Remedy;

/** Draws epoch, step, accuracy and speed. `retry` makes the button that asks for the test again. */
export function drawStatus(run: TrainRun | null, opening: boolean, t: Translate, lang: Lang, retry: Retry): TemplateResult {
  const session = run?.session;
  if (!run || !session) return html`<div class="status" data-testid="progress" data-state="opening">${opening ? t('preparing') : ''}</div>`;
  const { steps_per_epoch: stepsPerEpoch, total_steps: totalSteps } = session.info;
  const epochs = totalSteps / stepsPerEpoch;
  const epoch = Math.min(epochs, Math.ceil(run.step / stepsPerEpoch));
  const last = run.history.epochs.at(-1);
  // After the end of training the test is on all images; before, on those of the curve.
  const tested = run.evaluation?.step === run.step && run.evaluation.count > run.tests.epoch ? run.evaluation : null;
  const accuracy = tested?.accuracy ?? last?.test_accuracy ?? null;
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
    ${
      accuracy !== null
        ? html`·
            <strong>${t('testAccuracy', { value: percent(accuracy, lang) })}</strong>
            ${t('ofTestImages', { n: plain(tested?.count ?? run.tests.epoch, lang) })}`
        : nothing
    }
    <br />
    ${
      run.state === 'finished'
        ? html`<span class="then">${t('trainingDone')} ${drawPace(run, t, lang)} ${drawFinalTest(run, t, lang, retry)}</span>`
        : run.state === 'running' && run.speed
          ? html`<span class="then figures">${t('imagesPerSecond', { n: about(run.speed.imagesPerSecond, lang) })}</span> ·
              <span class="figures">${about(run.speed.gflops, lang)} GFLOP/s</span>${
                run.speed.limit === null ? nothing : html` · ${t('limitedTo', { n: plain(run.speed.limit, lang) })}`
              }`
          : nothing
    }
  </div>`;
}

/** Draws how many images the run has seen in which time, tests and pauses of the worker with it. */
function drawPace({ history }: TrainRun, t: Translate, lang: Lang): TemplateResult | typeof nothing {
  const images = history.count.reduce((sum, count) => sum + count, 0);
  const seconds = history.seconds.at(-1) ?? 0;
  if (images === 0 || seconds < 1) return nothing;
  return html`· ${t('wholeRun', { n: plain(images, lang), seconds: plain(seconds, lang, 0) })}`;
}

/** Draws how far the test at the end of training is, or why it failed. */
function drawFinalTest(run: TrainRun, t: Translate, lang: Lang, retry: Retry): TemplateResult | typeof nothing {
  const { testing, untested } = run;
  const again = retry(() => run.testAtEnd());
  if (testing)
    return html`· ${t('testingShare', { share: percent(testing.done / Math.max(1, testing.count), lang) })}
      <button @click=${() => run.stopTesting()}>${t('stopTest')}</button>`;
  if (untested) return html`· <span role="alert">${sentenceIn(lang, untested)}</span> <button @click=${again.run}>${again.words}</button>`;
  return nothing;
}

/** Says which images the test curve is about. */
export function drawTested(run: TrainRun | null, t: Translate, lang: Lang): string {
  const { epoch, all } = run?.tests ?? { epoch: 0, all: 0 };
  if (epoch === 0) return '';
  return epoch < all ? t('curveTestsSome', { n: plain(epoch, lang), all: plain(all, lang) }) : t('curveTestsAll', { n: plain(all, lang) });
}

/** The last epoch in a sentence, for a screen reader; null before its test. */
export function summaryOf(run: TrainRun, t: Translate, lang: Lang): string | null {
  const last = run.history.epochs.at(-1);
  if (!last || last.test_accuracy === null) return null;
  return t('trainSummary', {
    epoch: last.epoch + 1,
    loss: fixed(last.train_loss, lang, 3),
    accuracy: percent(last.test_accuracy, lang),
  });
}
