import type { Lang, Translate } from '../../i18n/index.js';
import type { TrainRun } from '../../run/run.js';
import { percent, plain } from '../../ui/numbers.js';
import type { Learning } from './learning.js';

/** What is under way, in words, and how much of it is done (null: one cannot know, or nothing is). */
export interface Progress {
  state: 'empty' | 'preparing' | 'opening' | 'features' | 'running' | 'paused' | 'finished' | 'failed';
  words: string;
  share: number | null;
}

export function progressOf(learning: Learning | null, t: Translate, lang: Lang): Progress {
  const { run, preparing } = learning ?? { run: null, preparing: null };
  if (preparing?.what === 'base')
    return { state: 'preparing', words: t('baseFetching', { share: percent(preparing.share, lang) }), share: preparing.share };
  if (preparing?.what === 'pictures') {
    const [done, total] = [plain(preparing.done, lang), plain(preparing.total, lang)];
    return { state: 'preparing', words: t('classesPreparing', { done, total }), share: preparing.done / Math.max(1, preparing.total) };
  }
  if (preparing) return { state: 'opening', words: t('preparing'), share: null };
  if (!run?.session) return { state: 'empty', words: '', share: null };
  const { features } = run;
  if (run.state === 'running' && features && run.step === 0) {
    const share = features.done / Math.max(1, features.count);
    return { state: 'features', words: t('classesFeatures', { share: percent(share, lang) }), share };
  }
  const share = run.step / run.session.info.total_steps;
  if (run.state === 'running') return { state: 'running', words: t('classesLearning', { share: percent(share, lang) }), share };
  if (run.state === 'finished') {
    const seconds = plain(run.history.seconds.at(-1) ?? 0, lang, 1);
    return { state: 'finished', words: t('classesLearned', { n: run.session.info.train_count, seconds }), share };
  }
  return { state: run.state, words: run.state === 'failed' ? '' : t('classesPaused', { share: percent(share, lang) }), share };
}

/** How good it is, by what was held out; empty before the first test. */
export function outcomeOf(run: TrainRun | null, t: Translate, lang: Lang): string {
  if (!run?.session) return '';
  if (run.tests.all === 0) return t('classesNoneHeld');
  const { evaluation } = run;
  return evaluation ? t('classesAccuracy', { value: percent(evaluation.accuracy, lang), n: plain(evaluation.count, lang) }) : '';
}
