import { expect, it } from 'vitest';
import type { DatasetInfo, LabEngine } from '../../src/client/client.js';
import { starter } from '../../src/design/starter.js';
import { flawsOf } from '../../src/stations/train/arrival.js';
import { Library } from '../../src/stations/train/library.js';

const library = new Library({} as LabEngine);
library.datasets = [{ name: 'fashion-mnist', train: 60_000, test: 10_000 } as DatasetInfo];
const design = starter('fashion-mnist', 10);

it('wrong labels and rare classes are fields of the data set, as on the command line', () => {
  const experiment = library.trained(design, 'fashion-mnist', 2000, { noise: 0.2, imbalance: 0.1 });
  expect(experiment.dataset).toEqual({ name: 'fashion-mnist', train_limit: 2000, label_noise: 0.2, imbalance: 0.1 });
  expect(flawsOf(experiment)).toEqual({ noise: 0.2, imbalance: 0.1 });
});

it('none are left of a design that had some', () => {
  const flawed = library.trained(design, 'fashion-mnist', 2000, { noise: 0.2, imbalance: 0.1 });
  const experiment = library.trained(flawed, 'fashion-mnist', 2000, { noise: 0, imbalance: 1 });
  expect(experiment.dataset).toEqual({ name: 'fashion-mnist', train_limit: 2000 });
  expect(flawsOf(experiment)).toEqual({ noise: 0, imbalance: 1 });
  expect(flawsOf(design)).toEqual({ noise: 0, imbalance: 1 });
});
