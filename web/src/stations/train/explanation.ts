import { html, nothing, type TemplateResult } from 'lit';
import type { Description, LayerInfo } from '../../client/client.js';
import type { Lang, Translate } from '../../i18n/index.js';
import { formula } from '../../ui/formula.js';
import { plain } from '../../ui/numbers.js';
import { drawNumberAnswer, drawQuestion } from '../../ui/question.js';

/** Why it learns, with the formulas. */
export const drawWhy = (t: Translate): TemplateResult =>
  html`<details>
    <summary>${t('why')}</summary>
    <p>${t('whyTrain1')}</p>
    ${formula('L = -\\frac{1}{N} \\sum_{n=1}^{N} \\log p_n(y_n)')}
    <p>${t('whyTrain2')}</p>
    ${formula('w \\leftarrow w - \\eta\\, \\frac{\\partial L}{\\partial w}')}
    <p>${t('whyTrain3')}</p>
  </details>`;

interface Guessing {
  t: Translate;
  lang: Lang;
  description: Description | null;
  /** The reader's count, and its layer. */
  guess: { layer: string; count: number } | null;
  ask(guess: { layer: string; count: number }): void;
}

/** The first convolution that learns. */
const firstConvolution = (description: Description | null): LayerInfo | undefined =>
  description?.layers.find(({ type, parameters }) => type === 'conv2d' && parameters > 0);

/** Asks how many numbers the first convolution learns. The network in training has the answer. */
export function drawTask({ t, lang, description, guess, ask }: Guessing): TemplateResult | typeof nothing {
  const layer = firstConvolution(description);
  const weight = description?.tensors.find(({ name }) => name === `${layer?.name}.weight`)?.shape;
  if (!layer || weight?.length !== 4) return nothing;
  const [filters, rows, columns, channels] = weight as [number, number, number, number];
  const biases = layer.parameters - filters * rows * columns * channels;
  const numbers = { layer: layer.name, filters, size: `${rows}×${columns}`, channels };
  const answered = guess?.layer === layer.name ? guess.count : null;
  const weights = `${filters} · ${rows} · ${columns} · ${channels}`;
  const right = (): string => t('trainYes', { sum: `${weights}${biases > 0 ? ` + ${biases}` : ''}`, count: plain(layer.parameters, lang) });
  const verdict = (count: number): string => {
    if (count === layer.parameters) return right();
    if (count === layer.parameters - biases) return t('trainNearly', { weights, count: plain(count, lang), biases: plain(biases, lang) });
    return t('trainNo', { count: plain(count, lang) });
  };
  return drawQuestion({
    t,
    text: t(biases > 0 ? 'trainQuestion' : 'trainQuestionNoBias', numbers),
    answer: drawNumberAnswer(t('trainGuess'), (count) => ask({ layer: layer.name, count })),
    verdict: answered === null ? '' : verdict(answered),
  });
}
