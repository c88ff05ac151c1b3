import type { DataCard, Experiment, LayerSpec, Study } from '../../client/client.js';
import type { StudyPlan } from '../../client/module.js';
import type { Translate } from '../../i18n/index.js';
import { starter } from '../../design/starter.js';

/** Studies of the page: networks so small that a tab trains several side by side, on any data set. */
export const smallStudies = ['kernels', 'permutation'] as const;
export type SmallStudy = (typeof smallStudies)[number];

export const isSmall = (name: string): name is SmallStudy => (smallStudies as readonly string[]).includes(name);

/** The page's first network with another kernel in its convolutions. */
function withKernel(data: string, classes: number, kernel: number): Experiment {
  const experiment = starter(data, classes);
  const layers = experiment.model.layers.map((layer): LayerSpec => (layer.type === 'conv2d' ? { ...layer, kernel } : layer));
  return { ...experiment, name: `small-cnn-k${kernel}`, model: { layers } };
}

export interface Rival {
  name: string;
  experiment: Experiment;
}

function dense(data: string, classes: number): Experiment {
  return {
    ...starter(data, classes),
    name: 'small-dense',
    title: 'Two dense layers',
    model: {
      layers: [{ type: 'flatten' }, { type: 'dense', out_features: 64 }, { type: 'relu' }, { type: 'dense', out_features: classes }],
    },
  };
}

const shuffled = (experiment: Experiment, data: string): Experiment => ({
  ...experiment,
  name: `${experiment.name}-shuffled`,
  dataset: { name: data, permute_pixels: true },
});

/** The networks of a small study, each with what it is called. */
export function smallPlan(name: SmallStudy, data: string, card: Pick<DataCard, 'classes'>, t: Translate): StudyPlan {
  const classes = card.classes.length;
  const cnn = starter(data, classes);
  const mlp = dense(data, classes);
  if (name === 'kernels')
    return planOf(
      name,
      [3, 5, 7].map((kernel) => ({ name: `${kernel}×${kernel}`, experiment: withKernel(data, classes, kernel) })),
    );
  return planOf(name, [
    { name: t('studyDense'), experiment: mlp },
    { name: t('studyDenseShuffled'), experiment: shuffled(mlp, data) },
    { name: t('studyConvolutional'), experiment: cnn },
    { name: t('studyConvolutionalShuffled'), experiment: shuffled(cnn, data) },
  ]);
}

/** A study of networks that are there already. */
export function planOf(name: string, rivals: readonly Rival[]): StudyPlan {
  const study: Study = { name, experiment: rivals[0]?.experiment.name ?? name, variants: rivals.map((rival) => ({ name: rival.name })) };
  return { study, experiments: rivals.map(({ experiment }) => experiment) };
}
